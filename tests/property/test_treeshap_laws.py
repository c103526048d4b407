"""Laws of the contributions: for any trees and any row they are LightGBM's own, they add up, and rows do not meet."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting import counts
from tests.support.forests import by_definition, edge_rows, grown
from valuation import treeshap
from valuation.treeshap.parsing import parse

PARAMETERS = st.fixed_dictionaries(
    {
        "num_leaves": st.integers(2, 70),
        "min_data_in_leaf": st.integers(1, 6),
        "max_depth": st.sampled_from([-1, 3, 8]),
        "max_bin": st.sampled_from([4, 15, 255]),
        "max_cat_to_onehot": st.sampled_from([1, 4, 40]),
        "zero_as_missing": st.booleans(),
        "use_missing": st.booleans(),
        "extra_trees": st.booleans(),
        "path_smooth": st.sampled_from([0.0, 1.0]),
    },
    optional={"objective": st.sampled_from(["regression_l1", "huber", "quantile"])},
)
WAYS = st.sampled_from(
    [
        {"boosting": "gbdt"},
        {"boosting": "dart"},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"data_sample_strategy": "goss"},
    ]
)
SEEDS = st.integers(0, 2**31)
SHAPES = st.tuples(st.integers(1, 12), st.integers(0, 12), st.integers(20, 400), st.integers(1, 10))


@settings(max_examples=counts(1_000))
@given(SEEDS, SHAPES, PARAMETERS, WAYS)
def test_contributions_are_lightgbms_on_any_trees_and_rows(
    seed: int, shape: tuple[int, int, int, int], parameters: dict[str, Any], way: dict[str, Any]
) -> None:
    features, categorical, rows, rounds = shape
    booster = grown(
        seed,
        rows=rows,
        features=features,
        categorical=min(features, categorical),
        rounds=rounds,
        **(parameters | way),
    )
    table = edge_rows(booster, seed, rows=33)
    expected = booster.predict(table, pred_contrib=True)
    scores = booster.predict(table, raw_score=True)

    found = treeshap.shap_values(booster, table)

    within = 1e-9 * np.maximum(1, np.abs(scores))
    assert (np.abs(found - expected[:, :-1]) <= within[:, None]).all()
    assert (np.abs(found.sum(axis=1) + treeshap.base_value(booster) - scores) <= within).all()
    chosen = slice(seed % 33, seed % 33 + 1 + seed % 20)
    np.testing.assert_array_equal(treeshap.shap_values(booster, table[chosen]), found[chosen])


@settings(max_examples=counts(500))
@given(SEEDS, st.integers(1, 6), st.integers(2, 14))
def test_contributions_of_a_tree_are_its_shapley_values(seed: int, features: int, leaves: int) -> None:
    booster = grown(seed, features=features, categorical=features // 3, rounds=1, num_leaves=leaves)
    (tree,) = parse(booster.model_to_string()).trees
    row = np.abs(np.random.default_rng(seed).normal(size=features))

    found = treeshap.shap_values(booster, row[None, :])[0]

    exact = [float(one) for one in by_definition(tree, row)]
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12 * max(1, np.abs(tree.leaf).max()))
