"""Guidance on start prices: it is near the truth where that is known, says nothing from too little, and says how much it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kernel.money import FEN_MAX, Money
from tests.support.past_lots import RULE, Hall, a_lot, a_policy
from valuation.starting.guidance import Abstention, guide
from valuation.starting.lots import LotOutcome, PastLot, content_id
from valuation.starting.policy import StartPolicy
from valuation.starting.sentences import statement

WORTH = Money.wan(50)


def mixed(sold: int, unsold: int) -> list[PastLot]:
    """Sold at low starts, unsold at high ones."""
    low = [a_lot(number, 0.4 + 0.4 * number / max(sold, 1), sold=True) for number in range(sold)]
    return low + [a_lot(sold + number, 0.9 + 0.5 * number / max(unsold, 1), sold=False) for number in range(unsold)]


def test_guidance_is_near_the_truth_of_a_market_that_is_known():
    hall = Hall()

    found = guide(hall.lots(600), WORTH, a_policy())

    assert found.reason is None and found.counted.lots == 600
    for point in found.points[1:-2]:
        chance, proceeds = hall.truth(point.ratio_bp / 10_000)
        assert point.chance.value_bp / 10_000 == pytest.approx(chance, abs=0.07)
        assert point.proceeds.value.fen / WORTH.fen == pytest.approx(proceeds, abs=0.07)


def test_the_recommended_start_brings_nearly_the_most_there_is():
    hall = Hall()
    best = max(hall.truth(ratio / 100)[1] for ratio in range(30, 181, 10))

    found = guide(hall.lots(600), WORTH, a_policy()).recommended

    assert found is not None and found.low <= found.best <= found.high
    for start in (found.low, found.best, found.high):
        assert hall.truth(start.fen / WORTH.fen)[1] >= 0.9 * best


def test_more_lots_make_ranges_narrower():
    few, many = (guide(Hall().lots(count), WORTH, a_policy()).points[4] for count in (60, 600))

    assert many.chance.high_bp - many.chance.low_bp < 0.6 * (few.chance.high_bp - few.chance.low_bp)


@pytest.mark.parametrize(
    ("sold", "unsold", "reason"),
    [
        (0, 0, Abstention.TOO_FEW_LOTS),
        (19, 10, Abstention.TOO_FEW_LOTS),
        (21, 9, Abstention.TOO_FEW_UNSOLD),
        (40, 0, Abstention.TOO_FEW_UNSOLD),
        (9, 30, Abstention.TOO_FEW_SOLD),
        (20, 10, None),
    ],
)
def test_it_abstains_until_there_are_enough_lots_and_says_how_many_it_has(sold: int, unsold: int, reason: Any):
    found = guide(mixed(sold, unsold), WORTH, a_policy())

    assert found.reason is reason
    assert (found.counted.lots, found.counted.sold, found.counted.unsold) == (sold + unsold, sold, unsold)
    assert bool(found.points) is (reason is None)
    told = statement(found)
    assert f"有参考价的历史标的{sold + unsold}宗" in "".join(told["zh"]) and f"未成交{unsold}宗" in "".join(told["zh"])
    assert f"{sold + unsold} past lots" in " ".join(told["en"]) and "at least 30, of them 10 unsold" in " ".join(
        told["en"]
    )
    assert told["zh"][0].startswith("样本不足" if reason else "建议起拍价")


def test_lots_without_a_reference_are_counted_apart():
    lots = mixed(20, 10)
    blind = [replace(lot, source_id=f"x{lot.source_id}", reference=None, reference_kind=None) for lot in lots]

    found = guide([*lots, *blind], WORTH, a_policy())

    assert (found.counted.lots, found.counted.without_reference) == (30, 30)
    assert guide(blind, WORTH, a_policy()).reason is Abstention.TOO_FEW_LOTS
    assert "另有30宗" in "".join(statement(found)["zh"])


def test_a_failure_below_the_reserve_is_a_failure_and_is_named():
    lots = [replace(lot, outcome=LotOutcome.BELOW_RESERVE) if not lot.sold else lot for lot in mixed(20, 10)]

    found = guide(lots, WORTH, a_policy())

    assert (found.counted.unsold, found.counted.below_reserve, found.reason) == (10, 10, None)


@pytest.mark.parametrize("reference", [None, Money(0)])
def test_without_a_reference_price_there_is_nothing_to_start_from(reference: Money | None):
    assert guide(mixed(20, 10), reference, a_policy()).reason is Abstention.NO_REFERENCE


def test_starts_that_were_all_alike_tell_nothing_of_others():
    lots = [a_lot(number, 0.7 + number / 1_000, sold=number % 3 > 0) for number in range(60)]

    assert guide(lots, WORTH, a_policy()).reason is Abstention.STARTS_ALIKE


def test_lots_of_two_sessions_are_two_observations():
    sold, unsold = (replace(lot, session_name=str(lot.sold), closed_on=None) for lot in mixed(1, 1))
    lots = [replace(sold if number % 2 else unsold, source_id=str(number)) for number in range(60)]
    lots = [replace(lot, start=Money(lot.start.fen // (1 + place % 5)), final=None if lot.final is None else lot.start)
            for place, lot in enumerate(lots)]  # fmt: skip

    assert guide(lots, WORTH, a_policy()).reason is Abstention.TOO_UNSTABLE


def test_a_price_beyond_all_money_is_no_price():
    lots = [replace(lot, final=Money(10 * lot.start.fen)) if lot.sold else lot for lot in mixed(20, 10)]

    assert guide(lots, Money(FEN_MAX), a_policy()).reason is Abstention.OUT_OF_MONEY


def test_where_a_sale_is_unlikely_everywhere_no_start_is_recommended():
    lots = [a_lot(number, 0.3 + number / 80, sold=number % 5 == 0) for number in range(80)]

    found = guide(lots, WORTH, a_policy())

    assert found.reason is None and found.points and found.recommended is None
    assert "50%" in statement(found)["zh"][0] and "less likely than 50 %" in statement(found)["en"][0]


def test_an_end_that_was_never_passed_is_called_so():
    lots = [a_lot(number, 0.3 + number / 100, sold=number % 7 > 0 or number < 20, premium=1.0) for number in range(80)]

    found = guide(lots, WORTH, a_policy(unsold_min=5))

    assert found.recommended is not None and found.recommended.open_above and not found.recommended.open_below
    assert "经验的边界" in "".join(statement(found)["zh"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsold_min": 0},
        {"unsold_min": 31},
        {"sold_min": 0},
        {"prior_slope_sd": 0},
        {"price_slope": 1.5},
        {"level_bp": 10_000},
        {"draws": 10},
        {"points": 1},
        {"near_best_bp": 0},
    ],
)
def test_a_rule_that_contradicts_itself_is_a_fault_of_configuration(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="contradicts itself"):
        a_policy(**wrong)


def test_a_rule_that_is_not_whole_is_a_fault_of_configuration():
    with pytest.raises(KeyError):
        StartPolicy.from_rule({name: RULE[name] for name in RULE if name != "draws"}, version="1", source="")


def test_what_a_lot_states_is_its_natural_key():
    lot = a_lot(1, 0.5, sold=True)

    same = replace(lot, source_id="other", source_url="https://example.org", bidders=3)

    assert content_id(lot) == content_id(same)
    assert content_id(lot) != content_id(replace(lot, start=Money(lot.start.fen + 1)))
    assert content_id(lot) != content_id(replace(lot, outcome=LotOutcome.UNSOLD, final=None))
