"""Offers, interests, notices and objections on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from kernel.http.fields import Code, FenIn, Flag, Line, LongText, Moment, Sha256Hex, ShortText, Wire
from kernel.ids import (
    InterestId,
    ListingId,
    NoticeId,
    ObjectionId,
    OfferId,
    OrganisationId,
    PersonId,
    RegistrationId,
    ResultId,
    TrialId,
)
from kernel.money import Money
from market.listings.commands import OfferEntry
from market.listings.negotiation import Side
from market.listings.states import InterestState, NoticeState, ObjectionState, OfferState
from market.listings.tables import Interest, Notice, Objection, Offer

WebAddress = Annotated[
    str,
    Code("web_address", "^https?://[!-~]{4,490}$", "应为网址。", "An address that begins with http(s)://.", 11, 500),
]


class OfferIn(Wire):
    """An offer. `firm`: not to be withdrawn before it runs out (民法典 art 476). Ties to the seller are declared."""

    price_fen: FenIn
    payment_terms: LongText = ""
    note: LongText = ""
    expires_at: Moment
    firm: Flag = False
    related_declared: Flag = False
    related_note: LongText = ""

    def entry(self) -> OfferEntry:
        """As the command takes it."""
        same = {name: getattr(self, name) for name in OfferEntry.__slots__ if name != "price"}
        return OfferEntry(price=Money(self.price_fen), **same)


class InterestIn(Wire):
    """An interest at the list price, or above it."""

    price_fen: FenIn | None = None


class DepositIn(Wire):
    """A deposit that has arrived, as the bank statement has it."""

    amount_fen: FenIn
    bank_reference: ShortText


class NoticeIn(Wire):
    """Where the notice stands: on the unit's own pages and in the market; and who takes objections."""

    unit_url: WebAddress
    market_url: WebAddress
    objection_contact: ShortText


class ObjectionIn(Wire):
    """An objection under one's own name."""

    reason: Annotated[str, Line(2000)]
    evidence: LongText = ""
    evidence_sha256: Sha256Hex | None = None


class DecideObjection(Wire):
    """The decision on an objection: upheld withdraws the sale, rejected lets the notice go on."""

    uphold: Flag
    decision: Annotated[str, Line(2000)]


class OfferOut(Wire):
    """An offer, told to buyer and seller only."""

    id: OfferId
    listing_id: ListingId
    seller_id: OrganisationId
    buyer_id: OrganisationId
    side: Side
    answers_id: OfferId | None
    price_fen: int
    payment_terms: str
    note: str
    firm: bool
    related_declared: bool
    related_note: str
    expires_at: datetime
    state: OfferState
    made_at: datetime
    answered_at: datetime | None


class InterestOut(Wire):
    """An interest, told to the buyer, the exchange, and after the period to the seller."""

    id: InterestId
    listing_id: ListingId
    buyer_id: OrganisationId
    price_fen: int
    deposit_fen: int
    deposit_paid_at: datetime | None
    state: InterestState
    lot_registration_id: RegistrationId | None
    registered_at: datetime


class NoticeOut(Wire):
    """A public notice with its frozen page and the SHA-256 of the page's canonical JSON."""

    id: NoticeId
    listing_id: ListingId | None
    trial_id: TrialId | None
    result_id: ResultId
    owner_id: OrganisationId
    transferee_id: OrganisationId
    title: str
    way: str
    licence_kind: str | None
    price_fen: int
    related_party: bool
    related_note: str
    unit_url: str | None
    market_url: str | None
    objection_contact: str | None
    days: int
    rule_version: str | None
    starts_at: datetime | None
    ends_on: date | None
    ends_at: datetime | None
    state: NoticeState
    closed_at: datetime | None
    content: dict[str, Any] | None
    content_sha256: str | None


class ObjectionOut(Wire):
    """An objection, told to the objector, the unit and the exchange."""

    id: ObjectionId
    notice_id: NoticeId
    objector_id: PersonId
    reason: str
    evidence: str
    evidence_sha256: str | None
    received_at: datetime
    state: ObjectionState
    decision: str | None
    decided_at: datetime | None


def offer_out(offer: Offer) -> OfferOut:
    """An offer on the wire."""
    same = {name: getattr(offer, name) for name in OfferOut.model_fields if name != "price_fen"}
    return OfferOut(price_fen=offer.price.fen, **same)


def interest_out(interest: Interest) -> InterestOut:
    """An interest on the wire."""
    money = ("price_fen", "deposit_fen")
    same = {name: getattr(interest, name) for name in InterestOut.model_fields if name not in money}
    return InterestOut(price_fen=interest.price.fen, deposit_fen=interest.deposit.fen, **same)


def notice_out(notice: Notice) -> NoticeOut:
    """A notice on the wire."""
    same = {name: getattr(notice, name) for name in NoticeOut.model_fields if name != "price_fen"}
    return NoticeOut(price_fen=notice.price.fen, **same)


def objection_out(objection: Objection) -> ObjectionOut:
    """An objection on the wire."""
    return ObjectionOut(**{name: getattr(objection, name) for name in ObjectionOut.model_fields})
