"""Closing lots whose time is over, and what follows a sale: confirmation, or default."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import closing, finding
from auctions.book import EntryKind, as_entry, leaf_hash
from auctions.closing import Outcome, Result
from auctions.commands.bookkeeping import hold, instant, open_if_due, write_line
from auctions.commands.registering import settle_deposit, settle_deposits
from auctions.events import AwardConfirmed, AwardDefaulted, LotSold, LotUnsold
from auctions.rules import LegalBasis
from auctions.states import BIDDING, LOT, DepositAction, DepositState, LotAction, LotState
from auctions.tables import Award, Confirmation, Lot, LotReserve
from kernel.audit import record
from kernel.due import due_work
from kernel.errors import NotFound
from kernel.events import emit
from kernel.failpoints import failpoint
from kernel.http.auth import Actor
from kernel.ids import LotId
from kernel.merkle import root_of
from parties.roles import Role

LOTS_A_ROUND = 20

_ACTION = {
    Result.SOLD: LotAction.SELL,
    Result.BELOW_RESERVE: LotAction.FALL_SHORT,
    Result.NO_BIDS: LotAction.LAPSE,
}

log = structlog.get_logger("market.auctions")


class BookDisagrees(RuntimeError):
    """A lot and its book tell different stories: nothing is awarded until a person has looked."""


@due_work("auctions.close_due")
def close_due(session: Session, now: datetime) -> int:
    """Close the lots whose end has passed by market time; returns how many. Any number of workers may ask at once.

    A lot that a bid holds is left for the next round. One whose book disagrees with it is left open and logged.
    """
    due = (
        select(Lot)
        .where(Lot.state.in_(BIDDING | {LotState.ANNOUNCED}), Lot.ends_at <= now)
        .order_by(Lot.ends_at)
        .limit(LOTS_A_ROUND)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    closed = 0
    for lot in session.execute(due).scalars().all():
        try:
            with session.begin_nested():
                _close(session, lot, instant(session, lot))
            closed += 1
        except BookDisagrees:
            # Without the traceback: its frames hold the reserve.
            log.error("lot.book_disagrees", lot_id=str(lot.id))
    return closed


def _close(session: Session, lot: Lot, at: datetime) -> Outcome:
    open_if_due(session, lot, at)
    session.flush()
    outcome = _decide(session, lot)
    lot.state = LOT.advance(lot.state, LotAction.CLOSE)
    write_line(session, lot, EntryKind.CLOSED, at, reason=outcome.result.value)
    session.flush()
    lot.state = LOT.advance(lot.state, _ACTION[outcome.result])
    bidders = settle_deposits(session, lot, winner=outcome.winner, now=at)
    if outcome.winner is None or outcome.price is None or outcome.winning_seq is None:
        emit(session, LotUnsold(lot.id, lot.subject_id, outcome.result.value), now=at)
    else:
        award = Award(
            lot_id=lot.id,
            winning_seq=outcome.winning_seq,
            winner=outcome.winner,
            price=outcome.price,
            awarded_at=at,
        )
        session.add(award)
        session.flush()
        failpoint("auctions.after_award")
        winner_id = finding.winner_of(session, award).organisation_id
        sold = LotSold(lot.id, lot.subject_id, lot.seller_id, winner_id, outcome.price, outcome.bids, bidders)
        emit(session, sold, now=at)
    after = {"result": outcome.result.value, "price": outcome.price, "winner": outcome.winner}
    record(session, actor=None, action="lot.close", kind="lot", object_id=lot.id, after=after, now=at)
    return outcome


def _decide(session: Session, lot: Lot) -> Outcome:
    """The close from the book alone, and the lot's own columns as the second witness. Raises BookDisagrees."""
    reserve = session.get(LotReserve, lot.id)
    lines = [row.line for row in finding.book(session, lot.id)]
    entries = [entry for entry in map(as_entry, lines) if entry is not None]
    rules = lot.session_rules
    outcome = closing.close(lot.offered, rules, reserve.reserve if reserve else None, entries)
    verdicts = closing.judge(lot.offered, rules, entries)
    judged = {verdict.entry.seq: verdict.refusal.slug() if verdict.refusal else None for verdict in verdicts}
    written = {line.seq: line.reason for line in lines if line.kind in (EntryKind.BID, EntryKind.REFUSAL)}
    from_book = (outcome.highest, outcome.bids, outcome.ends_at, outcome.extensions)
    from_lot = (lot.highest, lot.bids, lot.ends_at, lot.extensions)
    same_tree = root_of([leaf_hash(line) for line in lines]) == lot.book.root()
    if from_book != from_lot or not same_tree or any(judged[seq] != reason for seq, reason in written.items()):
        raise BookDisagrees(str(lot.id))
    return outcome


def confirm(session: Session, *, lot_id: LotId, minutes: str, actor: Actor) -> Confirmation:
    """Put the sale on record as a 成交确认书 with its minutes (拍卖法 arts 52, 53).

    For the auctioneer; under the platform rule an operator may, too. Raises MissingRole, NotFound or WrongState.
    """
    actor.must_have(Role.AUCTIONEER, Role.OPERATOR)
    lot, at = hold(session, lot_id)
    if lot.legal_basis == LegalBasis.AUCTION_LAW:
        actor.must_have(Role.AUCTIONEER)
    lot.state = LOT.advance(lot.state, LotAction.CONFIRM)
    confirmation = Confirmation(lot_id=lot_id, minutes=minutes, confirmed_at=at, confirmed_by=actor.person_id)
    session.add(confirmation)
    session.flush()
    emit(session, AwardConfirmed(lot_id, lot.subject_id, confirmation.number), now=at)
    after = {"number": confirmation.number, "minutes": minutes}
    record(session, actor=actor, action="lot.confirm", kind="lot", object_id=lot_id, after=after, now=at)
    return confirmation


def default(session: Session, *, lot_id: LotId, reason: str, actor: Actor) -> Lot:
    """Record that the winner has not kept the sale: the deposit is forfeited, once (拍卖法 art 39).

    Raises MissingRole, NotFound or WrongState.
    """
    actor.must_have(Role.OPERATOR)
    lot, at = hold(session, lot_id)
    lot.state = LOT.advance(lot.state, LotAction.DEFAULT)
    lot.public_reason = reason
    award = finding.award(session, lot_id)
    if award is None:
        raise NotFound
    winner = finding.winner_of(session, award)
    if winner.deposit_state == DepositState.LOCKED:
        settle_deposit(session, winner, DepositAction.FORFEIT, now=at)
    session.flush()
    emit(session, AwardDefaulted(lot_id, lot.subject_id, winner.organisation_id), now=at)
    record(session, actor=actor, action="lot.default", kind="lot", object_id=lot_id, reason=reason, now=at)
    return lot
