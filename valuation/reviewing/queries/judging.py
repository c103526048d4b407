"""Who may judge a valuation, and what there is to judge."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from kernel.http.auth import Actor
from kernel.ids import ValuationId
from parties.roles import Role
from valuation import queries as valuations
from valuation.reviewing.errors import NotEngaged, OwnCompletion
from valuation.reviewing.figures import Figure
from valuation.reviewing.kinds import Capacity
from valuation.reviewing.tables import ReviewInvitation, ValuationPart
from valuation.tables import Valuation


def owned_by(actor: Actor) -> Select[Valuation]:
    """The valuations of the organisation acted for. Raises NoOrganisation."""
    return select(Valuation).where(Valuation.owner_id == actor.organisation())


def reviewable(session: Session, actor: Actor, valuation_id: ValuationId) -> Valuation:
    """A valuation that the actor may judge, read without showing its price to anybody.

    For technology managers of the owner, or engaged for the result in the organisation they act for; never for a completer.
    Raises MissingRole, NotFound, NotEngaged or OwnCompletion.
    """
    actor.must_have(Role.TECHNOLOGY_MANAGER)
    found = valuations.valuation(session, actor, valuation_id)
    if found.owner_id != actor.organisation_id and not _takes_part(session, actor, found, Capacity.ENGAGED):
        raise NotEngaged
    if _takes_part(session, actor, found, Capacity.COMPLETER):
        raise OwnCompletion
    return found


def may_judge(session: Session, actor: Actor, found: Valuation) -> bool:
    """Whether `reviewable` would let the actor, for pages that show what one may do."""
    if not actor.has(Role.TECHNOLOGY_MANAGER) or _takes_part(session, actor, found, Capacity.COMPLETER):
        return False
    return found.owner_id == actor.organisation_id or _takes_part(session, actor, found, Capacity.ENGAGED)


def is_invited(session: Session, actor: Actor, found: Valuation) -> bool:
    """The actor is an appraiser of an organisation that is invited to review."""
    if not actor.has(Role.APPRAISER) or actor.organisation_id is None:
        return False
    standing = exists().where(
        ReviewInvitation.valuation_id == found.id,
        ReviewInvitation.organisation_id == actor.organisation_id,
        ReviewInvitation.withdrawn_at.is_(None),
    )
    return bool(session.execute(select(standing)).scalar_one())


def newer_than(session: Session, found: Valuation) -> Valuation | None:
    """The newest valuation of the same result and trade, if it is not this one."""
    rows = select(Valuation).where(
        Valuation.result_id == found.result_id,
        Valuation.owner_id == found.owner_id,
        Valuation.subject["trade"].astext == str(found.subject.get("trade")),
    )
    newest = rows.order_by(Valuation.valued_at.desc(), Valuation.id.desc()).limit(1)
    first = session.execute(newest).scalar_one_or_none()
    return None if first is None or first.id == found.id else first


def model_figure(found: Valuation) -> Figure | None:
    """What the model says of a price; None where it gives neither price nor range."""
    if found.price is None and found.low is None:
        return None
    return Figure(found.price, found.low, found.high)


def _takes_part(session: Session, actor: Actor, found: Valuation, capacity: Capacity) -> bool:
    part = [
        ValuationPart.valuation_id == found.id,
        ValuationPart.person_id == actor.person_id,
        ValuationPart.capacity == capacity,
    ]
    if capacity is Capacity.ENGAGED:
        part.append(ValuationPart.organisation_id == actor.organisation_id)
    return bool(session.execute(select(exists().where(*part))).scalar_one())
