"""One column at a time: is it the day, is it made of the price, or does it foretell later prices better than a feature can?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation import measuring, splitting
from valuation.leaks.names import RULES, price_made

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

GATES: Final[dict[str, float]] = {name: one["value"] for name, one in RULES["gates"].items()}
BINS: Final = 32
"""Numbers are cut at this many quantiles of the past; finer cuts would learn single deals by heart."""
PRIOR_PACKAGES: Final = 1.0


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """What was found of a column. Scores are None where there is too little to tell; `why` is empty for an honest one.

    `r2` and `rank`: of this column alone, on later packages; `batches`: how far it cuts days as prices do; `days`: how far
    it repeats the day.
    """

    column: str
    r2: float | None
    rank: float | None
    batches: float | None
    days: float | None
    why: tuple[tuple[str, str], ...]

    @property
    def leaks(self) -> bool:
        """The column is not to be learnt from before somebody has looked."""
        return bool(self.why)


def examine(
    column: pd.Series, price: Array, when: Array | None, group: Array, *, folds: int, known: bool = False
) -> ColumnFinding:
    """Examine one column against prices, days (datetime64, or None) and package keys.

    `known`: the name stands in the feature file; what the name says is then not held against it.
    """
    code, number = _codes(column), _numbers(column)
    r2, rank = _out_of_time(code, number, price, when, group, folds)
    batches = None if when is None else _batches(code, price, when)
    days = None if when is None else _days(column, number, when)
    why: list[tuple[str, str]] = []
    if not known and (named := price_made(str(column.name))) is not None:
        why.append(named)
    if days is not None and days >= GATES["same_day"]:
        why.append((f"与该行日期相同（{days:.0%}）", f"repeats the day of its row ({days:.0%})"))
    if batches is not None and batches >= GATES["same_batches"]:
        why.append(("当日按它分组与按价格分组相同", f"cuts days exactly as prices do ({batches:.2f})"))
    if r2 is not None and r2 >= GATES["out_of_time_r2"]:
        why.append((f"单凭它即可解释后来价格的 {r2:.0%}", f"alone explains {r2:.0%} of later prices"))
    if rank is not None and rank >= GATES["out_of_time_rank"]:
        why.append((f"与后来价格的秩相关达 {rank:.2f}", f"ranks later prices ({rank:.2f})"))
    return ColumnFinding(str(column.name), r2, rank, batches, days, tuple(why))


def _out_of_time(
    code: Array, number: Array | None, price: Array, when: Array | None, group: Array, folds: int
) -> tuple[float | None, float | None]:
    """(R² of typical log prices by value, |rank correlation|), learnt on the past and measured on later packages."""
    import numpy as np

    _, at, count = np.unique(group, return_inverse=True, return_counts=True)
    log_price, weight = np.log(price), 1.0 / count[at]
    splits = splitting.by_group(group, folds=folds) if when is None else splitting.forward(when, group, folds=folds)
    rows, told = [], []
    for past, future in splits:
        values = code if number is None else _binned(number, past)
        told.append(_typical(values, log_price, weight, past)[values[future]])
        rows.append(future)
    if not rows:
        return None, None
    examined, expected = np.concatenate(rows), np.concatenate(told)
    if len(np.unique(at[examined])) < GATES["packages_min"]:
        return None, None
    r2 = measuring.r2_log(np.exp(expected), price[examined], weight[examined])
    shown = expected if number is None else number[examined]
    rank = _rank_correlation(*_by_package(at[examined], shown, log_price[examined]))
    return None if r2 != r2 else r2, rank


def _typical(values: Array, log_price: Array, weight: Array, past: Array) -> Array:
    """The mean log price of the past by value, drawn a little to that of all; values not seen get the latter."""
    import numpy as np

    size, mass = int(values.max()) + 1, weight[past]
    overall = np.average(log_price[past], weights=mass)
    sums = np.bincount(values[past], weights=mass * log_price[past], minlength=size)
    masses = np.bincount(values[past], weights=mass, minlength=size)
    typical: Array = (sums + PRIOR_PACKAGES * overall) / (masses + PRIOR_PACKAGES)
    return typical


def _binned(number: Array, past: Array) -> Array:
    """The quantile of the past in which each number lies; missing ones in a place of their own."""
    import numpy as np

    seen = number[past][np.isfinite(number[past])]
    if not len(seen):
        return np.zeros(len(number), dtype=int)
    edges = np.unique(np.quantile(seen, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.where(np.isfinite(number), 1 + np.searchsorted(edges, number, side="right"), 0)


def _by_package(package: Array, shown: Array, log_price: Array) -> tuple[Array, Array]:
    """One value and one price a package: means of what is known."""
    import numpy as np

    known = np.isfinite(shown)
    _, at = np.unique(package[known], return_inverse=True)
    count = np.bincount(at)
    return np.bincount(at, weights=shown[known]) / count, np.bincount(at, weights=log_price[known]) / count


def _rank_correlation(one: Array, other: Array) -> float | None:
    """|Spearman's ρ|, equal values at their mean rank; None where there are too few or no spread."""
    import numpy as np

    if len(one) < GATES["packages_min"]:
        return None
    ranks = [_ranks(values) for values in (one, other)]
    if any(rank.min() == rank.max() for rank in ranks):
        return None
    return float(abs(np.corrcoef(ranks[0], ranks[1])[0, 1]))


