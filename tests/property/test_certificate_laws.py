"""Laws of certificates: the walker says what LightGBM says, no changed byte passes, nothing that comes in breaks the verifier."""

from __future__ import annotations

import copy
import json
import math
import random
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.certificates import KEYS, SIGNER, a_body, signed
from tests.support.counting import counts
from valuation import features
from valuation.backtesting import rows_of_file
from valuation.certifying.certificate import seal
from valuation.certifying.forms import encode
from valuation.certifying.recomputing import Model, Walked
from valuation.certifying.verifying import verify
from valuation.certifying.walking import BadModel, Booster, Steps
from valuation.dataset import facts_of, matrix
from valuation.intervals import TooFewToPromise
from valuation.model import PriceModel

CHANGES = 1_000
WITHIN = 1e-9
SEEDS = st.integers(0, 2**32 - 1)


def test_no_changed_byte_passes() -> None:
    """A thousand random single-byte changes, half of them anywhere in the file, half of them beside the packed model."""
    fresh = seal(a_body(), SIGNER)
    chance = random.Random(20261121)
    inside = range(fresh.index(b'"packed":"') + 10, fresh.index(b'","sha256"', fresh.index(b'"packed":"')))
    beside = [place for place in range(len(fresh)) if place not in inside]
    assert verify(fresh, KEYS).valid

    for number in range(counts(CHANGES)):
        place = chance.choice(beside) if number % 2 else chance.randrange(len(fresh))
        other = bytes([(fresh[place] + chance.randrange(1, 256)) % 256])
        faults = verify(fresh[:place] + other + fresh[place + 1 :], KEYS).faults

        assert faults, (place, other)
        assert all(one.en and one.zh for one in faults)


def test_no_byte_taken_out_or_put_in_passes() -> None:
    fresh = seal(a_body(), SIGNER)
    chance = random.Random(4)

    for _ in range(counts(CHANGES)):
        place = chance.randrange(len(fresh))
        assert verify(fresh[:place] + fresh[place + 1 :], KEYS).faults
        assert verify(fresh[:place] + bytes([chance.randrange(256)]) + fresh[place:], KEYS).faults


def a_table(chance: np.random.Generator, rows: int) -> tuple[pd.DataFrame, Any]:
    """Numbers, categories and titles with gaps, and prices that depend on them."""
    number = chance.normal(size=rows).round(1)
    kind = chance.choice(["a", "b", "c", "d"], rows)
    rare = chance.integers(0, 40, rows).astype(str)
    word = chance.choice(["轴承", "电机", "Ａｌｇ", "水 泵"], rows)
    log_price = (
        9 + 0.4 * number + (kind == "a") + 0.3 * (rare == "7") + 0.5 * (word == "电机") + chance.normal(0, 0.2, rows)
    )
    frame = pd.DataFrame(
        {
            "book": pd.Series(chance.choice(["deal", "ask"], rows), dtype=object),
            "kind": pd.Series(kind, dtype=object),
            "number": np.where(chance.uniform(size=rows) < 0.15, np.nan, number),
            "count": chance.integers(0, 4, rows).astype(float),
            "rare": pd.Series(np.where(chance.uniform(size=rows) < 0.1, None, rare), dtype=object),
            "title": [f"一种{one}{other}" for one, other in zip(word, chance.integers(0, 10**6, rows), strict=True)],
            "note": [f"用{one}的{other}" for one, other in zip(word, chance.integers(0, 10**4, rows), strict=True)],
        }
    )
    return frame, np.exp(log_price)


