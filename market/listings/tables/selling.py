"""What sellers put up: decision chains and decisions, listings, and the deals that they end in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, enum_column
from kernel.ids import (
    AppraisalId,
    ContractId,
    DealId,
    ListingId,
    LotId,
    NoticeId,
    OfferId,
    OrganisationId,
    PersonId,
    ResultId,
    ValuationId,
)
from kernel.money import Money
from market.listings.deciding import Matter
from market.listings.states import DealState, DecisionState, ListingState
from market.listings.terms import Basis, LicenceKind, Mode, Terms, Way
from parties.kinds import Regime

LIVE = "state NOT IN ('deal', 'withdrawn', 'ended')"


class DecisionChain(Base):
    """A unit's decision chain, in versions; without an organisation, the default of a regime. Append-only."""

    __tablename__ = "decision_chain"
    __table_args__ = (
        UniqueConstraint("organisation_id", "version"),
        Index(
            "uq_decision_chain_default",
            "regime",
            "version",
            unique=True,
            postgresql_where=text("organisation_id IS NULL"),
        ),
        CheckConstraint("(organisation_id IS NULL) = (created_by IS NULL)", name="made_by_somebody"),
        CheckConstraint("jsonb_typeof(steps) = 'array'", name="steps"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisation.id"))
    regime: Mapped[Regime] = mapped_column(enum_column(Regime, "regime"))
    version: Mapped[int] = mapped_column(Integer)
    steps: Mapped[list[Any]]
    source: Mapped[str]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Listing(Base):
    """A result on offer. The row is the lock of all that happens on it.

    `price` is the asking, list or start price; `floor` the lowest price that the decision covers, never shown to buyers;
    `round` counts the decisions taken on it: revised terms are decided anew.
    """

    __tablename__ = "listing"
    __table_args__ = (
        Index("uq_listing_one_live_a_result", "result_id", unique=True, postgresql_where=text(LIVE)),
        Index(None, "owner_id"),
        Index(None, "transferee_id"),
        Index("ix_listing_period_due", "period_ends_at", postgresql_where=text("state = 'listed'")),
        CheckConstraint("0 < floor AND floor <= price AND price <= 10000000000000", name="price"),
        CheckConstraint("benchmark IS NULL OR benchmark > 0", name="benchmark"),
        CheckConstraint("deposit >= 0", name="deposit"),
        CheckConstraint("(way = 'licence') = (licence_kind IS NOT NULL)", name="licence_kind_of_licences"),
        CheckConstraint("basis <> 'appraisal' OR appraisal_id IS NOT NULL", name="appraisal_shown"),
        CheckConstraint("basis <> 'ai_estimate_reviewed' OR valuation_id IS NOT NULL", name="valuation_shown"),
        CheckConstraint("(mode = 'listed') = (working_days IS NOT NULL)", name="period_of_listings"),
        CheckConstraint("(agreed_price IS NULL) = (transferee_id IS NULL)", name="transferee_and_price"),
        CheckConstraint("agreed_price IS NULL OR agreed_price >= floor", name="price_within_decision"),
        CheckConstraint("state <> 'listed' OR period_ends_at IS NOT NULL", name="listed_has_an_end"),
        CheckConstraint("state NOT IN ('bidding', 'held') OR lot_id IS NOT NULL", name="lot_of_bidding"),
    )

    id: Mapped[ListingId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId] = mapped_column(ForeignKey("result.id"))
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    regime: Mapped[Regime] = mapped_column(enum_column(Regime, "regime"))
    title: Mapped[str]
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "mode"))
    way: Mapped[Way] = mapped_column(enum_column(Way, "way"))
    licence_kind: Mapped[LicenceKind | None] = mapped_column(enum_column(LicenceKind, "licence_kind"))
    basis: Mapped[Basis] = mapped_column(enum_column(Basis, "basis"))
    price: Mapped[Money]
    floor: Mapped[Money]
    benchmark: Mapped[Money | None]
    valuation_id: Mapped[ValuationId | None] = mapped_column(ForeignKey("valuation.id"))
    appraisal_id: Mapped[AppraisalId | None] = mapped_column(ForeignKey("appraisal.id"))
    payment_terms: Mapped[str]
    deposit: Mapped[Money]
    working_days: Mapped[int | None] = mapped_column(Integer)
    conditions: Mapped[str]
    conditions_reason: Mapped[str]
    disclosures: Mapped[str]
    """Known defects, licences, disputes: what a buyer must be told."""
    approval_sha256: Mapped[str | None]
    """Hash of a written approval of the competent body, where the regime asks for one."""
    state: Mapped[ListingState] = mapped_column(enum_column(ListingState, "state"))
    round: Mapped[int] = mapped_column(Integer)
    chain_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision_chain.id"))
    created_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    period: Mapped[int] = mapped_column(Integer)
    """Which listing period runs; a relisting begins the next."""
    period_ends_at: Mapped[datetime | None]
    extensions: Mapped[int] = mapped_column(Integer)
    qualified: Mapped[int | None] = mapped_column(Integer)
    """How many buyers were qualified when the period ended."""
    transferee_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisation.id"))
    agreed_price: Mapped[Money | None]
    agreed_at: Mapped[datetime | None]
    related_party: Mapped[bool]
    related_note: Mapped[str]
    lot_id: Mapped[LotId | None] = mapped_column(ForeignKey("lot.id"))
    reason: Mapped[str | None]
    """Why it was withdrawn, ended, held or reopened: public once the listing is."""

    @property
    def terms(self) -> Terms:
        """What is offered, as the rules see it."""
        return Terms(
            mode=self.mode,
            way=self.way,
            licence_kind=self.licence_kind,
            basis=self.basis,
            price=self.price,
            floor=self.floor,
            benchmark=self.benchmark,
            deposit=self.deposit,
            working_days=self.working_days,
            approved=self.approval_sha256 is not None,
        )

    @property
    def matter(self) -> Matter:
        """What the decision chain decides."""
        return Matter(self.mode, self.basis, self.way, self.price)


