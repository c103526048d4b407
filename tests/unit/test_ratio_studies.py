"""A ratio study says of every part of the sales how level, uniform and fair its estimates were, and where it cannot say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from valuation import measuring, ratio_studies
from valuation.measuring.bands import Verdict
from valuation.ratio_studies import one_per_package, study

MEASURED = {"median_ratio", "cod", "prd", "prb", "mdape", "median_abs_log_ratio", "r2_log", "vei"}


def sales(rows: int = 240) -> tuple[Any, Any, Any, Any]:
    random = np.random.default_rng(1)
    price = np.exp(random.normal(10, 1, rows))
    kind = np.where(np.arange(rows) < 6, "design", np.where(np.arange(rows) % 3, "invention", "utility_model"))
    estimate = price * np.exp(random.normal(0, 0.12, rows))
    return estimate, price, random.integers(0, 25, rows), kind


def figure(line: ratio_studies.Line, measure: str) -> ratio_studies.Figure:
    return next(one for one in line.figures if one.measure == measure)


def test_every_measure_stands_with_its_interval_and_verdict_overall_by_group_and_by_price():
    estimate, price, day, kind = sales()

    found = study(estimate, price, day, seed=1, groups={"kind": kind}, draws=30)

    assert [(line.part, line.name, line.sales) for line in found.lines] == [
        ("overall", "overall", 240),
        ("kind", "design", 6),
        ("kind", "invention", 156),
        ("kind", "utility_model", 78),
        ("price", "1/4", 60),
        ("price", "2/4", 60),
        ("price", "3/4", 60),
        ("price", "4/4", 60),
    ]
    overall = found.line()
    assert {one.measure for one in overall.figures} == MEASURED
    cod = figure(overall, "cod")
    assert cod.low is not None and cod.value == measuring.cod(estimate, price)
    assert cod.low < cod.value < cod.high and cod.verdict is Verdict.WITHIN and cod.band is not None
    assert figure(overall, "mdape").verdict is Verdict.NO_BAND


def test_a_group_of_six_is_too_few_and_says_nothing_else():
    estimate, price, day, kind = sales()

    line = study(estimate, price, day, seed=1, groups={"kind": kind}, draws=20).line("design")

    assert line.too_few and line.figures == () and line.sales == 6


def test_a_group_too_small_for_one_measure_has_the_others():
    estimate, price, day, _ = sales(15)

    line = study(estimate, price, day, seed=1, draws=20).line()

    assert figure(line, "vei").value is None and "needed=20" in str(figure(line, "vei").why_none)
    assert figure(line, "cod").value is not None


def test_estimates_that_miss_the_standard_are_judged_so():
    estimate, price, day, _ = sales()
    regressive = estimate * (price / np.median(price)) ** -0.4

    found = study(regressive, price, day, seed=1, draws=30).line()

    assert figure(found, "prb").verdict is Verdict.UNACCEPTABLE
    assert figure(found, "vei").verdict is Verdict.OUTSIDE
    assert figure(found, "cod").verdict is Verdict.OUTSIDE


def test_ranges_are_measured_by_what_they_cover():
    estimate, price, day, _ = sales()

    line = study(estimate, price, day, seed=1, ranges=(estimate * 0.8, estimate * 1.25), draws=30).line()

    assert figure(line, "coverage").value == measuring.coverage(estimate * 0.8, estimate * 1.25, price)


def test_the_table_is_plain_json_and_the_same_twice():
    estimate, price, day, kind = sales()

    one, other = (study(estimate, price, day, seed=3, groups={"kind": kind}, draws=20).to_json() for _ in range(2))

    text = json.dumps(one, allow_nan=False)
    assert text == json.dumps(other) and json.loads(text)["lines"][1]["too_few"] is True
    assert one["standard"].startswith("IAAO") and one["weighted"] is False


def test_weighted_rows_have_no_equity_indicator_and_packages_have_one():
    estimate, price, day, _ = sales()
    package = np.arange(240) // 2
    weight = np.full(240, 0.5)

    by_row = study(estimate, price, day, seed=1, weight=weight, draws=20).line()
    totals = one_per_package(estimate, price, package)
    by_package = study(totals[0], totals[1], day[totals[2]], seed=1, draws=20).line()

    assert figure(by_row, "vei").value is None and "one row a package" in str(figure(by_row, "vei").why_none)
    assert by_package.sales == 120 and figure(by_package, "vei").value is not None
    assert totals[0].sum() == pytest.approx(estimate.sum()) and totals[1][0] == price[0] + price[1]


@pytest.mark.parametrize("bad", [0.0, float("nan"), -3.0])
def test_a_bad_price_is_refused_before_anything_is_measured(bad: float):
    estimate, price, day, _ = sales()
    price[5] = bad

    with pytest.raises(measuring.BadMeasurement):
        study(estimate, price, day, seed=1)


def test_groups_must_name_every_row_and_one_day_is_no_sample():
    estimate, price, day, kind = sales()

    with pytest.raises(measuring.UnequalLengths):
        study(estimate, price, day, seed=1, groups={"kind": kind[:-1]}, draws=10)
    with pytest.raises(measuring.TooFew):
        study(estimate, price, np.zeros(240), seed=1)
