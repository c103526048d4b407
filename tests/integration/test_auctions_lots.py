"""A lot from its announcement to its award, on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from auctions import commands
from auctions.book import EntryKind
from auctions.errors import (
    AffiliateBarred,
    AlreadyBegun,
    AlreadyRegistered,
    BankReferenceUsed,
    BidTooLow,
    DepositDiffers,
    DepositMissing,
    LotClosed,
    LotNotOpen,
    LotSuspended,
    NotAnAuctionHouse,
    NoticeTooShort,
    NotRegistered,
    OwnLot,
    RegistrationClosed,
    ReserveLodged,
    StaffCannotBid,
)
from auctions.states import DepositState, LotState
from auctions.tables import Award, Lot
from kernel.db import market_now
from kernel.errors import MissingRole, NotFound, WrongState
from kernel.ids import LotId, new_id
from kernel.money import Money
from kernel.tables import EventRow
from parties.commands import affiliations
from parties.commands.affiliations import Declared
from parties.control import Relation
from parties.errors import NotVerified
from tests.support import people
from tests.support.auction_room import AuctionRoom

WAN = Money.wan
SECOND = timedelta(seconds=1)


@pytest.fixture
def room(db):
    return AuctionRoom(db)


def events(room, name):
    with room.db.session("worker") as session:
        return list(session.execute(select(EventRow.payload).where(EventRow.name == name)).scalars())


def test_a_lot_runs_from_announcement_to_award(room):
    lot = room.announce()
    first, second = room.bidder(lot), room.bidder(lot)
    room.move_to(lot.opens_at)

    assert room.bid(lot, first, WAN(20)).refusal is None
    assert room.bid(lot, second, WAN(21)).refusal is None
    assert room.bid(lot, first, WAN(23)).refusal is None
    room.move_to(lot.ends_at)
    assert room.close_due() == 1

    sold = room.lot(lot.id)
    assert (sold.state, sold.highest, sold.leader, sold.bids) == (LotState.SOLD, WAN(23), 1, 3)
    kinds = [line.kind for line in room.book(lot)]
    assert kinds == [EntryKind.OPENED, EntryKind.BID, EntryKind.BID, EntryKind.BID, EntryKind.CLOSED]
    assert [row.deposit_state for row in room.registrations(lot)] == [DepositState.LOCKED, DepositState.RELEASED]
    told = events(room, "lot-sold")
    assert len(told) == 1
    assert told[0]["winner_id"] == str(first.organisation_id)
    assert (told[0]["price"], told[0]["bids"], told[0]["bidders"]) == ({"fen": WAN(23).fen}, 3, 2)
    assert len(events(room, "deposit-released")) == 1
    assert room.violations() == []


def test_a_second_closing_round_finds_nothing_to_do(room):
    lot = room.announce()
    room.move_to(lot.ends_at)

    assert [room.close_due(), room.close_due()] == [1, 0]
    assert room.lot(lot.id).state == LotState.NO_BIDS


def test_a_lot_is_announced_with_a_copy_of_the_rules_in_force(room):
    lot = room.announce()

    assert lot.rules["version"] == "auction.session.exchange_bidding ANY@1"
    assert lot.session_rules.window == timedelta(minutes=5)
    assert lot.rules["sources"]["notice_days"]


def test_a_lot_cannot_open_before_its_notice_has_run__auction_law_45(room):
    soon = room.now() + timedelta(days=7)

    with pytest.raises(NoticeTooShort):
        room.announce(opens_at=soon, ends_at=soon + timedelta(days=1))


def test_only_the_auctioneer_announces_under_the_auction_law__auction_law_10(room):
    seller = room.seller()

    with pytest.raises(NotAnAuctionHouse):
        room.announce(seller, legal_basis="auction_law")

    assert room.announce(seller, by=room.staff("auctioneer"), legal_basis="auction_law").legal_basis == "auction_law"


def test_a_transfer_office_announces_only_what_its_own_unit_sells(room):
    with pytest.raises(NotFound):
        room.announce(room.seller(), by=room.seller())


def test_one_subject_has_one_running_lot(room):
    lot = room.announce()

    with pytest.raises(IntegrityError, match="uq_lot_subject_id_running"):
        room.announce(subject_id=lot.subject_id)


def test_a_bid_waits_for_registration_and_deposit(room):
    lot = room.announce()
    stranger, unpaid = room.actor("buyer"), room.bidder(lot, paid=False)
    room.move_to(lot.opens_at)

    with pytest.raises(NotRegistered):
        room.bid(lot, stranger, WAN(20))
    with pytest.raises(DepositMissing) as refusal:
        room.bid(lot, unpaid, WAN(20))

    assert refusal.value.deposit == WAN(2)
    assert room.book(lot) == []


def test_a_lot_without_deposit_takes_bids_at_once(room):
    lot = room.announce(deposit=Money(0))
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)

    assert room.bid(lot, bidder, WAN(20)).refusal is None
    assert room.registrations(lot)[0].deposit_state == DepositState.WAIVED


def test_a_bid_before_the_opening_is_refused_and_leaves_no_line(room):
    lot = room.announce()
    bidder = room.bidder(lot)

    with pytest.raises(LotNotOpen):
        room.bid(lot, bidder, WAN(20))

    assert room.book(lot) == []


def test_a_refused_bid_is_a_line_of_the_book(room):
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)

    decision = room.bid(lot, bidder, WAN(19))

    assert isinstance(decision.refusal, BidTooLow)
    assert [(line.seq, line.kind, line.reason) for line in room.book(lot)] == [
        (1, EntryKind.OPENED, None),
        (2, EntryKind.REFUSAL, "bid-too-low"),
    ]
    assert room.lot(lot.id).bids == 0
    assert room.violations() == []


def test_a_bid_in_the_last_minutes_extends_the_lot_and_the_close_waits(room):
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.ends_at - 60 * SECOND)

    line = room.bid(lot, bidder, WAN(20)).line

    extended = room.lot(lot.id)
    assert (extended.state, extended.extensions) == (LotState.EXTENDED, 1)
    assert extended.ends_at == line.at + timedelta(minutes=5) == line.ends_at
    room.move_to(lot.planned_end)
    assert room.close_due() == 0
    room.move_to(extended.ends_at)
    assert room.close_due() == 1
    assert room.lot(lot.id).state == LotState.SOLD
    assert room.violations() == []


def test_after_the_end_a_bid_is_late_even_before_the_worker_has_closed_the_lot(room):
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.ends_at)

    with pytest.raises(LotClosed):
        room.bid(lot, bidder, WAN(20))

    assert room.lot(lot.id).phase(room.now()) == LotState.CLOSED


def test_after_the_close_a_bid_is_late_and_not_for_want_of_a_deposit(room):
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.ends_at)
    room.close_due()

    with pytest.raises(LotClosed):
        room.bid(lot, bidder, WAN(20))


def test_a_top_bid_below_the_reserve_has_no_effect__auction_law_50(room):
    lot = room.announce(reserve=WAN(30))
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, WAN(29))
    room.move_to(lot.ends_at)

    room.close_due()

    assert room.lot(lot.id).state == LotState.BELOW_RESERVE
    assert [one["outcome"] for one in events(room, "lot-unsold")] == ["below_reserve"]
    assert room.registrations(lot)[0].deposit_state == DepositState.RELEASED
    assert room.violations() == []


def test_a_lone_bidder_may_raise_to_a_hidden_reserve(room):
    lot = room.announce(reserve=WAN(30))
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, WAN(20))

    assert room.bid(lot, bidder, WAN(30)).refusal is None

    room.move_to(lot.ends_at)
    room.close_due()
    assert room.lot(lot.id).state == LotState.SOLD


def test_the_seller_lodges_a_reserve_before_the_opening_and_once__auction_law_28(room):
    seller = room.seller()
    lot = room.announce(seller, by=room.staff("operator"))
    assert lot.reserve_commitment is None

    with room.acting(seller) as session:
        commands.lodge_reserve(session, lot_id=lot.id, reserve=WAN(25), actor=seller, now=room.now())

    assert room.lot(lot.id).reserve_commitment
    with room.acting(seller) as session, pytest.raises(ReserveLodged):
        commands.lodge_reserve(session, lot_id=lot.id, reserve=WAN(26), actor=seller, now=room.now())


def test_no_reserve_is_lodged_after_the_opening__auction_law_50(room):
    seller = room.seller()
    lot = room.announce(seller)
    room.move_to(lot.opens_at)

    with room.acting(seller) as session, pytest.raises(AlreadyBegun):
        commands.lodge_reserve(session, lot_id=lot.id, reserve=WAN(25), actor=seller, now=room.now())


def test_the_seller_may_not_bid_for_its_own_lot__auction_law_30(room):
    seller = room.seller()
    lot = room.announce(seller)

    with pytest.raises(OwnLot):
        room.register(lot, room.actor("buyer", organisation=seller.organisation_id))


def test_an_affiliate_of_the_seller_may_not_bid(room):
    seller, buyer = room.seller(), room.actor("buyer")
    lot = room.announce(seller)
    operator = room.staff("operator")
    with room.acting(operator) as session:
        daughter = Declared(
            seller.organisation(), buyer.organisation(), Relation.CONTROL, people.today(session), None, "工商登记"
        )
        affiliations.declare(session, declared=daughter, actor=operator, now=market_now(session))

    with pytest.raises(AffiliateBarred):
        room.register(lot, buyer)


def test_who_becomes_an_affiliate_after_registering_may_not_bid_any_more(room):
    seller = room.seller()
    lot = room.announce(seller)
    bidder, operator = room.bidder(lot), room.staff("operator")
    with room.acting(operator) as session:
        link = Declared(
            seller.organisation(), bidder.organisation(), Relation.CONTROL, people.today(session), None, "工商登记"
        )
        affiliations.declare(session, declared=link, actor=operator, now=market_now(session))
    room.move_to(lot.opens_at)

    with pytest.raises(AffiliateBarred):
        room.bid(lot, bidder, WAN(20))


def test_an_organisation_barred_from_the_lot_may_not_bid(room):
    barred = room.actor("buyer")
    lot = room.announce(barred=(barred.organisation_id,))

    with pytest.raises(AffiliateBarred):
        room.register(lot, barred)


def test_people_of_the_exchange_may_not_bid_for_anybody__auction_law_22(room):
    lot = room.announce()
    moonlighter = room.staff("operator")
    elsewhere = room.actor("buyer")
    with pytest.raises(StaffCannotBid):
        room.register(lot, replace(moonlighter, organisation_id=elsewhere.organisation_id, roles=frozenset({"buyer"})))


def test_an_organisation_that_is_not_verified_may_not_register__ecommerce_law_27(room):
    lot = room.announce()

    with pytest.raises(NotVerified):
        room.register(lot, room.actor("buyer", verified=False))


def test_an_organisation_registers_once_and_gets_the_next_number(room):
    lot = room.announce()
    first = room.actor("buyer")

    numbers = [room.register(lot, first).number, room.register(lot, room.actor("buyer")).number]

    assert numbers == [1, 2]
    with pytest.raises(AlreadyRegistered):
        room.register(lot, first)


def test_the_worker_carries_over_a_bidder_who_qualified_before(room):
    lot, buyer, finance = room.announce(), room.actor("buyer"), room.staff("finance")

    with room.db.session("worker") as session:
        carried = commands.register(session, lot_id=lot.id, conflicts="由意向登记转入", actor=buyer, now=room.now())
        commands.mark_deposit_paid(
            session, registration_id=carried.id, amount=WAN(2), bank_reference="转入-1", actor=finance
        )

    assert [(row.number, row.deposit_state) for row in room.registrations(lot)] == [(1, DepositState.PAID)]


def test_registration_ends_with_the_lot(room):
    lot = room.announce()
    room.move_to(lot.ends_at)

    with pytest.raises(RegistrationClosed):
        room.register(lot, room.actor("buyer"))


def test_a_deposit_is_recorded_once_in_full_and_under_its_own_reference(room):
    lot = room.announce()
    first = room.register(lot, room.actor("buyer"), paid=False)
    second = room.register(lot, room.actor("buyer"), paid=False)
    finance = room.staff("finance")

    def pay(registration, amount, reference):
        with room.acting(finance) as session:
            return commands.mark_deposit_paid(
                session, registration_id=registration.id, amount=amount, bank_reference=reference, actor=finance
            )

    with pytest.raises(DepositDiffers):
        pay(first, WAN(1), "ICBC-1")
    assert pay(first, WAN(2), "ICBC-1").deposit_state == DepositState.PAID
    with pytest.raises(WrongState):
        pay(first, WAN(2), "ICBC-2")
    with pytest.raises(BankReferenceUsed):
        pay(second, WAN(2), "ICBC-1")


def test_finance_of_another_organisation_records_no_deposit(room):
    lot = room.announce()
    registration = room.register(lot, room.actor("buyer"), paid=False)
    outsider = room.actor("finance")

    with room.acting(outsider) as session, pytest.raises(MissingRole):
        commands.mark_deposit_paid(
            session, registration_id=registration.id, amount=WAN(2), bank_reference="X", actor=outsider
        )


def test_a_deposit_that_arrives_after_the_end_is_owed_back_at_once(room):
    lot = room.announce()
    registration = room.register(lot, room.actor("buyer"), paid=False)
    room.move_to(lot.ends_at)

    assert room.pay(registration).deposit_state == DepositState.RELEASED
    room.close_due()
    assert len(events(room, "deposit-released")) == 1
    assert room.violations() == []


def test_a_suspended_lot_takes_no_bids_and_runs_on_with_the_time_that_was_left(room):
    lot, operator = room.announce(), room.staff("operator")
    bidder = room.bidder(lot)
    room.move_to(lot.ends_at - timedelta(hours=1))
    with room.acting(operator) as session:
        commands.suspend(session, lot_id=lot.id, reason="系统维护", actor=operator)

    refused = room.bid(lot, bidder, WAN(20))
    assert isinstance(refused.refusal, LotSuspended)
    room.move_to(lot.ends_at + timedelta(hours=5))
    assert room.close_due() == 0
    with room.acting(operator) as session:
        commands.resume(session, lot_id=lot.id, reason="维护结束", actor=operator)
    left = room.lot(lot.id).ends_at - room.now()
    assert timedelta(minutes=59) < left < timedelta(hours=1)
    assert room.bid(lot, bidder, WAN(20)).refusal is None
    room.move_to(room.lot(lot.id).ends_at)
    room.close_due()

    assert room.lot(lot.id).state == LotState.SOLD
    assert room.violations() == []


def test_a_lot_is_withdrawn_before_its_opening_only__auction_law_29(room):
    operator = room.staff("operator")
    early, late = room.announce(), room.announce()
    room.bidder(early)
    with room.acting(operator) as session:
        commands.withdraw(session, lot_id=early.id, reason="权属争议", actor=operator)
    room.move_to(late.opens_at)

    with room.acting(operator) as session, pytest.raises(AlreadyBegun):
        commands.withdraw(session, lot_id=late.id, reason="改变主意", actor=operator)

    assert room.lot(early.id).state == LotState.WITHDRAWN
    assert room.registrations(early)[0].deposit_state == DepositState.RELEASED
    assert [one["outcome"] for one in events(room, "lot-unsold")] == ["withdrawn"]


def test_a_suspended_lot_that_cannot_go_on_is_cancelled_and_deposits_go_back(room):
    lot, operator = room.announce(), room.staff("operator")
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, WAN(20))
    with room.acting(operator) as session:
        commands.suspend(session, lot_id=lot.id, reason="串通举报", actor=operator)
        commands.cancel(session, lot_id=lot.id, reason="查实串通", actor=operator)

    assert room.lot(lot.id).state == LotState.CANCELLED
    assert room.registrations(lot)[0].deposit_state == DepositState.RELEASED
    assert room.violations() == []


def sold_lot(room, **changes):
    lot = room.announce(**changes)
    winner = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, winner, WAN(20))
    room.move_to(lot.ends_at)
    room.close_due()
    return room.lot(lot.id), winner


def test_a_sale_is_put_on_record_once__auction_law_52(room):
    lot, _ = sold_lot(room)
    auctioneer = room.staff("auctioneer")

    with room.acting(auctioneer) as session:
        confirmation = commands.confirm(session, lot_id=lot.id, minutes="落槌成交", actor=auctioneer)

    assert confirmation.number.startswith("CJ")
    assert room.lot(lot.id).state == LotState.CONFIRMED
    with room.acting(auctioneer) as session, pytest.raises(WrongState):
        commands.confirm(session, lot_id=lot.id, minutes="再次", actor=auctioneer)


def test_a_winner_who_does_not_keep_the_sale_loses_the_deposit_once__auction_law_39(room):
    lot, _ = sold_lot(room)
    operator = room.staff("operator")

    with room.acting(operator) as session:
        commands.default(session, lot_id=lot.id, reason="逾期未签约", actor=operator)

    assert room.registrations(lot)[0].deposit_state == DepositState.FORFEITED
    assert room.lot(lot.id).state == LotState.DEFAULTED
    with room.acting(operator) as session, pytest.raises(WrongState):
        commands.default(session, lot_id=lot.id, reason="再次", actor=operator)
    assert room.violations() == []


def test_a_book_that_was_tampered_with_awards_nothing_and_the_audit_says_so(room):
    lot, other = room.announce(), room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, WAN(20))
    with room.db.session("owner") as session:
        session.execute(text("UPDATE bid_book SET amount = amount + 1 WHERE kind = 'bid'"))
    room.move_to(other.ends_at)

    assert room.close_due() == 1

    assert room.lot(lot.id).state == LotState.OPEN
    assert room.lot(other.id).state == LotState.NO_BIDS
    with room.db.session("owner") as session:
        assert session.execute(select(func.count()).select_from(Award)).scalar_one() == 0
    assert {violation.number for violation in room.violations()} == {"I5"}


def test_due_work_opens_a_lot_whose_time_has_come(room):
    lot = room.announce()
    room.move_to(lot.opens_at)

    with room.db.session("worker") as session:
        assert commands.open_due(session, market_now(session)) == 1

    assert room.lot(lot.id).state == LotState.OPEN
    assert room.book(lot)[0].at >= lot.opens_at


def test_what_is_not_there_is_not_found(room):
    with pytest.raises(NotFound):
        room.bid(Lot(id=LotId(new_id())), room.actor("buyer"), WAN(20))
