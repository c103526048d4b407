"""Tables as LightGBM's `predict` reads them, a piece at a time as float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[np.float64]]


class WrongTable(ValueError):
    """The table is not one that the model can value: wrong shape, wrong number of features, values that are no numbers."""


class Table:
    """An array, a list of lists or a DataFrame as rows of `features` numbers. Raises WrongTable when made."""

    def __init__(self, given: Any, features: int, categories: list[list[Any]] | None) -> None:
        import numpy as np
        import pandas as pd

        self._columns: list[tuple[Any, list[Any] | None]] = []
        if isinstance(given, pd.DataFrame):
            self._columns = _columns(given, categories)
            self._given: Any = given
        elif isinstance(given, np.ndarray | list):
            self._given = np.asarray(given)
            if self._given.dtype.kind not in "fiub" and self._given.size:
                raise WrongTable(f"values must be numbers, not {self._given.dtype}")
        else:
            raise WrongTable(f"an array, a list or a DataFrame is wanted, not {type(given).__name__}")
        if self._given.ndim != 2:
            raise WrongTable(f"the table must have two dimensions, not {self._given.ndim}")
        self.rows: int = self._given.shape[0]
        if self._given.shape[1] != features:
            raise WrongTable(f"the model was trained on {features} features, the table has {self._given.shape[1]}")

    def piece(self, start: int, stop: int) -> Array:
        """Rows start to stop, in C order and the caller's own."""
        import numpy as np

        if self._columns:
            frame = self._given.iloc[start:stop]
            piece = np.empty(frame.shape)
            for place, (_, categories) in enumerate(self._columns):
                piece[:, place] = _numbers(frame.iloc[:, place], categories)
            return piece
        rows = self._given[start:stop]
        if rows.dtype not in (np.float32, np.float64):
            # LightGBM reads whole numbers as float32, however large.
            rows = rows.astype(np.float32)
        return np.array(rows, dtype=np.float64, order="C")


def _columns(frame: pd.DataFrame, categories: list[list[Any]] | None) -> list[tuple[Any, list[Any] | None]]:
    """(name, categories of training or None) of each column."""
    import pandas as pd

    categorical = [isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes]
    if sum(categorical) != len(categories or []):
        raise WrongTable(
            f"the model was trained on {len(categories or [])} categorical columns, the table has {sum(categorical)}"
        )
    known = iter(categories or [])
    columns = []
    for name, kind, is_category in zip(frame.columns, frame.dtypes, categorical, strict=True):
        if not is_category and not (pd.api.types.is_any_real_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)):
            raise WrongTable(f"column {name!r} must hold numbers, not {kind}")
        columns.append((name, list(next(known)) if is_category else None))
    return columns


def _numbers(column: pd.Series, categories: list[Any] | None) -> Array:
    import numpy as np

    if categories is None:
        numbers: Array = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers
    if list(column.cat.categories) != categories:
        column = column.cat.set_categories(categories)
    codes: Array = column.cat.codes.to_numpy(dtype=np.float64)
    codes[codes < 0] = np.nan
    return codes
