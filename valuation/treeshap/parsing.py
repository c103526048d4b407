"""A LightGBM model as its trees: the model's own text, read once into plain lists.

The text is exact: numbers are written so that they are read back bit for bit, and it holds the trees that `predict` uses
(up to the best iteration, where there is one).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

N = TypeVar("N", int, float)

CATEGORICAL = 1
DEFAULT_LEFT = 2
"""Bits of LightGBM's `decision_type`; the kind of missing value stands above them: 0 none, 1 zero, 2 NaN."""


class UnsupportedBooster(ValueError):
    """These trees have no exact contributions here: linear leaves, several classes, or covers that do not add up."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree. Nodes count from 0; a child below zero is leaf ~child. `cover` and `leaf_cover` are rows of training.

    `threshold` of a categorical node is the index of its bitset in `bitsets` (words of 32 categories that go left).
    """

    feature: list[int]
    threshold: list[float]
    decision: list[int]
    left: list[int]
    right: list[int]
    cover: list[int]
    leaf: list[float]
    leaf_cover: list[int]
    bitsets: list[list[int]]

    def covered(self, child: int) -> int:
        """Rows of training that reached a node or a leaf."""
        return self.leaf_cover[~child] if child < 0 else self.cover[child]

    def expected(self) -> float:
        """The mean of the leaves, weighted by cover: what the tree says of a row of which nothing is known."""
        if not self.feature:
            return self.leaf[0]
        total = self.cover[0]
        return math.fsum(rows / total * value for rows, value in zip(self.leaf_cover, self.leaf, strict=True))


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The trees of a model with one output, and how many features its rows have."""

    features: int
    trees: list[Tree]

    def expected(self) -> float:
        """The base value: contributions of a row and this sum to its raw score."""
        return math.fsum(tree.expected() for tree in self.trees)


def parse(text: str) -> Ensemble:
    """Read `Booster.model_to_string()`. Raises UnsupportedBooster for what cannot be explained by paths alone."""
    blocks = _blocks(text.splitlines())
    header = next(blocks)
    if int(header.get("num_tree_per_iteration", "1")) != 1:
        raise UnsupportedBooster("a model with several outputs (multiclass) has no single table of contributions")
    return Ensemble(int(header["max_feature_idx"]) + 1, [_tree(block) for block in blocks])


def _blocks(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The header and then each tree as its `name=value` lines."""
    block: dict[str, str] = {}
    for line in lines:
        if line.startswith("Tree="):
            yield block
            block = {}
        elif line == "end of trees":
            break
        else:
            name, equals, value = line.partition("=")
            if equals:
                block[name] = value
    yield block


def _tree(block: dict[str, str]) -> Tree:
    if block.get("is_linear", "0") != "0":
        raise UnsupportedBooster("linear trees (linear_tree=True) have no path-dependent contributions")
    tree = Tree(
        feature=_numbers(block, "split_feature", int),
        threshold=_numbers(block, "threshold", float),
        decision=_numbers(block, "decision_type", int),
        left=_numbers(block, "left_child", int),
        right=_numbers(block, "right_child", int),
        cover=_numbers(block, "internal_count", int),
        leaf=_numbers(block, "leaf_value", float),
        leaf_cover=_numbers(block, "leaf_count", int),
        bitsets=_bitsets(block),
    )
    _check_cover(tree)
    return tree


def _numbers(block: dict[str, str], name: str, read: Callable[[str], N]) -> list[N]:
    return [read(one) for one in block.get(name, "").split()]


def _bitsets(block: dict[str, str]) -> list[list[int]]:
    ends, words = _numbers(block, "cat_boundaries", int), _numbers(block, "cat_threshold", int)
    return [words[start:end] for start, end in pairwise(ends)]


def _check_cover(tree: Tree) -> None:
    """The weights of unknown features are ratios of cover: every node needs some, and its children share it out."""
    if len(tree.cover) != len(tree.feature) or len(tree.leaf_cover) < min(1, len(tree.feature)):
        raise UnsupportedBooster("the model does not say how many rows of training reached its nodes")
    for rows, left, right in zip(tree.cover, tree.left, tree.right, strict=True):
        if rows <= 0 or tree.covered(left) + tree.covered(right) != rows:
            raise UnsupportedBooster("the model's counts of training rows do not add up from node to node")
