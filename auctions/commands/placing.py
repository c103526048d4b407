"""Placing a bid: lock the lot, read the clock, ask the rules, write the next line of the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auctions import finding
from auctions.bidding import accept_bid, check_clock
from auctions.book import EntryKind
from auctions.commands.bookkeeping import hold, open_if_due, write_line
from auctions.commands.registering import admit_bidder
from auctions.errors import BidRefused, DepositMissing, LotClosed, NotRegistered
from auctions.states import LOT, MAY_BID, RUNNING, LotAction
from auctions.tables import BookLine, Lot, Registration
from kernel.audit import record
from kernel.http.auth import Actor
from kernel.ids import LotId
from kernel.money import Money
from parties.roles import Role


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a bid, as the book has it: `refusal` is None for a valid one."""

    lot: Lot
    line: BookLine
    refusal: BidRefused | None


def place_bid(session: Session, *, lot_id: LotId, amount: Money, actor: Actor, now: datetime) -> Decision:
    """Bid for the actor's organisation. The instant that counts is read under the lock of the lot.

    A bid that breaks the rules of bidding is a line of the book, too: the caller commits the Decision and answers with its
    refusal. Raised, and not in the book: NotFound, MissingRole, StaffCannotBid, OwnLot, AffiliateBarred, NotRegistered,
    DepositMissing, LotNotOpen and LotClosed (the book begins with the opening and is over at the end).
    """
    actor.must_have(Role.BUYER)
    admit_bidder(session, finding.lot(session, lot_id), actor=actor, now=now)
    registration = finding.registration_of(session, lot_id, actor.organisation())
    if registration is None:
        raise NotRegistered
    lot, at = hold(session, lot_id)
    _must_be_on(lot, at)
    _must_have_paid(session, registration)
    open_if_due(session, lot, at)
    decision = _decide(session, lot, registration, amount, at)
    after = {"seq": decision.line.seq, "amount": amount, "kind": decision.line.kind.value}
    record(session, actor=actor, action="lot.bid", kind="lot", object_id=lot_id, after=after, now=at)
    return decision


def _must_be_on(lot: Lot, at: datetime) -> None:
    """Raises LotNotOpen or LotClosed."""
    if lot.state not in RUNNING:
        raise LotClosed(lot.minimum, lot.last_at)
    check_clock(lot.offered, lot.standing, at)


def _must_have_paid(session: Session, registration: Registration) -> None:
    # Read again under the lock of the lot: the payment may have been recorded while this bid waited.
    session.refresh(registration)
    if registration.deposit_state not in MAY_BID:
        raise DepositMissing(registration.deposit)


def _decide(session: Session, lot: Lot, registration: Registration, amount: Money, at: datetime) -> Decision:
    bidder = registration.number
    try:
        after = accept_bid(lot.offered, lot.session_rules, lot.standing, bidder=bidder, amount=amount, at=at)
    except BidRefused as refusal:
        reason = refusal.slug()
        line = write_line(session, lot, EntryKind.REFUSAL, at, bidder=bidder, amount=amount, reason=reason)
        session.flush()
        return Decision(lot, line, refusal)
    if after.extensions > lot.extensions:
        lot.state = LOT.advance(lot.state, LotAction.EXTEND)
    lot.standing = after
    line = write_line(session, lot, EntryKind.BID, at, bidder=bidder, amount=amount)
    session.flush()
    return Decision(lot, line, None)
