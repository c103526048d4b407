"""Leaks are caught: by their name, by the day or the batch they repeat, or by foretelling prices too well; honest ones pass."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kernel.errors import Refused
from tests.support.counting import counts
from valuation import features, leaks
from valuation.backtesting import rows_of_file
from valuation.dataset import Row, matrix
from valuation.leaks import LeakRefused, check_features
from valuation.leaks.names import RULES
from valuation.model import PriceModel
from valuation.reference.generate import FILE

TODAY = date(2026, 11, 21)


@cache
def real_rows(folder: Path) -> list[Row]:
    return rows_of_file(folder / "cn_patent_prices_8182.csv", today=TODAY)


def market(rows: int = 600, days: int = 60) -> tuple[pd.DataFrame, Any, Any, Any]:
    """Asks as sellers put them up: several batches a day, each at one price that depends on kind and life."""
    random = np.random.default_rng(4)
    batch = np.sort(random.integers(0, 4 * days, rows))
    kind = random.choice(["invention", "utility_model"], 4 * days)
    level = 9 + 1.2 * (kind == "invention") + random.normal(0, 0.7, 4 * days)
    frame = pd.DataFrame(
        {
            "kind": pd.Series(kind[batch], dtype=object),
            "remaining_life": np.where(random.random(rows) < 0.1, np.nan, random.uniform(1, 19, rows)),
            "title": [f"装置{number}" for number in range(rows)],
        }
    )
    when = np.datetime64("2023-01-02") + batch // 4 * 7
    return frame, np.round(np.exp(level))[batch], when, batch


def planted(leak: str) -> tuple[pd.DataFrame, Any, Any, Any]:
    frame, price, when, group = market()
    random = np.random.default_rng(7)
    sizes = pd.Series(group).map(pd.Series(group).value_counts()).to_numpy()
    log_price = np.log(price)
    leaking: dict[str, Any] = {
        "price": price,
        "log of the price": log_price,
        "price by a noise": price * np.exp(random.normal(0, 0.3, len(price))),
        "rank of the price": pd.Series(price).rank().to_numpy(),
        "batch number": [f"batch {one}" for one in group],
        "size of the batch": sizes * 1000 + np.round(log_price),
        "day of the contract": when,
        "day of the contract as text": when.astype(str),
        "day of the contract as a number": when.astype("datetime64[D]").astype(int),
        "number of bids": random.poisson(np.exp((log_price - 9) * 1.2) * 20),
    }
    return frame.assign(x=leaking[leak]), price, when, group


@pytest.mark.parametrize(
    "leak",
    [
        "price",
        "log of the price",
        "price by a noise",
        "rank of the price",
        "batch number",
        "size of the batch",
        "day of the contract",
        "day of the contract as text",
        "day of the contract as a number",
        "number of bids",
    ],
)
def test_a_planted_leak_is_caught_under_a_harmless_name_and_nothing_else_is(leak: str):
    found = leaks.audit(*planted(leak))

    assert [one.column for one in found.leaks] == ["x"]
    with pytest.raises(LeakRefused) as refused:
        found.must_be_clean()
    assert refused.value.columns[0][0] == "x" and refused.value.columns[0][1]


@pytest.mark.parametrize(
    "name", ["batch_id", "batch_size", "bid_count", "contract_date", "成交价（万元）", "final_price_yuan"]
)
def test_a_leak_is_caught_by_its_name_even_if_it_holds_nothing(name: str):
    frame, price, when, group = market()

    found = leaks.audit(frame.assign(**{name: 1.0}), price, when, group)

    assert [one.column for one in found.leaks] == [name]


def test_honest_columns_are_not_accused():
    frame, price, when, group = market()

    found = leaks.audit(frame.assign(year=when.astype("datetime64[Y]").astype(int), empty=np.nan), price, when, group)

    assert found.leaks == () and found.scores_nothing
    found.must_be_clean()


def test_the_features_of_the_real_list_are_not_accused_and_its_batches_are(real_data: Path):
    rows = real_rows(real_data)
    frame, price, when, group = matrix(rows)
    sizes = pd.Series(group).map(pd.Series(group).value_counts()).to_numpy()

    found = leaks.audit(frame.assign(x=group, y=sizes, z=when), price, when, group)

    assert [one.column for one in found.leaks] == ["x", "y", "z"]
    asks = [row for row in rows if row.price_type == "ask"]
    assert leaks.audit(*matrix(asks)).leaks == ()


def test_the_features_of_the_generated_set_are_not_accused_and_its_price_is():
    frame, price, when, group = matrix(rows_of_file(FILE, today=TODAY)[-1_000:])
    noise = np.exp(np.random.default_rng(1).normal(0, 0.3, len(price)))

    found = leaks.audit(frame.assign(x=price * noise), price, when, group)

    assert [one.column for one in found.leaks] == ["x"]


def test_an_engine_that_learns_permuted_prices_of_the_real_list_scores_nothing(real_data: Path):
    def learn(frame: pd.DataFrame, price: Any, when: Any, group: Any) -> Any:
        model = PriceModel(segments=features.SEGMENTS, text=features.TEXT, rounds=40)
        return model.fit(frame, price, when, group, calibrate=False).predict

    found = leaks.audit(*matrix(real_rows(real_data)), learn, seeds=range(1, 1 + counts(100)), folds=2)

    assert len(found.permuted_r2) == counts(100) and max(found.permuted_r2) < 0.2
    assert found.scores_nothing and found.leaks == ()


def test_an_engine_that_knows_packages_on_both_sides_of_a_split_is_caught():
    frame, price, when, _ = market()
    torn = np.arange(len(price)) % 40

    def remember(frame: pd.DataFrame, price: Any, when: Any, group: Any) -> Any:
        known = dict(zip(frame["seller"], price, strict=True))
        usual = float(np.exp(np.log(price).mean()))
        return lambda asked: np.array([known.get(one, usual) for one in asked["seller"]])

    found = leaks.audit(frame.assign(seller=torn), price, when, torn, remember)

    assert min(found.permuted_r2) > 0.5 and not found.scores_nothing
    with pytest.raises(LeakRefused, match="at random"):
        found.must_be_clean()


def test_a_table_without_days_is_audited_by_package():
    frame, price, _, group = market()

    found = leaks.audit(frame.assign(x=price), price, None, group)

    assert [one.column for one in found.leaks] == ["x"]
    assert all(one.days is None and one.batches is None for one in found.columns)


def test_a_handful_of_packages_shows_nothing():
    frame, price, when, group = (part[:30] for part in market())

    found = leaks.audit(frame.assign(x=price * 1.1), price, when, group)

    assert {one.r2 for one in found.columns} == {None}


def test_the_audit_is_plain_values():
    told = leaks.audit(*planted("batch number")).to_json()

    assert [one["column"] for one in told["columns"] if one["leaks"]] == ["x"]
    assert told["permuted_r2"] == [] and told["scores_nothing"] is True


def test_the_feature_file_passes_by_name():
    check_features(feature.name for feature in features.FEATURES)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("batch_id", "recognised by its price"),
        ("batch_size", "recognised by its price"),
        ("Final Price", "the price itself"),
        ("price_wan_yuan", "the price itself"),
        ("bid_count", "when the bidding is over"),
        ("contract_date", "after the offer"),
        ("price_type", "kind of price"),
        ("start_price", "that the seller set"),
        ("inventors", "PIPL art 24"),
        ("star_sign", "not in the feature file"),
    ],
)
def test_what_is_no_feature_is_refused_with_the_reason(name: str, why: str):
    with pytest.raises(LeakRefused) as refused:
        check_features(["kind", name])

    assert [column for column, _ in refused.value.columns] == [name]
    assert why in refused.value.columns[0][1]
    assert isinstance(refused.value, Refused)


def test_a_feature_that_is_known_too_late_is_refused(monkeypatch: pytest.MonkeyPatch):
    late = features.Feature("visits", "访问量", "visits", "", "log", False, 0, features.Value.TERMS, None)
    monkeypatch.setitem(features.BY_NAME, "visits", late)

    with pytest.raises(LeakRefused, match="not known on the day"):
        check_features(["visits"])


def test_every_gate_and_every_name_says_why():
    assert all(gate["why"] and gate["confidence"] for gate in RULES["gates"].values())
    assert all(one["zh"] and one["en"] and one["names"] for one in RULES["price_made"])
