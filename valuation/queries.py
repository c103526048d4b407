"""What may be asked about valuations: who may see one."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId, ValuationId
from parties.roles import Role
from valuation.reviewing.tables import ReviewInvitation
from valuation.tables import Valuation, ValuationView


def visible_to(actor: Actor) -> Select[Valuation]:
    """The owner unit's people, whoever was given sight of it (the asker, completers, the engaged manager), and the
    appraisers of an organisation that the owner invited to review it.
    """
    given = select(ValuationView.valuation_id).where(ValuationView.person_id == actor.person_id)
    seen = or_(Valuation.owner_id == actor.organisation_id, Valuation.id.in_(given))
    if actor.has(Role.APPRAISER) and actor.organisation_id is not None:
        invited = select(ReviewInvitation.valuation_id).where(
            ReviewInvitation.organisation_id == actor.organisation_id, ReviewInvitation.withdrawn_at.is_(None)
        )
        seen = or_(seen, Valuation.id.in_(invited))
    return select(Valuation).where(seen)


def valuation(session: Session, actor: Actor, valuation_id: ValuationId) -> Valuation:
    """One valuation that the actor may see. Raises NotFound."""
    return fetch(session, visible_to(actor), Valuation, valuation_id)


def of_result(actor: Actor, result_id: ResultId) -> Select[Valuation]:
    """The valuations of a result that the actor may see; for `page_of`, newest first."""
    return visible_to(actor).where(Valuation.result_id == result_id)
