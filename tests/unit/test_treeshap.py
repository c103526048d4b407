"""Contributions by our own kernel: equal to LightGBM's and to the definition, and refused by name where there are none."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from tests.support.forests import by_definition, by_paths, edge_rows, grown, peeling
from valuation import treeshap
from valuation.treeshap import explaining, walking
from valuation.treeshap.parsing import parse

ROOT = Path(__file__).resolve().parents[2]


def assert_equal_to_lightgbm(booster: lightgbm.Booster, table: Any) -> None:
    expected = booster.predict(table, pred_contrib=True)
    scores = np.abs(booster.predict(table, raw_score=True))

    found = treeshap.shap_values(booster, table)

    assert found.dtype == np.float64
    assert (np.abs(found - expected[:, :-1]) <= 1e-9 * np.maximum(1, scores)[:, None]).all()
    assert treeshap.base_value(booster) == pytest.approx(expected[0, -1], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"use_missing": False},
        {"zero_as_missing": True},
        {"boosting": "dart"},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"data_sample_strategy": "goss"},
        {"extra_trees": True, "max_bin": 5},
        {"max_cat_to_onehot": 200},
        {"min_data_in_leaf": 0, "min_sum_hessian_in_leaf": 0.0, "num_leaves": 60},
        {"max_depth": 1},
        {"objective": "quantile"},
    ],
    ids=lambda parameters: "-".join(parameters) or "plain",
)
def test_every_way_of_growing_trees_gives_lightgbms_contributions(parameters: dict[str, Any]) -> None:
    booster = grown(5, **parameters)

    assert_equal_to_lightgbm(booster, edge_rows(booster, 6))


def test_contributions_are_shapley_values_by_their_definition() -> None:
    booster = grown(11, features=5, rounds=2, num_leaves=9)
    trees = parse(booster.model_to_string()).trees
    row = np.array([[0.3, -0.2, 5e5, 2.0, 7.0]])

    found = treeshap.shap_values(booster, row)[0]

    exact = [sum((by_definition(tree, row[0])[feature] for tree in trees), Fraction(0)) for feature in range(5)]
    np.testing.assert_allclose(found, [float(one) for one in exact], rtol=0, atol=1e-13)


def test_contributions_are_those_of_shaps_own_walk() -> None:
    shap = pytest.importorskip("shap")
    booster = grown(3, categorical=0, rounds=4)
    rows = np.random.default_rng(1).normal(size=(5, 6))

    # The interaction values are made by shap itself, not by LightGBM; their rows sum to the contributions.
    expected = shap.TreeExplainer(booster).shap_interaction_values(rows).sum(axis=2)

    np.testing.assert_allclose(treeshap.shap_values(booster, rows), expected, rtol=0, atol=1e-6)


def test_forty_features_on_one_path_keep_all_their_digits() -> None:
    booster = peeling(40)
    (tree,) = parse(booster.model_to_string()).trees
    row = np.eye(40)[17]

    found = treeshap.shap_values(booster, row[None, :])[0]

    for feature in (0, 17, 39):
        assert found[feature] == pytest.approx(float(by_paths(tree, row, feature)), abs=1e-11)


def test_ninety_features_on_one_path_add_up_where_lightgbms_own_do_not() -> None:
    booster = peeling(90)
    rows = np.eye(90)

    found = treeshap.shap_values(booster, rows)

    scores = booster.predict(rows)
    assert explaining._program(booster).points > 30
    np.testing.assert_allclose(found.sum(axis=1) + treeshap.base_value(booster), scores, rtol=1e-12)
    assert np.abs(booster.predict(rows, pred_contrib=True).sum(axis=1) - scores).max() > 1


def test_a_row_alone_and_among_others_and_in_threads_gets_the_same_bits() -> None:
    booster = grown(8)
    rows = edge_rows(booster, 9, rows=1_100)

    together = treeshap.shap_values(booster, rows)

    for place in (0, 1, 15, 16, 511, 512, 1_099):
        np.testing.assert_array_equal(treeshap.shap_values(booster, rows[place : place + 1]), together[[place]])
    np.testing.assert_array_equal(treeshap.shap_values(booster, rows[3:700]), together[3:700])
    np.testing.assert_array_equal(treeshap.shap_values(booster, rows, threads=2), together)


@pytest.mark.parametrize("threads", [0, -1, 257])
def test_the_number_of_threads_is_sensible(threads: int) -> None:
    with pytest.raises(ValueError, match="threads"):
        treeshap.shap_values(grown(8), np.zeros((1, 6)), threads=threads)


def test_no_rows_give_no_rows() -> None:
    assert treeshap.shap_values(grown(8), np.zeros((0, 6))).shape == (0, 6)


def test_a_model_that_learnt_nothing_says_its_mean() -> None:
    flat = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(np.zeros((30, 2)), np.full(30, 7.0)), 3)

    assert treeshap.base_value(flat) == 7.0
    assert (treeshap.shap_values(flat, np.ones((4, 2))) == 0).all()


def test_the_trees_up_to_the_best_iteration_are_explained() -> None:
    booster = grown(8, rounds=9)
    rows = edge_rows(booster, 1)
    before = treeshap.shap_values(booster, rows)

    booster.best_iteration = 4

    assert_equal_to_lightgbm(booster, rows)
    assert np.abs(treeshap.shap_values(booster, rows) - before).max() > 0


def test_a_booster_that_changes_is_read_again() -> None:
    booster = grown(8, rounds=3)
    rows = edge_rows(booster, 1)
    treeshap.shap_values(booster, rows)

    booster.set_leaf_output(0, 0, 50.0).set_leaf_output(0, 1, 60.0)
    for leaf in range(2, 8):
        booster.set_leaf_output(0, leaf, 70.0)

    assert_equal_to_lightgbm(booster, rows)


def test_a_booster_that_contradicts_its_text_is_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    booster, other = grown(8), grown(9)
    monkeypatch.setattr(booster, "model_to_string", other.model_to_string)

    with pytest.raises(treeshap.StaleBooster):
        treeshap.shap_values(booster, np.ones((1, 6)))


def test_the_program_of_a_booster_dies_with_it() -> None:
    booster = grown(8)
    treeshap.prepare(booster)
    program = weakref.ref(booster)
    kept = len(explaining._PROGRAMS)

    del booster
    gc.collect()

    assert program() is None and len(explaining._PROGRAMS) < kept


def frame(rows: int = 60) -> pd.DataFrame:
    random = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "life": random.uniform(0, 20, rows).astype(np.float32),
            "kind": pd.Categorical(random.choice(["a", "b", "c"], rows)),
            "rights": pd.array(random.integers(1, 9, rows), dtype="Int64"),
            "method": random.random(rows) > 0.5,
        }
    )


def of_frame() -> lightgbm.Booster:
    table = frame(200)
    target = table["life"] + 5 * (table["kind"] == "b") + table["rights"].astype(float)
    parameters = {"verbosity": -1, "num_threads": 1, "num_leaves": 8, "min_data_in_leaf": 3}
    return lightgbm.train(parameters | {"min_data_per_group": 2}, lightgbm.Dataset(table, target), 5)


def test_data_frames_are_read_as_predict_reads_them() -> None:
    booster, table = of_frame(), frame()
    table.loc[3, "rights"] = pd.NA
    table["kind"] = table["kind"].cat.set_categories(["c", "unseen", "a", "b"])
    table.loc[4, "kind"] = "unseen"
    table.loc[5, "kind"] = None

    assert_equal_to_lightgbm(booster, table)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.int8, bool, np.float16])
def test_arrays_are_read_as_predict_reads_them(kind: type) -> None:
    booster = grown(8)
    with np.errstate(over="ignore"):
        rows = (edge_rows(booster, 3) if kind in (np.float32, np.float64) else np.full((3, 6), 100)).astype(kind)

    assert_equal_to_lightgbm(booster, np.asfortranarray(rows)[:, ::-1])


def test_whole_numbers_are_rounded_like_lightgbm_rounds_them() -> None:
    table = np.array([[2**24], [2**24 + 1], [2**24 + 2]] * 30)
    data = lightgbm.Dataset(table.astype(float), table[:, 0] - 2.0**24, params={"min_data_in_bin": 1})
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 1}, data, 3)

    assert_equal_to_lightgbm(booster, table)
    assert_equal_to_lightgbm(booster, table.tolist())


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (np.zeros((2, 5)), "6 features"),
        (np.zeros(6), "two dimensions"),
        ([["a"] * 6], "numbers"),
        (pd.DataFrame({f"f{place}": ["x"] for place in range(6)}), "must hold numbers"),
        (pd.DataFrame({f"f{place}": pd.Categorical(["x"]) for place in range(6)}), "categorical"),
        ("table.csv", "not str"),
    ],
)
def test_a_table_that_the_model_cannot_value_is_refused(table: Any, why: str) -> None:
    with pytest.raises(treeshap.WrongTable, match=why):
        treeshap.shap_values(grown(8), table)


def linear() -> lightgbm.Booster:
    return grown(8, categorical=0, linear_tree=True)


def three_classes() -> lightgbm.Booster:
    table = np.random.default_rng(0).normal(size=(90, 3))
    parameters = {"objective": "multiclass", "num_class": 3, "verbosity": -1, "num_threads": 1}
    return lightgbm.train(parameters, lightgbm.Dataset(table, np.arange(90) % 3), 2)


def miscounted() -> lightgbm.Booster:
    text = grown(8).model_to_string()
    line = next(line for line in text.splitlines() if line.startswith("internal_count="))
    first, *others = line.split("=")[1].split()
    return lightgbm.Booster(model_str=text.replace(line, "internal_count=" + " ".join([f"{int(first) + 1}", *others])))


@pytest.mark.parametrize("made", [linear, three_classes, miscounted])
def test_what_has_no_exact_contributions_is_refused_by_name(made: Callable[[], lightgbm.Booster]) -> None:
    booster = made()

    with pytest.raises(treeshap.UnsupportedBooster):
        treeshap.shap_values(booster, np.zeros((1, booster.num_feature())))


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, pkgutil, importlib, valuation.treeshap as room\n"
        "for found in pkgutil.iter_modules(room.__path__): importlib.import_module(f'valuation.treeshap.{found.name}')\n"
        "print(sorted({'numpy', 'pandas', 'numba', 'lightgbm'} & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert told.stdout.strip() == "[]", told.stderr


def test_code_that_cannot_be_kept_is_compiled_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def jitted(*, cache: bool) -> Callable[..., None]:
        asked.append(cache)
        if cache:
            raise RuntimeError("no locator available")
        return walking.explain

    monkeypatch.setattr(walking, "_jitted", jitted)
    monkeypatch.setattr(walking, "_COMPILED", [])

    assert walking.compiled() is walking.explain and asked == [True, False]


@pytest.mark.long
def test_a_read_only_installation_compiles_in_every_process(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "valuation", tmp_path / "valuation", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "kernel", tmp_path / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    # A file where the folder of kept code should be cannot be written to, not even by root.
    (tmp_path / "valuation" / "treeshap" / "__pycache__").write_text("")
    program = "from valuation import treeshap; treeshap.prepare(); print('compiled')"
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null", "PYTHONDONTWRITEBYTECODE": "1"}

    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=os.environ | nowhere, capture_output=True, text=True
    )

    assert told.stdout.strip() == "compiled", told.stderr
