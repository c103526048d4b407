"""Vertical equity by groups of value: the indicator of the standard's new drafts, and the test that goes with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from valuation.measuring import bands
from valuation.measuring.inputs import Numbers, pair
from valuation.measuring.medians import median

if TYPE_CHECKING:
    from valuation.measuring.inputs import Array


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """One percentile group: its sales, its median value and ratio, and the 90 % interval of the latter."""

    sales: int
    value: float
    median_ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class VeiTest:
    """The indicator in per cent, its groups from cheap to dear, and the verdict.

    `significance` is the gap between the intervals of the outer groups in per cent of the overall median; None where the
    indicator lies within the band, or the intervals overlap. Only a gap beyond the band is an inequity that is shown.
    """

    vei: float
    significance: float | None
    acceptable: bool
    groups: tuple[ValueGroup, ...]


def vei(estimate: Numbers, sale_price: Numbers) -> float:
    """The vertical equity indicator: 100 · (median ratio of the dearest group − that of the cheapest) / median ratio.

    Groups are halves up to 50 sales, quartiles up to 500, deciles above, by the value ½·y + ½·ŷ/m. Below nought dear things
    are estimated low (regressive). IAAO exposure drafts, 2025 §8.2.1 and 2026 appendix E, not yet adopted; accepted ±10. In
    per cent. The drafts define no weights: give one row a package. Raises TooFew below twenty rows, NotFinite, NotPositive,
    UnequalLengths, NotANumber.
    """
    estimates, sales = pair("vei", estimate, sale_price, rows_min=bands.VEI_GROUPS[0].sales_from)
    ratio = estimates / sales
    middle = median(ratio, None)
    ordered, _, starts = _by_value(ratio, sales, middle)
    return 100 * (median(ordered[starts[-2] :], None) - median(ordered[: starts[1]], None)) / middle


def vei_test(estimate: Numbers, sale_price: Numbers) -> VeiTest:
    """The indicator with its groups and the drafts' second step: is what lies outside the band shown, or chance?

    Intervals of group medians are distribution-free at 90 %, by rank (2025 draft §7.5.3). Raises as `vei` does.
    """
    import numpy as np

    estimates, sales = pair("vei", estimate, sale_price, rows_min=bands.VEI_GROUPS[0].sales_from)
    ratio = estimates / sales
    middle = median(ratio, None)
    ordered, values, starts = _by_value(ratio, sales, middle)
    groups = []
    for start, end in pairwise(starts):
        inside = np.sort(ordered[start:end])
        low, high = _median_interval(inside)
        value, typical = median(values[start:end], None), median(inside, None)
        groups.append(ValueGroup(end - start, value, typical, low, high))
    found = 100 * (groups[-1].median_ratio - groups[0].median_ratio) / middle
    lower, upper = sorted((groups[0], groups[-1]), key=lambda group: group.median_ratio)
    gap = 100 * (upper.low - lower.high) / middle
    band = bands.band("vei")
    significance = gap if not band.holds(found) and gap > 0 else None
    acceptable = significance is None or band.holds(significance)
    return VeiTest(found, significance, acceptable, tuple(groups))


def _by_value(ratio: Array, sales: Array, middle: float) -> tuple[Array, Array, list[int]]:
    """(ratios from cheap to dear, their values, where each group starts, and the end)."""
    import numpy as np

    value = 0.5 * sales + 0.5 * ratio * sales / middle
    # Equal values in the order of their ratios: the order in which rows came must not matter.
    order = np.lexsort((ratio, value))
    rows = len(ratio)
    count = next(one.groups for one in reversed(bands.VEI_GROUPS) if rows >= one.sales_from)
    return ratio[order], value[order], [-(-place * rows // count) for place in range(count + 1)]


def _median_interval(inside: Array) -> tuple[float, float]:
    """Ranks counted out from the middle: z·√n/2, half a rank more where n is even, rounded up."""
    rows = len(inside)
    steps = math.ceil(bands.VEI_Z * math.sqrt(rows) / 2 + (0.5 if rows % 2 == 0 else 0.0))
    low = (rows - 1) // 2 - steps if rows % 2 else rows // 2 - steps
    return float(inside[max(low, 0)]), float(inside[min(rows - 1 - low, rows - 1)])
