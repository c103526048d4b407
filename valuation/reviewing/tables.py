"""The tables of the review desk: parts in a valuation, who saw its price, reviews, third parties, human decisions, deals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db.base import Base, enum_column
from kernel.ids import (
    ContractId,
    HumanDecisionId,
    OrganisationId,
    PersonId,
    ResultId,
    ReviewId,
    ReviewInvitationId,
    ThirdPartyReviewId,
    ValuationId,
)
from kernel.money import Money
from valuation.reviewing.kinds import Capacity, Verdict
from valuation.reviewing.states import HumanDecisionState

_RANGE = "(low IS NULL) = (high IS NULL) AND (low IS NULL OR (low > 0 AND low <= high))"
_PRICE = "price IS NULL OR (price > 0 AND (low IS NULL OR (low <= price AND price <= high)))"


class ValuationPart(Base):
    """A person's part in a valuation: engaged to judge the result, in one organisation, or a completer of it. Append-only."""

    __tablename__ = "valuation_part"
    __table_args__ = (
        CheckConstraint("(capacity = 'engaged') = (organisation_id IS NOT NULL)", name="engaged_somewhere"),
        Index(
            "uq_valuation_part",
            "valuation_id",
            "person_id",
            "capacity",
            "organisation_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[Capacity] = mapped_column(enum_column(Capacity))
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisation.id"))
    since: Mapped[datetime]


class PriceSight(Base):
    """A person was shown the model's price of a valuation; the first time is kept. Append-only."""

    __tablename__ = "price_sight"
    __table_args__ = (Index("ix_price_sight_person_id_result_id", "person_id", "result_id"),)

    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), primary_key=True)
    result_id: Mapped[ResultId]
    first_seen_at: Mapped[datetime]


class ValuationReview(Base):
    """What a technology manager said of a valuation; the latest acceptance or override counts. Append-only.

    The model's figures are copied as they stood: both are kept, and the valuation is never edited.
    """

    __tablename__ = "valuation_review"
    __table_args__ = (
        UniqueConstraint("valuation_id", "ordinal"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        CheckConstraint(_RANGE, name="range"),
        CheckConstraint(_PRICE, name="price"),
        CheckConstraint("price IS NOT NULL OR low IS NOT NULL", name="figure"),
        CheckConstraint("verdict = 'override' OR price IS NOT NULL", name="price_unless_override"),
        CheckConstraint("verdict <> 'override' OR btrim(reason) <> ''", name="override_has_a_reason"),
        CheckConstraint(
            "verdict <> 'accept' OR coalesce(price = model_price, price BETWEEN model_low AND model_high, false)",
            name="acceptance_is_the_models",
        ),
        Index(None, "owner_id"),
        Index(None, "reviewer_id"),
    )

    id: Mapped[ReviewId] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"))
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    ordinal: Mapped[int] = mapped_column(Integer)
    reviewer_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    price: Mapped[Money | None]
    low: Mapped[Money | None]
    high: Mapped[Money | None]
    reason: Mapped[str]
    shown_before: Mapped[bool]
    """A read of a price of this result by the reviewer is on record before this was said."""
    model_price: Mapped[Money | None]
    model_low: Mapped[Money | None]
    model_high: Mapped[Money | None]
    rests_on_generated: Mapped[bool]
    reviewed_at: Mapped[datetime]


class ReviewInvitation(Base):
    """The owner asks an association or an appraiser to review a valuation; while it stands, they may see it."""

    __tablename__ = "review_invitation"
    __table_args__ = (
        CheckConstraint("organisation_id <> owner_id", name="not_oneself"),
        Index(
            "uq_review_invitation_standing",
            "valuation_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "organisation_id"),
    )

    id: Mapped[ReviewInvitationId] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"))
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    invited_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ThirdPartyReview(Base):
    """A review signed by an association or an appraiser: what was said, its exact bytes, and the signature. Append-only."""

    __tablename__ = "third_party_review"
    __table_args__ = (
        UniqueConstraint("valuation_id", "organisation_id"),
        CheckConstraint("organisation_id <> owner_id", name="not_oneself"),
        CheckConstraint(_RANGE, name="range"),
        CheckConstraint("agrees OR low IS NOT NULL", name="dissent_has_a_range"),
        CheckConstraint("btrim(opinion) <> '' AND btrim(qualification) <> ''", name="words"),
        CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$' AND document_sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("signature ~ '^[0-9a-f]{128}$' AND key_id ~ '^[0-9a-f]{16}$'", name="signature"),
        Index(None, "owner_id"),
    )

    id: Mapped[ThirdPartyReviewId] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"))
    invitation_id: Mapped[ReviewInvitationId] = mapped_column(ForeignKey("review_invitation.id"))
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    signed_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    agrees: Mapped[bool]
    low: Mapped[Money | None]
    high: Mapped[Money | None]
    opinion: Mapped[str]
    qualification: Mapped[str]
    file_sha256: Mapped[str]
    document: Mapped[str]
    document_sha256: Mapped[str]
    signature: Mapped[str]
    key_id: Mapped[str]
    reviewed_at: Mapped[datetime]
    """Market time; the signature itself runs on wall time."""
    signed_at: Mapped[datetime]


class HumanDecision(Base):
    """The seller asks for a person's decision in place of the automated one (个人信息保护法 art 24)."""

    __tablename__ = "human_decision"
    __table_args__ = (
        Index(
            "uq_human_decision_one_waiting",
            "valuation_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'open')"),
        ),
        Index(None, "owner_id"),
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken"),
        CheckConstraint("(state = 'decided') = (review_id IS NOT NULL)", name="decided_by_a_review"),
        CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_at"),
        CheckConstraint("state NOT IN ('open', 'decided') OR taken_by IS NOT NULL", name="taken_before_decided"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at"),
        CheckConstraint("btrim(grounds) <> ''", name="grounds"),
    )

    id: Mapped[HumanDecisionId] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"))
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[HumanDecisionState] = mapped_column(enum_column(HumanDecisionState, "state"))
    grounds: Mapped[str]
    asked_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    rule_version: Mapped[str]
    taken_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    review_id: Mapped[ReviewId | None] = mapped_column(ForeignKey("valuation_review.id"))
    withdrawn_at: Mapped[datetime | None]


class RealisedPrice(Base):
    """What a result was sold for: told by the market when its contract settles, once a contract. Append-only.

    `valuation_id` is the newest valuation of the same result and trade made by the day of agreement, if there was one.
    """

    __tablename__ = "realised_price"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        Index(None, "valuation_id"),
        Index(None, "result_id"),
        Index(None, "owner_id"),
    )

    contract_id: Mapped[ContractId] = mapped_column(primary_key=True)
    valuation_id: Mapped[ValuationId | None] = mapped_column(ForeignKey("valuation.id"))
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    trade: Mapped[str]
    price: Mapped[Money]
    arms_length: Mapped[bool]
    agreed_on: Mapped[date]
    recorded_at: Mapped[datetime]
