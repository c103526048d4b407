"""Contracts, their parties as they were at signing, instalments, signatures, registrations and the licences they grant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.agreements.licensing import LicenceKind
from contracts.agreements.signing import PartySide, SignatureState
from contracts.agreements.states import ContractState, RegistrationState
from kernel.db import Base, enum_column
from kernel.ids import ContractId, InstalmentId, LicenceId, OrganisationId, PersonId, TrialId
from kernel.money import Money


class Contract(Base):
    """A technology contract between two organisations, drafted from a deal whose facts it copies."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
        CheckConstraint("way IN ('transfer', 'licence', 'equity')", name="way"),
        CheckConstraint("(way = 'licence') = (licence_kind IS NOT NULL)", name="licence_kind_of_licences"),
        CheckConstraint("mode IN ('agreed', 'listed', 'auction', 'trial', 'external')", name="mode"),
        CheckConstraint("basis IN ('agreement', 'appraisal', 'ai_estimate_reviewed', 'market')", name="basis"),
        CheckConstraint("mode <> 'trial' OR trial_id IS NOT NULL", name="trial_of_trial_mode"),
        CheckConstraint(
            "licence_ends_on IS NULL OR patent_expires_on IS NULL OR licence_ends_on <= patent_expires_on",
            name="licence_within_patent",
        ),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR (signed_on IS NOT NULL AND effective_on IS NOT NULL)", name="signed_on"
        ),
        CheckConstraint("(state = 'completed') = (settled_on IS NOT NULL)", name="settled_on"),
        # Nobody sells one thing twice.
        Index(
            "uq_contract_one_transfer",
            "result_id",
            unique=True,
            postgresql_where=text("way IN ('transfer', 'equity') AND state NOT IN ('draft', 'cancelled')"),
        ),
        Index(None, "seller_id"),
        Index(None, "buyer_id"),
        Index(None, "result_id"),
    )

    id: Mapped[ContractId] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    """For people: JSHT-2026-000017. The year's sequence may have gaps."""
    deal_id: Mapped[UUID] = mapped_column(unique=True)
    title: Mapped[str]
    result_id: Mapped[UUID]
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    buyer_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    way: Mapped[str]
    licence_kind: Mapped[LicenceKind | None] = mapped_column(enum_column(LicenceKind, "licence_kind"))
    licence_ends_on: Mapped[date | None]
    territory: Mapped[str | None]
    contract_type: Mapped[str]
    price: Mapped[Money]
    mode: Mapped[str]
    basis: Mapped[str]
    related_party: Mapped[bool]
    tech_field: Mapped[str]
    ip_kind: Mapped[str]
    application_numbers: Mapped[list[Any]]
    patent_expires_on: Mapped[date | None]
    plan_source: Mapped[str]
    valuation_id: Mapped[UUID | None]
    estimated: Mapped[Money | None]
    list_price: Mapped[Money | None]
    notice_id: Mapped[UUID | None]
    trial_id: Mapped[TrialId | None]
    agreed_on: Mapped[date]
    state: Mapped[ContractState] = mapped_column(enum_column(ContractState, "state"))
    registration_state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState, "registration_state"))
    plan: Mapped[int] = mapped_column(Integer)
    """Which version of the payment plan holds; older ones stay."""
    drafted_at: Mapped[datetime]
    signed_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]

    parties: Mapped[list[ContractParty]] = relationship(order_by="ContractParty.side.desc()", lazy="selectin")


class ContractParty(Base):
    """Who a party was: written with the draft, read afresh at signing, and never again."""

    __tablename__ = "contract_party"
    __table_args__ = (CheckConstraint("region_code ~ '^[0-9]{6}$'", name="region_code"),)

    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    side: Mapped[PartySide] = mapped_column(enum_column(PartySide, "side"), primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    uscc: Mapped[str]
    region_code: Mapped[str]
    party_type_code: Mapped[str]
    kind: Mapped[str]
    regime: Mapped[str]
    is_gov_run: Mapped[bool]
    size: Mapped[str | None]


class Instalment(Base):
    """A part of the price and the day on which it falls due, in one version of the plan."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("contract_id", "plan", "seq"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("paid >= 0 AND paid <= amount", name="paid"),
        CheckConstraint("seq BETWEEN 1 AND 240", name="seq"),
        CheckConstraint("(paid_on IS NOT NULL) = (paid = amount)", name="paid_on"),
    )

    id: Mapped[InstalmentId] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"))
    plan: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    amount: Mapped[Money]
    paid: Mapped[Money]
    paid_on: Mapped[date | None]


class Signature(Base):
    """A side's stamped scan (线下盖章扫描件): recorded by one person, checked by another."""

    __tablename__ = "contract_signature"
    __table_args__ = (
        # A refused scan leaves room for a better one; of the others there is one a side.
        Index(
            "uq_contract_signature_one_a_side",
            "contract_id",
            "side",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        CheckConstraint("scan_sha256 ~ '^[0-9a-f]{64}$'", name="scan_sha256"),
        CheckConstraint("checked_by IS NULL OR checked_by <> recorded_by", name="two_persons"),
        CheckConstraint("(state = 'recorded') = (checked_by IS NULL)", name="checked_by"),
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="checked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"))
    side: Mapped[PartySide] = mapped_column(enum_column(PartySide, "side"))
    state: Mapped[SignatureState] = mapped_column(enum_column(SignatureState, "state"))
    scan_sha256: Mapped[str]
    signed_by_name: Mapped[str]
    recorded_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    checked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]


class Registration(Base):
    """What the registry decided on a contract: its number and the three amounts; a cancelled one stays."""

    __tablename__ = "contract_registration"
    __table_args__ = (
        Index(
            "uq_contract_registration_one_alive",
            "contract_id",
            unique=True,
            postgresql_where=text("cancelled_on IS NULL"),
        ),
        UniqueConstraint("number"),
        CheckConstraint("number ~ '^([0-9]{14}|[0-9]{16})$'", name="number"),
        CheckConstraint("contract_value > 0", name="contract_value"),
        CheckConstraint("technology_value BETWEEN 0 AND contract_value", name="technology_value"),
        CheckConstraint("technology_income BETWEEN 0 AND technology_value", name="technology_income"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[str]
    contract_value: Mapped[Money]
    technology_value: Mapped[Money]
    technology_income: Mapped[Money]
    registered_on: Mapped[date]
    entered_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    changed_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]
    cancel_reason: Mapped[str | None]


class Licence(Base):
    """What a licence contract grants, from the day it takes effect; to be filed with CNIPA within three months."""

    __tablename__ = "licence"
    __table_args__ = (
        # The last wall against two exclusives, also under concurrent requests; overlaps in time are a rule's work.
        Index(
            "uq_licence_one_closed_kind",
            "result_id",
            unique=True,
            postgresql_where=text("kind IN ('exclusive', 'sole') AND ended_on IS NULL"),
        ),
        Index(None, "result_id"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="term"),
        CheckConstraint("filed_on IS NULL OR filing_number IS NOT NULL", name="filing"),
    )

    id: Mapped[LicenceId] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"), unique=True)
    result_id: Mapped[UUID]
    licensor_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    licensee_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[LicenceKind] = mapped_column(enum_column(LicenceKind, "kind"))
    territory: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    filing_due_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    filing_number: Mapped[str | None]
    ended_on: Mapped[date | None]
