"""Taking past lots in: from the auctions of this market as they end, each once, and out again when a sale is undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.ids import ImportId, PastLotId, new_id
from valuation.deals import TITLE_LENGTH_MAX
from valuation.starting.lots import PastLot
from valuation.starting.tables import AnnulledLot, PastLotRow


def record_lot(session: Session, *, lot: PastLot, now: datetime) -> bool:
    """Keep a lot that has ended, once. False if it is there already."""
    return record_lots(session, lots=[lot], import_id=None, now=now) == 1


def record_lots(session: Session, *, lots: Sequence[PastLot], import_id: ImportId | None, now: datetime) -> int:
    """Keep lots, each once; returns how many were new."""
    rows = list({(lot.source, lot.source_id): _row(lot, import_id, now) for lot in lots}.values())
    if not rows:
        return 0
    statement = upsert(PastLotRow).values(rows).on_conflict_do_nothing(index_elements=["source", "source_id"])
    return len(session.execute(statement.returning(PastLotRow.id)).all())


def annul_lot(session: Session, *, source: str, source_id: str, now: datetime) -> None:
    """A sale was undone: the lot counts no more. It may be told before the lot itself, and twice."""
    row = {"source": source, "source_id": source_id, "annulled_at": now}
    session.execute(upsert(AnnulledLot).values(row).on_conflict_do_nothing())


def _row(lot: PastLot, import_id: ImportId | None, now: datetime) -> dict[str, Any]:
    return {
        "id": PastLotId(new_id()),
        "source": lot.source,
        "source_id": lot.source_id,
        "import_id": import_id,
        "title": lot.title[:TITLE_LENGTH_MAX],
        "session_name": lot.session_name,
        "trade": lot.trade,
        "start": lot.start,
        "outcome": lot.outcome,
        "final": lot.final,
        "reference": lot.reference,
        "reference_kind": lot.reference_kind,
        "bidders": lot.bidders,
        "related_party": lot.related_party,
        "closed_on": lot.closed_on,
        "source_url": lot.source_url,
        "recorded_at": now,
    }