def _ranks(values: Array) -> Array:
    import numpy as np

    _, at, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Array = (np.cumsum(count) - (count - 1) / 2)[at]
    return ranks


def _batches(code: Array, price: Array, when: Array) -> float | None:
    """How far the column cuts days as prices do: adjusted Rand index (Hubert & Arabie 1985), days weighted by prices.

    Only days count that have several prices, of which at least one is repeated: there a batch can be seen.
    """
    import numpy as np

    found, weight = [], []
    for day in np.unique(when):
        rows = when == day
        prices = np.unique(price[rows], return_inverse=True)[1]
        if 1 < prices.max() + 1 < rows.sum():
            found.append(_adjusted_rand(prices, np.unique(code[rows], return_inverse=True)[1]))
            weight.append(prices.max() + 1)
    return float(np.average(found, weights=weight)) if sum(weight) >= GATES["batches_min"] else None


def _adjusted_rand(one: Array, other: Array) -> float:
    import numpy as np

    def pairs(counts: Array) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both = np.unique(one * (other.max() + 1) + other, return_counts=True)[1]
    together, ours, theirs = pairs(both), pairs(np.bincount(one)), pairs(np.bincount(other))
    chance = ours * theirs / max(pairs(np.array([len(one)])), 1.0)
    most = (ours + theirs) / 2
    return (together - chance) / (most - chance) if most > chance else 0.0


def _days(column: pd.Series, number: Array | None, when: Array) -> float | None:
    """The share of rows whose value is their own day; for numbers, how far they run in step with the days."""
    import numpy as np
    import pandas as pd

    days = when.astype("datetime64[D]").astype(float)
    if len(np.unique(days)) < 2:
        return None
    if number is not None:
        known = np.isfinite(number)
        return _rank_correlation(number[known], days[known]) if _one_to_one(number[known], days[known]) else 0.0
    stated = pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True).to_numpy(dtype="datetime64[ns]")
    return float((stated.astype("datetime64[D]") == when.astype("datetime64[D]")).mean())


def _one_to_one(number: Array, days: Array) -> bool:
    """Nearly as many pairs as days and as numbers: each day has its number, each number its day."""
    import numpy as np

    pairs = len(np.unique(np.column_stack([number, days]), axis=0))
    fewest = min(len(np.unique(number)), len(np.unique(days)))
    return bool(fewest > 1 and pairs <= fewest / GATES["same_day"])


def _numbers(column: pd.Series) -> Array | None:
    """The column as floats, if it holds numbers."""
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column):
        return None
    found: Array = np.where(np.isinf(raw := column.to_numpy(dtype=float, na_value=np.nan)), np.nan, raw)
    return found


def _codes(column: pd.Series) -> Array:
    import numpy as np

    return np.unique(np.array([str(one) for one in column.tolist()]), return_inverse=True)[1]
