"""The audit notices when somebody with the owner's rights has changed a book, an award or a deposit."""

from sqlalchemy import text

from kernel.invariants import check_all
from kernel.money import Money
from tests.support.auction_room import AuctionRoom

WAN = Money.wan

CRIMES = {
    "a refusal taken out": ("I4", "DELETE FROM bid_book WHERE kind = 'refusal'"),
    "a line moved": ("I4", "UPDATE bid_book SET seq = 9 WHERE kind = 'closed'"),
    "a line dated back": ("I4", "UPDATE bid_book SET at = at - interval '1 hour' WHERE seq = 4"),
    "an amount off the step": ("I5", "UPDATE bid_book SET amount = 22000001 WHERE seq = 4"),
    "a refusal made valid": ("I5", "UPDATE bid_book SET kind = 'bid' WHERE kind = 'refusal'"),
    "an opening set later": ("I5", "UPDATE lot SET opens_at = opens_at + interval '1 hour'"),
    "an award taken out": ("I6", "DELETE FROM lot_award"),
    "another winner": ("I6", "UPDATE lot_award SET winning_seq = 2, winner = 1, price = 20000000"),
    "another price": ("I6", "UPDATE lot_award SET price = price - 1"),
    "a reserve raised afterwards": ("I6", "UPDATE lot_reserve SET reserve = 99000000"),
    "a deposit kept": ("I6", "UPDATE lot_registration SET deposit_state = 'paid' WHERE number = 1"),
    "an end moved back": ("I8", "UPDATE bid_book SET ends_at = ends_at - interval '1 hour' WHERE seq = 5"),
    "a bidder too many": ("I3", "UPDATE lot SET bidders = 3"),
}


def test_the_audit_names_the_promise_that_a_change_of_the_past_breaks(db):
    room = AuctionRoom(db)
    lot = room.announce(reserve=WAN(21))
    first, second = room.bidder(lot), room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, first, WAN(20))
    room.bid(lot, second, WAN(19))
    room.bid(lot, second, WAN(22))
    room.move_to(lot.ends_at)
    room.close_due()
    assert room.violations() == []

    unnoticed = {}
    for name, (number, crime) in CRIMES.items():
        with db.open("owner") as session:
            assert session.execute(text(crime)).rowcount > 0, name
            found = {violation.number for violation in check_all(session)}
            session.rollback()
        if number not in found:
            unnoticed[name] = found

    assert unnoticed == {}
