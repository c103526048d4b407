"""Trading rules: numbers of law and practice as versioned rows with their source, looked up by name, regime and day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from kernel.tables import TradingRule

ANY = "ANY"


class NoSuchRule(LookupError):
    """No version of a trading rule is in force on that day: a fault of configuration, not of the user."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force: its value, unit, source, and `regime@version` for the records made under it.

    `confidence` is how sure the source is: verified, memory or design.
    """

    name: str
    value: Any
    unit: str
    source: str
    version: str
    confidence: str = "verified"


def rule(session: Session, name: str, *, on: date, regime: str = ANY) -> Rule:
    """The newest version in force on a day, of this regime or else of all regimes. Raises NoSuchRule."""
    return rules(session, (name,), on=on, regime=regime)[name]


def rules(session: Session, names: Collection[str], *, on: date, regime: str = ANY) -> dict[str, Rule]:
    """Several rules by name, in one query: each the version that `rule` would find. Raises NoSuchRule for a missing one."""
    newest = (
        select(TradingRule)
        .where(TradingRule.name.in_(names), TradingRule.regime.in_((regime, ANY)), TradingRule.valid_from <= on)
        .where(or_(TradingRule.valid_to.is_(None), TradingRule.valid_to > on))
        .ext(distinct_on(TradingRule.name))
        .order_by(TradingRule.name, (TradingRule.regime == ANY).asc(), TradingRule.version.desc())
    )
    found = {
        row.name: Rule(row.name, row.value, row.unit, row.source, f"{row.regime}@{row.version}", row.confidence)
        for row in session.execute(newest).scalars()
    }
    if missing := set(names) - found.keys():
        raise NoSuchRule(f"no trading rule {', '.join(sorted(missing))} for {regime} on {on}")
    return found


def whole_number(session: Session, name: str, *, on: date, regime: str = ANY) -> int:
    """The rule's value as a whole number. Raises NoSuchRule, or TypeError if the row holds something else."""
    value = rule(session, name, on=on, regime=regime).value
    if type(value) is not int:
        raise TypeError(f"trading rule {name} is not a whole number")
    return value
