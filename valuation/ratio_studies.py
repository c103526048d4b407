"""A ratio study: every measure with its interval and its verdict, overall, by group and by price, as a table of plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation import measuring
from valuation.measuring import bands
from valuation.measuring.bands import Band, Verdict
from valuation.measuring.bootstrapping import numbered
from valuation.measuring.inputs import Numbers, numbers, pair, same_length, weights
from valuation.measuring.refusals import BadMeasurement, UnequalLengths

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

LEVEL: Final = 0.90
DRAWS: Final = 1000
QUANTILES: Final = 4
OVERALL: Final = "overall"

WEIGHTED: Final[tuple[Callable[..., float], ...]] = (
    measuring.median_ratio,
    measuring.cod,
    measuring.prd,
    measuring.prb,
    measuring.mdape,
    measuring.median_abs_log_ratio,
    measuring.r2_log,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one row: its value and interval, the band and the verdict; without a value, why there is none."""

    measure: str
    value: float | None
    low: float | None
    high: float | None
    band: Band | None
    verdict: Verdict | None
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: a part of the sales. Too few sales (`too_few`) have no figures."""

    part: str
    name: str
    sales: int
    clusters: int
    too_few: bool
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """The whole table with what it was made by. Groups overlap nothing; price quantiles go from cheap to dear."""

    lines: tuple[Line, ...]
    standard: str
    note: str
    sales_min: int
    level: float
    draws: int
    seed: int
    weighted: bool

    def line(self, name: str = OVERALL, part: str | None = None) -> Line:
        """One row by its name and, where names repeat, its part. Raises KeyError."""
        for one in self.lines:
            if one.name == name and part in (None, one.part):
                return one
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Sales:
    """The rows of a study, checked, and what is done with each part of them."""

    estimate: Array
    price: Array
    clusters: Array
    weight: Array | None
    ranges: tuple[Array, Array] | None
    seed: int
    draws: int
    level: float
    ranges_only: bool = False

    def figures(self, rows: Array) -> Iterator[Figure]:
        """Every measure on these rows."""
        if not self.ranges_only:
            yield from self._of_estimates(rows)
        if self.ranges is not None:
            both = (self.ranges[0][rows], self.ranges[1][rows])
            weight = None if self.weight is None else self.weight[rows]
            yield self._figure("coverage", measuring.coverage, both, rows, weight)

    def _of_estimates(self, rows: Array) -> Iterator[Figure]:
        weight = None if self.weight is None else self.weight[rows]
        estimate = self.estimate[rows]
        for measure in WEIGHTED:
            yield self._figure(measure.__name__, measure, estimate, rows, weight)
        if weight is None:
            yield self._figure("vei", measuring.vei, estimate, rows, None)
        else:
            yield _without("vei", "the standard's drafts define no weights: one row a package gives it")

    def _figure(
        self, name: str, measure: Callable[..., float], given: Any, rows: Array, weight: Array | None
    ) -> Figure:
        try:
            found = measuring.bootstrap(
                measure,
                given,
                self.price[rows],
                self.clusters[rows],
                seed=self.seed,
                draws=self.draws,
                level=self.level,
                weight=weight,
            )
        except BadMeasurement as none:
            return _without(name, str(none))
        judged = bands.verdict(name, found.value, found.low, found.high)
        return Figure(name, found.value, found.low, found.high, bands.BANDS.get(name), judged)


def study(
    estimate: Numbers,
    sale_price: Numbers,
    clusters: Any,
    *,
    seed: int,
    groups: Mapping[str, Sequence[Any]] | None = None,
    weight: Numbers | None = None,
    ranges: tuple[Numbers, Numbers] | None = None,
    quantiles: int = QUANTILES,
    sales_min: int = bands.STUDY_SALES_MIN,
    draws: int = DRAWS,
    level: float = LEVEL,
    ranges_only: bool = False,
) -> Study:
    """Measure estimates against sale prices: overall, within each value of each of `groups`, and by quantile of the value.

    `clusters`: a key a row, such as the day of listing, for the bootstrap. `groups`: lists of values by name, one value a
    row. `ranges`: (low, high) adds their coverage, and with `ranges_only` gives nothing else. Rows are cut into quantiles by
    ½·price + ½·estimate/median ratio, as in the standard: by the price alone, cheap sales would look overestimated by chance.
    Fewer than `sales_min` rows are shown as too few. Raises what the measures raise on bad numbers, and TooFew below two clusters.
    """
    estimates, prices = pair("study", estimate, sale_price, rows_min=1)
    sales = _Sales(
        estimates,
        prices,
        numbered(clusters, len(prices))[0],
        weights(weight, prices),
        None if ranges is None else _ranges(ranges, prices),
        seed,
        draws,
        level,
        ranges_only,
    )
    lines = [
        _line(part, name, rows, sales, sales_min)
        for part, name, rows in _parts(sales, groups or {}, quantiles, sales_min)
    ]
    return Study(
        tuple(lines), bands.STANDARD, bands.NOTE, sales_min, level, draws, seed, weighted=sales.weight is not None
    )


def one_per_package(estimate: Numbers, sale_price: Numbers, package: Sequence[Any]) -> tuple[Array, Array, Array]:
    """(total estimate, total price, place of its first row) of each package, in the order in which packages come.

    A package is one sale: its rows repeat one price or share it out, and the standard counts sales.
    """
    import numpy as np

    estimates, prices = pair("package", estimate, sale_price, rows_min=1)
    keys = _keys(package, "package", len(prices))
    _, first, at = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    estimated, paid = np.bincount(at, weights=estimates), np.bincount(at, weights=prices)
    return estimated[order], paid[order], first[order]


def _parts(
    sales: _Sales, groups: Mapping[str, Sequence[Any]], quantiles: int, sales_min: int
) -> Iterator[tuple[str, str, Array]]:
    import numpy as np

    count = len(sales.price)
    yield OVERALL, OVERALL, np.arange(count)
    for part, values in groups.items():
        keys = _keys(values, part, count)
        for value in np.unique(keys):
            yield part, str(value), np.flatnonzero(keys == value)
    if quantiles > 1 and count >= quantiles * sales_min:
        middle = measuring.median_ratio(sales.estimate, sales.price, sales.weight)
        value = 0.5 * sales.price + 0.5 * sales.estimate / middle
        order = np.lexsort((sales.estimate, value))
        for place, rows in enumerate(np.array_split(order, quantiles)):
            yield "price", f"{place + 1}/{quantiles}", np.sort(rows)


def _line(part: str, name: str, rows: Array, sales: _Sales, sales_min: int) -> Line:
    import numpy as np

    clusters = len(np.unique(sales.clusters[rows]))
    if len(rows) < sales_min:
        return Line(part, name, len(rows), clusters, too_few=True)
    return Line(part, name, len(rows), clusters, too_few=False, figures=tuple(sales.figures(rows)))


def _keys(values: Any, name: str, count: int) -> Array:
    """Keys that can be sorted: days and numbers as they are, other things as texts; a missing one is a key of its own."""
    import numpy as np

    keys = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if len(keys) != count:
        raise UnequalLengths(name, len(keys), count)
    return keys.astype(str) if keys.dtype.kind == "O" else keys


def _ranges(ranges: tuple[Numbers, Numbers], prices: Array) -> tuple[Array, Array]:
    low, high = numbers("low", ranges[0]), numbers("high", ranges[1])
    same_length("low", low, prices)
    same_length("high", high, prices)
    return low, high


def _without(measure: str, why: str) -> Figure:
    return Figure(measure, None, None, None, bands.BANDS.get(measure), None, why)
