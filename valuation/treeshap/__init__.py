"""Exact contributions (SHAP values) of a LightGBM model's features, much faster than LightGBM's own and equal to them.

    shap_values(booster, X)  -> (rows, features), float64: booster.predict(X, pred_contrib=True)[:, :-1]
    base_value(booster)      -> float: its last column

Path-dependent TreeSHAP (Lundberg, Erion and Lee 2018, arXiv:1802.03888) by quadrature; the mathematics is in `compiling`.
"""

from valuation.treeshap.explaining import StaleBooster, base_value, prepare, shap_values
from valuation.treeshap.parsing import UnsupportedBooster
from valuation.treeshap.reading import WrongTable

__all__ = ["StaleBooster", "UnsupportedBooster", "WrongTable", "base_value", "prepare", "shap_values"]
