"""What may be asked about lots: the lots themselves by everybody, who stands behind a bidder's number by few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from auctions.book import EntryKind
from auctions.errors import BookSealed
from auctions.finding import award, book, lot, registrations_visible_to, visible_to, winner_of
from auctions.states import BIDDING, DECIDED, LotState
from auctions.tables import BookLine, Confirmation, Lot, LotReserve
from kernel.ids import LotId

__all__ = [
    "award",
    "bids",
    "book",
    "confirmation",
    "in_phase",
    "lot",
    "opened_reserve",
    "published_lot",
    "registrations_visible_to",
    "visible_to",
    "winner_of",
]


def in_phase(state: LotState, at: datetime) -> ColumnElement[bool]:
    """The lots that are in a state as seen at an instant, whether or not a worker has written it yet."""
    begun = case((Lot.state == LotState.ANNOUNCED, Lot.opens_at <= at), else_=Lot.state.in_(BIDDING))
    seen = case(
        (begun & (Lot.ends_at <= at), LotState.CLOSED.value),
        (begun & (Lot.state == LotState.ANNOUNCED), LotState.OPEN.value),
        else_=Lot.state,
    )
    return seen == state.value


def bids(session: Session, lot_id: LotId, *, before: int | None, limit: int) -> Sequence[BookLine]:
    """The valid bids of a lot, the highest first, at most `limit`; `before` is a seq to go on from."""
    rows = select(BookLine).where(BookLine.lot_id == lot_id, BookLine.kind == EntryKind.BID)
    if before is not None:
        rows = rows.where(BookLine.seq < before)
    return session.execute(rows.order_by(BookLine.seq.desc()).limit(limit)).scalars().all()


def published_lot(session: Session, lot_id: LotId) -> Lot:
    """A lot whose book may be read by anybody. Raises NotFound, or BookSealed before the close."""
    found = lot(session, lot_id)
    if found.state not in DECIDED:
        raise BookSealed(found.ends_at)
    return found


def confirmation(session: Session, lot_id: LotId) -> Confirmation | None:
    """The confirmation of sale, if it is on record."""
    return session.get(Confirmation, lot_id)


def opened_reserve(session: Session, lot: Lot) -> LotReserve | None:
    """The reserve of a lot that has been sold; of an unsold one it stays the seller's secret (拍卖法 art 28)."""
    return session.get(LotReserve, lot.id) if award(session, lot.id) else None
