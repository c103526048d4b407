"""The rules of the English auction, one at a time."""

from datetime import timedelta

import pytest

from auctions.bidding import resume, suspend
from auctions.errors import AlreadyHighest, BidTooLow, LotClosed, LotNotOpen, LotSuspended, OffStep
from kernel.money import Money
from tests.support.lots import ENDS, OPENS, bid, offered, standing

MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)


def test_the_first_bid_may_equal_the_start_price():
    after = bid("1000")

    assert (after.highest, after.leader, after.bids) == (Money.yuan(1000), 2, 1)


def test_the_first_bid_may_be_steps_above_the_start_price():
    assert bid("1300").highest == Money.yuan(1300)


def test_a_first_bid_below_the_start_price_is_refused_with_the_start_price():
    with pytest.raises(BidTooLow) as refusal:
        bid("999.99")

    assert refusal.value.minimum == Money.yuan(1000)


def test_a_bid_below_the_next_step_is_refused_with_the_next_valid_amount():
    with pytest.raises(BidTooLow) as refusal:
        bid("1250", on=standing("1200"))

    assert refusal.value.minimum == Money.yuan(1300)


def test_a_bid_equal_to_the_highest_is_refused():
    with pytest.raises(BidTooLow):
        bid("1200", on=standing("1200"))


def test_a_bid_off_the_step_is_refused_with_the_nearest_valid_amount_above():
    with pytest.raises(OffStep) as refusal:
        bid("1350.01", on=standing("1200"))

    assert refusal.value.nearest == Money.yuan(1400)
    assert refusal.value.minimum == Money.yuan(1300)


def test_a_bid_before_the_opening_is_refused():
    with pytest.raises(LotNotOpen) as refusal:
        bid("1000", at=OPENS - INSTANT)

    assert refusal.value.opens_at == OPENS


def test_the_last_instant_before_the_end_is_in_time_and_the_end_itself_is_not():
    assert bid("1000", at=ENDS - INSTANT).bids == 1

    with pytest.raises(LotClosed) as refusal:
        bid("1000", at=ENDS)

    assert refusal.value.ended_at == ENDS


def test_a_bid_in_the_last_five_minutes_extends_by_five_minutes_from_that_bid__fashi_2016_18_art_20():
    at = ENDS - 2 * MINUTE

    after = bid("1000", at=at)

    assert after.ends_at == at + 5 * MINUTE
    assert after.extensions == 1


def test_a_bid_before_the_last_five_minutes_does_not_move_the_end():
    after = bid("1000", at=ENDS - 5 * MINUTE - INSTANT)

    assert (after.ends_at, after.extensions) == (ENDS, 0)


def test_a_bid_exactly_five_minutes_before_the_end_moves_nothing_and_counts_as_no_extension():
    after = bid("1000", at=ENDS - 5 * MINUTE)

    assert (after.ends_at, after.extensions) == (ENDS, 0)


def test_an_extension_shorter_than_the_window_never_moves_the_end_back():
    after = bid("1000", at=ENDS - 4 * MINUTE, extension_seconds=60)

    assert (after.ends_at, after.extensions) == (ENDS, 0)


def test_no_extension_passes_the_hard_end():
    hard_end = ENDS + MINUTE

    after = bid("1000", on=standing(hard_end=hard_end), at=ENDS - INSTANT)

    assert after.ends_at == hard_end


def test_when_the_extensions_are_used_up_the_end_stands():
    after = bid("1000", on=standing(extensions=3), at=ENDS - INSTANT, extensions_max=3)

    assert (after.ends_at, after.extensions, after.bids) == (ENDS, 3, 1)


def test_the_leader_need_not_bid_against_itself__auction_law_36():
    with pytest.raises(AlreadyHighest):
        bid("1300", on=standing("1200", leader=2), bidder=2)


def test_the_leader_may_raise_where_a_hidden_reserve_may_not_be_met_yet():
    after = bid("1300", on=standing("1200", leader=2), bidder=2, lot=offered(has_reserve=True))

    assert after.highest == Money.yuan(1300)


@pytest.mark.parametrize(("rule", "has_reserve", "may"), [("never", True, False), ("always", False, True)])
def test_whether_the_leader_may_raise_is_a_rule_of_the_session(rule, has_reserve, may):
    lot = offered(has_reserve=has_reserve)

    if may:
        assert bid("1300", on=standing("1200"), bidder=1, lot=lot, leader_may_raise=rule).bids == 2
    else:
        with pytest.raises(AlreadyHighest):
            bid("1300", on=standing("1200"), bidder=1, lot=lot, leader_may_raise=rule)


def test_a_suspended_lot_takes_no_bids_even_after_its_old_end():
    suspended = suspend(offered(), standing(), at=ENDS - MINUTE)

    with pytest.raises(LotSuspended):
        bid("1000", on=suspended, at=ENDS + MINUTE)


def test_after_a_suspension_the_time_that_was_left_is_left_again():
    hard_end = ENDS + 30 * MINUTE
    suspended = suspend(offered(), standing(hard_end=hard_end), at=ENDS - 10 * MINUTE)

    resumed = resume(suspended, at=ENDS + 50 * MINUTE)

    assert resumed.ends_at == ENDS + 60 * MINUTE
    assert resumed.hard_end == hard_end + 60 * MINUTE
    assert resumed.suspended_at is None


def test_a_lot_that_is_not_open_or_is_over_cannot_be_suspended():
    with pytest.raises(LotNotOpen):
        suspend(offered(), standing(), at=OPENS - INSTANT)
    with pytest.raises(LotClosed):
        suspend(offered(), standing(), at=ENDS)


def test_a_running_lot_cannot_be_resumed():
    with pytest.raises(ValueError, match="not suspended"):
        resume(standing(), at=OPENS)
