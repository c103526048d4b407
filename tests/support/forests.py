"""Random LightGBM models and rows that try their edges, and contributions by the definition, for tests of treeshap."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import lightgbm
import numpy as np

from valuation.treeshap.parsing import CATEGORICAL, Tree, parse

TINY = (0.0, -0.0, 1e-35, -1e-35, 1e-36, 1.1e-35, 5e-324, -5e-324, 2.3e-308)
WILD = (math.inf, -math.inf, math.nan, 1e300, -1e300, *TINY)
CODES = (-1.0, -0.5, -0.999, 0.0, 0.5, 1.0, 2.7, 63.0, 64.0, 65.0, 127.5, 999.0, 2.0**31 - 1, 2.0**31, -(2.0**31), 1e18)


def grown(
    seed: int, *, rows: int = 200, features: int = 6, categorical: int = 2, rounds: int = 6, **parameters: Any
) -> lightgbm.Booster:
    """A model of a made-up table: numbers with gaps, zeros and ties, and categories in its last columns."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(rows, features)) * random.choice([1e-3, 1.0, 1e6], features)
    table[random.random(table.shape) < 0.15] = 0.0
    for column in range(features - categorical, features):
        table[:, column] = random.integers(0, random.choice([3, 20, 100]), rows)
    target = np.nansum(np.sin(table * 3) * random.normal(size=features), axis=1) + random.normal(0, 0.1, rows)
    table[random.random(table.shape) < random.choice([0.0, 0.1, 0.4])] = np.nan
    usual = {
        "objective": "regression",
        "num_leaves": 12,
        "min_data_in_leaf": 3,
        "min_data_per_group": 2,
        "cat_smooth": 1.0,
        "verbosity": -1,
        "num_threads": 1,
        "seed": seed % 1000,
        "deterministic": True,
    }
    names = list(range(features - categorical, features))
    data = lightgbm.Dataset(table, target, categorical_feature=names, params={"verbosity": -1})
    return lightgbm.train(usual | parameters, data, rounds)


def edge_rows(booster: lightgbm.Booster, seed: int, rows: int = 40) -> Any:
    """Rows of thresholds, their neighbours, categories that are none, infinities, gaps and numbers next to nothing."""
    random = np.random.default_rng(seed)
    pool: list[set[float]] = [{1.0, -1.0, *WILD} for _ in range(booster.num_feature())]
    for tree in parse(booster.model_to_string()).trees:
        for feature, threshold, decision in zip(tree.feature, tree.threshold, tree.decision, strict=True):
            if decision & CATEGORICAL:
                pool[feature] |= {float(random.integers(0, 110)), *CODES}
            else:
                pool[feature] |= {threshold, np.nextafter(threshold, -math.inf), np.nextafter(threshold, math.inf)}
    return np.column_stack([random.choice(list(values), rows) for values in pool])


def by_definition(tree: Tree, row: Any) -> list[Fraction]:
    """Shapley values of one tree: Σ_S |S|! (n - |S| - 1)! / n! (E[S + i] - E[S]) over the sets of its features.

    E[S] follows the row where a feature of S is asked, and takes the mean by cover elsewhere.
    """
    asked = sorted(set(tree.feature))
    count = len(asked)
    values = [Fraction(0)] * len(row)
    known: dict[frozenset[int], Fraction] = {}
    for size in range(count + 1):
        for chosen in itertools.combinations(asked, size):
            known[frozenset(chosen)] = _expected(tree, row, frozenset(chosen), 0) if count else Fraction(0)
    for feature in asked:
        for chosen, value in known.items():
            if feature not in chosen:
                weight = Fraction(
                    math.factorial(len(chosen)) * math.factorial(count - len(chosen) - 1), math.factorial(count)
                )
                values[feature] += weight * (known[chosen | {feature}] - value)
    return values


def _expected(tree: Tree, row: Any, known: frozenset[int], node: int) -> Fraction:
    if node < 0:
        return Fraction(tree.leaf[~node])
    if tree.feature[node] in known:
        return _expected(tree, row, known, tree.left[node] if goes_left(tree, row, node) else tree.right[node])
    share = Fraction(tree.covered(tree.left[node]), tree.cover[node])
    left, right = (_expected(tree, row, known, child) for child in (tree.left[node], tree.right[node]))
    return share * left + (1 - share) * right


def goes_left(tree: Tree, row: Any, node: int) -> bool:
    """LightGBM's decision for an ordinary number; the unusual ones are compared with LightGBM itself."""
    value, decision = float(row[tree.feature[node]]), tree.decision[node]
    if decision & CATEGORICAL:
        words = tree.bitsets[int(tree.threshold[node])]
        code = int(value)
        return code // 32 < len(words) and bool(words[code // 32] >> code % 32 & 1)
    return value <= tree.threshold[node]


def by_paths(tree: Tree, row: Any, feature: int) -> Fraction:
    """One feature's in deep trees: Σ over leaves of v (o_i - z_i) ∫ ∏_{j≠i} (t o_j + (1 - t) z_j) dt, in fractions."""
    value = Fraction(0)
    waiting: list[tuple[int, dict[int, tuple[int, Fraction]]]] = [(0, {})]
    while waiting:
        node, path = waiting.pop()
        if node < 0:
            value += Fraction(tree.leaf[~node]) * _of_path(path, feature)
            continue
        left = goes_left(tree, row, node)
        for child, follows in ((tree.left[node], left), (tree.right[node], not left)):
            on, share = path.get(tree.feature[node], (1, Fraction(1)))
            part = share * Fraction(tree.covered(child), tree.cover[node])
            waiting.append((child, {**path, tree.feature[node]: (on * follows, part)}))
    return value


def _of_path(path: dict[int, tuple[int, Fraction]], feature: int) -> Fraction:
    if feature not in path:
        return Fraction(0)
    product = [Fraction(1)]
    for other, (on, share) in path.items():
        if other != feature:
            product = _times(product, share, on - share)
    on, share = path[feature]
    return (on - share) * sum((one / (power + 1) for power, one in enumerate(product)), Fraction(0))


def _times(polynomial: list[Fraction], constant: Fraction, slope: Fraction) -> list[Fraction]:
    return [
        (polynomial[power] * constant if power < len(polynomial) else 0)
        + (polynomial[power - 1] * slope if power else 0)
        for power in range(len(polynomial) + 1)
    ]


def peeling(features: int) -> lightgbm.Booster:
    """One tree whose longest path asks every feature: each feature splits off the rows that it marks."""
    random = np.random.default_rng(0)
    table = (random.random((4_000, features)) < 0.03 + 0.3 / features).astype(float)
    first = np.where(table.any(axis=1), table.argmax(axis=1), features)
    parameters = {
        "num_leaves": features + 10,
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": 0.0,
        "verbosity": -1,
        "num_threads": 1,
    }
    data = lightgbm.Dataset(table, (features - first).astype(float) ** 2, params={"feature_pre_filter": False})
    return lightgbm.train(parameters, data, 1)
