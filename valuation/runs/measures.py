"""How good a run was: a ratio study of what it foretold out of time, each book by itself, by kind, trade and price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from valuation import ratio_studies
from valuation.calibrating import Calibration, Foretold, scores_of
from valuation.intervals import TooFewToPromise
from valuation.measuring import beta_binomial_p
from valuation.measuring.bands import Verdict
from valuation.measuring.refusals import BadMeasurement
from valuation.ratio_studies import Line, Study

if TYPE_CHECKING:
    import numpy as np

    from valuation.dataset import Row
    from valuation.model import PriceModel

    Array = np.ndarray[Any, np.dtype[Any]]
    Key = tuple[str, ...]

DRAWS: Final = 100
"""Fewer draws than a study by itself: the interval of every measure of every group is made in every training."""
SEED: Final = 20_261_125
LEVEL: Final = 0.90
LEVELS: Final = (0.9, 0.8)
DIGITS: Final = 6
"""Significant digits that are kept of a measure."""


def measured(model: PriceModel, rows: Sequence[Row]) -> dict[str, Any]:
    """The measures of a model just fitted on `rows`, by book, as plain values; a book with nothing to say is left out.

    Each book: `study` (lines by part and name with figures [value, low, high, verdict]), `coverage` (the same lines for the
    90 % range, promised at the time from earlier errors only), `promise` (beta-binomial p) and `calibration` (packages, and
    half widths as factors by group and level). Raises nothing for too few sales: they are called too few.
    """
    foretold = model.calibration.foretold
    if foretold is None:
        return {}
    from valuation.dataset import matrix

    shown = [rows[place] for place in foretold.rows.tolist()]
    frame, _, _, packages = matrix(shown)
    books, groups = model.strata_of(frame), model.groups_of(frame)
    half = _half_widths(foretold, packages, books, groups)
    found = {}
    for book in sorted(model.calibration.books):
        sales = _Packages(shown, foretold, [place for place, one in enumerate(books) if one == book], half)
        if measures := _book(sales):
            found["/".join(book)] = {**measures, "calibration": _calibration(model.calibration, book)}
    return found


def spread(log_ratios: Sequence[float]) -> dict[str, float]:
    """{sales, median, sigma} of log errors, sigma by the median absolute deviation (×1.4826, normal consistency)."""
    import numpy as np

    middle = float(np.median(log_ratios))
    return {
        "sales": len(log_ratios),
        "median": _rounded(middle),
        "sigma": _rounded(1.4826 * float(np.median(np.abs(np.asarray(log_ratios) - middle)))),
    }


def _book(sales: _Packages) -> dict[str, Any]:
    """One book's measures; nothing where a study cannot be made, as of sales that are all of one day."""
    import numpy as np

    try:
        studied = ratio_studies.study(
            sales.estimate, sales.price, sales.days, seed=SEED, groups=sales.groups(), draws=DRAWS, level=LEVEL
        )
    except BadMeasurement:
        return {}
    return {
        "standard": studied.standard,
        "note": studied.note,
        "level": LEVEL,
        "draws": DRAWS,
        "seed": SEED,
        "sales_min": studied.sales_min,
        "study": _plain(studied),
        "log_errors": spread(np.log(sales.price / sales.estimate).tolist()),
        **_promises(sales),
    }


class _Packages:
    """Some of the foretold rows as sales, one a package because its rows share a price: the totals of its rows.

    `low` and `high` are totals, too; NaN where one of the rows had no range.
    """

    def __init__(self, shown: Sequence[Row], foretold: Foretold, own: Sequence[int], half: Array) -> None:
        import numpy as np

        keys = np.array([shown[place].package_key for place in own])
        estimate, price = np.exp(foretold.log_estimate[own]), np.exp(foretold.log_price[own])
        self.estimate, self.price, first = ratio_studies.one_per_package(estimate, price, keys.tolist())
        self.low = _totals(estimate * np.exp(-half[own]), keys)
        self.high = _totals(estimate * np.exp(half[own]), keys)
        self.rows = [shown[own[place]] for place in first.tolist()]
        self.days = np.array([one.dealt_on for one in self.rows], dtype="datetime64[D]")

    def groups(self, chosen: Array | None = None) -> dict[str, list[str]]:
        """Kind and trade of each sale, or of those chosen."""
        rows = self.rows if chosen is None else [self.rows[place] for place in chosen.tolist()]
        return {"kind": [one.kind for one in rows], "trade": [one.trade for one in rows]}


