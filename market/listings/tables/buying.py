"""What others do about a listing: offers, interests, and the public notice with its objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, enum_column
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
from market.listings.negotiation import Side
from market.listings.states import InterestState, NoticeState, ObjectionState, OfferState


class Offer(Base):
    """An offer or a counter-offer between one buyer and the seller of a listing. Seen by these two only."""

    __tablename__ = "offer"
    __table_args__ = (
        # One offer a buyer stands at a time: a new one answers it, or waits until it is gone.
        Index(
            "uq_offer_one_standing",
            "listing_id",
            "buyer_id",
            unique=True,
            postgresql_where=text("state = 'standing'"),
        ),
        Index("uq_offer_one_accepted", "listing_id", unique=True, postgresql_where=text("state = 'accepted'")),
        Index("ix_offer_due", "expires_at", postgresql_where=text("state = 'standing'")),
        Index(None, "listing_id"),
        Index(None, "buyer_id"),
        CheckConstraint("price > 0 AND price <= 10000000000000", name="price"),
        CheckConstraint("expires_at > made_at", name="expires_at"),
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
    )

    id: Mapped[OfferId] = mapped_column(primary_key=True)
    listing_id: Mapped[ListingId] = mapped_column(ForeignKey("listing.id"))
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    buyer_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side] = mapped_column(enum_column(Side, "side"))
    answers_id: Mapped[OfferId | None] = mapped_column(ForeignKey("offer.id"))
    price: Mapped[Money]
    payment_terms: Mapped[str]
    note: Mapped[str]
    firm: Mapped[bool]
    """Stated to be irrevocable until it runs out (民法典 art 476)."""
    related_declared: Mapped[bool]
    related_note: Mapped[str]
    expires_at: Mapped[datetime]
    state: Mapped[OfferState] = mapped_column(enum_column(OfferState, "state"))
    made_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    answered_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class Interest(Base):
    """A buyer registered in a listing period, at the list price or above; qualified once the deposit has arrived."""

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("listing_id", "period", "buyer_id"),
        UniqueConstraint("bank_reference"),
        Index(None, "buyer_id"),
        CheckConstraint("price > 0 AND deposit >= 0", name="amounts"),
        CheckConstraint(
            "num_nonnulls(deposit_paid_at, bank_reference, deposit_recorded_by) IN (0, 3)", name="deposit_paid"
        ),
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
    )

    id: Mapped[InterestId] = mapped_column(primary_key=True)
    listing_id: Mapped[ListingId] = mapped_column(ForeignKey("listing.id"))
    period: Mapped[int] = mapped_column(Integer)
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    buyer_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    price: Mapped[Money]
    deposit: Mapped[Money]
    bank_reference: Mapped[str | None]
    deposit_paid_at: Mapped[datetime | None]
    deposit_recorded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[InterestState] = mapped_column(enum_column(InterestState, "state"))
    lot_registration_id: Mapped[RegistrationId | None] = mapped_column(ForeignKey("lot_registration.id"))
    """The bidder it was carried to when several buyers came."""
    registered_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]


class Notice(Base):
    """A public notice 公示: of an agreed price, or of what the conversion of a trial may cost. Its page is frozen."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_one_live_a_listing",
            "listing_id",
            unique=True,
            postgresql_where=text("state IN ('running', 'objected', 'closed')"),
        ),
        UniqueConstraint("trial_id"),
        Index("ix_notice_due", "ends_at", postgresql_where=text("state = 'running'")),
        Index(None, "owner_id"),
        CheckConstraint("(listing_id IS NULL) <> (trial_id IS NULL)", name="one_subject"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("state IN ('draft', 'superseded') OR content IS NOT NULL", name="page_is_frozen"),
        CheckConstraint("(content IS NULL) = (content_sha256 IS NULL)", name="page_is_hashed"),
        CheckConstraint("(content IS NULL) = (ends_at IS NULL)", name="page_has_an_end"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at + days * interval '1 day'", name="days_are_whole"),
        CheckConstraint("state <> 'closed' OR closed_at >= ends_at", name="closed_after_its_end"),
    )

    id: Mapped[NoticeId] = mapped_column(primary_key=True)
    listing_id: Mapped[ListingId | None] = mapped_column(ForeignKey("listing.id"))
    trial_id: Mapped[TrialId | None] = mapped_column(ForeignKey("trial.id"))
    offer_id: Mapped[OfferId | None] = mapped_column(ForeignKey("offer.id"))
    result_id: Mapped[ResultId] = mapped_column(ForeignKey("result.id"))
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    transferee_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str]
    way: Mapped[str]
    licence_kind: Mapped[str | None]
    price: Mapped[Money]
    related_party: Mapped[bool]
    related_note: Mapped[str]
    unit_url: Mapped[str | None]
    market_url: Mapped[str | None]
    objection_contact: Mapped[str | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content_sha256: Mapped[str | None]
    rule_version: Mapped[str | None]
    days: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime | None]
    ends_on: Mapped[date | None]
    ends_at: Mapped[datetime | None]
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState, "state"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Objection(Base):
    """An objection to a notice by a person under their own name, and what was decided on it."""

    __tablename__ = "objection"
    __table_args__ = (
        Index(
            "uq_objection_one_open_a_person",
            "notice_id",
            "objector_id",
            unique=True,
            postgresql_where=text("state = 'received'"),
        ),
        Index(None, "notice_id"),
        CheckConstraint("(state IN ('upheld', 'rejected')) = (decided_by IS NOT NULL)", name="decided_by"),
        CheckConstraint("evidence_sha256 IS NULL OR evidence_sha256 ~ '^[0-9a-f]{64}$'", name="evidence_sha256"),
    )

    id: Mapped[ObjectionId] = mapped_column(primary_key=True)
    notice_id: Mapped[NoticeId] = mapped_column(ForeignKey("notice.id"))
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    objector_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str]
    evidence: Mapped[str]
    evidence_sha256: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[ObjectionState] = mapped_column(enum_column(ObjectionState, "state"))
    decision: Mapped[str | None]
    decided_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
