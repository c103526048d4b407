"""Measures of estimates: the standard's own worked tables come out, its bands judge, and bad numbers are named."""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from valuation import measuring
from valuation.measuring import bands
from valuation.measuring.bands import Verdict

MEASURES = (
    measuring.median_ratio,
    measuring.cod,
    measuring.prd,
    measuring.prb,
    measuring.mdape,
    measuring.median_abs_log_ratio,
    measuring.r2_log,
    measuring.pinball,
    measuring.vei,
)
NAMES = [measure.__name__ for measure in MEASURES]


def worked_table(folder: Path, name: str) -> tuple[list[int], list[int]]:
    with (folder / f"iaao_table_{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [int(row["estimate"]) for row in rows], [int(row["sale_price"]) for row in rows]


def sales(rows: int = 60) -> tuple[list[float], list[float]]:
    random = np.random.default_rng(5)
    price = np.exp(random.normal(11, 1, rows))
    return (price * np.exp(random.normal(0, 0.3, rows))).tolist(), price.tolist()


@pytest.mark.parametrize(("table", "cod", "prd", "prb"), [("1_1", 29.8, 0.98, 0.232), ("1_4", 14.5, 0.98, 0.135)])
def test_the_worked_tables_of_the_standard_come_out(real_data: Path, table: str, cod: float, prd: float, prb: float):
    estimate, price = worked_table(real_data, table)

    found = (measuring.cod(estimate, price), measuring.prd(estimate, price), measuring.prb(estimate, price))

    assert (round(found[0], 1), round(found[1], 2), round(found[2], 3)) == (cod, prd, prb)


def test_the_worked_tables_have_their_median_ratio_and_their_verdicts(real_data: Path):
    estimate, price = worked_table(real_data, "1_1")

    assert round(measuring.median_ratio(estimate, price), 3) == 0.864
    assert bands.verdict("cod", measuring.cod(estimate, price), 22.0, 35.0) is Verdict.OUTSIDE
    assert bands.verdict("prd", measuring.prd(estimate, price)) is Verdict.WITHIN
    assert bands.verdict("prb", measuring.prb(estimate, price), 0.12, 0.34) is Verdict.UNACCEPTABLE


def test_every_band_names_the_section_it_comes_from():
    for band in (*bands.BANDS.values(), *bands.OUTER_BANDS.values()):
        assert band.low < band.high and band.source and band.confidence in ("verified", "memory", "design")
        assert band.source.split(":")[0].split(",")[0].removeprefix("exposure drafts") in (
            f"{getattr(measuring, band.measure).__doc__} 2013 §9.1 2013 table 1-3 2013 §9.2.7"
        )


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict"),
    [
        (0.02, None, None, Verdict.WITHIN),
        (0.05, 0.0, 0.2, Verdict.WITHIN),
        (0.07, None, None, Verdict.NOT_SHOWN),
        (0.07, 0.04, 0.1, Verdict.NOT_SHOWN),
        (0.07, 0.06, 0.08, Verdict.OUTSIDE),
        (-0.2, -0.3, -0.09, Verdict.OUTSIDE),
        (-0.2, -0.3, -0.11, Verdict.UNACCEPTABLE),
    ],
)
def test_an_interval_decides_whether_a_band_is_missed(value: float, low: Any, high: Any, verdict: Verdict):
    assert bands.verdict("prb", value, low, high) is verdict


def test_a_measure_without_a_band_is_not_judged():
    assert bands.verdict("mdape", 0.9) is Verdict.NO_BAND


