"""The tables of valuation: imports and past transactions, model runs, valuations and who was given sight of one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db.base import Base, enum_column
from kernel.ids import ImportId, ModelRunId, OrganisationId, PersonId, ResultId, TransactionId, ValuationId
from kernel.money import Money
from valuation.deals import Kind, PriceType, Trade
from valuation.grading import Grade


class ImportBatch(Base):
    """One file of past transactions that brought at least one new row."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(
            "rows_read = rows_stored + rows_known + rows_repeated + rows_rejected", name="every_row_counted"
        ),
        CheckConstraint("rows_stored > 0", name="brought_something"),
    )

    id: Mapped[ImportId] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    rows_read: Mapped[int] = mapped_column(Integer)
    rows_stored: Mapped[int] = mapped_column(Integer)
    rows_known: Mapped[int] = mapped_column(Integer)
    rows_repeated: Mapped[int] = mapped_column(Integer)
    rows_rejected: Mapped[int] = mapped_column(Integer)
    imported_at: Mapped[datetime]


class PastTransaction(Base):
    """A price that somebody asked, paid or appraised. Append-only: the training set is made of these rows."""

    __tablename__ = "past_transaction"
    __table_args__ = (
        CheckConstraint("price > 0 AND price <= 10000000000000", name="price"),
        CheckConstraint("package_size BETWEEN 1 AND 10000", name="package_size"),
        CheckConstraint("filed_year IS NULL OR filed_year BETWEEN 1985 AND 2199", name="filed_year"),
        CheckConstraint("char_length(title) <= 300", name="title_length"),
        CheckConstraint("char_length(abstract) <= 2000", name="abstract_length"),
        CheckConstraint("source IN ('file', 'contract', 'lot')", name="source"),
        Index("uq_past_transaction_source_source_id", "source", "source_id", unique=True),
        Index("ix_past_transaction_segment", "kind", "trade", "price_type", "dealt_on"),
        Index(None, "package_key"),
        Index(None, "import_id"),
    )

    id: Mapped[TransactionId] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_id: Mapped[str]
    import_id: Mapped[ImportId | None] = mapped_column(
        ForeignKey("import_batch.id", deferrable=True, initially="DEFERRED")
    )
    title: Mapped[str]
    application_number: Mapped[str | None]
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    filed_on: Mapped[date | None]
    filed_year: Mapped[int | None] = mapped_column(SmallInteger)
    tech_field: Mapped[str | None]
    trade: Mapped[Trade] = mapped_column(enum_column(Trade))
    licence_kind: Mapped[str | None]
    price_type: Mapped[PriceType] = mapped_column(enum_column(PriceType, "price_type"))
    price: Mapped[Money]
    dealt_on: Mapped[date]
    package_key: Mapped[str]
    package_size: Mapped[int] = mapped_column(Integer)
    related_party: Mapped[bool]
    generated: Mapped[bool]
    abstract: Mapped[str]
    seller: Mapped[str | None]
    buyer: Mapped[str | None]
    defaulted: Mapped[bool]
    recorded_at: Mapped[datetime]


class ModelRun(Base):
    """One training: the models as text, what they were made of and how well they did. Every run is kept."""

    __tablename__ = "model_run"

    id: Mapped[ModelRunId] = mapped_column(primary_key=True)
    model_id: Mapped[str] = mapped_column(unique=True)
    data_hash: Mapped[str]
    # Large, and not asked for by most questions.
    artefact: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    artefact_sha256: Mapped[str]
    manifest: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    trained_at: Mapped[datetime] = mapped_column(index=True)


class ModelPromotion(Base):
    """A run was put to serve, or kept from serving, with what decided. Append-only; the newest that promotes serves."""

    __tablename__ = "model_promotion"
    __table_args__ = (Index(None, "decided_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[ModelRunId] = mapped_column(ForeignKey("model_run.id"))
    promoted: Mapped[bool]
    why: Mapped[str]
    facts: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]


class Valuation(Base):
    """An answer to "what is it worth": a price with its reasons, a range, or an honest "not enough evidence"."""

    __tablename__ = "valuation"
    __table_args__ = (
        CheckConstraint("(low IS NULL) = (high IS NULL) AND (low IS NULL) = (level_bp IS NULL)", name="range_is_whole"),
        CheckConstraint("low IS NULL OR (low > 0 AND low <= high)", name="range_order"),
        CheckConstraint("price IS NULL OR (low <= price AND price <= high)", name="price_in_range"),
        CheckConstraint("(price IS NULL) = (reason IS NOT NULL)", name="no_price_has_a_reason"),
        Index(None, "result_id"),
        Index(None, "owner_id"),
    )

    id: Mapped[ValuationId] = mapped_column(primary_key=True)
    result_id: Mapped[ResultId]
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[ModelRunId | None] = mapped_column(ForeignKey("model_run.id"))
    subject: Mapped[dict[str, Any]]
    grade: Mapped[Grade] = mapped_column(enum_column(Grade))
    reason: Mapped[str | None]
    price: Mapped[Money | None]
    low: Mapped[Money | None]
    high: Mapped[Money | None]
    level_bp: Mapped[int | None] = mapped_column(SmallInteger)
    rests_on_generated: Mapped[bool]
    evidence: Mapped[dict[str, Any]]
    explanation: Mapped[dict[str, Any]]
    comparables: Mapped[list[Any]]
    valued_at: Mapped[datetime]
    run: Mapped[ModelRun | None] = relationship(lazy="joined")


class ValuationView(Base):
    """A person who was given sight of a valuation: an engaged technology manager, a completer of the result."""

    __tablename__ = "valuation_view"

    valuation_id: Mapped[ValuationId] = mapped_column(ForeignKey("valuation.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), primary_key=True)
    granted_at: Mapped[datetime]
