"""Trees walked by plain Python: the value of a row and its exact Shapley values, from LightGBM's own text.

Standard library only, and nothing of the rest of the room: whoever doubts a price can read how it comes about. Written from
the formats, not from the code that serves: LightGBM's text form (v4) and the path-dependent Shapley values of Lundberg et al.
(2020, algorithm 1) in the integral form of Owen (1972).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

Path = dict[int, tuple[float, bool]]
"""By column: the share of training rows that go this way at it, and whether the row goes this way too."""

OBJECTIVES: Final = frozenset({"regression", "regression_l1"})
ZERO: Final = 1.0000000180025095e-35
"""LightGBM's kZeroThreshold, a float of 32 bits: what is nearer to zero is zero."""
REAL_MAX: Final = 1e300

TREES_MAX: Final = 20_000
LEAVES_MAX: Final = 4_096
PATH_COLUMNS_MAX: Final = 128
STEPS_MAX: Final = 30_000_000
"""Steps of the walk over all trees, about a minute: a model made to keep its readers busy is refused, not walked."""

_WHOLE: Final = re.compile("-?[0-9]{1,18}")
_REAL: Final = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?(e[+-]?[0-9]{1,3})?")


class BadModel(ValueError):
    """The model cannot be read or walked; the text says why."""


class Steps:
    """How many steps of a walk are left."""

    def __init__(self, left: int = STEPS_MAX) -> None:
        self._left = left

    def take(self, count: int) -> None:
        """Raises BadModel when they are used up."""
        self._left -= count
        if self._left < 0:
            raise BadModel("the trees are larger than any price needs")


class Booster:
    """LightGBM's text of one booster, and the places of the row that it reads."""

    def __init__(self, text: Any, places: Any, width: int) -> None:
        self.places = [whole(one, 0, width - 1) for one in places]
        header, _, rest = text.partition("\n\n")
        body, end, _ = rest.partition("\nend of trees\n")
        first, *lines = header.split("\n")
        told = _pairs(lines)
        if first != "tree" or not end:
            raise BadModel("this is not LightGBM's text of trees")
        if told.get("num_class") != "1" or told.get("num_tree_per_iteration") != "1" or "average_output" in told:
            raise BadModel("trees of another sort than sums for one price")
        if told.get("objective") not in OBJECTIVES or told.get("max_feature_idx") != str(len(self.places) - 1):
            raise BadModel("trees for another objective, or of other columns")
        blocks = [_pairs(one.split("\n")) for one in re.split("\n\n+", body.strip("\n")) if one]
        if len(blocks) > TREES_MAX or [one.get("Tree") for one in blocks] != [str(n) for n in range(len(blocks))]:
            raise BadModel("the trees are not numbered from zero")
        self.trees = [Tree(one, len(self.places)) for one in blocks]


