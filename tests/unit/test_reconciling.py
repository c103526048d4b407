"""Indications and their pooling: what each step does, what is held back and why, and that it is said in both languages."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kernel.money import Money
from tests.support.appraisal_bodies import POOLING
from tests.support.appraising import BASE_DATE, cost_entry, excess, life, n, relief
from valuation.appraisal import cost, impossible, income
from valuation.appraisal.inputs import Shape, Stated
from valuation.appraisal.practice import shipped
from valuation.appraisal.royalties import Royalty
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import ranged
from valuation.grading import Grade
from valuation.indications import Indication, NotAnIndication, Way, simulated
from valuation.reconciling import Held, Review, ReviewWithoutReason, pool
from valuation.simulating import simulate, triangular

PRACTICE = shipped()


def says(method, low, likely, high, grade=Grade.B, **changes):
    """An indication in 万元."""
    parts = {"low": Money.wan(low), "likely": Money.wan(likely), "high": Money.wan(high)}
    source = Said("测试来源", "a test source")
    return Indication(method=method, grade=grade, source=source, **parts, **changes)


MARKET = says(Way.MARKET, 40, 56, 80, Grade.A)
INCOME = says(Way.INCOME, 30, 60, 110)
COST = says(Way.COST, 45, 50, 60)
ASKS = says(Way.MARKET, 50, 70, 90, Grade.C)


def words(answer):
    return " ".join(one["zh"] for one in answer.to_json()["sentences"])


# Simulation.


def income_sheet(**changes):
    parts = {
        "plan": income.Plan(amounts=["1000000"], source="计划", level=n("1", "0.7", "1.2"), decay=n("0.08", "0.05", "0.12")),
        "royalty": Royalty(rate=n("0.05", "0.03", "0.07")),
        "discount": n("0.15", "0.12", "0.20"),
        "life": life(n(8, 6, 10)),
    }  # fmt: skip
    return income.sheet_of(relief(**parts | changes), PRACTICE)


def test_a_simulation_is_the_same_every_time_and_another_with_another_seed():
    sheet = income_sheet()

    assert simulate(sheet, draws=5_000) == simulate(sheet, draws=5_000)
    assert simulate(sheet, draws=5_000).p50 != simulate(sheet, draws=5_000, seed=1).p50


def test_without_ranges_a_simulation_is_the_calculation():
    for sheet in (
        income.sheet_of(relief(), PRACTICE),
        income.sheet_of(excess(), PRACTICE),
        cost.sheet_of(cost_entry()),
    ):
        found = simulate(sheet, draws=1_000)

        assert found.p10 == found.p90
        assert math.isclose(found.p50, float(sheet.formula(sheet.values)), rel_tol=1e-12)


def test_one_uniform_input_gives_its_own_quantiles():
    sheet = income.sheet_of(
        relief(
            plan=income.Plan(amounts=["1000000"], level=Stated(value=1, low="0.5", high="1.5", shape=Shape.UNIFORM))
        ),
        PRACTICE,
    )
    whole = float(sheet.formula(sheet.values))

    found = simulate(sheet, draws=50_000)

    assert [found.p10 / whole, found.p50 / whole, found.p90 / whole] == pytest.approx([0.6, 1.0, 1.4], abs=0.01)


def test_the_triangular_distribution_has_its_closed_quantiles():
    shares = np.array([0.0, 0.25, 0.5, 1.0])

    found = triangular(shares, 0.0, 1.0, 4.0)

    assert found == pytest.approx([0, 1, 4 - math.sqrt(0.5 * 4 * 3), 4])


def test_a_range_of_lives_counts_years_that_are_not_whole():
    short = simulate(income_sheet(life=life(n("1.5", "0.5", "2.5"))), draws=5_000)

    assert 0 < short.p10 < short.p50 < short.p90


def test_a_silly_number_of_draws_is_refused():
    for draws in (0, 999, 200_001):
        with pytest.raises(ValueError):
            simulate(income_sheet(), draws=draws)


def test_an_indication_carries_its_inputs_sources_and_draws():
    made, done = simulated(income_sheet(), PRACTICE, base_date=BASE_DATE, draws=20_000)

    assert made.low < made.likely < made.high and made.grade is Grade.B
    assert made.low < done.value < made.high
    assert "20,000" in made.source.zh and all(one["source"] or one["warning_zh"] for one in made.inputs)
    assert Indication.from_json(made.to_json()) == replace(made, inputs=made.to_json()["inputs"])


def test_every_stated_number_of_an_indication_names_its_source():
    sheet = income_sheet(royalty=Royalty(rate=Stated(value="0.05")))

    with pytest.raises(impossible.SourceMissing) as refused:
        simulated(sheet, PRACTICE, base_date=BASE_DATE, draws=1_000)

    assert refused.value.field == "/royalty/rate"


def test_an_indication_whose_low_end_is_no_value_is_not_given():
    risky = excess(charges=[("资产", n("90000", "20000", "150000"))])

    with pytest.raises(impossible.NoPositiveValue):
        simulated(income.sheet_of(risky, PRACTICE), PRACTICE, base_date=BASE_DATE, draws=5_000)


def test_a_cost_indication_has_a_range_too():
    made, _ = simulated(cost.sheet_of(cost_entry()), PRACTICE, base_date=BASE_DATE, draws=5_000)

    assert made.method is Way.COST and made.low < made.likely < made.high
    assert ranged(cost.sheet_of(cost_entry()), PRACTICE).inputs[0].assumed


@pytest.mark.parametrize(("low", "likely", "high"), [(0, 1, 2), (3, 2, 4), (1, 3, 2), (-1, 1, 2)])
def test_a_range_out_of_order_is_no_indication(low, likely, high):
    with pytest.raises(NotAnIndication):
        says(Way.COST, low, likely, high)


# Pooling.


def test_two_methods_give_a_price_weighed_by_precision():
    answer = pool([MARKET, INCOME], POOLING)

    weights = {one.indication.method: one.weight for one in answer.entered}
    assert answer.held is None and answer.price == answer.likely
    assert weights[Way.MARKET] > weights[Way.INCOME] and math.isclose(sum(weights.values()), 1)
    assert MARKET.likely < answer.price < INCOME.likely
    assert "加权" in words(answer) and "相关系数取0.5" in words(answer) and "非资产评估报告" in words(answer)


def test_pooling_by_hand():
    first, second = says(Way.MARKET, 50, 100, 200), says(Way.INCOME, 80, 160, 320)

    answer = pool([first, second], replace(POOLING, correlation=0.0))

    side = math.log(2) / math.sqrt(2)
    middle = math.sqrt(100 * 160)
    assert answer.price.fen == round(middle * 1e6)
    assert answer.low.fen == math.floor(middle * math.exp(-side) * 1e6)
    assert answer.high.fen == math.ceil(middle * math.exp(side) * 1e6)


def test_fully_correlated_methods_do_not_sharpen_each_other():
    wide = pool([MARKET, INCOME], replace(POOLING, correlation=1.0))
    narrow = pool([MARKET, INCOME], replace(POOLING, correlation=0.0))

    assert wide.ratio > narrow.ratio


def test_asks_bound_the_value_and_are_never_one__rulebook_12_7():
    alone = pool([ASKS], POOLING)
    beside = pool([ASKS, INCOME, COST], POOLING)

    assert alone.held is Held.ASKS_ONLY and alone.price is None and alone.low is None
    assert "挂牌价参考，非价值" in words(alone)
    assert [one.indication.method for one in beside.entered] == [Way.COST, Way.INCOME]
    assert beside.upper_bound == ASKS.high and beside.high <= ASKS.high
    assert "只作上限" in words(beside)


def test_a_range_that_passes_the_asks_is_cut_off_there():
    low_asks = says(Way.MARKET, 40, 50, 58, Grade.C)

    answer = pool([low_asks, INCOME, COST], POOLING)

    assert answer.capped and answer.high == low_asks.high
    assert "挂牌价上限为限" in words(answer)


def test_a_value_above_every_ask_waits_for_a_review():
    cheap = says(Way.MARKET, 5, 8, 12, Grade.C)

    held = pool([cheap, INCOME, COST], POOLING)
    reviewed = pool([cheap, INCOME, COST], POOLING, review=Review("挂牌价系打包处置价", "王经理人"))

    assert held.held is Held.ABOVE_ASKS and held.price is None
    assert reviewed.price is not None and "王经理人" in words(reviewed)


def test_grade_d_abstains_and_nothing_is_an_answer_too():
    silent = says(Way.MARKET, 1, 2, 3, Grade.D)

    assert pool([], POOLING).held is Held.NOTHING
    assert pool([silent], POOLING).held is Held.NOTHING
    assert "不予估价" in words(pool([silent], POOLING))


def test_ranges_that_do_not_meet_are_not_pooled_without_a_reviewed_reason():
    far = says(Way.COST, 2, 3, 4)

    held = pool([MARKET, far], POOLING)
    left_out = pool([MARKET, far], POOLING, review=Review("成本与价值弱相关", "王经理人", frozenset({Way.COST})))
    kept = pool([MARKET, far], POOLING, review=Review("两法均合理", "王经理人"))

    assert held.held is Held.DISJOINT and held.low is None and held.price is None
    assert "互不相交" in words(held) and "建议资产评估或公开竞价" in words(held)
    assert left_out.price is not None and [one.method for one in left_out.aside] == [Way.COST]
    assert kept.held is Held.TOO_WIDE and kept.low <= far.low and kept.high >= MARKET.high
    for empty in (("", "王"), ("因", " ")):
        with pytest.raises(ReviewWithoutReason):
            Review(*empty)


def test_a_range_wider_than_the_rule_gives_no_price():
    wide = [says(Way.MARKET, 10, 50, 250), says(Way.INCOME, 10, 50, 250)]

    answer = pool(wide, POOLING)

    assert answer.held is Held.TOO_WIDE and answer.price is None and answer.low is not None
    assert "超过规则上限 10" in words(answer) and "建议资产评估或公开竞价" in words(answer)


def test_one_method_alone_is_a_range_unless_enough_deals_stand_behind_it():
    assert pool([INCOME], POOLING).held is Held.ONE_METHOD
    assert pool([replace(MARKET, grade=Grade.B)], POOLING).held is Held.ONE_METHOD
    assert pool([MARKET], POOLING).held is None
    assert pool([INCOME, replace(INCOME, likely=Money.wan(61))], POOLING).held is Held.ONE_METHOD


def test_a_range_too_narrow_to_be_true_is_widened_and_that_is_said():
    report = says(Way.APPRAISAL, 60, 60, 60)

    answer = pool([report, INCOME], POOLING)

    entered = next(one for one in answer.entered if one.indication.method is Way.APPRAISAL)
    assert entered.widened and math.isclose(math.exp(entered.high - entered.likely), 1.15)
    assert "放宽" in words(answer)


def test_levels_are_brought_to_the_same_one():
    as_90 = says(Way.INCOME, 25, 50, 100, level_bp=9000)

    answer = pool([as_90], replace(POOLING, methods_for_price_min=1))

    assert answer.low > as_90.low and answer.high < as_90.high
    assert math.isclose(math.log(answer.ratio) / math.log(4), 1.2815515655 / 1.6448536270, rel_tol=1e-4)


def test_generated_deals_are_named_wherever_they_count():
    answer = pool([replace(MARKET, grade=Grade.G), INCOME], POOLING)

    assert answer.rests_on_generated and "生成的参考数据" in words(answer)


def test_the_answer_can_be_kept_as_json():
    import json

    told = json.loads(json.dumps(pool([MARKET, INCOME, COST, ASKS], POOLING).to_json()))

    assert told["price_fen"] == told["likely_fen"] and told["level_bp"] == 8000
    assert sum(one["weight_bp"] for one in told["items"] if one["weight_bp"] is not None) in (9999, 10_000, 10_001)
    assert {one["method"] for one in told["items"]} == {"market", "income", "cost"}
    assert all(one["zh"] and one["en"] for one in told["sentences"])
    assert told["policy"]["version"] and told["policy"]["confidence"] == "design"


def test_people_read_two_significant_digits():
    exact = Indication(
        method=Way.INCOME,
        low=Money(43_217_689),
        likely=Money(61_234_567),
        high=Money(98_765_432),
        grade=Grade.B,
        source=Said("x", "x"),
        base_date=date(2026, 1, 1),
    )

    told = words(pool([exact, MARKET], POOLING))

    assert "43万元" in told and "61万元" in told and "612" not in told


def test_a_policy_that_contradicts_itself_is_a_fault():
    for changes in ({"correlation": 1.1}, {"spread_min": 0.0}, {"range_ratio_max": 1}, {"methods_for_price_min": 0}):
        with pytest.raises(ValueError):
            replace(POOLING, **changes)
