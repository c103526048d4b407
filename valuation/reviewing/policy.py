"""The numbers of the review desk in force on a day, read from the trading rules with their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kernel.rules import rule

RULE: Final = "valuation.reviewing"


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Days for a human decision, and how many pairs and organisations stand behind a published figure."""

    human_decision_working_days: int
    anchoring_pairs_min: int
    report_units_min: int
    version: str


def review_policy_on(session: Session, day: date) -> ReviewPolicy:
    """The policy in force on a day (Asia/Shanghai). Raises NoSuchRule, KeyError or ValueError: faults of configuration."""
    found = rule(session, RULE, on=day)
    numbers = {name: int(found.value[name]) for name in ReviewPolicy.__slots__ if name != "version"}
    if min(numbers.values()) < 1:
        raise ValueError("the numbers of the review desk are at least one")
    return ReviewPolicy(version=found.version, **numbers)
