"""Running a session: opening by time, suspension with a public reason, resumption, withdrawal and cancellation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import bidding
from auctions.book import EntryKind
from auctions.commands.bookkeeping import hold, instant, open_if_due, write_line
from auctions.commands.registering import settle_deposits
from auctions.errors import AlreadyBegun
from auctions.events import LotUnsold
from auctions.states import LOT, LotAction, LotState
from auctions.tables import Lot
from kernel.audit import record
from kernel.due import due_work
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import LotId
from parties.roles import Role

LOTS_A_ROUND = 50


@due_work("auctions.open_due")
def open_due(session: Session, now: datetime) -> int:
    """Open the lots whose opening has come by market time; returns how many."""
    due = (
        select(Lot)
        .where(Lot.state == LotState.ANNOUNCED, Lot.opens_at <= now)
        .order_by(Lot.opens_at)
        .limit(LOTS_A_ROUND)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    lots = session.execute(due).scalars().all()
    for lot in lots:
        open_if_due(session, lot, instant(session, lot))
    return len(lots)


def suspend(session: Session, *, lot_id: LotId, reason: str, actor: Actor) -> Lot:
    """Stop the clock of a lot, with a reason for the public (法释〔2016〕18号 art 28).

    Raises MissingRole, NotFound, LotNotOpen, LotSuspended or LotClosed.
    """
    actor.must_have(Role.AUCTIONEER, Role.OPERATOR)
    lot, at = hold(session, lot_id)
    open_if_due(session, lot, at)
    after = bidding.suspend(lot.offered, lot.standing, at=at)
    lot.state = LOT.advance(lot.state, LotAction.SUSPEND)
    lot.standing, lot.public_reason = after, reason
    write_line(session, lot, EntryKind.SUSPENDED, at, reason=reason)
    return _told(session, lot, "lot.suspend", actor, reason, at)


def resume(session: Session, *, lot_id: LotId, reason: str, actor: Actor) -> Lot:
    """Let the clock run again with the time that was left. Raises MissingRole, NotFound or WrongState."""
    actor.must_have(Role.AUCTIONEER, Role.OPERATOR)
    lot, at = hold(session, lot_id)
    lot.state = LOT.advance(lot.state, LotAction.RESUME)
    lot.standing, lot.public_reason = bidding.resume(lot.standing, at=at), None
    write_line(session, lot, EntryKind.RESUMED, at, reason=reason)
    return _told(session, lot, "lot.resume", actor, reason, at)


def withdraw(session: Session, *, lot_id: LotId, reason: str, actor: Actor) -> Lot:
    """Take a lot back before its opening (拍卖法 art 29). Raises MissingRole, NotFound, AlreadyBegun or WrongState."""
    actor.must_have(Role.AUCTIONEER, Role.OPERATOR)
    lot, at = hold(session, lot_id)
    if lot.state != LotState.WITHDRAWN and lot.phase(at) != LotState.ANNOUNCED:
        raise AlreadyBegun
    return _end_unsold(session, lot, LotAction.WITHDRAW, actor, reason, at)


def cancel(session: Session, *, lot_id: LotId, reason: str, actor: Actor) -> Lot:
    """End a suspended lot that cannot go on: system fault, collusion, lost title (法释〔2016〕18号 art 31).

    Raises MissingRole, NotFound or WrongState.
    """
    actor.must_have(Role.AUCTIONEER, Role.OPERATOR)
    lot, at = hold(session, lot_id)
    return _end_unsold(session, lot, LotAction.CANCEL, actor, reason, at)


def _end_unsold(session: Session, lot: Lot, action: LotAction, actor: Actor, reason: str, at: datetime) -> Lot:
    lot.state = LOT.advance(lot.state, action)
    lot.suspended_at, lot.public_reason, lot.last_at = None, reason, at
    settle_deposits(session, lot, winner=None, now=at)
    emit(session, LotUnsold(lot.id, lot.subject_id, lot.state.value), now=at)
    return _told(session, lot, f"lot.{action.value}", actor, reason, at)


def _told(session: Session, lot: Lot, action: str, actor: Actor, reason: str, at: datetime) -> Lot:
    session.flush()
    record(session, actor=actor, action=action, kind="lot", object_id=lot.id, reason=reason, now=at)
    return lot
