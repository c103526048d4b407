"""From a booster and a table to the contributions of every row, in pieces that keep the memory small."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from valuation.treeshap import walking
from valuation.treeshap.compiling import Program, compile_trees
from valuation.treeshap.parsing import parse
from valuation.treeshap.reading import Table

if TYPE_CHECKING:
    import lightgbm
    import numpy as np
    import numpy.typing as npt

    Array = np.ndarray[Any, np.dtype[np.float64]]

ROWS_AT_ONCE: Final = 512
"""Enough for a tree to stay in the cache over many blocks, few enough for the rows to do so, too."""
CACHE_LINE: Final = 8
"""In float64: vectors that straddle two cache lines cost a tenth of the time."""
THREADS_MAX: Final = 256
AGREES_WITHIN: Final = 1e-6
"""|base + Σφ − f(x)| beyond this share of max(1, |f|): the booster is not the one whose trees were read."""


class StaleBooster(RuntimeError):
    """The contributions do not add up to the booster's own prediction, even after its trees were read again."""


_PROGRAMS: WeakKeyDictionary[Any, tuple[tuple[int, int], Program]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def shap_values(booster: lightgbm.Booster, X: npt.ArrayLike | Any, *, threads: int = 1) -> Array:
    """Contributions of each feature to each row's raw score: (rows, features), float64.

    Equal to `booster.predict(X, pred_contrib=True)[:, :-1]` to 1e-9 of max(1, |score|), with the same trees (up to the
    best iteration) and the same reading of X: an array or list of two dimensions, or a DataFrame whose categorical
    columns are coded as in training. Where more than some 35 features are asked on one path, LightGBM's own numbers
    lose their digits; these keep theirs (1e-13 against exact fractions).

    A row's numbers do not depend on its neighbours nor on `threads`, bit for bit. Beside the result a thread needs some
    megabytes, whatever the number of rows. No rows give no rows.

    Raises UnsupportedBooster (linear trees, several classes), WrongTable, StaleBooster (changed in place by other means
    than training), ValueError (threads).
    """
    import numpy as np

    if not 1 <= threads <= THREADS_MAX:
        raise ValueError(f"threads: from 1 to {THREADS_MAX}")
    program = _program(booster)
    table = Table(X, program.features, booster.pandas_categorical)
    out = np.empty((table.rows, program.features))
    if table.rows == 0:
        return out
    if not _first_agrees(booster, program, table, out):
        program = _program(booster, again=True)
        if not _first_agrees(booster, program, table, out):
            raise StaleBooster("the contributions do not add up to the booster's prediction")

    def explain(start: int) -> None:
        stop = min(start + ROWS_AT_ONCE, table.rows)
        _run(program, table.piece(start, stop), out[start:stop])

    rest = range(ROWS_AT_ONCE, table.rows, ROWS_AT_ONCE)
    if threads == 1 or len(rest) < 2:
        for start in rest:
            explain(start)
    else:
        with ThreadPoolExecutor(min(threads, len(rest))) as pool:
            for _ in pool.map(explain, rest):
                pass
    return out


def base_value(booster: lightgbm.Booster) -> float:
    """What the model says of a row of which nothing is known; with the contributions it makes up the raw score.

    Equal to the last column of `booster.predict(X, pred_contrib=True)`. Raises UnsupportedBooster.
    """
    return _program(booster).base


def prepare(booster: lightgbm.Booster | None = None) -> None:
    """Compile now, and read the booster's trees, so that the first row does not wait for it."""
    walking.compiled()
    if booster is not None:
        _program(booster)


def _program(booster: lightgbm.Booster, *, again: bool = False) -> Program:
    """The program of a booster, kept as long as the booster lives; training on makes it new."""
    stamp = (booster.num_trees(), booster.best_iteration)
    with _LOCK:
        kept = _PROGRAMS.get(booster)
        if kept is not None and kept[0] == stamp and not again:
            return kept[1]
        program = compile_trees(parse(booster.model_to_string()))
        _PROGRAMS[booster] = (stamp, program)
        return program


def _run(program: Program, rows: Array, out: Array) -> None:
    import numpy as np

    size = walking.room_needed(
        len(rows), len(program.columns), len(program.outputs), program.depth, program.slots, program.points
    )
    room = np.empty(size + CACHE_LINE)
    start = -(room.ctypes.data // 8) % CACHE_LINE
    walking.compiled()(
        rows, out, program.columns, program.outputs, program.trees, program.steps, program.nodes, program.values,
        program.bits, program.edges, room[start : start + size], program.depth, program.slots, program.points,
    )  # fmt: skip


def _first_agrees(booster: lightgbm.Booster, program: Program, table: Table, out: Array) -> bool:
    """Explain the first piece; do the contributions of its first row add up to what the booster says of it?"""
    import numpy as np

    rows = table.piece(0, min(ROWS_AT_ONCE, table.rows))
    _run(program, rows, out[: len(rows)])
    score = float(np.ravel(booster.predict(rows[:1], raw_score=True, num_threads=1))[0])
    gap = abs(program.base + math.fsum(out[0]) - score)
    return gap <= AGREES_WITHIN * max(1.0, abs(score)) or not math.isfinite(score)
