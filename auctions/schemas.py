"""What the auction room says and hears over the wire. Bidders are numbers here, never names."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from auctions.book import EntryKind
from auctions.closing import Result
from auctions.rules import LegalBasis
from auctions.states import DepositState, LotState
from kernel.http.fields import FenIn, LongText, ShortText, Wire


class RegisterIn(Wire):
    """Register as a bidder. `conflicts`: any tie to the seller or its people, in words; empty if there is none."""

    conflicts: LongText


class DepositIn(Wire):
    """A deposit that has arrived, as the bank statement has it."""

    amount_fen: FenIn
    bank_reference: ShortText


class BidIn(Wire):
    """A bid. It cannot be taken back (拍卖法 art 36)."""

    amount_fen: FenIn


class ReserveIn(Wire):
    """The reserve price, before the opening."""

    reserve_fen: FenIn


class ReasonIn(Wire):
    """A reason, for the public to read."""

    reason: ShortText


class MinutesIn(Wire):
    """The minutes of the sale (拍卖笔录)."""

    minutes: LongText


class LotOut(Wire):
    """A lot as everybody sees it at `server_now`. `reserve_met` and `bidders` are told after the close only."""

    id: UUID
    subject_id: UUID
    seller_id: UUID
    title: str
    legal_basis: LegalBasis
    state: LotState
    start_fen: int
    step_fen: int
    deposit_fen: int
    has_reserve: bool
    reserve_commitment: str | None
    reserve_met: bool | None
    opens_at: datetime
    planned_end: datetime
    ends_at: datetime
    hard_end: datetime | None
    exhibition_from: datetime
    exhibition_until: datetime
    announced_at: datetime
    defects_disclosed: str
    rules_version: str
    public_reason: str | None
    current_price_fen: int | None
    leader: int | None
    next_minimum_fen: int | None
    bids: int
    extensions: int
    bidders: int | None
    server_now: datetime


class BidOut(Wire):
    """A valid bid: its place in the book, the instant that counted, and the end as it stood after it."""

    seq: int
    at: datetime
    bidder: int
    amount_fen: int
    ends_at: datetime
    leaf_sha256: str


class PlacedBidOut(Wire):
    """The receipt of a bid: its line of the book with the leaf hash, whether it moved the end, and what comes next."""

    lot_id: UUID
    bid: BidOut
    extensions: int
    next_minimum_fen: int


class BidsOut(Wire):
    """Valid bids, the highest first; ask for more with `before=next_before`."""

    items: list[BidOut]
    has_more: bool
    next_before: int | None


class RegistrationOut(Wire):
    """A bidder's registration, for the bidder and for the exchange."""

    id: UUID
    lot_id: UUID
    organisation_id: UUID
    number: int
    conflicts: str
    registered_at: datetime
    deposit_fen: int
    deposit_state: DepositState
    deposit_paid_at: datetime | None


class ReserveOut(Wire):
    """The reserve and the salt that open the commitment."""

    lot_id: UUID
    reserve_fen: int
    salt: str


class LineOut(Wire):
    """A line of the book; its leaf hash is over the canonical JSON of the other members and the lot."""

    seq: int
    kind: EntryKind
    at: datetime
    ends_at: datetime
    bidder: int | None
    amount_fen: int | None
    reason: str | None
    leaf_sha256: str


class BookOut(Wire):
    """The whole book after the close, with all that the award depends on, in pages of lines.

    `reserve` opens the commitment of a lot that was sold; of an unsold one it stays the seller's secret.
    """

    lot_id: UUID
    state: LotState
    rules: dict[str, Any]
    start_fen: int
    step_fen: int
    opens_at: datetime
    planned_end: datetime
    ends_at: datetime
    extensions: int
    reserve_commitment: str | None
    reserve: ReserveOut | None
    result: Result | None
    winner: int | None
    winning_seq: int | None
    price_fen: int | None
    bidders: int
    size: int
    root_sha256: str
    lines: list[LineOut]
    has_more: bool
    next_after: int | None


class AwardOut(Wire):
    """Who won, for those who deal with the winner: the seller, the winner and the exchange."""

    lot_id: UUID
    winner: int
    winner_id: UUID
    price_fen: int
    awarded_at: datetime
    confirmation_number: str | None
    confirmed_at: datetime | None
    minutes: str | None
