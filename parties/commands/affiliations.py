"""Affiliations: declared by a party or by the exchange, confirmed by the other side, ended only by the exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.errors import NotFound
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import AffiliationId, OrganisationId, new_id
from parties.control import Relation
from parties.errors import AffiliatedToItself, AlreadyConfirmed, PeriodNotValid
from parties.events import AffiliationDeclared
from parties.roles import Role
from parties.tables import Affiliation, Organisation
from parties.visibility import affiliations_visible_to


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared: for CONTROL `first` is the parent; otherwise the order does not matter. Days are Asia/Shanghai."""

    first: OrganisationId
    second: OrganisationId
    relation: Relation
    starts_on: date
    ends_on: date | None
    evidence: str


def declare(session: Session, *, declared: Declared, actor: Actor, now: datetime) -> Affiliation:
    """Declare a relation: as ADMIN of one of the two, or as OPERATOR of the exchange between any two.

    An operator's word confirms it; a party's word binds the two at once, but no chain runs through it until the other
    side or an operator has confirmed. Raises NotFound, AffiliatedToItself, PeriodNotValid, MissingRole.
    """
    actor.must_have(Role.ADMIN, Role.OPERATOR)
    by_exchange = actor.has(Role.OPERATOR)
    first, second = _in_order(declared)
    if first == second:
        raise AffiliatedToItself
    if declared.ends_on is not None and declared.ends_on < declared.starts_on:
        raise PeriodNotValid
    if not by_exchange and actor.organisation() not in (first, second):
        raise NotFound
    if any(session.get(Organisation, one) is None for one in (first, second)):
        raise NotFound
    row = Affiliation(
        id=AffiliationId(new_id()),
        first_id=first,
        second_id=second,
        relation=declared.relation,
        starts_on=declared.starts_on,
        ends_on=declared.ends_on,
        evidence=declared.evidence,
        declared_by=actor.person_id,
        declared_for=actor.organisation(),
        declared_at=now,
        confirmed_by=actor.person_id if by_exchange else None,
        confirmed_at=now if by_exchange else None,
        ended_by=None,
    )
    session.add(row)
    session.flush()
    emit(session, AffiliationDeclared(row.id, first, second), now=now)
    _record(session, row, "affiliation.declare", actor=actor, now=now)
    return row


def confirm(session: Session, *, affiliation_id: AffiliationId, actor: Actor, now: datetime) -> Affiliation:
    """Confirm what the other side declared: its ADMIN, or an OPERATOR. Raises NotFound, AlreadyConfirmed, MissingRole."""
    row = lock(session, Affiliation, affiliation_id, within=affiliations_visible_to(actor))
    # Whoever declared it is not its own witness.
    if actor.organisation() == row.declared_for:
        actor.must_have(Role.OPERATOR)
    actor.must_have(Role.ADMIN, Role.OPERATOR)
    if row.confirmed_at is not None:
        raise AlreadyConfirmed
    row.confirmed_by, row.confirmed_at = actor.person_id, now
    _record(session, row, "affiliation.confirm", actor=actor, now=now)
    return row


def end(
    session: Session, *, affiliation_id: AffiliationId, ends_on: date, reason: str, actor: Actor, now: datetime
) -> Affiliation:
    """End a relation on a day: OPERATOR only, for a party could step out of it to bid. Raises NotFound, PeriodNotValid."""
    actor.must_have(Role.OPERATOR)
    row = lock(session, Affiliation, affiliation_id, within=affiliations_visible_to(actor))
    if ends_on < row.starts_on:
        raise PeriodNotValid
    row.ends_on, row.ended_by = ends_on, actor.person_id
    _record(session, row, "affiliation.end", actor=actor, now=now, reason=reason)
    return row


def _in_order(declared: Declared) -> tuple[OrganisationId, OrganisationId]:
    first, second = declared.first, declared.second
    if declared.relation is not Relation.CONTROL and second < first:
        return second, first
    return first, second


def _record(
    session: Session, row: Affiliation, action: str, *, actor: Actor, now: datetime, reason: str | None = None
) -> None:
    facts = {
        "first": row.first_id,
        "second": row.second_id,
        "relation": row.relation.value,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "confirmed": row.confirmed_at is not None,
    }
    record(
        session, actor=actor, action=action, kind="affiliation", object_id=row.id, after=facts, reason=reason, now=now
    )
