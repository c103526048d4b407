"""The tables of past lots: what was put up and how it ended, and which sales were undone afterwards."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db.base import Base, enum_column
from kernel.ids import ImportId, PastLotId
from kernel.money import Money
from valuation.deals import Trade
from valuation.starting.lots import LotOutcome, ReferenceKind


class PastLotRow(Base):
    """A lot that came to its end, sold or unsold. Append-only."""

    __tablename__ = "past_lot"
    __table_args__ = (
        CheckConstraint("start > 0 AND start <= 10000000000000", name="start"),
        CheckConstraint("(outcome = 'sold') = (final IS NOT NULL)", name="sold_has_a_price"),
        CheckConstraint("final >= start AND final <= 10000000000000", name="final_not_below_start"),
        CheckConstraint("(reference IS NULL) = (reference_kind IS NULL)", name="reference_has_a_kind"),
        CheckConstraint("reference > 0 AND reference <= 10000000000000", name="reference"),
        CheckConstraint("bidders >= 0", name="bidders"),
        CheckConstraint("char_length(title) <= 300", name="title_length"),
        CheckConstraint("source IN ('file', 'lot')", name="source"),
        CheckConstraint("(source = 'file') = (import_id IS NOT NULL)", name="import_of_files"),
        Index("uq_past_lot_source_source_id", "source", "source_id", unique=True),
        Index(None, "closed_on"),
        Index(None, "import_id"),
    )

    id: Mapped[PastLotId] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_id: Mapped[str]
    import_id: Mapped[ImportId | None] = mapped_column(
        ForeignKey("import_batch.id", deferrable=True, initially="DEFERRED")
    )
    title: Mapped[str]
    session_name: Mapped[str | None]
    trade: Mapped[Trade | None] = mapped_column(enum_column(Trade))
    start: Mapped[Money]
    outcome: Mapped[LotOutcome] = mapped_column(enum_column(LotOutcome, "outcome"))
    final: Mapped[Money | None]
    reference: Mapped[Money | None]
    reference_kind: Mapped[ReferenceKind | None] = mapped_column(enum_column(ReferenceKind, "reference_kind"))
    bidders: Mapped[int | None] = mapped_column(Integer)
    related_party: Mapped[bool]
    closed_on: Mapped[date | None]
    source_url: Mapped[str | None]
    recorded_at: Mapped[datetime]


class AnnulledLot(Base):
    """A sale that came to nothing after the hammer: it teaches neither a price nor a failure. Append-only.

    It stands by itself, for it may be told before the sale is.
    """

    __tablename__ = "past_lot_annulled"

    source: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    annulled_at: Mapped[datetime]
