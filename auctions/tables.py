"""Lots, their bidders and their bid books, and what came of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from auctions.bidding import Offered, Standing, next_minimum
from auctions.book import EntryKind, Line
from auctions.phases import phase
from auctions.rules import LegalBasis, SessionRules, read
from auctions.states import DepositState, LotState
from kernel.db.base import Base, enum_column
from kernel.ids import LotId, OrganisationId, PersonId, RegistrationId
from kernel.merkle import CompactRange
from kernel.money import Money


class Lot(Base):
    """One thing offered for bidding, under rules copied when it was announced. All of it is public.

    The row is the lock of the lot: whoever changes its book holds it. `bidders` counts registrations, `entries` lines.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("id", "start"),
        Index(
            "uq_lot_subject_id_running",
            "subject_id",
            unique=True,
            postgresql_where=text("state IN ('announced', 'open', 'extended', 'suspended')"),
        ),
        Index("ix_lot_due", "ends_at", postgresql_where=text("state IN ('announced', 'open', 'extended')")),
        CheckConstraint("start > 0 AND step > 0 AND deposit >= 0", name="amounts"),
        CheckConstraint("opens_at < planned_end AND planned_end <= ends_at", name="end_never_moves_back"),
        CheckConstraint("hard_end IS NULL OR ends_at <= hard_end", name="hard_end"),
        CheckConstraint("highest >= start", name="highest"),
        CheckConstraint("(bids = 0) = (highest IS NULL) AND (bids = 0) = (leader IS NULL)", name="leader"),
        CheckConstraint("(state = 'suspended') = (suspended_at IS NOT NULL)", name="suspended_at"),
        CheckConstraint("bids >= 0 AND extensions >= 0 AND bidders >= 0 AND entries >= bids", name="counts"),
    )

    id: Mapped[LotId] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    legal_basis: Mapped[LegalBasis] = mapped_column(enum_column(LegalBasis, "legal_basis"))
    state: Mapped[LotState] = mapped_column(enum_column(LotState, "state"))
    start: Mapped[Money]
    step: Mapped[Money]
    deposit: Mapped[Money]
    reserve_commitment: Mapped[str | None]
    """SHA-256 that fixes the reserve without telling it; None where the lot has no reserve (拍卖法 art 50)."""
    opens_at: Mapped[datetime]
    planned_end: Mapped[datetime]
    ends_at: Mapped[datetime]
    hard_end: Mapped[datetime | None]
    exhibition_from: Mapped[datetime]
    exhibition_until: Mapped[datetime]
    defects_disclosed: Mapped[str]
    rules: Mapped[dict[str, Any]]
    announced_at: Mapped[datetime]
    last_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    public_reason: Mapped[str | None]
    bidders: Mapped[int] = mapped_column(Integer)
    entries: Mapped[int] = mapped_column(Integer)
    bids: Mapped[int] = mapped_column(Integer)
    extensions: Mapped[int] = mapped_column(Integer)
    highest: Mapped[Money | None]
    leader: Mapped[int | None] = mapped_column(Integer)
    book_range: Mapped[bytes] = mapped_column(LargeBinary)
    """The book's leaves as an RFC 6962 compact range: its root fixes every line so far."""

    @property
    def offered(self) -> Offered:
        """The lot as the rules of bidding see it."""
        has_reserve = self.reserve_commitment is not None
        return Offered(self.start, self.step, has_reserve, self.opens_at, self.planned_end)

    def phase(self, at: datetime) -> LotState:
        """The state as seen at an instant, whether or not it has been written yet."""
        return phase(self.state, opens_at=self.opens_at, ends_at=self.ends_at, at=at)

    @property
    def minimum(self) -> Money:
        """The lowest amount that would now be a valid bid."""
        return next_minimum(self.offered, self.standing)

    @property
    def session_rules(self) -> SessionRules:
        """The rules it was announced under."""
        return read(self.rules)

    @property
    def book(self) -> CompactRange:
        """The Merkle tree over the lines of the book so far."""
        return CompactRange.from_bytes(self.book_range)

    @property
    def standing(self) -> Standing:
        """Where the bidding stands; assign what the rules return."""
        return Standing(
            ends_at=self.ends_at,
            hard_end=self.hard_end,
            extensions=self.extensions,
            bids=self.bids,
            highest=self.highest,
            leader=self.leader,
            suspended_at=self.suspended_at,
        )

    @standing.setter
    def standing(self, after: Standing) -> None:
        for field in Standing.__slots__:
            setattr(self, field, getattr(after, field))


