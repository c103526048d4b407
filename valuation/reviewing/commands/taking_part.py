"""Handing down who has a part in a valuation: whom the owner engaged to judge it, and who made the result."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.db.base import table_of
from kernel.ids import OrganisationId, PersonId, ValuationId, new_id
from valuation.commands import grant_views
from valuation.reviewing.kinds import Capacity
from valuation.reviewing.tables import ValuationPart


@dataclass(frozen=True, slots=True)
class Part:
    """Whoever is engaged, in one organisation, may see the valuation and, as a technology manager, judge it; a completer
    of the result may see it and never judges it.
    """

    valuation_id: ValuationId
    person_id: PersonId
    capacity: Capacity
    organisation_id: OrganisationId | None = None


def take_part(session: Session, parts: Collection[Part], *, now: datetime) -> None:
    """Give each their part and sight of the valuation, all at once; giving it twice is giving it once."""
    if not parts:
        return
    grant_views(session, sorted({(one.valuation_id, one.person_id) for one in parts}), now=now)
    rows = [{"id": new_id(), **asdict(one), "since": now} for one in parts]
    session.execute(upsert(table_of(ValuationPart)).values(rows).on_conflict_do_nothing())
