"""Calculations to try: entries of the three methods with round numbers, each part of which a test may change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from valuation.appraisal import cost, income, market
from valuation.appraisal.inputs import Stated
from valuation.appraisal.lives import Life
from valuation.appraisal.royalties import Royalty

BASE_DATE = date(2026, 10, 31)
BEFORE = income.Taxes(flows=income.TaxBasis.BEFORE, discount=income.TaxBasis.BEFORE)
AFTER = income.Taxes(flows=income.TaxBasis.AFTER, discount=income.TaxBasis.AFTER)


def n(value: Any, low: Any = None, high: Any = None, source: str = "测试") -> Stated:
    """A number with a source."""
    return Stated(value=value, low=low, high=high, source=source)


def life(economic: Any = 8, legal: Any = 12) -> Life:
    """A life within its term."""
    return Life(economic=economic if isinstance(economic, Stated) else n(economic), legal=n(legal))


def relief(**changes: Any) -> income.RoyaltyRelief:
    """A level million a year, five percent of it, at fifteen percent over eight years, before tax, at the end of years."""
    parts: dict[str, Any] = {
        "base_date": BASE_DATE,
        "plan": income.Plan(amounts=["1000000"], source="测试"),
        "royalty": Royalty(rate=n("0.05")),
        "discount": n("0.15"),
        "life": life(),
        "taxes": BEFORE,
        "timing": income.Timing.END_YEAR,
    }
    return income.RoyaltyRelief(**parts | changes)


def excess(**changes: Any) -> income.ExcessEarnings:
    """A hundred thousand of excess profit a year, less thirty thousand of charges."""
    parts: dict[str, Any] = {
        "base_date": BASE_DATE,
        "plan": income.Plan(amounts=["100000"], source="测试"),
        "charges": [("流动资产", n("20000")), ("固定资产", n("10000"))],
        "discount": n("0.15"),
        "life": life(),
        "taxes": BEFORE,
    }
    return income.ExcessEarnings(**parts | changes)


def item(amount: Any, kind: cost.CostKind = cost.CostKind.LABOUR, **changes: Any) -> cost.CostItem:
    """One item of cost."""
    return cost.CostItem(kind=kind, amount=amount if isinstance(amount, Stated) else n(amount), **changes)


def cost_entry(**changes: Any) -> cost.CostEntry:
    """A million spent over two years at five percent, ten percent of profit, a quarter used up."""
    parts: dict[str, Any] = {
        "base_date": BASE_DATE,
        "items": [item("600000"), item("250000", cost.CostKind.MATERIALS), item("150000", cost.CostKind.INDIRECT)],
        "development_years": n(2),
        "capital_rate": n("0.05"),
        "profit_rate": n("0.10"),
        "depreciation": cost.ByAge(used=n(2), life=life(6)),
    }
    return cost.CostEntry(**parts | changes)


def comparable(price: Any = "400000", **changes: Any) -> market.Comparable:
    """A deal of last year."""
    return market.Comparable(title="可比成果", price=n(price), **{"traded_on": date(2025, 6, 1), **changes})


def market_entry(*comparables: market.Comparable) -> market.MarketEntry:
    """Three deals, the first of them adjusted."""
    factors = {"time": n("1.1"), "life": n("0.9"), "tech": n("1.2"), "scope": n("0.8"), "other": n("1.05")}
    three = (
        comparable("500000", weight=n("0.5"), factors=factors),
        comparable("400000", weight=n("0.3")),
        comparable("300000", weight=n("0.2")),
    )
    return market.MarketEntry(base_date=BASE_DATE, comparables=comparables or three)


def annuity(rate: float, years: int) -> float:
    """The closed form of a level annuity, paid at the end of years."""
    return (1 - (1 + rate) ** -years) / rate


def growing_annuity(rate: float, growth: float, years: int) -> float:
    """The closed form of an annuity that grows, paid at the end of years; its first payment is one."""
    return (1 - ((1 + growth) / (1 + rate)) ** years) / (rate - growth)


def fen(yuan: float) -> int:
    """Yuan of a closed form in whole fen."""
    return int((Decimal(repr(yuan)) * 100).quantize(Decimal(1), "ROUND_HALF_UP"))
