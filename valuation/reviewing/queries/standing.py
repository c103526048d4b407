"""The sign-off and the third-party reviews that stand for a valuation, for the market's decision on a benchmark price."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.ids import ValuationId
from valuation.reviewing.benchmarks import Opinion, SignOff
from valuation.reviewing.figures import Figure
from valuation.reviewing.tables import ThirdPartyReview, ValuationReview

# The exchange's auctioneer may announce a lot whose estimate he may not see. The database answers the owner and the
# exchange; nothing of the answer leaves the decision for which it was asked.
_SIGN_OFF: Final = text("SELECT * FROM valuation_sign_off(:valuation_id)")
_THIRD_PARTIES: Final = text("SELECT * FROM valuation_third_parties(:valuation_id)")


def sign_off(session: Session, valuation_id: ValuationId) -> SignOff | None:
    """The latest acceptance or override of a valuation."""
    latest = select(ValuationReview).from_statement(_SIGN_OFF)
    row = session.execute(latest, {"valuation_id": valuation_id}).scalar_one_or_none()
    return None if row is None else sign_off_of(row)


def sign_off_of(row: ValuationReview) -> SignOff:
    """A review as the rules take it."""
    figure = Figure(row.price, row.low, row.high)
    return SignOff(row.verdict, figure, row.organisation_id, row.reviewed_at, row.rests_on_generated)


def third_parties(session: Session, valuation_id: ValuationId) -> list[Opinion]:
    """What third parties have signed of a valuation."""
    signed = select(ThirdPartyReview).from_statement(_THIRD_PARTIES)
    rows = session.execute(signed, {"valuation_id": valuation_id}).scalars()
    return [
        Opinion(
            row.organisation_id,
            row.agrees,
            Figure(low=row.low, high=row.high) if row.low is not None else None,
            row.reviewed_at,
        )
        for row in rows
    ]
