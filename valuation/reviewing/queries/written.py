"""What was written about a valuation: reviews, invitations, third-party reviews, human decisions. The reader may see it."""

from __future__ import annotations

from sqlalchemy import Select, select

from kernel.http.auth import Actor
from kernel.ids import ResultId
from parties.roles import Role
from valuation.reviewing.tables import HumanDecision, ReviewInvitation, ThirdPartyReview, ValuationReview
from valuation.tables import Valuation


def reviews_of(found: Valuation) -> Select[ValuationReview]:
    """Every review, the latest first."""
    rows = select(ValuationReview).where(ValuationReview.valuation_id == found.id)
    return rows.order_by(ValuationReview.ordinal.desc())


def third_party_reviews_of(found: Valuation) -> Select[ThirdPartyReview]:
    """Every signed review of a third party, the latest first."""
    rows = select(ThirdPartyReview).where(ThirdPartyReview.valuation_id == found.id)
    return rows.order_by(ThirdPartyReview.id.desc())


def standing_invitations() -> Select[ReviewInvitation]:
    """The invitations that have not been withdrawn."""
    return select(ReviewInvitation).where(ReviewInvitation.withdrawn_at.is_(None))


def invitations_of(actor: Actor, found: Valuation) -> Select[ReviewInvitation]:
    """The standing invitations: all for the owner's people, their own for others."""
    rows = standing_invitations().where(ReviewInvitation.valuation_id == found.id).order_by(ReviewInvitation.id.desc())
    if actor.organisation_id == found.owner_id:
        return rows
    return rows.where(ReviewInvitation.organisation_id == actor.organisation_id)


def decisions_of(found: Valuation) -> Select[HumanDecision]:
    """Every request for a human decision, the latest first."""
    return select(HumanDecision).where(HumanDecision.valuation_id == found.id).order_by(HumanDecision.id.desc())


def under_review(actor: Actor) -> Select[ResultId]:
    """The results whose valuations the actor's organisation is invited to review; for appraisers, or else none."""
    invited = select(ReviewInvitation.result_id).where(ReviewInvitation.withdrawn_at.is_(None))
    if not actor.has(Role.APPRAISER) or actor.organisation_id is None:
        return invited.where(ReviewInvitation.id.is_(None))
    return invited.where(ReviewInvitation.organisation_id == actor.organisation_id)
