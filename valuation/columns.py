"""A table as the model reads it: numbers, categories by code, titles as coordinates; what was learnt of them, no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valuation.titles import TitleSpace

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

MISSING = "\x00"
"""A missing text: a value of its own that no text can equal."""
FEW_ROWS = 32
"""Up to here values are looked at one by one: pandas' own way costs more than the rows do."""
CATEGORIES_MAX = 1_000
"""Rarer values of a column than its thousand commonest are missing ones: trees would learn them by heart."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a fit knows of its table. `names` are the columns that say something, `categories` their texts in code order,
    `ranges` the least and the largest number of each column of numbers.
    """

    names: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]
    spaces: Mapping[str, TitleSpace]
    ranges: Mapping[str, tuple[float, float]]

    @classmethod
    def learn(
        cls, frame: pd.DataFrame, weight: Array, *, text: Sequence[str], aside: Sequence[str], size: int
    ) -> Columns:
        """Learn from the rows of the past. `text` columns become `size` directions, `aside` columns are left out."""
        names = tuple(str(name) for name in frame.columns if name not in (*text, *aside))
        categories = {name: _categories(frame[name]) for name in names if not is_number(frame[name])}
        spaces = {}
        # In the order of their names: JSON with sorted keys gives them back so, and their places must stay where they were.
        for name in sorted(text):
            space = TitleSpace.fit(titles(frame[name]), weight, size=size)
            if space is not None:
                spaces[name] = space
        seen = {name: numbers(frame[name]) for name in names if name not in categories}
        ranges = {name: (float(one.min()), float(one.max())) for name, all_ in seen.items() if len(one := known(all_))}
        return cls(names, categories, spaces, ranges)

    @property
    def categorical_places(self) -> list[int]:
        """Which columns of the matrix hold codes."""
        return [place for place, name in enumerate(self.names) if name in self.categories]

    def places(self) -> dict[str, list[int]]:
        """Which columns of the matrix belong to which column of the table."""
        places = {name: [place] for place, name in enumerate(self.names)}
        start = len(self.names)
        for name, space in self.spaces.items():
            places[name] = list(range(start, start + space.size))
            start += space.size
        return places

    def matrix(self, frame: pd.DataFrame) -> Array:
        """(rows, width) float64: numbers as they are, codes of categories (unknown and unseen: NaN), then title coordinates."""
        import numpy as np

        blocks: list[Array] = []
        for name in self.names:
            if name in self.categories:
                code = {value: float(place) for place, value in enumerate(self.categories[name])}
                blocks.append(np.array([code.get(value, np.nan) for value in texts(frame[name])])[:, None])
            else:
                blocks.append(numbers(frame[name])[:, None])
        blocks += [space.transform(titles(frame[name])) for name, space in self.spaces.items()]
        return np.hstack(blocks) if blocks else np.zeros((len(frame), 0))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "names": list(self.names),
            "categories": {name: list(values) for name, values in self.categories.items()},
            "spaces": {name: space.to_json() for name, space in self.spaces.items()},
            "ranges": {name: list(ends) for name, ends in self.ranges.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Columns:
        """Read what `to_json` wrote."""
        return cls(
            tuple(stored["names"]),
            {name: tuple(values) for name, values in stored["categories"].items()},
            {name: TitleSpace.from_json(one) for name, one in stored["spaces"].items()},
            {name: (ends[0], ends[1]) for name, ends in stored["ranges"].items()},
        )


def is_number(column: pd.Series) -> bool:
    """Numbers, truth values, days and durations; everything else is a category."""
    from pandas.api import types

    return bool(
        types.is_numeric_dtype(column) or types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column)
    )


def numbers(column: pd.Series) -> Array:
    """(rows,) float64: a missing or infinite number is NaN, a day is its number since 1970."""
    import numpy as np
    from pandas.api import types

    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        values = column.to_numpy(dtype=float)
    elif types.is_datetime64_any_dtype(column):
        plain = column.dt.tz_localize(None) if getattr(column.dt, "tz", None) is not None else column
        days = plain.to_numpy(dtype="datetime64[s]")
        values = np.where(np.isnat(days), np.nan, days.astype(np.int64) / 86_400)
    elif types.is_timedelta64_dtype(column):
        values = column.dt.total_seconds().to_numpy(dtype=float)
    elif types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
    else:
        # A column that was numbers when the model was made and comes as something else, None among numbers for one.
        values = np.array([_number(value) for value in column.tolist()], dtype=float)
    return np.where(np.isfinite(values), values, np.nan)


def known(values: Array) -> Array:
    """The numbers that are there."""
    import numpy as np

    return values[np.isfinite(values)]


def texts(column: pd.Series) -> list[str]:
    """Text values; a missing one is MISSING."""
    if len(column) <= FEW_ROWS and column.dtype == object:
        return [MISSING if value is None or value != value else str(value) for value in _plain(column)]
    missing = column.isna().tolist()
    return [MISSING if gone else str(value) for value, gone in zip(column.tolist(), missing, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    """The values; pandas' own missing value, which cannot be compared, as None."""
    import pandas as pd

    return [None if value is pd.NA else value for value in column.tolist()]


def titles(column: pd.Series) -> list[str]:
    """Titles; a missing one is empty."""
    return ["" if value == MISSING else value for value in texts(column)]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _categories(column: pd.Series) -> tuple[str, ...]:
    counted = Counter(texts(column))
    counted.pop(MISSING, None)
    return tuple(sorted(value for value, _ in counted.most_common(CATEGORIES_MAX)))
