"""Handing down who has a part in a valuation: whom the owner engaged to judge it, and who made the result."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.ids import OrganisationId, PersonId, ValuationId, new_id
from valuation.commands import grant_view
from valuation.reviewing.kinds import Capacity
from valuation.reviewing.tables import ValuationPart


def engage(
    session: Session, *, valuation_id: ValuationId, organisation_id: OrganisationId, person_id: PersonId, now: datetime
) -> None:
    """A person whom the owner engaged, in one organisation, may see the valuation and, as a technology manager, judge it."""
    grant_view(session, valuation_id=valuation_id, person_id=person_id, now=now)
    _take_part(session, valuation_id, person_id, Capacity.ENGAGED, organisation_id, now)


def name_completer(session: Session, *, valuation_id: ValuationId, person_id: PersonId, now: datetime) -> None:
    """A completer of the result may see the valuation, and never judges it."""
    grant_view(session, valuation_id=valuation_id, person_id=person_id, now=now)
    _take_part(session, valuation_id, person_id, Capacity.COMPLETER, None, now)


def _take_part(
    session: Session,
    valuation_id: ValuationId,
    person_id: PersonId,
    capacity: Capacity,
    organisation_id: OrganisationId | None,
    now: datetime,
) -> None:
    row = {
        "id": new_id(),
        "valuation_id": valuation_id,
        "person_id": person_id,
        "capacity": capacity,
        "organisation_id": organisation_id,
        "since": now,
    }
    session.execute(upsert(ValuationPart).values(row).on_conflict_do_nothing())
