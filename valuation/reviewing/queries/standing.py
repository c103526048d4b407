"""The sign-off and the third-party reviews that stand for a valuation, for the market's decision on a benchmark price."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.audit import canonical
from kernel.ids import ValuationId
from kernel.signing import KeyRegister
from valuation.reviewing.benchmarks import Opinion, SignOff
from valuation.reviewing.figures import Figure
from valuation.reviewing.signatures import Sealed, is_genuine
from valuation.reviewing.tables import ThirdPartyReview, ValuationReview

# The exchange's auctioneer may announce a lot whose estimate he may not see. The database answers the owner and the
# exchange; nothing of the answer leaves the decision for which it was asked.
_SIGN_OFF: Final = text("SELECT * FROM valuation_sign_off(:valuation_id)")
_THIRD_PARTIES: Final = text("SELECT * FROM valuation_third_parties(:valuation_id)")


def signed(session: Session, valuation_id: ValuationId) -> ValuationReview | None:
    """The latest acceptance or override of a valuation, as it was written."""
    latest = select(ValuationReview).from_statement(_SIGN_OFF)
    return session.execute(latest, {"valuation_id": valuation_id}).scalar_one_or_none()


def sign_off(session: Session, valuation_id: ValuationId) -> SignOff | None:
    """The latest acceptance or override of a valuation, as the rules take it."""
    row = signed(session, valuation_id)
    return None if row is None else sign_off_of(row)


def sign_off_of(row: ValuationReview) -> SignOff:
    """A review as the rules take it."""
    figure = Figure(row.price, row.low, row.high)
    return SignOff(row.verdict, figure, row.organisation_id, row.reviewed_at, row.rests_on_generated)


def review_sha256(row: ValuationReview) -> str:
    """The SHA-256 of the canonical JSON of a review: what a decision dossier keeps of it (尽职免责, 条例 art 19)."""
    names = ("id", "valuation_id", "ordinal", "reviewer_id", "organisation_id", "verdict", "price", "low", "high")
    more = ("reason", "shown_before", "model_price", "model_low", "model_high", "reviewed_at")
    return hashlib.sha256(canonical({name: getattr(row, name) for name in (*names, *more)})).hexdigest()


def forged_reviews(session: Session, register: KeyRegister) -> list[str]:
    """The ids of third-party reviews whose signature is not that of a key of the register over what is stored."""
    rows = session.execute(select(ThirdPartyReview).order_by(ThirdPartyReview.id)).scalars()
    return [
        str(row.id)
        for row in rows
        if not is_genuine(
            register,
            Sealed(row.document, row.document_sha256, row.signature, row.key_id),
            signed_at=row.signed_at,
        )
    ]


def third_parties(session: Session, valuation_id: ValuationId) -> list[Opinion]:
    """What third parties have signed of a valuation."""
    written = select(ThirdPartyReview).from_statement(_THIRD_PARTIES)
    rows = session.execute(written, {"valuation_id": valuation_id}).scalars()
    return [
        Opinion(
            row.organisation_id,
            row.agrees,
            Figure(low=row.low, high=row.high) if row.low is not None else None,
            row.reviewed_at,
        )
        for row in rows
    ]
