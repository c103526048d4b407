"""Rows of a price file and the policy by which they are graded, for tests of what counts as evidence."""

from datetime import date, timedelta
from typing import Any

from valuation.dataset import Row
from valuation.discounts import DiscountPrior
from valuation.grading import Policy

PRIOR = DiscountPrior(prior_bp=0, low_bp=0, high_bp=3500, pairs_min=30, source="a test")
POLICY = Policy(
    deals_for_price_min=30,
    deals_for_range_min=9,
    asks_for_range_min=30,
    range_ratio_max=10,
    ask_discount=PRIOR,
    seller_share_max_bp=2000,
    champion_packages_min=9,
    generated_allowed=True,
    version="ANY@2",
    source="a test",
)


def row(number: int, **facts: Any) -> Row:
    """A deal on a patent of its own, cheap to change by its facts."""
    usual = {
        "source": "file",
        "source_id": f"{number}",
        "package_key": f"package-{number}",
        "title": f"一种电机{number}",
        "kind": "invention",
        "trade": "transfer",
        "price_type": "deal",
        "price_fen": 10_000_000 + 250_000 * (number % 17),
        "dealt_on": date(2023, 1, 1) + timedelta(days=7 * number),
        "filed_on": None,
        "filed_year": 2019,
        "tech_field": None,
        "package_size": 1,
        "generated": False,
    }
    return Row(**(usual | facts))