class Tree:
    """One tree: decisions at nodes, values at leaves. A child below zero is leaf −(child + 1)."""

    def __init__(self, told: Mapping[str, str], features: int) -> None:
        leaves = whole(int(told["num_leaves"]), 1, LEAVES_MAX)
        inner = leaves - 1
        if told.get("is_linear", "0") != "0":
            raise BadModel("leaves that are not constant")
        self._value: list[float] = _list(told, "leaf_value", leaves, _finite)
        self.expected: float = self._value[0]
        if not inner:
            self._left: list[int] = []
            return
        self._feature: list[int] = _list(told, "split_feature", inner, int)
        self._decision: list[int] = _list(told, "decision_type", inner, int)
        self._threshold: list[float] = _list(told, "threshold", inner, _bound)
        self._left, self._right = (_list(told, name, inner, int) for name in ("left_child", "right_child"))
        self._count: list[int] = _list(told, "internal_count", inner, int)
        self._leaf_count: list[int] = _list(told, "leaf_count", leaves, int)
        self._sets = _category_sets(told)
        if min(self._count) < 1 or min(self._leaf_count) < 0 or not all(0 <= one < features for one in self._feature):
            raise BadModel("a tree counts no rows, or reads a column that is not there")
        self._must_be_whole(leaves)
        self.expected = sum(
            count / self._count[0] * value for count, value in zip(self._leaf_count, self._value, strict=True)
        )

    def of(self, row: Sequence[float]) -> float:
        """The value of the leaf that a row falls into."""
        node = 0 if self._left else -1
        while node >= 0:
            node = self._left[node] if self._goes_left(node, row[self._feature[node]]) else self._right[node]
        return self._value[-node - 1]

    def shap(self, row: Sequence[float], into: list[float], steps: Steps) -> None:
        """Add the Shapley values of a row to `into`, leaf by leaf. Raises BadModel when the steps are used up."""
        if not self._left:
            return
        waiting: list[tuple[int, Path]] = [(0, {})]
        while waiting:
            node, path = waiting.pop()
            if node < 0:
                steps.take(len(path) * (len(path) + 1) // 2)
                _share_out(self._value[-node - 1], path, into)
                continue
            feature = self._feature[node]
            share, followed = path.get(feature, (1.0, True))
            left = self._goes_left(node, row[feature])
            for child, taken in ((self._left[node], left), (self._right[node], not left)):
                part = share * (self._rows_at(child) / self._count[node])
                waiting.append((child, {**path, feature: (part, followed and taken)}))

    def _goes_left(self, node: int, value: float) -> bool:
        """As LightGBM decides: bit 0 category, bit 1 missing goes left, bits 2–3 what is missing (1 zero, 2 NaN)."""
        decision = self._decision[node]
        if decision & 1:
            if not 0 <= value < 2**31:  # NaN included
                return False
            return self._sets[int(self._threshold[node])] >> int(value) & 1 == 1
        missing = decision >> 2 & 3
        if math.isnan(value):
            if missing == 2:
                return bool(decision & 2)
            value = 0.0
        if abs(value) <= ZERO:
            value = 0.0
            if missing == 1:
                return bool(decision & 2)
        return value <= self._threshold[node]

    def _rows_at(self, child: int) -> int:
        return self._count[child] if child >= 0 else self._leaf_count[-child - 1]

    def _must_be_whole(self, leaves: int) -> None:
        """Every node and leaf is reached once from the root: no circle keeps us walking, no category set is missing."""
        children = sorted([*self._left, *self._right])
        if children != [*range(-leaves, 0), *range(1, leaves - 1)]:
            raise BadModel("the nodes do not make a tree")
        reached = 0
        waiting = [0]
        while waiting:
            node = waiting.pop()
            reached += 1
            waiting += [one for one in (self._left[node], self._right[node]) if one >= 0]
        sets = [int(self._threshold[node]) for node in range(leaves - 1) if self._decision[node] & 1]
        if reached != leaves - 1 or not all(0 <= one < len(self._sets) for one in sets):
            raise BadModel("the nodes do not make a tree")


def _share_out(value: float, path: Path, into: list[float]) -> None:
    """Add one leaf's Shapley values: v·(o − z)·∫ Π of the others (t·o + (1 − t)·z) dt over t from 0 to 1.

    z is the share of training rows that go the leaf's way at a feature, o whether this row does. The product is a
    polynomial of t, so that Gauss-Legendre points integrate it exactly; all its terms are positive, so that it is stable.
    """
    if len(path) > PATH_COLUMNS_MAX:
        raise BadModel("a path through more columns than any price needs")
    pairs = [(share, 1.0 if followed else 0.0) for share, followed in path.values()]
    integral = [0.0] * len(pairs)
    for t, weight in gauss_legendre((len(pairs) + 1) // 2):
        factors = [t * one + (1 - t) * share for share, one in pairs]
        after = [weight]
        for factor in reversed(factors[1:]):
            after.append(after[-1] * factor)
        before = 1.0
        for place, factor in enumerate(factors):
            integral[place] += before * after[-1 - place]
            before *= factor
    for feature, (share, one), mass in zip(path, pairs, integral, strict=True):
        into[feature] += value * (one - share) * mass


@lru_cache(maxsize=PATH_COLUMNS_MAX)
def gauss_legendre(count: int) -> tuple[tuple[float, float], ...]:
    """(point, weight) on [0, 1], exact for polynomials up to degree 2·count − 1; roots by Newton's method."""
    found = []
    for place in range(count):
        x = math.cos(math.pi * (place + 0.75) / (count + 0.5))
        for _ in range(100):
            now, before = x, 1.0
            for degree in range(2, count + 1):
                now, before = ((2 * degree - 1) * x * now - (degree - 1) * before) / degree, now
            slope = count * (x * now - before) / (x * x - 1)
            x -= now / slope
            if abs(now / slope) < 1e-16:
                break
        found.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return tuple(found)


def real(value: Any) -> float:
    """A finite number. Raises BadModel."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= REAL_MAX:
        raise BadModel("a number is not one")
    return float(value)


def whole(value: Any, low: int, high: int) -> int:
    """A whole number from low to high. Raises BadModel."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadModel("a whole number is not one, or out of bounds")
    return value


def _category_sets(told: Mapping[str, str]) -> list[int]:
    """The sets of category codes that go left, each as one number whose bits are the codes."""
    count = whole(int(told["num_cat"]), 0, LEAVES_MAX)
    if not count:
        return []
    bounds = _list(told, "cat_boundaries", count + 1, int)
    words = _list(told, "cat_threshold", bounds[-1], int)
    if bounds != sorted(bounds) or bounds[0] != 0 or not all(0 <= one < 2**32 for one in words):
        raise BadModel("a set of categories is not one")
    return [sum(word << 32 * place for place, word in enumerate(words[low:high])) for low, high in pairwise(bounds)]


def _list(told: Mapping[str, str], name: str, count: int, read: Callable[[str], Any]) -> list[Any]:
    """So many numbers of LightGBM's text, in the only forms in which it writes them."""
    form = _WHOLE if read is int else _REAL
    words = told[name].split(" ")
    if len(words) != count or not all(form.fullmatch(one) or (one == "inf" and read is _bound) for one in words):
        raise BadModel(f"{name} is not a list of as many numbers as there must be")
    return [read(one) for one in words]


def _bound(word: str) -> float:
    """A threshold: where only what is missing goes right, everything else lies below infinity."""
    return math.inf if word == "inf" else _finite(word)


def _finite(word: str) -> float:
    return real(float(word))


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    pairs = [line.partition("=")[::2] for line in lines]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadModel("a name stands twice")
    return found