@pytest.mark.parametrize("measure", MEASURES, ids=NAMES)
def test_lists_tuples_series_and_whole_numbers_are_the_same_numbers(measure: Any):
    estimate, price = ([round(one) for one in column] for column in sales())
    expected = measure(np.array(estimate, dtype=float), np.array(price, dtype=float))

    odd_index = pd.Series(estimate, index=range(100, 160)[::-1])
    for same in (
        measure(estimate, tuple(price)),
        measure(odd_index, pd.Series(price)),
        measure(pd.Series(estimate, dtype="Int64"), pd.array(price, dtype="Float64")),
        measure(map_of(Decimal, estimate), map_of(Fraction, price)),
        measure(np.array(estimate, dtype=np.int32), np.array(price, dtype=np.uint32)),
    ):
        assert same == expected
        assert type(same) is float


def map_of(kind: Any, values: list[Any]) -> list[Any]:
    return [kind(one) for one in values]


@pytest.mark.parametrize("measure", MEASURES, ids=NAMES)
@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (math.nan, measuring.NotFinite),
        (math.inf, measuring.NotFinite),
        (-math.inf, measuring.NotFinite),
        (0.0, measuring.NotPositive),
        (-1.0, measuring.NotPositive),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_bad_number_is_named_with_its_place(measure: Any, bad: float, refusal: Any, side: int):
    columns = sales()
    columns[side][7] = bad

    with pytest.raises(refusal) as refused:
        measure(*columns)

    assert refused.value.place == 7
    assert refused.value.name == ("estimate", "sale_price")[side]
    assert isinstance(refused.value, ValueError) and "place=7" in str(refused.value)


@pytest.mark.parametrize("measure", MEASURES, ids=NAMES)
def test_what_is_no_list_of_numbers_is_refused(measure: Any):
    estimate, price = sales()

    for odd in (["12"] * 60, [True] * 60, np.ones((60, 1)), [1j] * 60, 3.0, [object()] * 60, [[1.0]] * 60):
        with pytest.raises(measuring.NotANumber):
            measure(odd, price)
    for missing in ([None] * 60, pd.array([pd.NA] * 60, dtype="Float64"), [Decimal("NaN")] * 60):
        with pytest.raises(measuring.NotFinite):
            measure(estimate, missing)


@pytest.mark.parametrize("measure", MEASURES, ids=NAMES)
def test_lists_of_different_length_are_refused(measure: Any):
    estimate, price = sales()

    with pytest.raises(measuring.UnequalLengths) as refused:
        measure(estimate, price[:-1])

    assert (refused.value.length, refused.value.expected) == (60, 59)


@pytest.mark.parametrize(
    ("measure", "needed"),
    [
        (measuring.median_ratio, 1),
        (measuring.mdape, 1),
        (measuring.median_abs_log_ratio, 1),
        (measuring.r2_log, 1),
        (measuring.pinball, 1),
        (measuring.cod, 2),
        (measuring.prd, 2),
        (measuring.prb, 3),
        (measuring.vei, 20),
    ],
)
def test_too_few_rows_are_refused_and_enough_are_not(measure: Any, needed: int):
    estimate, price = sales()

    for rows in {0, needed - 1}:
        with pytest.raises(measuring.TooFew) as refused:
            measure(estimate[:rows], price[:rows])
        assert (refused.value.rows, refused.value.needed) == (rows, needed)

    assert isinstance(measure(estimate[:needed], price[:needed]), float)


def test_price_bias_has_no_value_where_all_values_are_the_same():
    with pytest.raises(measuring.NoSpread):
        measuring.prb([100.0, 100.0, 100.0], [100.0, 100.0, 100.0])


def test_equal_prices_explain_nothing_and_that_is_said_by_nan():
    assert math.isnan(measuring.r2_log([1.0, 2.0], [3.0, 3.0]))


@pytest.mark.parametrize("weight", [[1.0, -1.0, 1.0], [0.0, 0.0, 0.0]])
def test_weights_below_nought_or_of_nothing_are_refused(weight: list[float]):
    with pytest.raises(measuring.BadWeight):
        measuring.mdape([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], weight)