def a_model(chance: np.random.Generator) -> PriceModel:
    """A model of any make: with and without each part, one book or two, few rows or many."""
    frame, price = a_table(chance, int(chance.choice([20, 90, 150])))
    days = (
        np.datetime64("2024-01-01") + np.sort(chance.integers(0, 700, len(frame))) if chance.uniform() < 0.7 else None
    )
    model = PriceModel(
        segments=[("kind", "book"), ("book", "kind"), ("kind",), ()][chance.integers(4)],
        strata=("book",),
        text=[("title", "note"), ("title",), ()][chance.integers(3)],
        directions={"number": 1} if chance.uniform() < 0.5 else {},
        linear=bool(chance.uniform() < 0.7),
        trees=bool(chance.uniform() < 0.8),
        neighbours=int(chance.choice([0, 6])),
        title_size=8,
        tree_title_size=5,
        folds=2,
    )
    return model.fit(frame, price, days, calibrated=bool(chance.uniform() < 0.3))


@settings(max_examples=counts(100))
@given(SEEDS)
def test_the_walker_says_what_the_model_says(seed: int) -> None:
    chance = np.random.default_rng(seed)
    model = a_model(chance)
    asked, _ = a_table(chance, 6)
    asked.loc[0, ["kind", "rare", "book"]] = ["never seen", "never seen", None]
    asked.loc[1, ["title", "note", "kind"]] = ["", None, None]

    walked = Model(json.loads(encode(model.to_json())))

    must_agree(model, walked, asked, [facts(row) for row in asked.to_dict("records")])


