"""How sure a measure is: the seeded bootstrap by clusters, because rows of one day and one seller are one observation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation.measuring.inputs import Numbers, share
from valuation.measuring.refusals import (
    BadMeasurement,
    BadQuantile,
    NotFinite,
    TooFew,
    TooOftenUndefined,
    UnequalLengths,
)

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

UNDEFINED_SHARE_MAX: Final = 0.1
"""A measure without a value in more of the draws than this has no interval worth the name."""

Measure = Callable[..., float]


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high at a level, around the value on the rows as they are. `undefined` draws had no value."""

    low: float
    high: float
    value: float
    level: float
    draws: int
    undefined: int
    clusters: int


def bootstrap(
    measure: Measure,
    estimate: Numbers | tuple[Numbers, ...],
    sale_price: Numbers,
    clusters: Any,
    *,
    seed: int,
    draws: int = 2000,
    level: float = 0.90,
    against: Numbers | tuple[Numbers, ...] | None = None,
    weight: Numbers | None = None,
) -> Interval:
    """The percentile interval of a measure over whole clusters drawn with replacement (Efron & Tibshirani 1993 §13.3).

    `measure` is called as `measure(estimate, sale_price)`, with `weight=` where weights are given; a tuple of lists, as
    `(low, high)` for `coverage`, is handed over one by one. `clusters`: a key a row, such as the day of listing. With
    `against`, a second estimate, it is the interval of measure(estimate) − measure(against), both on the same draws. The
    same seed gives the same interval in any order of the rows.

    Raises TooFew below two clusters, TooOftenUndefined, BadQuantile for level and draws, UnequalLengths, NotFinite for a missing
    cluster, and what the measure raises on the rows as they are.
    """
    import numpy as np

    share("level", level)
    if draws < 1:
        raise BadQuantile("draws", draws)
    ours, theirs = _columns(estimate), None if against is None else _columns(against)
    sales = np.asarray(sale_price)
    weighing = None if weight is None else np.asarray(weight)
    whole = _difference(measure, ours, theirs, sales, weighing, None)
    at, count = numbered(clusters, len(sales))
    random = np.random.default_rng(seed)
    rows, found = np.arange(len(sales)), []
    for _ in range(draws):
        times = np.bincount(random.integers(0, count, count), minlength=count)
        drawn = np.repeat(rows, times[at])
        try:
            one = _difference(measure, ours, theirs, sales, weighing, drawn)
        except BadMeasurement:
            continue
        if math.isfinite(one):
            found.append(one)
    if not found or len(found) < (1 - UNDEFINED_SHARE_MAX) * draws:
        raise TooOftenUndefined(draws, draws - len(found))
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), whole, level, draws, draws - len(found), count)


def _difference(
    measure: Measure,
    ours: tuple[Array, ...],
    theirs: tuple[Array, ...] | None,
    sales: Array,
    weight: Array | None,
    drawn: Array | None,
) -> float:
    """The measure of ours, less that of theirs where there is one, on the rows drawn (None: on all as they are)."""

    def taken(values: Array) -> Array:
        return values if drawn is None else values[drawn]

    by = {} if weight is None else {"weight": taken(weight)}
    prices = taken(sales)
    value = measure(*(taken(column) for column in ours), prices, **by)
    return value if theirs is None else value - measure(*(taken(column) for column in theirs), prices, **by)


def _columns(estimate: Any) -> tuple[Array, ...]:
    import numpy as np

    several = isinstance(estimate, tuple) and len(estimate) > 0 and np.ndim(estimate[0]) > 0
    return tuple(np.asarray(column) for column in (estimate if several else (estimate,)))


def numbered(clusters: Any, rows: int) -> tuple[Array, int]:
    """(the number of each row's cluster in sorted order, how many clusters). Raises UnequalLengths, NotFinite, TooFew."""
    import numpy as np

    keys = np.asarray(clusters.to_numpy() if hasattr(clusters, "to_numpy") else clusters)
    if len(keys) != rows:
        raise UnequalLengths("clusters", len(keys), rows)
    missing = np.array([one is None or one != one for one in keys.tolist()], dtype=bool)
    if keys.dtype.kind in "mM":
        missing = np.isnat(keys)
    if missing.any():
        raise NotFinite("clusters", int(missing.argmax()), float("nan"))
    names, at = np.unique(keys.astype(str) if keys.dtype.kind == "O" else keys, return_inverse=True)
    if len(names) < 2:
        raise TooFew("bootstrap", len(names), 2)
    return at, len(names)
