"""Rows of the review desk as the wire shows them: each with what stands and what has taken a valuation's place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.http.auth import Actor
from kernel.signing import KeyFolder
from valuation.reviewing import queries
from valuation.reviewing.schemas.comparing import ComparisonOut, model_out, realised_out
from valuation.reviewing.schemas.judging import HumanDecisionOut, ReviewOut, decision_out, review_out
from valuation.reviewing.schemas.third_parties import third_party_review_out
from valuation.reviewing.tables import HumanDecision, ReviewInvitation, ThirdPartyReview, ValuationReview
from valuation.tables import Valuation

SHOWN_MAX = 50


class Shaper:
    """Shapes what belongs to one valuation; asks once what stands and what is newer."""

    def __init__(self, session: Session, found: Valuation) -> None:
        self._session, self.found = session, found
        standing, newer = queries.standing_review(session, found), queries.newer_than(session, found)
        self.standing = standing
        self.newer = newer.id if newer else None

    def review(self, row: ValuationReview) -> ReviewOut:
        """A review of the valuation."""
        return review_out(row, self.found, standing=self.standing.id if self.standing else None, newer=self.newer)

    def decision(self, row: HumanDecision, *, now: datetime) -> HumanDecisionOut:
        """A human decision, with its answer."""
        answer = queries.review(self._session, row.review_id)
        return decision_out(row, self.review(answer) if answer else None, now=now)

    def comparison(self, actor: Actor, keys: KeyFolder | None, *, now: datetime) -> ComparisonOut:
        """All that is known of the price of one result; realised prices and human decisions for those inside only."""
        session, found = self._session, self.found
        inside = queries.is_inside(session, actor, found)
        register = keys.register() if keys else None
        reviews = queries.reviews_of(found).order_by(ValuationReview.ordinal.desc()).limit(SHOWN_MAX)
        signed = queries.third_party_reviews_of(found).order_by(ThirdPartyReview.id.desc()).limit(SHOWN_MAX)
        asked = queries.decisions_of(found).order_by(HumanDecision.id.desc()).limit(SHOWN_MAX)
        human = self.review(self.standing) if self.standing else None
        sold = session.execute(queries.realised_of(found).limit(SHOWN_MAX)).scalars() if inside else ()
        return ComparisonOut(
            valuation_id=found.id,
            superseded_by=self.newer,
            model=model_out(found),
            human=human,
            reviews=[self.review(row) for row in session.execute(reviews).scalars()],
            third_parties=[third_party_review_out(row, register) for row in session.execute(signed).scalars()],
            human_decisions=[self.decision(row, now=now) for row in session.execute(asked).scalars()] if inside else [],
            realised=[realised_out(row, found, human) for row in sold],
        )


def standing_invitations(session: Session, actor: Actor, found: Valuation) -> list[ReviewInvitation]:
    """The standing invitations that the actor may see, the oldest first."""
    rows = queries.invitations_of(actor, found).order_by(ReviewInvitation.id).limit(SHOWN_MAX)
    return list(session.execute(rows).scalars())
