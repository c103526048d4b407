"""The walk through the trees, sixteen rows at a time, compiled by numba when it is first needed.

The functions are written as plain ones and become compiled ones in `compiled()`, so that importing this module does not
load numba.
`Lanes` is a vector of LANES float64, one a row: numba has no such type, so `lanes` gives the few operations on it as
LLVM instructions. Inside the walk arrays are addresses, counted in bytes: passing an array costs more than the work on it.

Each lane goes through the same fused multiply-adds in the same order whatever stands in the others: a row alone and the
same row among a million get the same bits.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from valuation.treeshap.compiling import NODE_WIDTH, STEP_BITS, At, Step, Variant
from valuation.treeshap.lanes import LANES

F = TypeVar("F", bound=Callable[..., Any])
Lanes = Any
Address = int

# Plain numbers for the compiled code.
_DEPTH, _SLOT, _EDGE, _COLUMN = (4 * int(one) for one in (At.DEPTH, At.SLOT, At.EDGE, At.COLUMN))
_BITS, _WORDS, _CONTEXT = (4 * int(one) for one in (At.BITS, At.WORDS, At.CONTEXT))
_MARKED, _OUTPUT = 4 * int(At.MARKED), 4 * int(At.OUTPUT)
_NODE: Final = 4 * NODE_WIDTH
_VALUES: Final = 4 * 8
_SHARE, _THRESHOLD, _LEFT_LEAF, _RIGHT_LEAF = 0, 8, 16, 24
_VECTOR: Final = 8 * LANES
_STEP_BITS, _STEP_MASK = STEP_BITS, (1 << STEP_BITS) - 1
_ENTER_LEFT, _ENTER_RIGHT, _TURN_RIGHT = int(Step.ENTER_LEFT), int(Step.ENTER_RIGHT), int(Step.TURN_RIGHT)
_LEAVE, _LEAVE_LEFT, _LEAVE_RIGHT, _PAIR = (
    int(one) for one in (Step.LEAVE, Step.LEAVE_LEFT, Step.LEAVE_RIGHT, Step.PAIR)
)
_NAN_IS_ZERO, _ZERO_LEFT, _ZERO_RIGHT = int(Variant.NAN_IS_ZERO), int(Variant.ZERO_LEFT), int(Variant.ZERO_RIGHT)
_NAN_LEFT, _CATEGORY = int(Variant.NAN_LEFT), int(Variant.CATEGORY)
# LightGBM reads a dense value this near to zero as zero: 1e-35 as float32.
_ZERO: Final = 1.0000000180025095e-35
_CATEGORY_END: Final = 2.0**31

_LATER: Any = None
np = address = real = whole = word = load = store = splat = _LATER
fma = fnma = add = sub = mul = at_most = equal = either = among = select = _LATER
"""numpy and the operations of `lanes`, filled in by `_compile`."""

_INLINED: list[Callable[..., Any]] = []
_LOCK = threading.Lock()
_COMPILED: list[Callable[..., None]] = []


def room_needed(rows: int, columns: int, outputs: int, depth: int, slots: int, points: int) -> int:
    """How many float64 the walk needs to work in."""
    blocks = (rows + LANES - 1) // LANES
    return LANES * (blocks * (columns + outputs) + (depth + slots) * points + 2 * depth)


def _inlined(function: F) -> F:
    """Part of the walk: compiled into whoever calls it."""
    _INLINED.append(function)
    return function


@_inlined
def explain(
    x: Any, out: Any, columns: Any, outputs: Any, trees: Any, steps_: Any, nodes_: Any, values_: Any, bits_: Any,
    edges_: Any, room: Any, depth: int, slots: int, points: int,
) -> None:  # fmt: skip
    """Contributions of the rows of x (rows, features) into out (rows, features), both in C order.

    The tables are those of compiling.Program, `room` (room_needed) is best aligned to a cache line. Tree by tree over
    all blocks, so that a tree's numbers stay in the cache: give it some hundred rows at a time.
    """
    blocks = (x.shape[0] + LANES - 1) // LANES
    steps, nodes, values = address(steps_), address(nodes_), address(values_)
    bits, edges = address(bits_), address(edges_)
    prepared = address(room)
    phi = prepared + blocks * columns.shape[0] * _VECTOR
    prefix = phi + blocks * outputs.shape[0] * _VECTOR
    sums = prefix + depth * points * _VECTOR
    answers = sums + slots * points * _VECTOR
    marks = answers + depth * _VECTOR
    prepare(x, columns, room)
    clear(phi, blocks * outputs.shape[0])
    for tree in range(trees.shape[0]):
        count = trees[tree, 2]
        weights = edges + 8 * (trees[tree, 3] + 2 * count)
        for point in range(count):
            store(prefix + point * _VECTOR, splat(real(weights + 8 * point)))
        for block in range(blocks):
            row = prepared + block * columns.shape[0] * _VECTOR
            result = phi + block * outputs.shape[0] * _VECTOR
            for place in range(trees[tree, 0], trees[tree, 1]):
                step = whole(steps + 4 * place)
                take(
                    step & _STEP_MASK, nodes + (step >> _STEP_BITS) * _NODE, values + (step >> _STEP_BITS) * _VALUES,
                    count, row, result, bits, edges, prefix, sums, answers, marks,
                )  # fmt: skip
    hand_over(room[(blocks * columns.shape[0]) * LANES :], outputs, out)


@_inlined
def take(
    what: int, node: Address, value: Address, count: int, row: Address, result: Address, bits: Address, edges: Address,
    prefix: Address, sums: Address, answers: Address, marks: Address,
) -> None:  # fmt: skip
    """One step at one node for the rows of one block."""
    level = whole(node + _DEPTH)
    here, edge = prefix + level * count * _VECTOR, edges + 8 * whole(node + _EDGE)
    share = splat(real(value + _SHARE))
    if what in (_ENTER_LEFT, _ENTER_RIGHT, _PAIR):
        e = answer(node, value, share, row, bits, marks)
        store(answers + level * _VECTOR, e)
    else:
        e = load(answers + level * _VECTOR)
    if what == _ENTER_LEFT:
        go_left(here, count, e, share, edge)
    elif what in (_ENTER_RIGHT, _TURN_RIGHT):
        go_right(here, count, e, share, edge)
    else:
        below = sums + whole(node + _SLOT) * count * _VECTOR
        left, right = splat(real(value + _LEFT_LEAF)), splat(real(value + _RIGHT_LEAF))
        if whole(node + _CONTEXT) < 0:
            integral = leave(what, here, below, count, e, share, edge, left, right, False)
        else:
            integral = leave(what, here, below, count, e, share, edge, left, right, True)
        output = result + whole(node + _OUTPUT) * _VECTOR
        store(output, fma(e, integral, load(output)))


@_inlined
def answer(node: Address, value: Address, share: Lanes, row: Address, bits: Address, marks: Address) -> Lanes:
    """e of the node for each row; where a node below asks again, +1 left, -1 right, 0 off the path before is marked."""
    given = load(row + whole(node + _COLUMN) * _VECTOR)
    first = whole(node + _BITS)
    if first < 0:
        left = at_most(given, splat(real(value + _THRESHOLD)))
    else:
        left = among(given, word(bits + 8 * first), 0)
        for later in range(1, whole(node + _WORDS)):
            left = either(left, among(given, word(bits + 8 * (first + later)), 64 * later))
    e = select(left, sub(splat(1.0), share), sub(splat(0.0), share))
    context, marked = whole(node + _CONTEXT), whole(node + _MARKED)
    if context >= 0:
        on_path = equal(load(marks + (context >> 1) * _VECTOR), splat(1.0 - 2.0 * (context & 1)))
        e = select(on_path, e, splat(0.0))
        if marked:
            mark = select(on_path, select(left, splat(1.0), splat(-1.0)), splat(0.0))
            store(marks + whole(node + _DEPTH) * _VECTOR, mark)
    elif marked:
        store(marks + whole(node + _DEPTH) * _VECTOR, select(left, splat(1.0), splat(-1.0)))
    return e


@_inlined
def go_left(here: Address, count: int, e: Lanes, share: Lanes, edge: Address) -> None:
    """The product of factors for the left child: P g."""
    for point in range(count):
        factor = fma(splat(real(edge + 8 * point)), e, share)
        store(here + (count + point) * _VECTOR, mul(load(here + point * _VECTOR), factor))


@_inlined
def go_right(here: Address, count: int, e: Lanes, share: Lanes, edge: Address) -> None:
    """The product of factors for the right child: P - P g."""
    for point in range(count):
        factor = fma(splat(real(edge + 8 * point)), e, share)
        product = load(here + point * _VECTOR)
        store(here + (count + point) * _VECTOR, fnma(product, factor, product))


@_inlined
def leave(
    what: int, here: Address, below: Address, count: int, e: Lanes, share: Lanes, edge: Address, left: Lanes,
    right: Lanes, again: bool,
) -> Lanes:  # fmt: skip
    """∫ P q (L - R); the sum for the parent, R + g (L - R), is stored. `again`: the feature was asked above, else q = 1.

    The cases differ in constants, so that each becomes a loop of its own.
    """
    if what == _PAIR:
        return join(here, below, count, e, share, edge, left, right, again, False, False)
    if what == _LEAVE:
        return join(here, below, count, e, share, edge, left, right, again, True, True)
    if what == _LEAVE_LEFT:
        return join(here, below, count, e, share, edge, left, right, again, True, False)
    return join(here, below, count, e, share, edge, left, right, again, False, True)


@_inlined
def join(
    here: Address, below: Address, count: int, e: Lanes, share: Lanes, edge: Address, left: Lanes, right: Lanes,
    again: bool, left_is_node: bool, right_is_node: bool,
) -> Lanes:  # fmt: skip
    integral, constant = splat(0.0), sub(left, right)
    for point in range(count):
        at = below + point * _VECTOR
        factor = fma(splat(real(edge + 8 * point)), e, share)
        product = load(here + point * _VECTOR)
        if again:
            product = mul(product, splat(real(edge + 8 * (count + point))))
        if left_is_node or right_is_node:
            if left_is_node:
                left = load(at)
            if right_is_node:
                right = load(at + (count * _VECTOR if left_is_node else 0))
            difference = sub(left, right)
            integral = fma(product, difference, integral)
            store(at, fma(factor, difference, right))
        else:
            integral = add(integral, product)
            store(at, fma(factor, constant, right))
    return integral if left_is_node or right_is_node else mul(integral, constant)


@_inlined
def clear(at: Address, vectors: int) -> None:
    for place in range(vectors):
        store(at + place * _VECTOR, splat(0.0))


@_inlined
def prepare(x: Any, columns: Any, room: Any) -> None:
    """The values as the nodes compare them: [block][column][lane]; category codes as whole numbers in the same bits.

    Lanes beyond the last row repeat it.
    """
    codes = room.view(np.int64)
    blocks = (x.shape[0] + LANES - 1) // LANES
    for lane in range(blocks * LANES):
        row = min(lane, x.shape[0] - 1)
        for column in range(columns.shape[0]):
            value = x[row, columns[column, 0]]
            place = (lane // LANES * columns.shape[0] + column) * LANES + lane % LANES
            variant = columns[column, 1]
            if variant == _CATEGORY:
                codes[place] = np.int64(value) if -1.0 < value < _CATEGORY_END else -1
                continue
            if abs(value) <= _ZERO or (value != value and variant == _NAN_IS_ZERO):
                value = 0.0
            if value != value or (value == 0.0 and variant in (_ZERO_LEFT, _ZERO_RIGHT)):
                value = -np.inf if variant in (_ZERO_LEFT, _NAN_LEFT) else np.nan
            room[place] = value


@_inlined
def hand_over(phi: Any, outputs: Any, out: Any) -> None:
    """From [block][output][lane] to rows; features that no tree asks contribute nothing."""
    out[:, :] = 0.0
    for row in range(out.shape[0]):
        start = row // LANES * outputs.shape[0] * LANES + row % LANES
        for output in range(outputs.shape[0]):
            out[row, outputs[output]] = phi[start + output * LANES]


def compiled() -> Callable[..., None]:
    """`explain`, compiled: from the cache of an earlier process, or in some seconds where nothing can be kept."""
    with _LOCK:
        if not _COMPILED:
            _COMPILED.append(_compile())
        return _COMPILED[0]


def _compile() -> Callable[..., None]:
    import numba
    import numpy

    from valuation.treeshap.lanes import operations

    names = globals()
    names["np"] = numpy
    names.update(operations())
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    for function in _INLINED:
        names[function.__name__] = numba.njit(error_model="numpy", **options)(function)
    try:
        return _jitted(cache=True)
    except Exception:
        # Nothing can be kept beside the source nor in the user's folder, or what was kept there is damaged: compile
        # anew. If the code itself were at fault this would raise the same again.
        return _jitted(cache=False)


def _jitted(*, cache: bool) -> Callable[..., None]:
    import numba

    form = _form() if cache else 1

    def walk(
        x: Any, out: Any, columns: Any, outputs: Any, trees: Any, steps: Any, nodes: Any, values: Any, bits: Any,
        edges: Any, room: Any, depth: int, slots: int, points: int,
    ) -> None:  # fmt: skip
        if form:
            explain(x, out, columns, outputs, trees, steps, nodes, values, bits, edges, room, depth, slots, points)

    float64, int32, int64 = numba.float64, numba.int32, numba.int64
    signature = numba.void(
        float64[:, ::1], float64[:, ::1], int32[:, ::1], int64[::1], int64[:, ::1], int32[::1], int32[:, ::1],
        float64[:, ::1], numba.uint64[::1], float64[::1], float64[::1], int64, int64, int64,
    )  # fmt: skip
    made: Callable[..., None] = numba.njit(signature, cache=cache, nogil=True, error_model="numpy")(walk)
    return made


def _form() -> int:
    """A number for what is compiled. numba's cache looks at this file only: what stands in the others must be told."""
    return 1 + zlib.crc32(
        b"".join(Path(__file__).with_name(name).read_bytes() for name in ("compiling.py", "lanes.py"))
    )
