"""How good prices were: measures `f(estimate, sale_price)` over arrays of prices, with weights where packages repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]


def r2_log(estimate: Array, sale_price: Array, weight: Array | None = None) -> float:
    """1 − Σw(ln ŷ − ln y)² / Σw(ln y − mean ln y)². One is perfect; zero is no better than the mean."""
    import numpy as np

    fitted, actual, w = np.log(estimate), np.log(sale_price), _weights(sale_price, weight)
    spread = np.sum(w * (actual - np.average(actual, weights=w)) ** 2)
    return float(1 - np.sum(w * (fitted - actual) ** 2) / spread) if spread > 0 else float("nan")


def mdape(estimate: Array, sale_price: Array, weight: Array | None = None) -> float:
    """The weighted median of |ŷ/y − 1|: half of the estimates are nearer than this share of the price."""
    import numpy as np

    return weighted_median(np.abs(np.asarray(estimate) / np.asarray(sale_price) - 1), _weights(sale_price, weight))


def median_abs_log_ratio(estimate: Array, sale_price: Array, weight: Array | None = None) -> float:
    """The weighted median of |ln ŷ/y|: too high and too low by the same factor count alike."""
    import numpy as np

    return weighted_median(np.abs(np.log(np.asarray(estimate) / np.asarray(sale_price))), _weights(sale_price, weight))


def coverage(low: Array, high: Array, sale_price: Array, weight: Array | None = None) -> float:
    """The weighted share of prices that lie within their range, bounds included."""
    import numpy as np

    inside = (np.asarray(low) <= sale_price) & (np.asarray(sale_price) <= high)
    return float(np.average(inside, weights=_weights(sale_price, weight)))


def weighted_median(values: Array, weight: Array) -> float:
    """The smallest value at which half of the weight is reached."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    reached = np.cumsum(np.asarray(weight)[order])
    return float(np.asarray(values)[order][np.searchsorted(reached, reached[-1] / 2)])


def _weights(like: Array, weight: Array | None) -> Array:
    import numpy as np

    return np.ones(len(like)) if weight is None else np.asarray(weight, dtype=float)
