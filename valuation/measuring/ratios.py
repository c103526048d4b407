"""Level and uniformity of ratios: median ratio, coefficient of dispersion, and the two older measures of price bias."""

from __future__ import annotations

from valuation.measuring.inputs import Numbers, pair, weights
from valuation.measuring.medians import mean, median
from valuation.measuring.refusals import NoSpread


def median_ratio(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The level of estimates: the median of ŷ/y. One is neither too high nor too low.

    IAAO Standard on Ratio Studies (2013) §5.3; accepted .90–1.10 (§9.1). A pure number. With `weight`, where half of the
    weight lies on either side. Raises TooFew below one row, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    estimates, sales = pair("median_ratio", estimate, sale_price, rows_min=1)
    return median(estimates / sales, weights(weight, sales))


def cod(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The coefficient of dispersion: 100 · mean|r − m| / m, where r = ŷ/y and m is the median of r. Nought is best.

    IAAO Standard on Ratio Studies (2013) §5.4; accepted for single-family homes 5–15 (table 1-3): below 5 suggests that
    estimates chased the prices. In per cent. With `weight`, mean and median are weighted. Raises TooFew below two rows,
    NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    import numpy as np

    estimates, sales = pair("cod", estimate, sale_price, rows_min=2)
    ratio, weighing = estimates / sales, weights(weight, sales)
    middle = median(ratio, weighing)
    return 100 * mean(np.abs(ratio - middle), weighing) / middle


def prd(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The price-related differential: mean(ŷ/y) / (Σŷ / Σy). Above one dear things are estimated low (regressive).

    IAAO Standard on Ratio Studies (2013) §9.2.7; accepted .98–1.03. A pure number. With `weight`, both means are weighted.
    It is moved by single dear rows; where prices spread as widely as those of patents, PRB and VEI say more. Raises TooFew
    below two rows, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    estimates, sales = pair("prd", estimate, sale_price, rows_min=2)
    weighing = weights(weight, sales)
    return mean(estimates / sales, weighing) / (mean(estimates, weighing) / mean(sales, weighing))


def prb(estimate: Numbers, sale_price: Numbers, weight: Numbers | None = None) -> float:
    """The coefficient of price-related bias: by how much ratios rise each time the value doubles (−.1: fall by 10 %).

    The slope of the regression of (r − m)/m on log₂(½·y + ½·ŷ/m), with an intercept; r = ŷ/y, m its median. IAAO Standard on
    Ratio Studies (2013) §9.2.7, formula in appendix D; should lie within ±.05; an interval wholly outside ±.10 is not
    acceptable. A pure number. With `weight`, median and regression are weighted. Raises TooFew below three rows, NoSpread
    where all values are the same, NotFinite, NotPositive, UnequalLengths, NotANumber, BadWeight.
    """
    import numpy as np

    estimates, sales = pair("prb", estimate, sale_price, rows_min=3)
    ratio, weighing = estimates / sales, weights(weight, sales)
    middle = median(ratio, weighing)
    value = np.log2(0.5 * sales + 0.5 * estimates / middle)
    across = value - mean(value, weighing)
    spread = mean(across**2, weighing)
    if spread <= 1e-24 * max(1.0, float(np.max(value**2))):
        raise NoSpread("prb", float(2 ** value[0]))
    return mean(across * (ratio - middle) / middle, weighing) / spread
