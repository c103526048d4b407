"""The price model on made-up tables: its parts add up, its ranges hold, and it survives storage and missing values."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from valuation import measuring, splitting
from valuation.calibrating import Calibration
from valuation.intervals import TooFewToPromise
from valuation.model import NotFitted, PriceModel, package_weights
from valuation.segments import censored_median

WORDS = ("轴承", "电机", "涂层", "滤膜", "夹具", "传感器", "算法", "叶片")


def market(rows: int = 400, seed: int = 3) -> tuple[pd.DataFrame, Any, Any, Any]:
    """Prices that depend on kind, life and a word of the title; days over four years; every third row shares a package."""
    random = np.random.default_rng(seed)
    kind = random.choice(["invention", "utility_model"], rows)
    life = random.uniform(1, 19, rows)
    word = random.choice(WORDS, rows)
    number = random.integers(0, 10**6, rows)
    log_price = 10 + 1.0 * (kind == "invention") + 0.05 * life + 0.5 * (word == "算法") + random.normal(0, 0.3, rows)
    frame = pd.DataFrame(
        {
            "kind": pd.Series(kind, dtype=object),
            "life": np.where(random.uniform(size=rows) < 0.1, np.nan, life),
            "title": [f"一种{one}{other}装置" for one, other in zip(word, number, strict=True)],
        }
    )
    when = np.datetime64("2022-01-03") + np.sort(random.integers(0, 1400, rows)).astype("timedelta64[D]")
    group = np.where(np.arange(rows) % 3 == 2, np.arange(rows) - 1, np.arange(rows))
    return frame, np.exp(log_price), when, group


def fitted(**settings: Any) -> tuple[PriceModel, pd.DataFrame, Any]:
    frame, price, when, group = market()
    model = PriceModel(segments=("kind",), text=("title",), **settings)
    return model.fit(frame, price, when, group), frame, price


def test_the_parts_of_a_price_multiply_up_to_it() -> None:
    model, frame, _ = fitted()

    base, parts = model.contributions(frame)

    assert list(parts.columns) == ["segment", "time", "kind", "life", "title"]
    np.testing.assert_allclose(np.exp(base + parts.sum(axis=1)), model.predict(frame), rtol=1e-9)


def test_a_stored_model_says_exactly_the_same() -> None:
    model, frame, _ = fitted()

    again = PriceModel.from_json(json.loads(json.dumps(model.to_json())))

    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    np.testing.assert_array_equal(again.predict_interval(frame, 0.9), model.predict_interval(frame, 0.9))
    assert again.out_of_time == model.out_of_time


def test_training_twice_gives_the_same_model() -> None:
    (first, frame, _), (second, _, _) = fitted(), fitted()

    np.testing.assert_array_equal(first.predict(frame), second.predict(frame))


def test_unseen_words_and_missing_values_are_ordinary() -> None:
    model, _, _ = fitted()
    odd = pd.DataFrame({"kind": ["永动机", None], "life": [np.nan, 5.0], "title": ["", None]})

    prices = model.predict(odd)
    base, parts = model.contributions(odd)

    assert np.isfinite(prices).all() and (prices > 0).all()
    np.testing.assert_allclose(np.exp(base + parts.sum(axis=1)), prices, rtol=1e-9)


def test_it_learns_more_than_the_segment_knows() -> None:
    model, _, _ = fitted()
    plain, _, _ = fitted(trees=False, linear=False)

    assert model.out_of_time["r2_log"] > plain.out_of_time["r2_log"] + 0.02


def test_ranges_hold_on_later_packages() -> None:
    frame, price, when, group = market(900, seed=11)
    past, future = when < np.datetime64("2025-01-01"), when >= np.datetime64("2025-01-01")
    model = PriceModel(segments=("kind",), text=("title",))
    model.fit(frame[past], price[past], when[past], group[past])

    low, high = model.predict_interval(frame[future], 0.9)

    assert 0.82 <= measuring.coverage(low, high, price[future], package_weights(group[future])) <= 0.98


def test_nine_packages_are_the_fewest_for_a_range_of_ninety_percent() -> None:
    frame, price, when, group = market(60)
    model = PriceModel().fit(frame[["kind", "life"]], price, when, group)
    model.calibration = Calibration({(): [((), 0.1 * number) for number in range(8)]})

    with pytest.raises(TooFewToPromise) as few:
        model.predict_interval(frame[["kind", "life"]], 0.9)

    assert few.value.needed == 9


def test_the_errors_of_one_book_never_promise_for_the_other() -> None:
    frame, price, when, group = market(200)
    frame["book"] = np.where(np.arange(200) < 12, "deal", "ask")
    model = PriceModel(segments=("kind", "book"), strata=("book",), text=("title",)).fit(frame, price, when, group)

    model.predict_interval(frame[frame["book"] == "ask"], 0.9)
    with pytest.raises(TooFewToPromise):
        model.predict_interval(frame[frame["book"] == "deal"], 0.9)


def test_the_book_moves_the_level_of_a_segment_and_nothing_else() -> None:
    frame, price, when, group = market(400)
    frame["book"] = np.where(np.arange(400) % 2 == 0, "deal", "ask")
    model = PriceModel(segments=("kind", "book"), strata=("book",), text=("title",)).fit(frame, price, when, group)

    _, asked = model.contributions(frame.assign(book="ask"))
    _, dealt = model.contributions(frame.assign(book="deal"))

    assert "book" not in asked.columns
    pd.testing.assert_frame_equal(asked.drop(columns="segment"), dealt.drop(columns="segment"))


@pytest.mark.parametrize("rows", [300, 1400])
def test_a_direction_that_is_certain_is_kept_everywhere(rows: int) -> None:
    frame, price, when, group = market(rows)
    model = PriceModel(text=("title",), directions={"life": 1}).fit(frame, price, when, group, calibrated=False)

    lives = np.linspace(0, 20, 41)
    for _, row in frame.iloc[:20].iterrows():
        same = pd.DataFrame([row] * len(lives)).reset_index(drop=True)
        same["life"] = lives

        assert (np.diff(model.log_price(same)) >= -1e-12).all()


def test_a_direction_against_all_evidence_says_nothing() -> None:
    frame, price, when, group = market()
    model = PriceModel(text=("title",), directions={"life": -1}).fit(frame, price, when, group, calibrated=False)

    _, parts = model.contributions(frame)

    assert (parts["life"] == 0).all()


def test_a_price_that_is_only_a_bound_teaches_no_tree_and_pulls_no_level_up() -> None:
    frame, price, when, group = market(300)
    bound = np.arange(300) % 10 == 0
    high = np.where(bound, price * 1000, price)
    without = PriceModel(segments=("kind",)).fit(frame[~bound], price[~bound], when[~bound], group[~bound])

    model = PriceModel(segments=("kind",)).fit(frame, high, when, group, at_most=bound)

    assert np.median(np.abs(np.log(model.predict(frame) / without.predict(frame)))) < 0.05


def test_unsold_lots_below_the_typical_price_pull_it_down() -> None:
    dealt, unsold = np.log([100.0] * 6), np.log([40.0] * 12)
    together = np.concatenate([dealt, unsold])
    bound = np.arange(18) >= 6

    assert censored_median(dealt, np.ones(6), np.zeros(6, dtype=bool)) == pytest.approx(math.log(100))
    assert censored_median(together, np.ones(18), bound) == pytest.approx(math.log(40))


def test_unsold_lots_above_every_deal_say_nothing_of_the_typical_price() -> None:
    together = np.log([80.0, 90.0, 100.0, 110.0, 120.0] + [500.0] * 20)
    bound = np.arange(25) >= 5

    assert censored_median(together, np.ones(25), bound) == pytest.approx(math.log(100))


def test_a_bound_among_the_deals_counts_below_itself() -> None:
    # Of six, two are priced above 95 and one is known to lie at or below it: half of the weight is reached at 90.
    together = np.log([120.0, 110.0, 95.0, 90.0, 80.0, 70.0])
    bound = np.array([False, False, True, False, False, False])

    assert censored_median(together, np.ones(6), bound) == pytest.approx(math.log(90))


def test_a_book_of_which_nothing_is_known_promises_nothing() -> None:
    with pytest.raises(TooFewToPromise):
        Calibration().half_widths([("deal",)], [()], 0.9)


def test_prices_follow_the_level_of_their_time() -> None:
    frame, price, when, group = market(600)
    years = (when - when.min()).astype(int) / 365
    dearer = PriceModel(segments=("kind",)).fit(frame, price * np.exp(0.3 * years), when, group)
    timeless = PriceModel(segments=("kind",), time=False).fit(frame, price * np.exp(0.3 * years), when, group)

    _, parts = dearer.contributions(frame)

    assert parts["time"].iloc[0] > 0.3
    assert dearer.out_of_time["mdape"] < timeless.out_of_time["mdape"]


@pytest.mark.parametrize("neighbours", [1, 10])
def test_nearest_deals_are_a_part_of_their_own(neighbours: int) -> None:
    model, frame, price = fitted(trees=False, linear=False, neighbours=neighbours)

    base, parts = model.contributions(frame)

    np.testing.assert_allclose(np.exp(base + parts.sum(axis=1)), model.predict(frame), rtol=1e-9)
    assert measuring.mdape(model.predict(frame), price) < measuring.mdape(np.full(len(frame), np.median(price)), price)


def test_a_permuted_target_scores_nothing() -> None:
    frame, price, when, group = market(600)
    shuffled = np.random.default_rng(1).permutation(price)

    model = PriceModel(text=("title",)).fit(frame, shuffled, when, group)

    assert model.out_of_time["r2_log"] < 0.05


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_a_price_that_is_none_is_refused(bad: float) -> None:
    frame, price, when, group = market(20)
    price[3] = bad

    with pytest.raises(ValueError, match="above zero"):
        PriceModel().fit(frame, price, when, group)


def test_an_empty_model_says_so() -> None:
    with pytest.raises(NotFitted):
        PriceModel().predict(pd.DataFrame({"life": [1.0]}))


def test_a_table_of_numbers_alone_will_do() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"rooms": random.integers(1, 6, 300), "area": random.uniform(30, 200, 300)})
    price = 1000 * frame["area"] * np.exp(random.normal(0, 0.1, 300))

    model = PriceModel().fit(frame, price)

    assert model.out_of_time["r2_log"] > 0.9


def test_every_package_weighs_one() -> None:
    weights = package_weights(["a", "b", "b", "c", "c", "c"])

    assert weights.tolist() == [1, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3]


def test_later_days_never_teach() -> None:
    _, _, when, group = market(300)

    for past, future in splitting.forward(when, group):
        assert when[past].max() < when[future].min()
    for origin, past, future in splitting.rolling(when, start="2023-01-01", days=30):
        assert when[past].max() < origin <= when[future].min()


def test_a_package_is_never_torn_apart() -> None:
    group = np.arange(100) // 3

    for teaching, examined in splitting.by_group(group):
        assert not set(group[teaching]) & set(group[examined])


def test_there_is_no_random_split_to_ask_for() -> None:
    offered = {name for name in vars(splitting) if not name.startswith("_")}

    assert not {name for name in offered if "random" in name or "shuffle" in name}
