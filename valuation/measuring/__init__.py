"""How good prices were: measures `f(estimate, sale_price)` over arrays, their accepted bands, and how sure one may be of them.

Formulas and bands are those of the IAAO Standard on Ratio Studies (April 2013) and of its exposure drafts of 2025 and 2026
where they differ; `bands` keeps the numbers with their sources. A ratio is always estimate / sale price.
"""

from valuation.measuring.accuracy import coverage, mdape, median_abs_log_ratio, pinball, r2_log, weighted_median
from valuation.measuring.bootstrapping import Interval, bootstrap
from valuation.measuring.equity import VeiTest, vei, vei_test
from valuation.measuring.promises import beta_binomial_p, holm
from valuation.measuring.ratios import cod, median_ratio, prb, prd
from valuation.measuring.refusals import (
    BadMeasurement,
    BadQuantile,
    BadWeight,
    LowAboveHigh,
    NoSpread,
    NotANumber,
    NotFinite,
    NotPositive,
    TooFew,
    TooOftenUndefined,
    UnequalLengths,
)

__all__ = [
    "BadMeasurement",
    "BadQuantile",
    "BadWeight",
    "Interval",
    "LowAboveHigh",
    "NoSpread",
    "NotANumber",
    "NotFinite",
    "NotPositive",
    "TooFew",
    "TooOftenUndefined",
    "UnequalLengths",
    "VeiTest",
    "beta_binomial_p",
    "bootstrap",
    "cod",
    "coverage",
    "holm",
    "mdape",
    "median_abs_log_ratio",
    "median_ratio",
    "pinball",
    "prb",
    "prd",
    "r2_log",
    "vei",
    "vei_test",
    "weighted_median",
]
