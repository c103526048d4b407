"""How fast prices are explained: our kernel against `shap.TreeExplainer`, LightGBM's `pred_contrib` and plain `predict`.

    .venv/bin/python benchmarks/valuation.py [--quick] [--json FILE]

A model of 500 trees, 63 leaves and 40 features with missing values and categorical splits, trained here. All contenders
run in one process, taking turns, with as many threads as the machine has processors; figures are medians. The last line
is `ratio: X`, bulk rows a second against shap.TreeExplainer; it wants at least 8.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from valuation import treeshap

TREES, LEAVES, FEATURES = 500, 63, 40
CATEGORIES = (8, 20, 60, 150)
"""How many categories the last columns have."""
MISSING = 0.06
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    turns: int
    one_row_turns: int
    rows_slow: int
    rows_fast: int


FULL, QUICK = Effort(7, 60, 256, 4_096), Effort(3, 15, 64, 2_048)


def table(rows: int, seed: int) -> tuple[Any, Any]:
    """Made-up prices: every feature says something, some only together; the last columns are categories."""
    random, weights = np.random.default_rng(seed), np.random.default_rng(1).normal(size=FEATURES)
    numbers = FEATURES - len(CATEGORIES)
    x = random.normal(size=(rows, FEATURES))
    price = np.sin(1.5 * x[:, :numbers]) @ weights[:numbers] + x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3]
    for column, count in enumerate(CATEGORIES, start=numbers):
        x[:, column] = random.integers(0, count, rows)
        price += 0.6 * np.random.default_rng(column).normal(size=count)[x[:, column].astype(int)]
    x[random.random(x.shape) < MISSING] = np.nan
    return x, price + random.normal(0, 0.5, rows)


def trained() -> lightgbm.Booster:
    """The model of the headline figure."""
    x, price = table(8_000, seed=7)
    parameters = {
        "objective": "regression",
        "num_leaves": LEAVES,
        "learning_rate": 0.05,
        "verbosity": -1,
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
    }
    data = lightgbm.Dataset(x, price, categorical_feature=list(range(FEATURES - len(CATEGORIES), FEATURES)))
    booster = lightgbm.train(parameters, data, TREES)
    # As it is served: from its text, without its training data.
    return lightgbm.Booster(model_str=booster.model_to_string())


def take_turns(contenders: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """Seconds of each contender, one after the other, so that a busy moment of the machine hits them all."""
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def compile_seconds() -> dict[str, float]:
    """The first use in a process: from kept code, or compiling where there is none yet."""
    start = time.perf_counter()
    treeshap.prepare()
    return {"prepare_seconds": time.perf_counter() - start}


def bulk(booster: lightgbm.Booster, effort: Effort) -> dict[str, Any]:
    """Rows a second of everybody, and how far the answers are apart."""
    import shap

    fast, slow = table(effort.rows_fast, seed=9)[0], table(effort.rows_slow, seed=9)[0]
    explainer = shap.TreeExplainer(booster)
    contenders: dict[str, tuple[int, Callable[[], Any]]] = {
        "ours": (effort.rows_fast, lambda: treeshap.shap_values(booster, fast, threads=THREADS)),
        "ours_one_thread": (effort.rows_fast, lambda: treeshap.shap_values(booster, fast)),
        "shap_tree_explainer": (effort.rows_slow, lambda: explainer.shap_values(slow)),
        "pred_contrib": (effort.rows_slow, lambda: booster.predict(slow, pred_contrib=True)),
        "predict": (effort.rows_fast, lambda: booster.predict(fast)),
    }
    seconds = take_turns({name: run for name, (_, run) in contenders.items()}, effort.turns)
    speed = {name: contenders[name][0] / statistics.median(taken) for name, taken in seconds.items()}
    expected = booster.predict(slow, pred_contrib=True)
    found = treeshap.shap_values(booster, slow, threads=THREADS)
    return {
        "rows_a_second": {name: round(value, 1) for name, value in speed.items()},
        "ratio": speed["ours"] / speed["shap_tree_explainer"],
        "ratio_one_thread": speed["ours_one_thread"] / speed["shap_tree_explainer"],
        "difference_max": float(np.abs(found - expected[:, :-1]).max()),
        "difference_of_base": abs(treeshap.base_value(booster) - float(expected[0, -1])),
    }


def one_row(booster: lightgbm.Booster, effort: Effort) -> dict[str, Any]:
    """Milliseconds of one explained row; `share` is ours over pred_contrib and wants at most a third."""
    row = table(1, seed=11)[0]
    contenders = {
        "ours": lambda: treeshap.shap_values(booster, row),
        "pred_contrib": lambda: booster.predict(row, pred_contrib=True),
        "pred_contrib_one_thread": lambda: booster.predict(row, pred_contrib=True, num_threads=1),
        "predict_one_thread": lambda: booster.predict(row, num_threads=1),
    }
    seconds = take_turns(contenders, effort.one_row_turns)
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    return {
        "milliseconds": {name: round(1e3 * value, 3) for name, value in middle.items()},
        "p99_milliseconds": {name: round(1e3 * float(np.quantile(taken, 0.99)), 3) for name, taken in seconds.items()},
        "share": middle["ours"] / min(middle["pred_contrib"], middle["pred_contrib_one_thread"]),
    }


def measured(effort: Effort) -> dict[str, Any]:
    """Every figure."""
    first = compile_seconds()
    booster = trained()
    start = time.perf_counter()
    treeshap.prepare(booster)
    return {
        "machine": {"processors": THREADS, "python": platform.python_version(), "lightgbm": lightgbm.__version__},
        "model": {"trees": booster.num_trees(), "leaves": LEAVES, "features": booster.num_feature()},
        "first_use": first | {"read_booster_seconds": time.perf_counter() - start},
        "bulk": bulk(booster, effort),
        "one_row": one_row(booster, effort),
    }


def main() -> None:
    """Measure, print JSON and the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="fewer turns and rows: a look, not a figure")
    arguments.add_argument("--json", type=Path, help="write the figures here, too")
    chosen = arguments.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    figures = measured(QUICK if chosen.quick else FULL)
    text = json.dumps(figures, indent=2)
    if chosen.json is not None:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"ratio: {figures['bulk']['ratio']:.1f}")


if __name__ == "__main__":
    main()
