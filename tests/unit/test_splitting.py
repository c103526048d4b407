"""Splits are honest: no day and no package is torn, nothing is left to chance, and whoever asks for chance is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from tests.support.counting import counts
from valuation import splitting
from valuation.splitting import RandomSplitRefused, split

DAYS = st.lists(st.integers(0, 15), min_size=2, max_size=60)


def as_days(numbers: list[int]) -> Any:
    return np.datetime64("2024-01-01") + np.array(numbers)


@pytest.mark.parametrize(
    "kind",
    [
        "random",
        "shuffle",
        "kfold",
        "k-fold",
        "KFold",
        "stratified",
        "batch",
        "batch_id",
        "batch_size",
        "price",
        "",
        "holdout",
    ],
)
def test_other_kinds_of_split_are_refused_by_name(kind: str):
    with pytest.raises(RandomSplitRefused) as refused:
        split(kind, as_days([1, 2, 3]))

    assert refused.value.asked == kind and refused.value.allowed == ("rolling", "forward", "date", "group")
    assert isinstance(refused.value, Refused) and isinstance(refused.value, ValueError)
    assert refused.value.slug() == "random-split-refused" and "随机" in refused.value.zh


@pytest.mark.parametrize(
    "option", ["random", "random_state", "shuffle", "seed", "n_splits", "test_size", "batch", "batch_id", "stratify"]
)
def test_options_of_chance_are_refused_by_every_way(option: str):
    when, group = as_days([1, 2, 3, 4]), np.arange(4)
    ways: list[Any] = [
        lambda **by: split("date", when, **by),
        lambda **by: splitting.by_date(when, **by),
        lambda **by: splitting.forward(when, group, **by),
        lambda **by: splitting.by_group(group, **by),
        lambda **by: splitting.rolling(when, start="2024-01-01", days=30, **by),
    ]

    for way in ways:
        with pytest.raises(RandomSplitRefused) as refused:
            way(**{option: 7})
        assert option in refused.value.asked


def test_an_option_that_nobody_knows_is_an_ordinary_mistake():
    with pytest.raises(TypeError):
        split("date", as_days([1, 2]), colour="red")


def test_a_split_by_group_is_for_lists_without_days():
    with pytest.raises(RandomSplitRefused, match="days are known"):
        split("group", as_days([1, 2, 3]), ["a", "b", "c"])

    folds = split("group", group=["a", "b", "c", "d", "a"], folds=3)

    assert all({0, 4} <= set(fold.examined) or not {0, 4} & set(fold.examined) for fold in folds)


@pytest.mark.parametrize("kind", ["date", "forward", "rolling"])
def test_days_are_needed_and_must_be_days(kind: str):
    how: Any = {"start": "2024-01-01", "days": 30} if kind == "rolling" else {}

    for missing in (None, [], [np.datetime64("NaT"), np.datetime64("2024-01-01")], ["yesterday"]):
        with pytest.raises(ValueError):
            split(kind, missing, **how)


def test_rolling_needs_its_origin_and_its_length():
    with pytest.raises(ValueError, match="start"):
        split("rolling", as_days([1, 2]))


def test_days_may_be_dates_texts_or_a_series():
    days = as_days([0, 0, 1, 2, 3, 3, 4, 5])

    found = [
        [fold.examined.tolist() for fold in split("date", same, folds=3)]
        for same in (days, days.astype(object), [str(day) for day in days], pd.Series(days))
    ]

    assert found[0] == found[1] == found[2] == found[3] and len(found[0]) == 3


@settings(max_examples=counts(2_000))
@given(DAYS, st.integers(2, 12))
def test_every_row_is_examined_once_and_no_day_is_on_both_sides(numbers: list[int], folds: int) -> None:
    when = as_days(numbers)

    found = list(splitting.by_date(when, folds=folds))

    days = len(set(numbers))
    assert len(found) == (min(folds, days) if days > 1 else 0)
    if found:
        assert sorted(np.concatenate([examined for _, examined in found]).tolist()) == list(range(len(when)))
    for teaching, examined in found:
        assert len(teaching) + len(examined) == len(when)
        assert not set(when[teaching].tolist()) & set(when[examined].tolist())


@settings(max_examples=counts(2_000))
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 20)), min_size=2, max_size=60), st.integers(2, 8))
def test_days_that_share_a_package_stay_together(rows: list[tuple[int, int]], folds: int) -> None:
    when, package = as_days([day for day, _ in rows]), np.array([key for _, key in rows])

    for teaching, examined in splitting.by_date(when, package, folds=folds):
        assert not set(package[teaching].tolist()) & set(package[examined].tolist())
        assert not set(when[teaching].tolist()) & set(when[examined].tolist())


@settings(max_examples=counts(1_000))
@given(DAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_fold(numbers: list[int], random: Any) -> None:
    mixed = list(numbers)
    random.shuffle(mixed)

    def days_of(numbers: list[int]) -> list[set[int]]:
        return [{numbers[row] for row in examined} for _, examined in splitting.by_date(as_days(numbers), folds=4)]

    assert days_of(numbers) == days_of(mixed)


@settings(max_examples=counts(1_000))
@given(DAYS)
def test_forward_and_rolling_teach_from_the_past_alone(numbers: list[int]) -> None:
    when = as_days(numbers)

    folds = [*split("forward", when), *split("rolling", when, start="2024-01-03", days=3)]

    assert all(when[fold.teaching].max() < when[fold.examined].min() for fold in folds)


def test_a_single_day_can_be_split_in_no_way():
    assert split("forward", as_days([0, 0])) == split("date", as_days([0, 0])) == []


def test_folds_are_about_equally_large():
    when = as_days(np.random.default_rng(0).integers(0, 60, 900).tolist())

    sizes = [len(fold.examined) for fold in split("date", when)]

    assert len(sizes) == 10 and max(sizes) - min(sizes) <= 10


def test_folds_say_what_they_are_called():
    when = as_days([0, 5, 40, 45, 80])

    assert [fold.name for fold in split("rolling", when, start="2024-01-31", days=30)] == ["2024-01-31", "2024-03-01"]
    assert [fold.name for fold in split("date", when, folds=2)] == ["1", "2"]


def test_the_command_line_may_ask_by_any_way_of_writing():
    assert splitting.kind_of("Rolling") is splitting.Kind.ROLLING
    assert splitting.kind_of(" date ") is splitting.Kind.DATE
    with pytest.raises(RandomSplitRefused):
        splitting.kind_of("random")
