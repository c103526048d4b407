"""Laws of start-price guidance: a higher start never sells oftener nor cheaper, and every figure is one."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from tests.support.counting import counts
from tests.support.past_lots import a_lot, a_policy
from valuation.starting.guidance import guide

LOT = st.tuples(st.floats(0.05, 5), st.booleans(), st.floats(1, 6), st.integers(0, 12))
LOTS = st.lists(LOT, min_size=30, max_size=60)
POLICY = a_policy(unsold_min=1, sold_min=1, ratio_spread_min=0.0, draws=100, points=5, sale_min_bp=0)
WORTH = Money.wan(46)


def made(rows: list[tuple[float, bool, float, int]]) -> list[Any]:
    return [
        a_lot(number, ratio, sold=sold, premium=premium, session_name=str(session), closed_on=None)
        for number, (ratio, sold, premium, session) in enumerate(rows)
    ]


@settings(max_examples=counts(1_000))
@given(LOTS)
def test_chance_falls_and_price_rises_with_the_start(rows: list[tuple[float, bool, float, int]]) -> None:
    found = guide(made(rows), WORTH, POLICY)

    for lower, higher in pairwise(found.points):
        assert lower.start <= higher.start
        for one in ("value_bp", "low_bp", "high_bp"):
            assert getattr(lower.chance, one) >= getattr(higher.chance, one)
        assert lower.final.value.fen <= higher.final.value.fen + 1


@settings(max_examples=counts(1_000))
@given(LOTS)
def test_every_figure_is_finite_and_inside_its_range(rows: list[tuple[float, bool, float, int]]) -> None:
    found = guide(made(rows), WORTH, POLICY)

    for point in found.points:
        chance, final, proceeds = point.chance, point.final, point.proceeds
        assert 0 <= chance.low_bp <= chance.value_bp <= chance.high_bp <= 10_000
        assert point.start.fen - 1 <= final.low.fen <= final.value.fen <= final.high.fen
        assert 1 <= proceeds.low.fen <= proceeds.value.fen <= proceeds.high.fen
        assert proceeds.value.fen <= final.value.fen
        assert final.value.fen <= 6.01 * point.start.fen * max(1, *(row[0] for row in rows)) / min(
            row[0] for row in rows
        )
    if found.recommended is not None:
        assert found.points[0].start <= found.recommended.low <= found.recommended.high <= found.points[-1].start


@settings(max_examples=counts(1_000))
@given(LOTS, st.randoms(use_true_random=False))
def test_the_order_of_the_lots_does_not_matter(rows: list[tuple[float, bool, float, int]], random: Any) -> None:
    lots = made(rows)
    mixed = list(lots)
    random.shuffle(mixed)

    assert guide(lots, WORTH, POLICY) == guide(mixed, WORTH, POLICY)


@settings(max_examples=counts(1_000))
@given(LOTS, st.integers(2, 1_000))
def test_guidance_is_in_proportion_to_the_reference(rows: list[tuple[float, bool, float, int]], times: int) -> None:
    small, large = (guide(made(rows), Money(WORTH.fen * factor), POLICY) for factor in (1, times))

    for one, other in zip(small.points, large.points, strict=True):
        assert one.chance == other.chance
        assert math.isclose(one.proceeds.value.fen * times, other.proceeds.value.fen, abs_tol=times)