def test_weights_are_checked_like_everything_else():
    with pytest.raises(measuring.UnequalLengths):
        measuring.cod([1.0, 2.0], [1.0, 2.0], weight=[1.0])
    with pytest.raises(measuring.NotFinite):
        measuring.cod([1.0, 2.0], [1.0, 2.0], weight=[1.0, math.nan])


def test_coverage_counts_bounds_as_inside_and_refuses_ranges_upside_down():
    assert measuring.coverage([1, 1, 1, 5], [2, 3, 4, 9], [2, 1, 5, 7]) == 0.75
    assert measuring.coverage([1, 1], [2, 2], [2, 3], weight=[3, 1]) == 0.75
    with pytest.raises(measuring.LowAboveHigh) as refused:
        measuring.coverage([1, 3], [2, 2], [2, 2])
    assert refused.value.place == 1
    with pytest.raises(measuring.NotFinite):
        measuring.coverage([1, math.nan], [2, 2], [2, 2])
    with pytest.raises(measuring.TooFew):
        measuring.coverage([], [], [])


def test_the_pinball_loss_weighs_misses_by_their_side():
    assert measuring.pinball([10.0], [14.0], quantile=0.9) == pytest.approx(3.6)
    assert measuring.pinball([14.0], [10.0], quantile=0.9) == pytest.approx(0.4)
    assert measuring.pinball([10.0, 20.0], [14.0, 14.0]) == pytest.approx(2.5)
    for outside in (0.0, 1.0, -0.1, math.nan):
        with pytest.raises(measuring.BadQuantile):
            measuring.pinball([1.0], [1.0], quantile=outside)


def test_the_plain_and_the_weighted_median_differ_where_two_values_share_the_middle():
    assert measuring.mdape([1.1, 1.3], [1.0, 1.0]) == pytest.approx(0.2)
    assert measuring.weighted_median(np.array([0.1, 0.3]), np.array([1.0, 1.0])) == 0.1
    assert measuring.median_ratio([1.0, 2.0, 9.0], [1.0, 1.0, 1.0], weight=[0.25, 0.25, 0.5]) == pytest.approx(5.5)


def test_the_vertical_equity_test_needs_a_gap_and_not_only_a_difference():
    random = np.random.default_rng(2)
    price = np.sort(np.exp(random.normal(11, 0.8, 400)))
    tilted = price * np.linspace(1.3, 0.7, 400) * np.exp(random.normal(0, 0.02, 400))
    noisy = price * np.exp(random.normal(0, 0.02, 400))
    few = slice(0, 400, 20)

    shown = measuring.vei_test(tilted, price)
    flat = measuring.vei_test(noisy, price)
    doubtful = measuring.vei_test(tilted[few] * np.exp(random.normal(0, 0.6, 20)), price[few])

    assert shown.vei < -10 and shown.significance is not None and shown.significance > 10 and not shown.acceptable
    assert [group.sales for group in shown.groups] == [100] * 4
    assert shown.groups[0].median_ratio > shown.groups[-1].median_ratio
    assert flat.acceptable and flat.significance is None and abs(flat.vei) < 1
    assert doubtful.acceptable and len(doubtful.groups) == 2
    assert shown.vei == measuring.vei(tilted, price)


@pytest.mark.parametrize(("rows", "groups"), [(20, 2), (50, 2), (51, 4), (500, 4), (501, 10)])
def test_the_number_of_groups_follows_the_number_of_sales(rows: int, groups: int):
    estimate, price = sales(rows)

    found = measuring.vei_test(estimate, price).groups

    assert len(found) == groups and sum(group.sales for group in found) == rows
    assert all(group.low <= group.median_ratio <= group.high for group in found)
    assert [group.value for group in found] == sorted(group.value for group in found)


def test_nothing_heavy_is_loaded_by_importing_the_measures():
    import subprocess
    import sys

    code = (
        "import sys, valuation.measuring, valuation.ratio_studies; print({'numpy','pandas','scipy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "set()"
