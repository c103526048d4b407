"""What start-price guidance rests on: how many lots are enough and what was believed beforehand, a versioned trading rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from kernel.rules import rule

RULE: Final = "valuation.start_price"


@dataclass(frozen=True, slots=True)
class StartPolicy:
    """The rule. Counts are lots with a reference price; the prior is on log odds of a sale, its slope per reference price;
    `neighbours` is how near, in log ratio, lots count most for the price of a sale."""

    lots_min: int
    unsold_min: int
    sold_min: int
    ratio_spread_min: float
    prior_log_odds: float
    prior_log_odds_sd: float
    prior_slope: float
    prior_slope_sd: float
    price_slope: float
    price_weight: float
    neighbours: float
    level_bp: int
    draws: int
    points: int
    near_best_bp: int
    sale_min_bp: int
    version: str
    source: str

    @classmethod
    def from_rule(cls, value: Mapping[str, Any], *, version: str, source: str) -> StartPolicy:
        """Read the rule's value. Raises KeyError or ValueError where it is not complete or not sensible."""
        whole = ("lots_min", "unsold_min", "sold_min", "level_bp", "draws", "points", "near_best_bp", "sale_min_bp")
        real = (
            "ratio_spread_min",
            "prior_log_odds",
            "prior_log_odds_sd",
            "prior_slope",
            "prior_slope_sd",
            "price_slope",
            "price_weight",
            "neighbours",
        )
        numbers: dict[str, Any] = {name: int(value[name]) for name in whole} | {
            name: float(value[name]) for name in real
        }
        policy = cls(**numbers, version=version, source=source)
        if not (
            1 <= policy.unsold_min <= policy.lots_min
            and 1 <= policy.sold_min <= policy.lots_min
            and min(policy.prior_log_odds_sd, policy.prior_slope_sd, policy.price_weight, policy.neighbours) > 0
            and 0 <= policy.price_slope <= 1
            and 0 < policy.level_bp < 10_000
            and 100 <= policy.draws <= 10_000
            and 3 <= policy.points <= 50
            and 0 < policy.near_best_bp <= 10_000
            and 0 <= policy.sale_min_bp <= 10_000
        ):
            raise ValueError("the policy of start prices contradicts itself")
        return policy


def policy_on(session: Session, day: date) -> StartPolicy:
    """The policy in force on a day. Raises NoSuchRule, KeyError or ValueError: faults of configuration."""
    found = rule(session, RULE, on=day)
    return StartPolicy.from_rule(found.value, version=found.version, source=found.source)
