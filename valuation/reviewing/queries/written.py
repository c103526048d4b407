"""What was written about a valuation that the reader may see: reviews, invitations, third-party reviews, human decisions."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from kernel.http.auth import Actor
from kernel.ids import ResultId, ReviewId
from parties.roles import Role
from valuation.reviewing.kinds import SIGNING
from valuation.reviewing.tables import HumanDecision, ReviewInvitation, ThirdPartyReview, ValuationReview
from valuation.tables import Valuation, ValuationView


def reviews_of(found: Valuation) -> Select[ValuationReview]:
    """Every review of a valuation."""
    return select(ValuationReview).where(ValuationReview.valuation_id == found.id)


def standing_review(session: Session, found: Valuation) -> ValuationReview | None:
    """The review that counts: the latest acceptance or override."""
    rows = reviews_of(found).where(ValuationReview.verdict.in_(SIGNING))
    return session.execute(rows.order_by(ValuationReview.ordinal.desc()).limit(1)).scalar_one_or_none()


def review(session: Session, review_id: ReviewId | None) -> ValuationReview | None:
    """A review by its id; None for none."""
    return None if review_id is None else session.get(ValuationReview, review_id)


def third_party_reviews_of(found: Valuation) -> Select[ThirdPartyReview]:
    """Every signed review of a third party."""
    return select(ThirdPartyReview).where(ThirdPartyReview.valuation_id == found.id)


def standing_invitations() -> Select[ReviewInvitation]:
    """The invitations that have not been withdrawn."""
    return select(ReviewInvitation).where(ReviewInvitation.withdrawn_at.is_(None))


def invitations_of(actor: Actor, found: Valuation) -> Select[ReviewInvitation]:
    """The standing invitations: all for the owner's people, their own organisation's for others."""
    rows = standing_invitations().where(ReviewInvitation.valuation_id == found.id)
    if actor.organisation_id == found.owner_id:
        return rows
    return rows.where(ReviewInvitation.organisation_id == actor.organisation_id)


def decisions_of(found: Valuation) -> Select[HumanDecision]:
    """Every request for a human decision on a valuation."""
    return select(HumanDecision).where(HumanDecision.valuation_id == found.id)


def is_inside(session: Session, actor: Actor, found: Valuation) -> bool:
    """The actor belongs to the owner, or was given sight in person: not merely an invited third party."""
    if actor.organisation_id == found.owner_id:
        return True
    given = ValuationView.valuation_id == found.id, ValuationView.person_id == actor.person_id
    return bool(session.execute(select(exists().where(*given))).scalar_one())


def under_review(actor: Actor) -> Select[ResultId]:
    """The results whose valuations the actor's organisation is invited to review; for appraisers, or else none."""
    invited = select(ReviewInvitation.result_id).where(ReviewInvitation.withdrawn_at.is_(None))
    if not actor.has(Role.APPRAISER) or actor.organisation_id is None:
        return invited.where(ReviewInvitation.id.is_(None))
    return invited.where(ReviewInvitation.organisation_id == actor.organisation_id)
