"""Medians: the plain one of the standard, and the same with weights, so that weights of one change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valuation.measuring.inputs import Array

HALF_WITHIN = 1e-12
"""Weights such as thirds do not sum exactly: half of the weight is met within this share of it."""


def median(values: Array, weight: Array | None) -> float:
    """The middle value, or the mean of the two middle ones; with weights, where half of the weight lies on either side.

    Weights that are whole numbers count as repeated rows.
    """
    import numpy as np

    if weight is None:
        return float(np.median(values))
    kept = weight > 0
    order = np.argsort(values[kept], kind="stable")
    ordered, reached = values[kept][order], np.cumsum(weight[kept][order])
    half = reached[-1] / 2
    place = int(np.searchsorted(reached, half * (1 - HALF_WITHIN)))
    if reached[place] <= half * (1 + HALF_WITHIN) and place + 1 < len(ordered):
        return float((ordered[place] + ordered[place + 1]) / 2)
    return float(ordered[place])


def mean(values: Array, weight: Array | None) -> float:
    """The weighted mean."""
    import numpy as np

    return float(np.average(values, weights=weight))
