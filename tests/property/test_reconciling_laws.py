"""Laws of pooling: inside the hull, no wider than the widest, monotone, and the same in whatever order."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.money import Money
from tests.support.appraising import life, n, relief
from tests.support.counting import counts
from valuation.appraisal import income
from valuation.appraisal.practice import shipped
from valuation.appraisal.saying import Said
from valuation.grading import Grade
from valuation.indications import Indication, Way
from valuation.reconciling import Held, PoolingPolicy, pool
from valuation.simulating import simulate

SOURCE = Said("测试", "test")


def policy(correlation: float) -> PoolingPolicy:
    return PoolingPolicy(correlation, 0.15, 1, 10.0, 1_000, 12, "v", "s", "design")


@st.composite
def indications(draw: Any, grades: tuple[Grade, ...] = (Grade.A, Grade.B)) -> Indication:
    likely = draw(st.floats(math.log(1e6), math.log(1e9)))
    below, above = draw(st.floats(0, 1.5)), draw(st.floats(0, 1.5))
    low, middle, high = (round(math.exp(one)) for one in (likely - below, likely, likely + above))
    method, grade = draw(st.sampled_from(sorted(Way))), draw(st.sampled_from(grades))
    return Indication(
        method=method, low=Money(low), likely=Money(middle), high=Money(high), grade=grade, source=SOURCE
    )  # fmt: skip


LISTS = st.lists(indications(), min_size=1, max_size=5)
RHO = st.floats(0, 1)


@settings(max_examples=counts(1_000))
@given(LISTS, RHO)
def test_pooled_ranges_lie_in_the_hull_and_are_no_wider_than_the_widest(some, correlation) -> None:
    answer = pool(some, policy(correlation))
    assume(answer.held is not Held.DISJOINT)

    lows, highs = [one.low for one in answer.entered], [one.high for one in answer.entered]
    assert answer.low.fen >= math.exp(min(lows)) - 1 and answer.high.fen <= math.exp(max(highs)) + 1
    assert answer.low <= answer.likely <= answer.high
    widest = max(one.high - one.low for one in answer.entered)
    assert math.log((answer.high.fen - 1) / (answer.low.fen + 1)) <= widest + 1e-9
    assert min(one.likely for one in some) <= answer.likely <= max(one.likely for one in some)


@settings(max_examples=counts(1_000))
@given(LISTS, RHO, st.randoms())
def test_the_order_does_not_matter(some, correlation, random) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)

    first, second = pool(some, policy(correlation)), pool(shuffled, policy(correlation))

    assert (first.low, first.likely, first.high, first.held) == (second.low, second.likely, second.high, second.held)


@settings(max_examples=counts(1_000))
@given(LISTS, RHO, st.integers(2, 9), st.integers(0, 4))
def test_raising_a_method_never_lowers_the_likely_value(some, correlation, times, place) -> None:
    chosen = some[place % len(some)]
    raised = replace(chosen, low=chosen.low * times, likely=chosen.likely * times, high=chosen.high * times)
    others = [one for one in some if one is not chosen]

    before, after = pool(some, policy(correlation)), pool([*others, raised], policy(correlation))
    assume(before.likely is not None and after.likely is not None)

    assert after.likely.fen >= before.likely.fen - 1


@settings(max_examples=counts(1_000))
@given(LISTS, RHO, st.integers(2, 50))
def test_in_other_money_the_answer_is_the_same(some, correlation, times) -> None:
    scaled = [replace(one, low=one.low * times, likely=one.likely * times, high=one.high * times) for one in some]

    plain, other = pool(some, policy(correlation)), pool(scaled, policy(correlation))

    assert (plain.likely is None) == (other.likely is None)
    if plain.likely is not None:
        assert math.isclose(other.likely.fen, plain.likely.fen * times, rel_tol=1e-5)


@settings(max_examples=counts(1_000))
@given(LISTS, indications(grades=(Grade.C, Grade.D)), RHO)
def test_asks_and_abstentions_never_move_the_likely_value(some, silent, correlation) -> None:
    without, beside = pool(some, policy(correlation)), pool([*some, silent], policy(correlation))

    if beside.likely is not None:
        assert beside.likely == without.likely
    assert all(one.indication.grade in (Grade.A, Grade.B) for one in beside.entered)
    if silent.grade is Grade.C and beside.price is not None:
        assert beside.price <= silent.high


@settings(max_examples=counts(1_000))
@given(LISTS, RHO)
def test_a_price_is_given_only_within_the_ratio(some, correlation) -> None:
    answer = pool(some, policy(correlation))

    if answer.price is not None:
        assert answer.ratio <= 10
    assert (answer.price is None) == (answer.held is not None)


@settings(max_examples=counts(1_000))
@given(st.floats(0.01, 0.05), st.floats(0.02, 0.1), st.floats(0.02, 0.1))
def test_raising_a_range_raises_every_quantile(more, below, above) -> None:
    def drawn(shift: float) -> Any:
        rate = n(0.15 + shift, 0.15 + shift - below, 0.15 + shift + above)
        return simulate(income.sheet_of(relief(discount=rate, life=life(6)), shipped()), draws=1_000)

    dear, cheap = drawn(0.0), drawn(more)

    assert (dear.p10 > cheap.p10) and (dear.p50 > cheap.p50) and (dear.p90 > cheap.p90)
