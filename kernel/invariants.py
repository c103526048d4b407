"""What must never be false of a live database, each as a query that selects the offenders; `market audit` runs all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

OFFENDERS_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """A numbered promise and the SQL that selects the ids (as text) that break it."""

    number: str
    promise: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: how many rows break it, and the first of them."""

    number: str
    promise: str
    count: int
    offenders: tuple[str, ...]


INVARIANTS: dict[tuple[str, str], Invariant] = {}


def invariant(number: str, promise: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a query: one text column, a row an offender, no rows when the promise holds."""

    def register(query: Callable[[], str]) -> Callable[[], str]:
        INVARIANTS[number, promise] = Invariant(number, promise, query())
        return query

    return register


def check_all(session: Session) -> list[Violation]:
    """Run every invariant in this session's snapshot; an empty list means that all hold."""
    violations = []
    for rule in sorted(INVARIANTS.values(), key=lambda rule: (len(rule.number), rule.number, rule.promise)):
        offenders = [str(row[0]) for row in session.execute(text(rule.sql))]
        if offenders:
            shown = tuple(offenders[:OFFENDERS_SHOWN_MAX])
            violations.append(Violation(rule.number, rule.promise, len(offenders), shown))
    return violations
