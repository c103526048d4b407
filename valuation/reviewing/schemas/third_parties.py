"""Invitations and signed third-party reviews on the wire: with the exact bytes, so that anybody can verify the signature."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from kernel.http.fields import Canonical, FenIn, Flag, Line, Prose, Sha256Hex, Wire
from kernel.ids import OrganisationId, PersonId, ReviewInvitationId, ThirdPartyReviewId, ValuationId
from kernel.money import Money
from kernel.signing import KeyRegister, UnknownKey
from valuation.reviewing.commands import Statement
from valuation.reviewing.figures import Figure
from valuation.reviewing.signatures import Sealed, is_genuine
from valuation.reviewing.tables import ReviewInvitation, ThirdPartyReview


class InviteIn(Wire):
    """Whom to invite: a verified association or appraisal organisation."""

    organisation_id: Canonical[OrganisationId]


class InvitationOut(Wire):
    """An invitation to review."""

    id: ReviewInvitationId
    valuation_id: ValuationId
    owner_id: OrganisationId
    organisation_id: OrganisationId
    invited_at: datetime
    withdrawn_at: datetime | None


class SignIn(Wire):
    """A third party's review. Whoever disagrees gives a range; `qualification` 资质 of signer or organisation."""

    agrees: Flag
    low_fen: FenIn | None = None
    high_fen: FenIn | None = None
    opinion: Annotated[str, Prose(5000)]
    qualification: Annotated[str, Line(200)]
    file_sha256: Sha256Hex

    def statement(self) -> Statement:
        """As the command takes it. Raises PriceOrRange."""
        stated = self.low_fen is not None or self.high_fen is not None
        low, high = (None if one is None else Money(one) for one in (self.low_fen, self.high_fen))
        return Statement(
            agrees=self.agrees,
            range=Figure(low=low, high=high) if stated else None,
            opinion=self.opinion,
            qualification=self.qualification,
            file_sha256=self.file_sha256,
        )


class ThirdPartyReviewOut(Wire):
    """A signed review. `signature` is Ed25519 (small hexadecimal) by the key `key_id`, over the UTF-8 bytes of `document`.

    `genuine`: the market has just verified it against its register; None where this server holds no register.
    """

    id: ThirdPartyReviewId
    valuation_id: ValuationId
    organisation_id: OrganisationId
    signed_by: PersonId
    agrees: Flag
    low_fen: int | None
    high_fen: int | None
    opinion: str
    qualification: str
    file_sha256: str
    document: str
    document_sha256: str
    signature: str
    key_id: str
    public_key: str | None
    genuine: bool | None
    reviewed_at: datetime
    signed_at: datetime


def invitation_out(row: ReviewInvitation) -> InvitationOut:
    """An invitation on the wire."""
    return InvitationOut(**{name: getattr(row, name) for name in InvitationOut.model_fields})


def third_party_review_out(row: ThirdPartyReview, register: KeyRegister | None) -> ThirdPartyReviewOut:
    """A signed review on the wire, verified as it leaves."""
    apart = ("low_fen", "high_fen", "public_key", "genuine")
    same = {name: getattr(row, name) for name in ThirdPartyReviewOut.model_fields if name not in apart}
    sealed = Sealed(row.document, row.document_sha256, row.signature, row.key_id)
    return ThirdPartyReviewOut(
        low_fen=row.low.fen if row.low else None,
        high_fen=row.high.fen if row.high else None,
        public_key=_public_key(register, row.key_id),
        genuine=None if register is None else is_genuine(register, sealed, signed_at=row.signed_at),
        **same,
    )


def _public_key(register: KeyRegister | None, key_id: str) -> str | None:
    try:
        return register.find(key_id).public_key.hex() if register else None
    except UnknownKey:
        return None