class LotReserve(Base):
    """The reserve price (保留价) of a lot. Only the seller and the closing worker can read it before a sale.

    `start` is the lot's own, so that the database itself refuses a reserve below it.
    """

    __tablename__ = "lot_reserve"
    __table_args__ = (
        ForeignKeyConstraint(["lot_id", "start"], ["lot.id", "lot.start"]),
        CheckConstraint("reserve >= start", name="not_below_start"),
    )

    lot_id: Mapped[LotId] = mapped_column(primary_key=True)
    start: Mapped[Money]
    reserve: Mapped[Money]
    salt: Mapped[str]


class LotBar(Base):
    """An organisation that may not bid for a lot, besides the seller and its affiliates. Append-only."""

    __tablename__ = "lot_bar"

    lot_id: Mapped[LotId] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class Registration(Base):
    """An organisation admitted to bid for a lot, under a number: the only place that ties the number to a name."""

    __tablename__ = "lot_registration"
    __table_args__ = (
        UniqueConstraint("lot_id", "organisation_id"),
        UniqueConstraint("lot_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("deposit >= 0", name="deposit"),
        CheckConstraint(
            "(deposit_state IN ('required', 'waived')) = (deposit_paid_at IS NULL)", name="deposit_paid_at"
        ),
        CheckConstraint("(deposit_paid_at IS NULL) = (bank_reference IS NULL)", name="bank_reference_of_payment"),
    )

    id: Mapped[RegistrationId] = mapped_column(primary_key=True)
    lot_id: Mapped[LotId] = mapped_column(ForeignKey("lot.id"))
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    conflicts: Mapped[str]
    registered_at: Mapped[datetime]
    registered_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    deposit: Mapped[Money]
    deposit_state: Mapped[DepositState] = mapped_column(enum_column(DepositState, "deposit_state"))
    deposit_paid_at: Mapped[datetime | None]
    bank_reference: Mapped[str | None] = mapped_column(unique=True)


class BookLine(Base):
    """One line of a lot's bid book, in the order of arrival. Append-only: no role may change or remove a line."""

    __tablename__ = "bid_book"
    __table_args__ = (
        ForeignKeyConstraint(["lot_id", "bidder"], ["lot_registration.lot_id", "lot_registration.number"]),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint(
            "CASE WHEN kind IN ('bid', 'refusal') THEN num_nonnulls(bidder, amount) = 2"
            " ELSE num_nonnulls(bidder, amount) = 0 END",
            name="bidder_and_amount",
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("kind <> 'bid' OR at < ends_at", name="bid_before_the_end"),
        CheckConstraint("octet_length(leaf) = 32", name="leaf"),
    )

    lot_id: Mapped[LotId] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind, "kind"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime]
    bidder: Mapped[int | None] = mapped_column(Integer)
    amount: Mapped[Money | None]
    reason: Mapped[str | None]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def line(self) -> Line:
        """The line as the book hashes it."""
        return Line(self.lot_id, self.seq, self.kind, self.at, self.ends_at, self.bidder, self.amount, self.reason)


class Award(Base):
    """Who won a lot, for how much, by which line of the book: at most one a lot. Append-only."""

    __tablename__ = "lot_award"
    __table_args__ = (
        ForeignKeyConstraint(["lot_id", "winning_seq"], ["bid_book.lot_id", "bid_book.seq"]),
        ForeignKeyConstraint(["lot_id", "winner"], ["lot_registration.lot_id", "lot_registration.number"]),
        CheckConstraint("price > 0", name="price"),
    )

    lot_id: Mapped[LotId] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    winning_seq: Mapped[int] = mapped_column(Integer)
    winner: Mapped[int] = mapped_column(Integer)
    price: Mapped[Money]
    awarded_at: Mapped[datetime]


class Confirmation(Base):
    """成交确认书: the sale as the auctioneer has put it on record (拍卖法 arts 52, 53). Append-only."""

    __tablename__ = "lot_confirmation"

    lot_id: Mapped[LotId] = mapped_column(ForeignKey("lot_award.lot_id"), primary_key=True)
    serial: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    minutes: Mapped[str]
    """拍卖笔录, as signed by the auctioneer and the recorder."""
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))

    @property
    def number(self) -> str:
        """The number people quote."""
        return f"CJ{self.confirmed_at:%Y}-{self.serial:06d}"
