"""The pooling policy in force, read from the trading rules."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kernel.rules import rules
from valuation.reconciling import PoolingPolicy

RULE: Final = "valuation.reconciling"
EVIDENCE: Final = "valuation.evidence"


def pooling_policy_on(session: Session, day: date) -> PoolingPolicy:
    """The policy in force on a day. Raises NoSuchRule, KeyError or ValueError: faults of configuration."""
    found = rules(session, (RULE, EVIDENCE), on=day)
    own, evidence = found[RULE], found[EVIDENCE]
    return PoolingPolicy.from_rule(
        own.value,
        range_ratio_max=float(evidence.value["range_ratio_max"]),
        version=f"{RULE} {own.version}",
        source=own.source,
        confidence=own.confidence,
    )