def _totals(values: Array, keys: Array) -> Array:
    """The total of each package in the order in which packages come, as in `one_per_package`."""
    import numpy as np

    _, first, at = np.unique(keys, return_index=True, return_inverse=True)
    totals: Array = np.bincount(at, weights=values)[np.argsort(first)]
    return totals


def _half_widths(foretold: Foretold, packages: Array, books: Sequence[Key], groups: Sequence[Key]) -> Array:
    """(rows,) log half widths of the 90 % range as it would have been given then: from the errors of earlier folds only.

    NaN where there were too few of them.
    """
    import numpy as np

    residual = foretold.log_estimate - foretold.log_price
    half = np.full(len(residual), np.nan)
    for fold in np.unique(foretold.fold).tolist():
        before = np.flatnonzero(foretold.fold < fold)
        past = [[keys[place] for place in before.tolist()] for keys in (books, groups)]
        earlier = Calibration(scores_of(residual[before], packages[before], *past))
        known: dict[tuple[Key, Key], float] = {}
        for place in np.flatnonzero(foretold.fold == fold).tolist():
            key = books[place], groups[place]
            if key not in known:
                known[key] = _half_width(earlier, *key)
            half[place] = known[key]
    return half


def _half_width(calibration: Calibration, book: Key, group: Key, level: float = LEVEL) -> float:
    try:
        return float(calibration.half_widths([book], [group], level)[0])
    except TooFewToPromise:
        return math.nan


def _promises(sales: _Packages) -> dict[str, Any]:
    """Coverage of the 90 % range by the same parts, and whether it may be believed (beta-binomial, two-sided)."""
    import numpy as np

    low, high = sales.low, sales.high
    ranged = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if not len(ranged):
        return {"coverage": [], "promise": None}
    estimate, price = sales.estimate[ranged], sales.price[ranged]
    covered = int(((low[ranged] <= price) & (price <= high[ranged])).sum())
    try:
        studied = ratio_studies.study(
            estimate,
            price,
            sales.days[ranged],
            seed=SEED,
            groups=sales.groups(ranged),
            ranges=(low[ranged], high[ranged]),
            draws=DRAWS,
            level=LEVEL,
            ranges_only=True,
        )
    except BadMeasurement:
        return {"coverage": [], "promise": None}
    smallest = len(sales.price) - len(ranged)
    p_value = _promise_p(covered, len(ranged), smallest)
    promise = {"level": LEVEL, "packages": len(ranged), "covered": covered, "p": p_value}
    return {"coverage": _plain(studied), "promise": promise}


def _promise_p(covered: int, packages: int, calibration: int) -> float | None:
    """The smallest calibration allows for most: the packages that had no range yet were all that the first range knew."""
    try:
        return _rounded(beta_binomial_p(covered, LEVEL, packages, calibration))
    except TooFewToPromise:
        return None


def _calibration(calibration: Calibration, key: Key) -> dict[str, Any]:
    """Packages and half widths as factors (×/÷), by group and level; None where nothing can be promised."""
    scores = calibration.books[key]
    groups: dict[str, Any] = {
        "/".join(group) or ratio_studies.OVERALL: {
            "packages": sum(one == group for one, _ in scores),
            "factors": {f"{level:.0%}": _factor(calibration, key, group, level) for level in LEVELS},
        }
        for group in sorted({one for one, _ in scores})
    }
    return {"packages": len(scores), "groups": groups}


def _factor(calibration: Calibration, key: Key, group: Key, level: float) -> float | None:
    half = _half_width(calibration, key, group, level)
    return _rounded(math.exp(half)) if math.isfinite(half) and half < 700 else None


def _plain(studied: Study) -> list[dict[str, Any]]:
    return [_line(one) for one in studied.lines]


def _line(one: Line) -> dict[str, Any]:
    return {
        "part": one.part,
        "name": one.name,
        "sales": one.sales,
        "clusters": one.clusters,
        "too_few": one.too_few,
        "figures": {
            figure.measure: _figure(figure.value, figure.low, figure.high, figure.verdict)
            for figure in one.figures
            if figure.value is not None and figure.low is not None and figure.high is not None
        },
    }


def _figure(value: float, low: float, high: float, verdict: Verdict | None) -> list[float | str | None]:
    return [_rounded(value), _rounded(low), _rounded(high), verdict.value if verdict else None]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