def facts(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a certificate has it."""
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}


def must_agree(model: PriceModel, walked: Model, frame: pd.DataFrame, rows: list[dict[str, Any]]) -> None:
    log_price = model.log_price(frame)
    base, parts = model.contributions(frame)
    for place, row in enumerate(rows):
        found = walked.walk(row)
        assert abs(found.log_price - log_price[place]) <= WITHIN
        assert abs(found.base - base) <= WITHIN
        assert list(found.parts) == list(parts.columns)
        assert np.abs(np.array(list(found.parts.values())) - parts.iloc[place].to_numpy()).max() <= WITHIN
        for level in (0.5, 0.8, 0.9):
            assert walked.half_width(row, level) == half_width(model, frame.iloc[[place]], level)


def half_width(model: PriceModel, row: pd.DataFrame, level: float) -> float | None:
    try:
        return float(model.calibration.half_widths(model.strata_of(row), model.groups_of(row), level)[0])
    except TooFewToPromise:
        return None


@settings(max_examples=counts(500))
@given(SEEDS, st.booleans(), st.booleans())
def test_trees_of_any_shape_give_lightgbm_s_own_shapley_values(seed: int, use_missing: bool, zero: bool) -> None:
    chance = np.random.default_rng(seed)
    rows, columns = int(chance.integers(60, 400)), int(chance.integers(1, 9))
    matrix_ = chance.normal(size=(rows, columns)).round(int(chance.integers(0, 4)))
    codes = [place for place in range(columns) if chance.uniform() < 0.4]
    matrix_[:, codes] = chance.integers(0, 50, (rows, len(codes)))
    matrix_[chance.uniform(size=matrix_.shape) < 0.1] = np.nan
    target = np.nan_to_num(matrix_).sum(axis=1) + chance.normal(size=rows) + 100
    told = {
        "objective": ["regression", "regression_l1"][chance.integers(2)],
        "num_leaves": int(chance.integers(2, 64)),
        "min_data_in_leaf": 1,
        "min_data_per_group": 1,
        "cat_smooth": 0.0,
        "max_cat_to_onehot": int(chance.integers(1, 60)),
        "use_missing": use_missing,
        "zero_as_missing": zero,
        "learning_rate": 0.3,
        "num_threads": 1,
        "verbosity": -1,
        "seed": seed % 1000,
    }
    data = lightgbm.Dataset(matrix_, target, categorical_feature=codes, params={"verbosity": -1})
    booster = lightgbm.train(told, data, int(chance.integers(1, 6)))
    asked = matrix_[:5].copy()
    asked[0, :] = chance.choice([np.nan, 0.0, -1.0, 1e-36, 60.0, 1e6], columns)

    walked = Booster(booster.model_to_string(), list(range(columns)), columns)
    expected = booster.predict(asked, pred_contrib=True)
    reached = booster.predict(asked)

    for place, row in enumerate(asked.tolist()):
        shap = [0.0] * columns
        for tree in walked.trees:
            tree.shap(row, shap, Steps())
        assert abs(sum(tree.of(row) for tree in walked.trees) - reached[place]) <= WITHIN
        assert abs(sum(tree.expected for tree in walked.trees) - expected[place, -1]) <= WITHIN
        assert np.abs(np.array(shap) - expected[place, :-1]).max() <= WITHIN


def test_the_walker_says_what_the_model_says_of_the_real_list(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=date(2026, 11, 21))
    chosen = [row for row in rows if row.price_type != "appraisal"][:: 8 if counts(100) == 1 else 1]
    frame, prices, days, packages = matrix(chosen)
    model = PriceModel(
        segments=features.SEGMENTS,
        strata=features.STRATA,
        text=features.TEXT,
        directions=features.DIRECTIONS,
        half_life_days=365,
    ).fit(frame, prices, days, packages, calibrated=False)
    shown = chosen[:: max(1, len(chosen) // counts(300))]

    walked = Model(json.loads(encode(model.to_json())))

    must_agree(model, walked, features.frame([facts_of(row) for row in shown]), [facts_of(row) for row in shown])


@settings(max_examples=counts(5_000))
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    assert verify(content, KEYS).faults
    assert verify(signed(content), KEYS).faults


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=counts(500))
@given(JSON, SEEDS)
def test_any_value_anywhere_in_a_certificate_or_its_model_is_an_answer(value: Any, seed: int) -> None:
    chance = random.Random(seed)
    body, model = copy.deepcopy(a_body()), copy.deepcopy(a_small_model())
    put_somewhere(body, value, chance)
    put_somewhere(model, value, chance)

    assert verify(signed(body), KEYS).lines()
    assert walked_or_refused(model)


def walked_or_refused(model: dict[str, Any]) -> Walked | str:
    """What a model says, or why it cannot be walked; nothing else may happen."""
    try:
        return Model(model).walk({"number": 1.0, "kind": "a", "title": "水泵"})
    except BadModel as refused:
        return str(refused)


def put_somewhere(inner: Any, value: Any, chance: random.Random) -> None:
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = chance.choice(keys)
        if not isinstance(inner[key], dict | list) or not inner[key] or chance.random() < 0.2:
            inner[key] = value
            return
        inner = inner[key]


@lru_cache(maxsize=1)
def a_small_model() -> dict[str, Any]:
    """Every part of a model, none of them large."""
    chance = np.random.default_rng(5)
    frame, price = a_table(chance, 70)
    model = PriceModel(segments=("kind",), text=("title",), title_size=2, neighbours=2, trees=False)
    stored: dict[str, Any] = model.fit(frame, price, calibrated=False).to_json()
    told = {"verbosity": -1, "num_leaves": 4, "num_threads": 1}
    booster = lightgbm.train(told, lightgbm.Dataset(np.arange(70.0)[:, None], price), 2)
    return {**stored, "forest": [{"places": [1], "trees": booster.model_to_string()}]}


@settings(max_examples=counts(5_000))
@given(SEEDS)
def test_a_damaged_text_of_trees_is_refused_or_walked_to_an_end(seed: int) -> None:
    chance, model = random.Random(seed), copy.deepcopy(a_small_model())
    lines = model["forest"][0]["trees"].split("\n")
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(min(60, len(lines)))
        line = lines[place]
        at = chance.randrange(len(line) + 1)
        lines[place] = (
            line[:at] + chance.choice(["0", "-", "9" * 30, " ", "=", "nan", "e9", "\n", "1"]) + line[at + 1 :]
        )
    model["forest"][0]["trees"] = "\n".join(lines)

    assert walked_or_refused(model)
