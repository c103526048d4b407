"""Leaks: features that know the price, caught by their name, by what they are made of, or by how well they foretell it."""

from valuation.leaks.auditing import Audit, audit
from valuation.leaks.columns import ColumnFinding, examine
from valuation.leaks.names import LeakRefused, check_features, price_made

__all__ = ["Audit", "ColumnFinding", "LeakRefused", "audit", "check_features", "examine", "price_made"]
