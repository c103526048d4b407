"""How sure a measure is: the bootstrap by clusters, and whether ranges kept what they promised."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from valuation import measuring
from valuation.intervals import TooFewToPromise


def sales(rows: int = 300, days: int = 30, *, seed: int = 0, of_day: float = 0.2) -> tuple[Any, Any, Any]:
    """Estimates that miss by something that all rows of a day share, and by something of their own."""
    random = np.random.default_rng(seed)
    day = random.integers(0, days, rows)
    price = np.exp(random.normal(10, 1, rows))
    missed = random.normal(0, of_day, days)[day] + random.normal(0, 0.2, rows)
    return price * np.exp(missed), price, np.datetime64("2024-01-01") + day


def test_the_same_seed_gives_the_same_interval_in_any_order_of_the_rows():
    estimate, price, day = sales()
    order = np.random.default_rng(9).permutation(len(price))

    one = measuring.bootstrap(measuring.cod, estimate, price, day, seed=4, draws=200)
    mixed = measuring.bootstrap(measuring.cod, estimate[order], price[order], day[order], seed=4, draws=200)
    other = measuring.bootstrap(measuring.cod, estimate, price, day, seed=5, draws=200)

    assert (one.low, one.high) == pytest.approx((mixed.low, mixed.high), rel=1e-12)
    assert one.low != other.low
    assert one.low < one.value < one.high and one.value == measuring.cod(estimate, price)
    assert (one.draws, one.undefined, one.clusters, one.level) == (200, 0, 30, 0.9)


def test_clusters_may_be_days_texts_numbers_or_a_series():
    estimate, price, day = sales()

    intervals = {
        measuring.bootstrap(measuring.mdape, estimate, price, keys, seed=1, draws=50).low
        for keys in (day, day.astype(object), [str(one) for one in day], pd.Series(day), day.astype(int))
    }

    assert len(intervals) == 1


def test_rows_of_one_day_are_one_observation():
    estimate, price, day = sales(2_000, 20)

    by_day = measuring.bootstrap(measuring.median_ratio, estimate, price, day, seed=1, draws=300)
    by_row = measuring.bootstrap(measuring.median_ratio, estimate, price, np.arange(2_000), seed=1, draws=300)

    assert by_day.high - by_day.low > 4 * (by_row.high - by_row.low)


def test_ninety_percent_of_intervals_hold_the_truth():
    random = np.random.default_rng(8)
    held = 0
    for seed in range(60):
        price = np.full(80, 100.0)
        estimate = price * np.exp(random.normal(0, 0.3, 80))
        found = measuring.bootstrap(measuring.median_ratio, estimate, price, np.arange(80), seed=seed, draws=120)
        held += found.low <= 1.0 <= found.high

    # 60 trials at .9: about three and a half standard deviations below.
    assert held >= 46


def test_the_difference_of_two_estimates_is_drawn_on_the_same_rows():
    estimate, price, day = sales()
    worse = price * np.exp(1.5 * np.log(estimate / price))

    better = measuring.bootstrap(measuring.mdape, estimate, price, day, seed=3, draws=300, against=worse)
    equal = measuring.bootstrap(measuring.mdape, estimate, price, day, seed=3, draws=50, against=estimate)
    turned = measuring.bootstrap(measuring.mdape, worse, price, day, seed=3, draws=300, against=estimate)

    assert better.high < 0 and better.value == measuring.mdape(estimate, price) - measuring.mdape(worse, price)
    assert (equal.low, equal.high) == (0, 0)
    assert (turned.low, turned.high) == pytest.approx((-better.high, -better.low))


def test_weights_and_ranges_are_drawn_with_their_rows():
    estimate, price, day = sales()
    weight = np.where(np.arange(300) % 2, 1.0, 0.0)
    odd = np.arange(300) % 2 == 1

    weighted = measuring.bootstrap(measuring.cod, estimate, price, day, seed=2, draws=100, weight=weight)
    alone = measuring.bootstrap(measuring.cod, estimate[odd], price[odd], day[odd], seed=2, draws=100)
    covered = measuring.bootstrap(measuring.coverage, (estimate / 2, estimate * 2), price, day, seed=2, draws=100)
    lost = measuring.bootstrap(partial(measuring.pinball, quantile=0.1), estimate, price, day, seed=2, draws=100)

    assert weighted.value == pytest.approx(alone.value)
    assert (weighted.low, weighted.high) == pytest.approx((alone.low, alone.high), rel=1e-9)
    assert covered.low <= covered.value == measuring.coverage(estimate / 2, estimate * 2, price) <= covered.high <= 1
    assert 0 < lost.low < lost.high


def test_draws_in_which_a_measure_has_no_value_are_counted_and_too_many_are_refused():
    price = np.array([100.0] * 7 + [200.0] * 3)

    some = measuring.bootstrap(measuring.r2_log, price, price, np.arange(10), seed=0, draws=300)

    assert 0 < some.undefined < 30 and some.low == some.high == 1
    with pytest.raises(measuring.TooOftenUndefined) as refused:
        measuring.bootstrap(measuring.r2_log, price, price, price, seed=0, draws=300)
    assert 100 < refused.value.undefined < 200


def test_what_cannot_be_drawn_is_refused():
    estimate, price, day = sales(20, 4)

    with pytest.raises(measuring.TooFew):
        measuring.bootstrap(measuring.cod, estimate, price, ["one"] * 20, seed=0)
    with pytest.raises(measuring.UnequalLengths):
        measuring.bootstrap(measuring.cod, estimate, price, day[:-1], seed=0)
    with pytest.raises(measuring.NotFinite):
        measuring.bootstrap(measuring.cod, estimate, price, [None, *day[1:].tolist()], seed=0)
    with pytest.raises(measuring.NotFinite):
        measuring.bootstrap(measuring.cod, estimate, price, [np.datetime64("NaT"), *day[1:]], seed=0)
    for bad in ({"level": 1.0}, {"level": 0.0}, {"draws": 0}):
        with pytest.raises(measuring.BadQuantile):
            measuring.bootstrap(measuring.cod, estimate, price, day, seed=0, **bad)
    with pytest.raises(measuring.NotPositive):
        measuring.bootstrap(measuring.cod, -estimate, price, day, seed=0)


@pytest.mark.parametrize(("calibration", "level"), [(12, 0.9), (40, 0.9), (25, 0.8)])
def test_the_chance_of_a_coverage_agrees_with_simulated_conformal_ranges(calibration: int, level: float):
    random = np.random.default_rng(calibration)
    trials, packages = 20_000, 30
    scores = np.sort(random.random((trials, calibration)), axis=1)
    half = scores[:, int(np.ceil(np.round((calibration + 1) * level, 9))) - 1]
    covered = (random.random((trials, packages)) <= half[:, None]).sum(axis=1)

    for count in (20, 24, 27):
        seen = float((covered <= count).mean())
        told = measuring.beta_binomial_p(count, level, packages, calibration, tail="lower")
        assert abs(seen - told) < 4 * np.sqrt(max(told * (1 - told), 1e-3) / trials)


def test_a_kept_promise_is_rarely_rejected_and_a_broken_one_is():
    assert measuring.beta_binomial_p(160, 0.9, 179, 60) > 0.5
    assert measuring.beta_binomial_p(118, 0.9, 179, 60) < 0.01
    assert measuring.beta_binomial_p(179, 0.8, 179, 60) < 0.01
    assert measuring.beta_binomial_p(179, 0.8, 179, 60, tail="lower") == pytest.approx(1)


def test_a_promise_needs_enough_calibration_and_sensible_counts():
    with pytest.raises(TooFewToPromise) as few:
        measuring.beta_binomial_p(5, 0.9, 10, 8)
    assert few.value.needed == 9
    for wrong in ((-1, 0.9, 10), (11, 0.9, 10), (0, 0.9, 0), (5, 1.0, 10), (5, 0.0, 10)):
        with pytest.raises(measuring.BadQuantile):
            measuring.beta_binomial_p(*wrong, 20)


def test_holm_corrects_as_in_the_paper():
    assert measuring.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert measuring.holm([]) == []
    with pytest.raises(measuring.BadQuantile):
        measuring.holm([0.5, float("nan")])