class Decision(Base):
    """A step of the decision on a listing: fixed when the listing goes into decision, taken by one person."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("listing_id", "round", "ordinal"),
        # Nobody takes two steps of one decision.
        UniqueConstraint("listing_id", "round", "decided_by"),
        CheckConstraint(
            "(state IN ('approved', 'rejected')) <= (decided_by IS NOT NULL AND minutes_sha256 IS NOT NULL)",
            name="minutes",
        ),
        CheckConstraint("minutes_sha256 IS NULL OR minutes_sha256 ~ '^[0-9a-f]{64}$'", name="minutes_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[ListingId] = mapped_column(ForeignKey("listing.id"))
    round: Mapped[int] = mapped_column(Integer)
    ordinal: Mapped[int] = mapped_column(Integer)
    step: Mapped[str]
    role: Mapped[str]
    state: Mapped[DecisionState] = mapped_column(enum_column(DecisionState, "state"))
    opinion: Mapped[str | None]
    minutes_sha256: Mapped[str | None]
    decided_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Deal(Base):
    """What a listing ended in: one a listing, with the contract that was drafted from it in the same transaction."""

    __tablename__ = "deal"
    __table_args__ = (
        Index(None, "seller_id"),
        Index(None, "buyer_id"),
        Index(None, "result_id"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
        CheckConstraint("(mode = 'auction') <= (lot_id IS NOT NULL)", name="lot_of_auctions"),
    )

    id: Mapped[DealId] = mapped_column(primary_key=True)
    listing_id: Mapped[ListingId] = mapped_column(ForeignKey("listing.id"), unique=True)
    result_id: Mapped[ResultId] = mapped_column(ForeignKey("result.id"))
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    buyer_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    price: Mapped[Money]
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "mode"))
    basis: Mapped[Basis] = mapped_column(enum_column(Basis, "basis"))
    related_party: Mapped[bool]
    offer_id: Mapped[OfferId | None] = mapped_column(ForeignKey("offer.id"))
    notice_id: Mapped[NoticeId | None] = mapped_column(ForeignKey("notice.id"))
    lot_id: Mapped[LotId | None] = mapped_column(ForeignKey("lot.id"))
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"), unique=True)
    state: Mapped[DealState] = mapped_column(enum_column(DealState, "state"))
    made_at: Mapped[datetime]
