"""The tables of appraisal: reports and their files, weight sets and scorecards, working papers, indications. All append-only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base, enum_column
from kernel.ids import (
    AppraisalId,
    IndicationId,
    OrganisationId,
    PersonId,
    PoolingReviewId,
    ResultId,
    ScorecardId,
    WeightSetId,
    WorkingPaperId,
)
from kernel.money import Money
from valuation.appraisal.indicators import Scene
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose, Report


class Appraisal(Base):
    """An appraisal report (评估报告) on file: what it says, who signed it, and the hash of the document. Append-only."""

    __tablename__ = "appraisal"
    __table_args__ = (
        UniqueConstraint("agency_uscc", "report_no"),
        Index(None, "result_id"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("base_date <= valid_until", name="period"),
        CheckConstraint(
            "jsonb_array_length(methods) >= 2 OR (jsonb_array_length(methods) = 1 AND one_method_reason IS NOT NULL)",
            name="two_methods",
        ),
        CheckConstraint("jsonb_array_length(signers) >= 2", name="two_signers"),
        CheckConstraint("NOT statutory OR jsonb_array_length(signer_numbers) >= 2", name="registered_signers"),
        CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="file_sha256"),
        CheckConstraint("retained_until > base_date", name="retained_until"),
    )

    id: Mapped[AppraisalId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_for: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    agency: Mapped[str]
    agency_uscc: Mapped[str]
    agency_filing_no: Mapped[str | None]
    """The agency's own filing number 评估机构备案号."""
    report_no: Mapped[str]
    reported_on: Mapped[date]
    """评估报告日; the day of recording where it was not stated."""
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose, "purpose"))
    value_type: Mapped[str]
    base_date: Mapped[date]
    valid_until: Mapped[date]
    validity_rule: Mapped[str]
    """The rule under which the validity was checked, with its source and how sure it is."""
    methods: Mapped[list[Any]]
    one_method_reason: Mapped[str | None]
    signers: Mapped[list[Any]]
    signer_numbers: Mapped[list[Any]]
    statutory: Mapped[bool]
    """法定评估业务: registered appraisers sign, and files are kept longer (资产评估法 arts 28–29)."""
    assumptions: Mapped[str]
    value: Mapped[Money]
    file_sha256: Mapped[str]
    filing_no: Mapped[str | None]
    """评估备案号, where the report was filed."""
    retained_until: Mapped[date]
    recorded_at: Mapped[datetime]

    file: Mapped[AppraisalFile | None] = relationship(lazy="joined", viewonly=True)

    @property
    def report(self) -> Report:
        """The report as the rules see it."""
        return Report(
            result_id=self.result_id,
            purpose=self.purpose,
            base_date=self.base_date,
            valid_until=self.valid_until,
            methods=tuple(Method(one) for one in self.methods),
            signers=tuple(self.signers),
            value=self.value,
            one_method_reason=self.one_method_reason,
            statutory=self.statutory,
            signer_numbers=tuple(self.signer_numbers),
        )


class AppraisalFile(Base):
    """The document of a report, received and found to be the one whose hash was recorded."""

    __tablename__ = "appraisal_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    appraisal_id: Mapped[AppraisalId] = mapped_column(ForeignKey("appraisal.id"), primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    received_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime]


class WeightRow(Base):
    """A unit's weights for one scene, in versions."""

    __tablename__ = "weight_set"
    __table_args__ = (
        UniqueConstraint("organisation_id", "scene", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[WeightSetId] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    scene: Mapped[Scene] = mapped_column(enum_column(Scene, "scene"))
    version: Mapped[int] = mapped_column(Integer)
    weights: Mapped[dict[str, Any]]
    source: Mapped[str]
    created_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Scorecard(Base):
    """A scorecard by GB/T 42748 of one result in one scene. Values are hundredths of points; an open total is NULL."""

    __tablename__ = "scorecard"
    __table_args__ = (
        Index(None, "result_id"),
        Index(None, "owner_id"),
        CheckConstraint("total BETWEEN 0 AND 10000", name="total"),
        CheckConstraint("legal BETWEEN 0 AND 10000", name="legal"),
        CheckConstraint("technical BETWEEN 0 AND 10000", name="technical"),
        CheckConstraint("economic BETWEEN 0 AND 10000", name="economic"),
        CheckConstraint("jsonb_array_length(scores) > 0", name="scores"),
    )

    id: Mapped[ScorecardId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_for: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    scene: Mapped[Scene] = mapped_column(enum_column(Scene, "scene"))
    standard_version: Mapped[str]
    weight_set_id: Mapped[WeightSetId | None] = mapped_column(ForeignKey("weight_set.id"))
    """None where the labelled example was used."""
    weight_set_version: Mapped[str]
    weights: Mapped[dict[str, Any]]
    """The weights themselves, so that the card can be computed again."""
    scores: Mapped[list[Any]]
    legal: Mapped[int | None] = mapped_column(SmallInteger)
    technical: Mapped[int | None] = mapped_column(SmallInteger)
    economic: Mapped[int | None] = mapped_column(SmallInteger)
    total: Mapped[int | None] = mapped_column(SmallInteger)
    missing: Mapped[list[Any]]
    statement: Mapped[list[Any]]
    recorded_at: Mapped[datetime]


class WorkingPaper(Base):
    """A calculation that a unit keeps: the inputs as they were stated and the outcome as it was shown."""

    __tablename__ = "working_paper"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("value > 0", name="value"),
    )

    id: Mapped[WorkingPaperId] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    made_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    method: Mapped[Method] = mapped_column(enum_column(Method, "method"))
    subject: Mapped[str]
    base_date: Mapped[date]
    value: Mapped[Money]
    entry: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]
    practice_version: Mapped[str]
    made_at: Mapped[datetime]


class IndicationRow(Base):
    """An indication of value by cost or income for a result: inputs as stated, and the range that they gave."""

    __tablename__ = "indication"
    __table_args__ = (
        Index(None, "result_id"),
        Index(None, "owner_id"),
        CheckConstraint("0 < low AND low <= likely AND likely <= high", name="range"),
        CheckConstraint("method IN ('cost', 'income')", name="stated_methods"),
    )

    id: Mapped[IndicationId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_for: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    recorded_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    method: Mapped[Method] = mapped_column(enum_column(Method, "method"))
    base_date: Mapped[date]
    low: Mapped[Money]
    likely: Mapped[Money]
    high: Mapped[Money]
    level_bp: Mapped[int] = mapped_column(SmallInteger)
    entry: Mapped[dict[str, Any]]
    indication: Mapped[dict[str, Any]]
    """The indication as it enters the pool, with its inputs and sources."""
    outcome: Mapped[dict[str, Any]]
    """The calculation at the stated values: steps, sensitivity, warnings."""
    recorded_at: Mapped[datetime]


class PoolingReview(Base):
    """Why ranges that do not meet may be pooled. It speaks of the indications and reports that were there when it was made."""

    __tablename__ = "pooling_review"
    __table_args__ = (
        Index(None, "result_id"),
        Index(None, "owner_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("""left_out <@ '["market", "income", "cost", "appraisal"]'::jsonb""", name="left_out"),
    )

    id: Mapped[PoolingReviewId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    reviewer_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    reviewer: Mapped[str]
    """The name as it is said with the range."""
    reason: Mapped[str]
    left_out: Mapped[list[Any]]
    reviewed_at: Mapped[datetime]
