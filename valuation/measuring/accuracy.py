"""How near estimates came, and what their ranges were worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuation.measuring.inputs import Numbers, enough, numbers, pair, prices, same_length, share, weights
from valuation.measuring.medians import mean, median
from valuation.measuring.refusals import LowAboveHigh

if TYPE_CHECKING:
    from valuation.measuring.inputs import Array


def r2_log(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """1 − Σw(ln ŷ − ln y)² / Σw(ln y − mean ln y)². One is perfect; nought is no better than the mean of these prices.

    A pure number, not from the standard; no band. Where all prices are the same there is nothing to explain: the answer is
    NaN, which whoever writes it down writes as "none". Raises TooFew below one row, NotFinite, NotPositive, UnequalLengths,
    NotANumber, BadWeight.
    """
    import numpy as np

    estimates, sales = pair("r2_log", estimate, sale_price, rows_min=1)
    fitted, actual, weighing = np.log(estimates), np.log(sales), weights(weight, sales)
    counted = actual if weighing is None else actual[weighing > 0]
    if counted.min() == counted.max():
        return float("nan")
    spread = mean((actual - mean(actual, weighing)) ** 2, weighing)
    return 1 - mean((fitted - actual) ** 2, weighing) / spread


def mdape(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The median of |ŷ/y − 1|: half of the estimates are nearer than this share of the price. Nought is best.

    A pure number (.24 is 24 %), not from the standard; no band. An estimate can be too high without end but not too low, so
    that `median_abs_log_ratio` stands beside it. With `weight`, where half of the weight lies on either side. Raises TooFew
    below one row, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    import numpy as np

    estimates, sales = pair("mdape", estimate, sale_price, rows_min=1)
    return median(np.abs(estimates / sales - 1), weights(weight, sales))


def median_abs_log_ratio(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The median of |ln ŷ/y|: too high and too low by the same factor count alike. Nought is best.

    On the log scale (.235 is a factor of 1.26), not from the standard; no band. With `weight`, where half of the weight lies
    on either side. Raises TooFew below one row, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    import numpy as np

    estimates, sales = pair("median_abs_log_ratio", estimate, sale_price, rows_min=1)
    return median(np.abs(np.log(estimates / sales)), weights(weight, sales))


def coverage(low: Numbers, high: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The share of prices that lie within their range, bounds included.

    A share of one; `promises.beta_binomial_p` says whether it agrees with what was promised. With `weight`, the share of
    the weight. Raises TooFew below one row, LowAboveHigh, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    lows, highs, sales = numbers("low", low), numbers("high", high), prices("sale_price", sale_price)
    same_length("low", lows, sales)
    same_length("high", highs, sales)
    enough("coverage", sales, 1)
    if (lows > highs).any():
        place = int((lows > highs).argmax())
        raise LowAboveHigh(place, float(lows[place]), float(highs[place]))
    inside = ((lows <= sales) & (sales <= highs)).astype(float)
    return mean(inside, weights(weight, sales))


def pinball(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None, *, quantile: float = 0.5) -> float:
    """The pinball loss of `estimate` as a quantile of the price: mean of max(q·(y − ŷ), (q − 1)·(y − ŷ)). Less is better.

    In the unit of the prices. Koenker & Bassett 1978; no band: it is compared between models on the same rows. At ½ it is
    half the mean absolute error. Raises BadQuantile outside (0, 1), TooFew below one row, NotFinite, NotPositive,
    UnequalLengths, NotANumber, BadWeight.
    """
    import numpy as np

    share("quantile", quantile)
    estimates, sales = pair("pinball", estimate, sale_price, rows_min=1)
    missed = sales - estimates
    return mean(np.maximum(quantile * missed, (quantile - 1) * missed), weights(weight, sales))


def weighted_median(values: Array, weight: Array) -> float:
    """The smallest value at which half of the weight is reached: always one of the values."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    reached = np.cumsum(np.asarray(weight)[order])
    return float(np.asarray(values)[order][np.searchsorted(reached, reached[-1] / 2)])
