"""Laws of the measures: units and order do not matter, proportional estimates are fair, weights are repeated rows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.counting import counts
from valuation import measuring

PRICES = st.floats(1, 1e7)
ROWS = st.lists(st.tuples(PRICES, PRICES), min_size=3, max_size=40)
MANY = st.lists(st.tuples(PRICES, PRICES), min_size=20, max_size=120)
WEIGHTED: tuple[Any, ...] = (
    measuring.median_ratio,
    measuring.cod,
    measuring.prd,
    measuring.prb,
    measuring.mdape,
    measuring.median_abs_log_ratio,
    measuring.r2_log,
    measuring.pinball,
)
EXAMPLES = counts(1_000)


def apart(rows: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    estimate, price = zip(*rows, strict=True)
    assume(max(price) > 1.001 * min(price) and max(estimate) > 1.001 * min(estimate))
    return list(estimate), list(price)


def same(one: float, other: float, *, within: float = 1e-9) -> bool:
    return math.isclose(one, other, rel_tol=within, abs_tol=within)


def slow_median(values: Sequence[float]) -> float:
    return statistics.median(values)


def slow_cod(estimate: Sequence[float], price: Sequence[float]) -> float:
    ratios = [one / other for one, other in zip(estimate, price, strict=True)]
    middle = slow_median(ratios)
    return sum(abs(ratio - middle) for ratio in ratios) / len(ratios) / middle * 100


def slow_prd(estimate: Sequence[float], price: Sequence[float]) -> float:
    ratios = [one / other for one, other in zip(estimate, price, strict=True)]
    return statistics.mean(ratios) / (sum(estimate) / sum(price))


def slow_prb(estimate: Sequence[float], price: Sequence[float]) -> float:
    ratios = [one / other for one, other in zip(estimate, price, strict=True)]
    middle = slow_median(ratios)
    values = [math.log((one / middle + other) / 2) / math.log(2) for one, other in zip(estimate, price, strict=True)]
    return statistics.linear_regression(values, [ratio / middle - 1 for ratio in ratios]).slope


def slow_vei(estimate: Sequence[float], price: Sequence[float]) -> float:
    ratios = [one / other for one, other in zip(estimate, price, strict=True)]
    middle = slow_median(ratios)
    ranked = sorted(
        (0.5 * cost + 0.5 * ratio * cost / middle, ratio) for ratio, cost in zip(ratios, price, strict=True)
    )
    groups = 2 if len(ranked) <= 50 else 4 if len(ranked) <= 500 else 10
    cut: list[list[float]] = [[] for _ in range(groups)]
    for rank, (_, ratio) in enumerate(ranked):
        cut[rank * groups // len(ranked)].append(ratio)
    return 100 * (slow_median(cut[-1]) - slow_median(cut[0])) / middle


@settings(max_examples=EXAMPLES)
@given(ROWS)
def test_the_measures_equal_slow_ones_written_from_the_standard(rows: list[tuple[float, float]]) -> None:
    estimate, price = apart(rows)

    assert same(measuring.cod(estimate, price), slow_cod(estimate, price))
    assert same(measuring.prd(estimate, price), slow_prd(estimate, price))
    assert same(measuring.prb(estimate, price), slow_prb(estimate, price), within=1e-6)
    assert same(measuring.median_ratio(estimate, price), slow_median([a / b for a, b in rows]))
    assert same(measuring.mdape(estimate, price), slow_median([abs(a / b - 1) for a, b in rows]))


@settings(max_examples=EXAMPLES)
@given(MANY)
def test_the_equity_indicator_equals_a_slow_one(rows: list[tuple[float, float]]) -> None:
    estimate, price = apart(rows)

    assert same(measuring.vei(estimate, price), slow_vei(estimate, price), within=1e-6)


@settings(max_examples=EXAMPLES)
@given(ROWS, st.integers(-8, 8))
def test_the_unit_of_money_does_not_matter(rows: list[tuple[float, float]], power: int) -> None:
    estimate, price = apart(rows)
    factor = 2.0**power  # exact, so that no tie is broken by rounding
    larger = [factor * one for one in estimate], [factor * one for one in price]

    for measure in WEIGHTED[:-1]:
        assert same(measure(*larger), measure(estimate, price), within=1e-6)
    assert same(measuring.pinball(*larger), factor * measuring.pinball(estimate, price))


@settings(max_examples=EXAMPLES)
@given(ROWS, st.integers(-8, 8))
def test_a_new_level_of_estimates_moves_the_level_alone(rows: list[tuple[float, float]], power: int) -> None:
    estimate, price = apart(rows)
    factor = 2.0**power
    higher = [factor * one for one in estimate]

    assert same(measuring.median_ratio(higher, price), factor * measuring.median_ratio(estimate, price))
    for measure in (measuring.cod, measuring.prd, measuring.prb):
        assert same(measure(higher, price), measure(estimate, price), within=1e-6)


@settings(max_examples=EXAMPLES)
@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[float, float]], random: Any) -> None:
    estimate, price = apart(rows)
    mixed = list(rows)
    random.shuffle(mixed)
    weight = [1 + place % 3 for place in range(len(rows))]
    mixed_weight = [weight[rows.index(row)] for row in mixed]
    weight = [weight[rows.index(row)] for row in rows]

    for measure in (*WEIGHTED, measuring.vei):
        assert same(measure(*apart(mixed)), measure(estimate, price))
    for measure in WEIGHTED:
        assert same(measure(*apart(mixed), weight=mixed_weight), measure(estimate, price, weight=weight))


@settings(max_examples=EXAMPLES)
@given(st.lists(PRICES, min_size=20, max_size=60), st.floats(0.01, 100))
def test_estimates_in_proportion_to_prices_are_uniform_and_fair(price: list[float], factor: float) -> None:
    assume(max(price) > 1.01 * min(price))
    estimate = [factor * one for one in price]

    assert abs(measuring.cod(estimate, price)) < 1e-9
    assert same(measuring.prd(estimate, price), 1)
    assert abs(measuring.prb(estimate, price)) < 1e-9
    assert abs(measuring.vei(estimate, price)) < 1e-9
    assert same(measuring.median_ratio(estimate, price), factor)


@settings(max_examples=EXAMPLES)
@given(ROWS)
def test_what_cannot_be_below_nought_is_not(rows: list[tuple[float, float]]) -> None:
    estimate, price = apart(rows)

    for measure in (measuring.cod, measuring.mdape, measuring.median_abs_log_ratio, measuring.pinball):
        assert measure(estimate, price) >= 0
    assert measuring.prd(estimate, price) > 0
    assert measuring.r2_log(estimate, price) <= 1
    assert same(measuring.r2_log(price, price), 1)
    assert measuring.mdape(price, price) == 0


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(PRICES, PRICES, st.integers(0, 4)), min_size=3, max_size=30))
def test_whole_weights_are_repeated_rows(rows: list[tuple[float, float, int]]) -> None:
    repeated = [(estimate, price) for estimate, price, times in rows for _ in range(times)]
    assume(len(set(repeated)) >= 3)
    longer = apart(repeated)
    estimate, price, weight = (list(column) for column in zip(*rows, strict=True))

    for measure in WEIGHTED:
        assert same(measure(estimate, price, weight), measure(*longer), within=1e-6)
        assert same(measure(estimate, price, [7.0] * len(rows)), measure(estimate, price), within=1e-6)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(PRICES, PRICES, PRICES), min_size=1, max_size=40))
def test_a_wider_range_never_covers_less(rows: list[tuple[float, float, float]]) -> None:
    price = [row[0] for row in rows]
    low, high = [min(row[1:]) for row in rows], [max(row[1:]) for row in rows]

    narrow = measuring.coverage(low, high, price)
    wide = measuring.coverage([one / 2 for one in low], [one * 2 for one in high], price)

    assert 0 <= narrow <= wide <= 1


@settings(max_examples=counts(500))
@given(st.lists(PRICES, min_size=1, max_size=25), st.floats(0.05, 0.95))
def test_no_guess_beats_the_quantile_under_its_own_loss(price: list[float], quantile: float) -> None:
    best = float(np.quantile(price, quantile, method="inverted_cdf"))

    def loss(guess: float) -> float:
        return measuring.pinball([guess] * len(price), price, quantile=quantile)

    assert all(loss(best) <= loss(guess) * (1 + 1e-9) + 1e-9 for guess in price)


@settings(max_examples=counts(500))
@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_makes_a_p_value_smaller_and_keeps_their_order(p_values: list[float]) -> None:
    corrected = measuring.holm(p_values)

    assert all(one <= other <= 1 for one, other in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    assert [corrected[place] for place in order] == sorted(corrected)
    if p_values:
        assert min(corrected) == pytest.approx(min(1, len(p_values) * min(p_values)))


@settings(max_examples=counts(500))
@given(st.integers(9, 80), st.integers(1, 60), st.sampled_from([0.5, 0.8, 0.9]), st.data())
def test_chances_of_coverage_are_those_of_the_beta_binomial(
    calibration: int, packages: int, level: float, data: st.DataObject
) -> None:
    from scipy.stats import betabinom

    covered = data.draw(st.integers(0, packages))
    inside = math.ceil(round((calibration + 1) * level, 9))
    known = betabinom(packages, inside, calibration + 1 - inside)

    lower = measuring.beta_binomial_p(covered, level, packages, calibration, tail="lower")

    assert same(lower, float(known.cdf(covered)), within=1e-7)
    both = min(1.0, 2 * min(known.cdf(covered), known.sf(covered - 1)))
    assert same(measuring.beta_binomial_p(covered, level, packages, calibration), float(both), within=1e-7)
