"""Races for a lot, with threads and real commits: arrival order, the edge of the end, several closers."""

import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from auctions import commands
from auctions.book import EntryKind
from auctions.commands import Decision
from auctions.errors import AlreadyRegistered, BidRefused, LotClosed
from auctions.states import DECIDED, DepositState, LotState
from auctions.tables import Award, Lot
from kernel import failpoints
from kernel.errors import WrongState
from kernel.money import Money
from kernel.tables import EventRow
from tests.support.auction_room import AuctionRoom, all_at_once

WAN = Money.wan
PATIENCE_SECONDS = 20


@pytest.fixture
def room(db):
    return AuctionRoom(db)


def crowd(room, lot, size):
    """Bidders with deposits, each of its own organisation."""
    return [room.bidder(lot) for _ in range(size)]


def open_lot(room, **changes):
    lot = room.announce(**changes)
    return lot, lambda: room.move_to(lot.opens_at)


def without_extension(room, lot):
    """A lot whose end stands still, so that a test can crowd around it."""
    with room.db.session("owner") as session:
        session.execute(
            text("""UPDATE lot SET rules = rules || '{"window_seconds": 0, "extension_seconds": 0}' WHERE id = :id"""),
            {"id": lot.id},
        )


def told(room, name):
    with room.db.session("worker") as session:
        return session.execute(select(func.count()).select_from(EventRow).where(EventRow.name == name)).scalar_one()


def awards(room):
    with room.db.session("worker") as session:
        return list(session.execute(select(Award)).scalars())


def test_fifty_bidders_at_once_make_one_order_of_arrival_without_gaps(room):
    lot, open_now = open_lot(room)
    bidders = crowd(room, lot, 50)
    open_now()
    amounts = [WAN(20 + step) for step in range(50)]
    random.Random(7).shuffle(amounts)

    answers = all_at_once(
        [
            lambda bidder=bidder, amount=amount: room.bid(lot, bidder, amount)
            for bidder, amount in zip(bidders, amounts, strict=True)
        ]
    )

    assert all(isinstance(answer, Decision) for answer in answers), answers
    book = room.book(lot)
    assert [line.seq for line in book] == list(range(1, 52))
    assert [line.at for line in book] == sorted(line.at for line in book)
    valid = [line.amount for line in book if line.kind == EntryKind.BID]
    assert valid == sorted(set(valid))
    assert valid[-1] == WAN(69)
    assert room.violations() == []


def test_equal_bids_at_once_are_won_by_the_first_to_arrive(room):
    lot, open_now = open_lot(room)
    bidders = crowd(room, lot, 8)
    open_now()

    answers = all_at_once([lambda bidder=bidder: room.bid(lot, bidder, WAN(20)) for bidder in bidders])

    assert sum(answer.refusal is None for answer in answers) == 1
    assert {answer.refusal.minimum for answer in answers if answer.refusal} == {WAN(21)}
    assert room.lot(lot.id).leader == next(line.bidder for line in room.book(lot) if line.kind == EntryKind.BID)


def test_one_bidder_pressing_many_times_makes_one_valid_bid(room):
    lot, open_now = open_lot(room)
    [bidder] = crowd(room, lot, 1)
    open_now()

    answers = all_at_once([lambda: room.bid(lot, bidder, WAN(20)) for _ in range(8)])

    assert sum(answer.refusal is None for answer in answers) == 1


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))])
def test_bids_and_closers_that_meet_at_the_end_leave_no_bid_accepted_and_ignored(room, seed):
    lot, _ = open_lot(room)
    bidders = crowd(room, lot, 8)
    without_extension(room, lot)
    chance = random.Random(seed)
    room.move_to(lot.ends_at - timedelta(milliseconds=chance.randint(400, 900)))
    acknowledged = []

    def bid_until_closed(bidder):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                decision = room.bid(lot, bidder, room.lot(lot.id).minimum)
            except LotClosed:
                return "closed"
            if decision.refusal is None:
                acknowledged.append((decision.line.seq, decision.line.amount, decision.line.bidder))
        return "never closed"

    def close_until_decided():
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            room.close_due()
            if room.lot(lot.id).state in DECIDED:
                return "decided"
        return "never decided"

    answers = all_at_once(
        [lambda bidder=bidder: bid_until_closed(bidder) for bidder in bidders] + [close_until_decided] * 3
    )

    assert set(answers) == {"closed", "decided"}
    valid = [(line.seq, line.amount, line.bidder) for line in room.book(lot) if line.kind == EntryKind.BID]
    assert sorted(acknowledged) == valid
    assert [(award.winning_seq, award.price, award.winner) for award in awards(room)] == valid[-1:]
    assert room.book(lot)[-1].kind == EntryKind.CLOSED
    assert room.violations() == []


