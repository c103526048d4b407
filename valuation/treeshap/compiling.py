"""Trees as a program for the kernel: flat tables of nodes, and for each tree the steps of one walk through it.

The mathematics. For a leaf of value v whose path asks d distinct features, feature i gets

    φ_i = v (o_i - z_i) ∫₀¹ ∏_{j≠i} (t o_j + (1 - t) z_j) dt,

o_j: does the row follow the path wherever it asks j (1 or 0); z_j: the share of training rows that did. The integrand
has degree d - 1, so K = ⌈d / 2⌉ Gauss-Legendre points are exact. Summed over the leaves below a node that asks i, with
P(t) the product of the factors above it and L(t), R(t) the sums of value times factors below its left and right child:

    g(t) = z + τ(t) e     the factor of going left, 1 - g(t) that of going right
    φ_i += e ∫ P q (L - R) dt,        the sum handed upwards: R + g (L - R)

where z is the left share, e = o' (o - z), o: does the row go left here. A feature that was not asked before has o' = 1,
τ(t) = t, q(t) = 1. One that was asked above, where the row followed the path (o') and the share was z' in all, replaces
its earlier factor f'(t) = t + (1 - t) z': τ(t) = t / f'(t), q(t) = z' / f'(t)². Nothing is ever divided by the row.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from valuation.treeshap.parsing import CATEGORICAL, DEFAULT_LEFT, Ensemble, Tree

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Path = dict[int, tuple[int, float, int]]
    """feature → (where its latest answer is marked, share of training rows so far, node that asked it)."""


class Step(enum.IntEnum):
    """What the walk does at a node. A node is entered once; a child that is a leaf is not visited."""

    ENTER_LEFT = 0
    ENTER_RIGHT = 1
    """Enter and go right: the left child is a leaf."""
    TURN_RIGHT = 2
    """Back from the left child, on to the right one."""
    LEAVE = 3
    LEAVE_LEFT = 4
    """Leave a node whose right child is a leaf."""
    LEAVE_RIGHT = 5
    PAIR = 6
    """Enter and leave a node with two leaves."""


class Variant(enum.IntEnum):
    """How a column is prepared so that `value <= threshold` alone decides (NaN never is, -inf always)."""

    NAN_IS_ZERO = 0
    ZERO_LEFT = 1
    ZERO_RIGHT = 2
    NAN_LEFT = 3
    NAN_RIGHT = 4
    CATEGORY = 5


class At(enum.IntEnum):
    """Columns of the table of nodes."""

    DEPTH = 0
    SLOT = 1
    """Where the sum below the node is kept until its parent takes it."""
    EDGE = 2
    """Where τ and q of the node begin in `edges`, K numbers each."""
    COLUMN = 3
    BITS = 4
    """Where its bitset begins, in words of 64; -1: the node compares numbers."""
    WORDS = 5
    CONTEXT = 6
    """2 × depth + side of the latest answer on the same feature above; -1: there is none."""
    MARKED = 7
    """1: a node below asks the same feature again."""
    OUTPUT = 8


NODE_WIDTH: Final = len(At)
STEP_BITS: Final = 3


@dataclass(frozen=True, slots=True)
class Program:
    """What the kernel walks. `columns` (n, 2): feature and Variant; `outputs`: the features that any tree asks.

    `trees` (n, 4): first step, end of steps, K, where the points and weights of K begin in `edges`; `steps`: node and
    Step; `nodes` (n, 9) by At; `values` (n, 4): left share, threshold, left leaf, right leaf.
    """

    features: int
    base: float
    columns: Array
    outputs: Array
    trees: Array
    steps: Array
    nodes: Array
    values: Array
    bits: Array
    edges: Array
    depth: int
    slots: int
    points: int


@dataclass(slots=True)
class _Builder:
    columns: dict[tuple[int, int], int] = field(default_factory=dict)
    outputs: dict[int, int] = field(default_factory=dict)
    trees: list[tuple[int, int, int, int]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    nodes: list[list[int]] = field(default_factory=list)
    values: list[tuple[float, float, float, float]] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    edges: list[Array] = field(default_factory=list)
    edges_length: int = 0
    rules: dict[int, int] = field(default_factory=dict)
    depth: int = 1
    slots: int = 1

    def add(self, tree: Tree) -> None:
        """Lay out one tree; the stack holds visits still to be made and steps still to be taken."""
        first, first_node = len(self.steps), len(self.nodes)
        distinct = 1
        repeats: list[tuple[int, float]] = []
        waiting: list[int | tuple[int, int, int, Path]] = [(0, 0, 0, {})]
        while waiting:
            next_one = waiting.pop()
            if isinstance(next_one, int):
                self.steps.append(next_one)
                continue
            node, depth, slot, path = next_one
            place, feature = len(self.nodes), tree.feature[node]
            share = tree.covered(tree.left[node]) / tree.cover[node]
            context, before, asked_by = path.get(feature, (-1, 1.0, -1))
            if asked_by >= 0:
                self.nodes[asked_by][At.MARKED] = 1
                repeats.append((place, before))
            self._describe(tree, node, depth=depth, slot=slot, context=context, share=share)
            distinct = max(distinct, len(path) + (asked_by < 0))
            self.depth, self.slots = max(self.depth, depth + 2), max(self.slots, slot + 2)
            sides = [
                (child, depth + 1, slot, {**path, feature: (2 * depth + side, before * part, place)})
                for side, child, part in ((0, tree.left[node], share), (1, tree.right[node], 1.0 - share))
            ]
            waiting.extend(reversed(_plan(place, tree.left[node] >= 0, tree.right[node] >= 0, *sides)))
        self._settle(first, first_node, (distinct + 1) // 2, repeats)

    def _describe(self, tree: Tree, node: int, *, depth: int, slot: int, context: int, share: float) -> None:
        feature, decision = tree.feature[node], tree.decision[node]
        bits, words, threshold = -1, 0, tree.threshold[node]
        if decision & CATEGORICAL:
            bitset = tree.bitsets[int(threshold)]
            bits, words, threshold = len(self.bits), (len(bitset) + 1) // 2, 0.0
            padded = [*bitset, 0]
            self.bits += [padded[low] | padded[low + 1] << 32 for low in range(0, 2 * words, 2)]
        column = self.columns.setdefault((feature, _variant(decision)), len(self.columns))
        output = self.outputs.setdefault(feature, len(self.outputs))
        leaves = [0.0 if child >= 0 else tree.leaf[~child] for child in (tree.left[node], tree.right[node])]
        self.nodes.append([depth, slot, -1, column, bits, words, context, 0, output])
        self.values.append((share, threshold, leaves[0], leaves[1]))

    def _settle(self, first: int, first_node: int, points: int, repeats: list[tuple[int, float]]) -> None:
        """Now the number of points is known: give each node its τ and q."""
        import numpy as np

        if points not in self.rules:
            at, weights = np.polynomial.legendre.leggauss(points)
            self.rules[points] = self._keep(np.concatenate([(at + 1) / 2, np.ones(points), weights / 2]))
        rule = self.rules[points]
        for node in self.nodes[first_node:]:
            node[At.EDGE] = rule
        if repeats:
            at = (np.polynomial.legendre.leggauss(points)[0] + 1) / 2
            shares, which = np.unique([before for _, before in repeats], return_inverse=True)
            factor = at + (1 - at) * shares[:, None]
            start = self._keep(np.hstack([at / factor, shares[:, None] / factor**2]).ravel())
            for (place, _), row in zip(repeats, which.tolist(), strict=True):
                self.nodes[place][At.EDGE] = start + row * 2 * points
        self.trees.append((first, len(self.steps), points, rule))

    def _keep(self, numbers: Array) -> int:
        start = self.edges_length
        self.edges.append(numbers)
        self.edges_length += len(numbers)
        return start


def compile_trees(ensemble: Ensemble) -> Program:
    """The program of an ensemble; trees of a single leaf add to the base value only."""
    import numpy as np

    build = _Builder()
    for tree in ensemble.trees:
        if tree.feature:
            build.add(tree)
    return Program(
        features=ensemble.features,
        base=ensemble.expected(),
        columns=np.array(list(build.columns), dtype=np.int32).reshape(-1, 2),
        outputs=np.array(list(build.outputs), dtype=np.int64),
        trees=np.array(build.trees, dtype=np.int64).reshape(-1, 4),
        steps=np.array(build.steps, dtype=np.int32),
        nodes=np.array(build.nodes, dtype=np.int32).reshape(-1, NODE_WIDTH),
        values=np.array(build.values, dtype=np.float64).reshape(-1, 4),
        bits=np.array(build.bits, dtype=np.uint64),
        edges=np.concatenate(build.edges) if build.edges else np.zeros(0),
        depth=build.depth,
        slots=build.slots,
        points=max((points for _, _, points, _ in build.trees), default=1),
    )


def _plan(place: int, left: bool, right: bool, go_left: Any, go_right: Any) -> list[Any]:
    """The steps and visits at one node, in order; `left`, `right`: is that child a node."""

    def step(what: Step) -> int:
        return place << STEP_BITS | what

    if left and right:
        node, depth, slot, path = go_right
        return [
            step(Step.ENTER_LEFT),
            go_left,
            step(Step.TURN_RIGHT),
            (node, depth, slot + 1, path),
            step(Step.LEAVE),
        ]
    if left:
        return [step(Step.ENTER_LEFT), go_left, step(Step.LEAVE_LEFT)]
    if right:
        return [step(Step.ENTER_RIGHT), go_right, step(Step.LEAVE_RIGHT)]
    return [step(Step.PAIR)]


def _variant(decision: int) -> Variant:
    if decision & CATEGORICAL:
        return Variant.CATEGORY
    left, missing = bool(decision & DEFAULT_LEFT), decision >> 2 & 3
    if missing == 0:
        return Variant.NAN_IS_ZERO
    if missing == 1:
        return Variant.ZERO_LEFT if left else Variant.ZERO_RIGHT
    return Variant.NAN_LEFT if left else Variant.NAN_RIGHT
