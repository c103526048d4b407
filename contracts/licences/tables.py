"""The pool of results that may be tried first, the trials, their reports, and the costs that come off a reward."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.licences.states import TrialState
from contracts.licences.trying import SilenceEffect
from kernel.db import Base, enum_column
from kernel.ids import ContractId, NoticeId, OrganisationId, PersonId, PoolEntryId, ResultId, TrialId
from kernel.money import Money


class PoolEntry(Base):
    """A result that its owner lets small firms try free of charge, with the most that a conversion may cost. Public."""

    __tablename__ = "pool_entry"
    __table_args__ = (
        Index("uq_pool_entry_one_a_result", "result_id", unique=True, postgresql_where=text("withdrawn_on IS NULL")),
        CheckConstraint("ceiling > 0", name="ceiling"),
        CheckConstraint("gain_bp BETWEEN 0 AND 10000", name="gain_bp"),
        CheckConstraint("trl IS NULL OR trl BETWEEN 1 AND 9", name="trl"),
        CheckConstraint("term_months BETWEEN 1 AND 60", name="term_months"),
        CheckConstraint("way IN ('transfer', 'licence')", name="way"),
    )

    id: Mapped[PoolEntryId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str]
    summary: Mapped[str]
    trl: Mapped[int | None] = mapped_column(SmallInteger)
    ceiling: Mapped[Money]
    gain_bp: Mapped[int] = mapped_column(Integer)
    way: Mapped[str]
    licence_kind: Mapped[str | None]
    term_months: Mapped[int] = mapped_column(Integer)
    silence_effect: Mapped[SilenceEffect] = mapped_column(enum_column(SilenceEffect, "silence_effect"))
    deal: Mapped[dict[str, Any]]
    """The facts of the result that the paid contract will be drafted from."""
    pooled_on: Mapped[date]
    withdrawn_on: Mapped[date | None]


class Trial(Base):
    """One firm's free use of one pooled result, from the first letter to conversion or return."""

    __tablename__ = "trial"
    __table_args__ = (
        Index(
            "uq_trial_one_under_way",
            "pool_entry_id",
            "licensee_id",
            unique=True,
            postgresql_where=text("state IN ('intent', 'nda_signed', 'agreed', 'publicity', 'trial')"),
        ),
        CheckConstraint("owner_id <> licensee_id", name="two_parties"),
        CheckConstraint("(state = 'converted') = (contract_id IS NOT NULL)", name="converted"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="term"),
        CheckConstraint(
            "state NOT IN ('trial', 'converted', 'returned', 'expired') OR starts_on IS NOT NULL", name="began"
        ),
        CheckConstraint("state NOT IN ('agreed', 'publicity', 'trial') OR price_base IS NOT NULL", name="price_agreed"),
        Index(None, "owner_id"),
        Index(None, "licensee_id"),
        Index(None, "ends_on", postgresql_where=text("state = 'trial'")),
    )

    id: Mapped[TrialId] = mapped_column(primary_key=True)
    pool_entry_id: Mapped[PoolEntryId] = mapped_column(ForeignKey("pool_entry.id"))
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    licensee_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    licensee_size: Mapped[str | None]
    purpose: Mapped[str]
    place: Mapped[str]
    state: Mapped[TrialState] = mapped_column(enum_column(TrialState, "state"))
    asked_at: Mapped[datetime]
    nda_sha256: Mapped[str | None]
    terms: Mapped[int] = mapped_column(Integer)
    """Which version of the proposed terms stands; acceptance names the version it accepts."""
    conditions: Mapped[str | None]
    acceptance_criteria: Mapped[str | None]
    way: Mapped[str | None]
    price_base: Mapped[Money | None]
    price_gain_bp: Mapped[int | None] = mapped_column(Integer)
    price_cap: Mapped[Money | None]
    silence_effect: Mapped[SilenceEffect | None] = mapped_column(enum_column(SilenceEffect, "silence_effect"))
    months: Mapped[int | None] = mapped_column(Integer)
    agreed_on: Mapped[date | None]
    notice_id: Mapped[NoticeId | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    deletion_certificate_sha256: Mapped[str | None]
    contract_id: Mapped[ContractId | None] = mapped_column(ForeignKey("contract.id"), unique=True)

    entry: Mapped[PoolEntry] = relationship(lazy="joined", innerjoin=True)


class TrialReport(Base):
    """What the licensee reports during the trial. Append-only."""

    __tablename__ = "trial_report"
    __table_args__ = (UniqueConstraint("trial_id", "seq"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    trial_id: Mapped[TrialId] = mapped_column(ForeignKey("trial.id"))
    seq: Mapped[int] = mapped_column(Integer)
    text: Mapped[str]
    measured_gain: Mapped[Money | None]
    reported_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime]


class ContractCost(Base):
    """Cost and tax that come off the income of a contract; the newest statement holds. Append-only."""

    __tablename__ = "contract_cost"
    __table_args__ = (
        UniqueConstraint("contract_id", "seq"),
        CheckConstraint("cost >= 0 AND fiscal >= 0 AND fiscal <= cost AND tax >= 0", name="amounts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"))
    seq: Mapped[int] = mapped_column(Integer)
    cost: Mapped[Money]
    fiscal: Mapped[Money]
    tax: Mapped[Money]
    stated_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    stated_at: Mapped[datetime]