def test_a_bid_in_the_last_instant_is_accepted_and_extends_or_is_refused(room):
    lot, _ = open_lot(room)
    bidders = crowd(room, lot, 6)
    room.move_to(lot.ends_at - timedelta(milliseconds=150))

    def bid_late(bidder, pause):
        time.sleep(pause)
        return room.bid(lot, bidder, room.lot(lot.id).minimum)

    pauses = [0.0, 0.05, 0.1, 0.14, 0.2, 0.3]
    answers = all_at_once(
        [lambda b=b, p=p: bid_late(b, p) for b, p in zip(bidders, pauses, strict=True)] + [room.close_due] * 3
    )

    after = room.lot(lot.id)
    decisions = [answer for answer in answers[:6] if isinstance(answer, Decision)]
    assert all(isinstance(answer, Decision | BidRefused) for answer in answers[:6]), answers
    if any(decision.refusal is None for decision in decisions):
        assert after.state == LotState.EXTENDED
        assert after.ends_at > lot.ends_at
        assert awards(room) == []
    else:
        assert after.bids == 0
    assert room.violations() == []


@pytest.mark.parametrize(
    "closers", [pytest.param(2, marks=pytest.mark.long), 4, pytest.param(8, marks=pytest.mark.long)]
)
def test_several_closers_at_once_make_one_award(room, closers):
    lot, open_now = open_lot(room)
    first, second = crowd(room, lot, 2)
    open_now()
    room.bid(lot, first, WAN(20))
    room.bid(lot, second, WAN(21))
    room.move_to(lot.ends_at)

    answers = all_at_once([room.close_due] * closers)

    assert sorted(answers) == [0] * (closers - 1) + [1]
    assert [(award.winner, award.price) for award in awards(room)] == [(2, WAN(21))]
    assert (told(room, "lot-sold"), told(room, "deposit-released")) == (1, 1)
    assert room.violations() == []


def test_closers_share_many_lots_and_close_each_once(room):
    seller = room.seller()
    lots = [room.announce(seller) for _ in range(12)]
    room.move_to(max(lot.ends_at for lot in lots))

    closed = sum(all_at_once([room.close_due] * 4))

    while more := room.close_due():
        closed += more
    assert closed == 12
    assert told(room, "lot-unsold") == 12
    assert room.violations() == []


def test_a_closer_that_dies_between_award_and_commit_leaves_nothing_and_the_next_one_closes(room):
    lot, open_now = open_lot(room)
    [bidder] = crowd(room, lot, 1)
    open_now()
    room.bid(lot, bidder, WAN(20))
    room.move_to(lot.ends_at)

    failpoints.arm("auctions.after_award=raise@1")
    try:
        with pytest.raises(failpoints.FailpointRaised):
            room.close_due()
    finally:
        failpoints.arm("")

    assert awards(room) == []
    assert room.lot(lot.id).state == LotState.OPEN

    assert room.close_due() == 1
    assert len(awards(room)) == 1
    assert room.violations() == []


def test_one_organisation_registering_many_times_at_once_is_registered_once(room):
    lot = room.announce()
    colleagues = [room.actor("buyer")]
    colleagues += [room.actor("buyer", organisation=colleagues[0].organisation_id) for _ in range(5)]

    answers = all_at_once([lambda one=one: room.register(lot, one, paid=False) for one in colleagues])

    assert sum(isinstance(answer, AlreadyRegistered) for answer in answers) == 5
    assert len(room.registrations(lot)) == 1


def test_many_registering_at_once_get_numbers_without_gaps(room):
    lot = room.announce()
    bidders = [room.actor("buyer") for _ in range(10)]

    all_at_once([lambda bidder=bidder: room.register(lot, bidder, paid=False) for bidder in bidders])

    assert [row.number for row in room.registrations(lot)] == list(range(1, 11))
    assert room.violations() == []


def test_a_deposit_recorded_twice_at_once_is_paid_once(room):
    lot = room.announce()
    registration = room.register(lot, room.actor("buyer"), paid=False)
    finance = room.staff("finance")

    def pay(reference):
        with room.acting(finance) as session:
            return commands.mark_deposit_paid(
                session, registration_id=registration.id, amount=WAN(2), bank_reference=reference, actor=finance
            )

    answers = all_at_once([lambda n=n: pay(f"R{n}") for n in range(4)])

    assert sum(isinstance(answer, WrongState) for answer in answers) == 3
    assert room.registrations(lot)[0].deposit_state == DepositState.PAID


def test_a_withdrawal_and_the_opening_meet_and_one_of_them_stands(room):
    lot, operator = room.announce(), room.staff("operator")
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at - timedelta(milliseconds=60))

    def withdraw():
        time.sleep(0.05)
        with room.acting(operator) as session:
            return commands.withdraw(session, lot_id=lot.id, reason="权属争议", actor=operator)

    def bid():
        time.sleep(0.07)
        return room.bid(lot, bidder, WAN(20))

    withdrawn, placed = all_at_once([withdraw, bid])

    assert isinstance(withdrawn, Lot) != isinstance(placed, Decision) or isinstance(placed, BidRefused)
    assert room.violations() == []
