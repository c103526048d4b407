"""The drift watch: what has not moved is not alarmed about, what has is found, and too few say nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting import counts
from tests.support.runs import asked, reference
from valuation import drift
from valuation.drift import Alarm, Report, Thresholds
from valuation.runs.profiles import WATCHED, Profile, profile

THRESHOLDS = Thresholds(
    window_days=90,
    inputs_min=50,
    psi_max_bp=2_500,
    chance_bp=100,
    missing_change_max_bp=2_000,
    unseen_share_max_bp=500,
    realised_min=10,
    level_low_bp=9_000,
    level_high_bp=11_000,
    interval_level_bp=9_000,
    cusum_slack_bp=5_000,
    cusum_limit_bp=50_000,
    version="ANY@1",
    source="a test",
)
DAY = date(2026, 1, 1)


def deals(count: int, *, level: float, noise: float = 0.3, seed: int = 5) -> list[tuple[float, date]]:
    chance = random.Random(seed)
    return [(level + chance.gauss(0, noise), DAY + timedelta(3 * number)) for number in range(count)]


def watched(
    questions: list[dict[str, Any]], realised: list[tuple[float, date]] | None = None, *, sigma: float | None = 0.3
) -> Report:
    return drift.watch(reference(), questions, realised or [], THRESHOLDS, sigma=sigma)


def alarms(report: Report) -> dict[str, tuple[Alarm, ...]]:
    return {one.feature: one.alarms for one in report.inputs if one.alarms}


def test_an_index_worked_by_hand() -> None:
    assert drift.psi([0.5, 0.5], [0.6, 0.4]) == pytest.approx(0.0405465, abs=1e-7)
    assert drift.jensen_shannon([1.0, 0.0], [0.0, 1.0]) == pytest.approx(1.0)
    assert drift.jensen_shannon([0.25, 0.75], [0.25, 0.75]) == 0


def test_what_chance_gives_follows_chi_squared() -> None:
    # χ²(9) at 95 % is 16.919, and at 99 % of four degrees of freedom 13.277.
    assert drift.psi_by_chance(10, 200, 200, 0.05) == pytest.approx(16.919 / 100, rel=0.01)
    assert drift.psi_by_chance(5, 100, 50, 0.01) == pytest.approx(13.277 * 0.03, rel=0.01)


def test_the_same_market_raises_no_alarm() -> None:
    found = [watched(asked(seed, 120)).alarm for seed in range(2, 32)]

    assert found.count(True) <= 1


def test_questions_of_another_kind_of_life_are_found() -> None:
    report = watched(asked(3, 120, remaining_life=1.5))

    assert alarms(report) == {"remaining_life": (Alarm.DISTRIBUTION,)}


def test_a_category_that_training_has_never_met_is_found() -> None:
    report = watched(asked(3, 120, kind="new_drug"))

    assert set(alarms(report)["kind"]) == {Alarm.DISTRIBUTION, Alarm.UNSEEN}


def test_a_feature_that_is_no_longer_given_is_found() -> None:
    report = watched(asked(3, 120, trl=None))

    assert alarms(report) == {"trl": (Alarm.MISSING,)}


def test_a_feature_that_taught_nothing_raises_no_alarm_however_it_moves() -> None:
    report = watched(asked(3, 120, ipc_section="H", rights=40.0))

    assert alarms(report) == {}
    assert [one.feature for one in report.inputs if one.taught_nothing] == ["rights", "ipc_section"]


def test_few_questions_say_nothing() -> None:
    report = watched(asked(3, 49, remaining_life=1.5, kind="new_drug"))

    assert report.few_inputs and not report.alarm


def test_facts_that_make_no_sense_count_as_missing() -> None:
    report = watched(asked(3, 120, trl="很高", remaining_life=float("nan")))

    assert alarms(report) == {"trl": (Alarm.MISSING,), "remaining_life": (Alarm.MISSING,)}


def test_prices_as_estimated_raise_no_alarm() -> None:
    found = [watched([], deals(40, level=0.0, seed=seed)).alarm for seed in range(10)]

    assert found.count(True) <= 1


def test_a_market_that_pays_half_is_found_by_level_and_by_sum() -> None:
    report = watched([], deals(40, level=-0.69))

    assert set(report.outputs.alarms) == {Alarm.LEVEL, Alarm.CUSUM}
    assert report.outputs.high is not None and report.outputs.high < 0.9
    assert report.outputs.crossed_on is not None and report.outputs.crossed_on < (DAY + timedelta(60)).isoformat()


def test_a_market_that_turned_lately_is_found_by_its_sum_first() -> None:
    report = watched([], deals(60, level=0.0) + [(0.6, DAY + timedelta(400 + number)) for number in range(8)])

    assert report.outputs.alarms == (Alarm.CUSUM,)
    assert report.outputs.crossed_on is not None and report.outputs.crossed_on > (DAY + timedelta(400)).isoformat()


def test_one_wild_deal_is_no_drift() -> None:
    report = watched([], [*deals(40, level=0.0, noise=0.1), (9.0, DAY + timedelta(500))])

    assert not report.alarm


@pytest.mark.parametrize("realised", [deals(9, level=-2.0), [(-2.0, DAY)] * 30])
def test_few_deals_or_deals_of_one_day_say_nothing(realised: list[tuple[float, date]]) -> None:
    report = watched([], realised)

    assert report.few_outputs and not report.alarm and report.outputs.ratios == len(realised)


def test_without_a_measured_spread_there_is_no_sum() -> None:
    report = watched([], deals(40, level=-0.69), sigma=None)

    assert report.outputs.alarms == (Alarm.LEVEL,) and report.outputs.cusum_down is None


def test_a_rule_that_contradicts_itself_is_a_fault_of_configuration() -> None:
    value = {name: getattr(THRESHOLDS, name) for name in Thresholds.__slots__}

    assert Thresholds.from_rule(value, version="ANY@1", source="a test") == THRESHOLDS
    for wrong in ({"level_low_bp": 12_000}, {"chance_bp": 0}, {"realised_min": -1}, {"interval_level_bp": 10_000}):
        with pytest.raises(ValueError, match="contradict"):
            Thresholds.from_rule(value | wrong, version="", source="")
    with pytest.raises(KeyError):
        Thresholds.from_rule({}, version="", source="")


def test_packages_weigh_one_each_in_the_profile() -> None:
    many = asked(1, 90, kind="design") + asked(2, 10, kind="software")
    found = profile(many, ["one"] * 90 + [str(number) for number in range(10)])

    assert found.packages == 11
    assert dict(zip(found.columns["kind"].names, found.columns["kind"].shares, strict=False)) == pytest.approx(
        {"software": 10 / 11, "design": 1 / 11}, abs=1e-6
    )


VALUES = st.one_of(st.none(), st.floats(allow_nan=True), st.text(max_size=5), st.integers(-5, 5))
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(WATCHED, VALUES)), min_size=1, max_size=60)
NUMBERED = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def test_a_profile_is_read_as_it_was_written_and_its_shares_are_a_whole() -> None:
    @given(NUMBERED)
    def law(values: list[float]) -> None:
        found = profile([{"trl": one} for one in values], [str(number) for number in range(len(values))])

        assert Profile.from_json(found.to_json()) == found
        assert sum(found.columns["trl"].shares) == pytest.approx(1, abs=1e-4)
        assert all(0 <= found.columns["trl"].place(one) < len(found.columns["trl"].shares) for one in [*values, 1e9])

    law()


def test_whatever_is_asked_the_watch_answers() -> None:
    known = reference(60)

    @given(ROWS, st.lists(st.tuples(st.floats(-30, 30), st.dates(DAY, date(2027, 1, 1))), max_size=20))
    @settings(max_examples=counts(5_000))
    def law(questions: list[dict[str, Any]], realised: list[tuple[float, date]]) -> None:
        report = drift.watch(known, questions, realised, THRESHOLDS, sigma=0.3)

        assert report == drift.watch(known, questions, realised, THRESHOLDS, sigma=0.3)
        assert report.few_inputs == (len(questions) < 50)
        assert all(one.psi is None or one.psi >= 0 for one in report.inputs)
        assert all(one.js is None or 0 <= one.js <= 1 for one in report.inputs)

    law()
