"""Who may see a result, and how much of it: the public what is on offer, the owner's people and those they engage all of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, exists, or_, select

from kernel.errors import NotFound
from kernel.http.auth import Actor
from market.results.states import ResultState
from market.results.tables import Result, ResultGrant
from valuation.reviewing.queries import under_review

PUBLIC = (ResultState.PUBLISHED, ResultState.TRANSFERRED)


def visible_to(actor: Actor | None) -> Select[Result]:
    """Published results for everybody; one's own unit's, and those one was let see or is asked to review, besides."""
    public = Result.state.in_(PUBLIC)
    if actor is None or actor.organisation_id is None:
        return select(Result).where(public)
    own = or_(Result.owner_id == actor.organisation_id, granted_to(actor, Result.id))
    return select(Result).where(or_(public, own, Result.id.in_(under_review(actor))))


def owned_by(actor: Actor) -> Select[Result]:
    """The results of the organisation acted for. Raises NoOrganisation."""
    return select(Result).where(Result.owner_id == actor.organisation())


def worked_on_by(actor: Actor) -> Select[Result]:
    """The results of one's own unit, and those that one is engaged for. Raises NoOrganisation."""
    return select(Result).where(or_(Result.owner_id == actor.organisation(), granted_to(actor, Result.id)))


def granted_to(actor: Actor, result_id: object) -> ColumnElement[bool]:
    """The owner lets this person, acting where they act now, see the result."""
    return exists().where(
        ResultGrant.result_id == result_id,
        ResultGrant.organisation_id == actor.organisation_id,
        ResultGrant.person_id == actor.person_id,
    )


def sees_inside(result: Result, actor: Actor | None) -> bool:
    """The actor may see internal facts: funding, shares, priorities, consents."""
    return actor is not None and actor.organisation_id == result.owner_id


def must_own(result: Result, actor: Actor) -> None:
    """Raises NotFound unless the actor acts for the owner: what another may do with it is not there."""
    if actor.organisation_id != result.owner_id:
        raise NotFound
