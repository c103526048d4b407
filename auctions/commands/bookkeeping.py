"""Keeping a lot's book: the instant under the lock, the next line, and the opening that time brings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auctions.book import EntryKind, Line, leaf_hash
from auctions.states import LOT, LotAction, LotState
from auctions.tables import BookLine, Lot
from kernel.db import lock, market_now
from kernel.ids import LotId
from kernel.money import Money


def hold(session: Session, lot_id: LotId) -> tuple[Lot, datetime]:
    """Lock the lot, then read the clock: the pair every decision about its book starts from. Raises NotFound."""
    lot = lock(session, Lot, lot_id)
    return lot, instant(session, lot)


def instant(session: Session, lot: Lot) -> datetime:
    """Market time under the lock of the lot; never before its last line, should the machine's clock step back."""
    return max(market_now(session), lot.last_at)


def open_if_due(session: Session, lot: Lot, at: datetime) -> None:
    """Open an announced lot whose opening has come, and write that down."""
    if lot.state == LotState.ANNOUNCED and at >= lot.opens_at:
        lot.state = LOT.advance(lot.state, LotAction.OPEN)
        write_line(session, lot, EntryKind.OPENED, at)


def write_line(
    session: Session,
    lot: Lot,
    kind: EntryKind,
    at: datetime,
    *,
    bidder: int | None = None,
    amount: Money | None = None,
    reason: str | None = None,
) -> BookLine:
    """Write the next line of the book of a lot that is locked; its end stands in the line as it is after it."""
    lot.entries, lot.last_at = lot.entries + 1, at
    line = Line(lot.id, lot.entries, kind, at, lot.ends_at, bidder, amount, reason)
    leaf = leaf_hash(line)
    lot.book_range = lot.book.append(leaf).to_bytes()
    row = BookLine(
        lot_id=line.lot_id,
        seq=line.seq,
        kind=kind,
        at=at,
        ends_at=line.ends_at,
        bidder=bidder,
        amount=amount,
        reason=reason,
        leaf=leaf,
    )
    session.add(row)
    return row
