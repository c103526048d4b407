"""The valuation policy in force: what counts as enough evidence, read from the trading rules."""

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kernel.rules import rule
from valuation.grading import Policy

RULE: Final = "valuation.evidence"


def policy_on(session: Session, day: date) -> Policy:
    """The policy in force on a day. Raises NoSuchRule, KeyError or ValueError: faults of configuration."""
    found = rule(session, RULE, on=day)
    return Policy.from_rule(found.value, version=found.version, source=found.source)
