"""Honest splits: the past teaches and the future examines; packages and days are never torn apart, nothing is random."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from kernel.errors import Refused

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Split = tuple["Array", "Array"]

FIRST_SHARE: Final = 0.4
"""The share of packages that only teaches, before the first examination."""

P = ParamSpec("P")
T = TypeVar("T")


class Kind(StrEnum):
    """The ways of splitting that there are. The first three need days; the last is for lists that have none."""

    ROLLING = "rolling"
    FORWARD = "forward"
    DATE = "date"
    GROUP = "group"


@dataclass(eq=False)
class RandomSplitRefused(Refused, ValueError):
    """Rows are split by listing date or by rolling origin only: otherwise a package, or its price, is on both sides."""

    zh = "只能按挂牌日期或滚动时点划分数据：随机划分会让同一批成果或其价格同时出现在两侧。"
    asked: str
    allowed: tuple[str, ...] = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Fold:
    """One split: what it is called (the day of its origin, or its number), and the rows that teach and are examined."""

    name: str
    teaching: Array
    examined: Array


def _nothing_random(function: Callable[P, T]) -> Callable[P, T]:
    """Whoever asks for shuffling, seeds or folds by chance is told why not, instead of how functions are called."""

    def called(*args: P.args, **options: P.kwargs) -> T:
        for name, value in options.items():
            if _RANDOM.search(_plain(name)):
                raise RandomSplitRefused(f"{name}={value!r}"[:100])
        return function(*args, **options)

    called.__name__, called.__doc__ = function.__name__, function.__doc__
    called.__wrapped__ = function  # type: ignore[attr-defined]  # for `inspect.signature`
    return called


def kind_of(asked: str) -> Kind:
    """The way of splitting by its name, as for `--split`. Raises RandomSplitRefused for every other way."""
    try:
        return Kind(_plain(asked))
    except ValueError:
        raise RandomSplitRefused(asked[:100]) from None


@_nothing_random
def split(
    kind: str,
    when: Any = None,
    group: Any = None,
    *,
    folds: int | None = None,
    start: Any = None,
    days: int | None = None,
) -> list[Fold]:
    """The one front door. `when`: days of listing; `group`: package keys.

    "rolling" takes `start` and `days`; "forward", "date" and "group" take `folds`. "group" is for lists of which no day is
    known; where days are given it is refused, for a package key is often made of the price. Raises RandomSplitRefused for
    other kinds, for options of chance, and for a split by group with days; ValueError where what the kind needs is missing.
    """
    import numpy as np

    way = kind_of(kind)
    if way is Kind.GROUP:
        if when is not None:
            raise RandomSplitRefused("group, although days are known")
        pairs = by_group(np.asarray(_needed(group, "group")), folds=folds or 5)
        return [Fold(str(number), *one) for number, one in enumerate(pairs, start=1)]
    known = _days(_needed(when, "when"))
    if way is Kind.ROLLING:
        origins = rolling(known, start=_needed(start, "start"), days=_needed(days, "days"))
        return [Fold(str(origin), past, future) for origin, past, future in origins]
    packages = np.arange(len(known)) if group is None else np.asarray(group)
    pairs = (
        forward(known, packages, folds=folds or 5) if way is Kind.FORWARD else by_date(known, group, folds=folds or 10)
    )
    return [Fold(str(number), *one) for number, one in enumerate(pairs, start=1)]


@_nothing_random
def by_date(when: Any, group: Any = None, *, folds: int = 10) -> Iterator[Split]:
    """Splits by listing date: all rows of a day, a seller's day, are on one side.

    Days go to folds so that these are about equally large, the largest day first; the same days give the same folds in any
    order of the rows. With `group` (package keys) days that share a package stay together, and packages are counted instead
    of rows. Yields (teaching rows, examined rows); fewer folds where there are fewer days, none for a single day. The
    teaching rows include later days: it shows what a model can carry over between sellers, `rolling` what it can foresee.
    """
    import numpy as np

    known = _days(when)
    block, size = _blocks(known, None if group is None else np.asarray(group))
    count = min(folds, len(size))
    load, fold_of = [0.0] * count, np.zeros(len(size), dtype=int)
    for place in sorted(range(len(size)), key=lambda place: (-size[place], place)):
        least = min(range(count), key=lambda fold: (load[fold], fold))
        fold_of[place], load[least] = least, load[least] + size[place]
    at = fold_of[block]
    for fold in range(count if count > 1 else 0):
        yield np.flatnonzero(at != fold), np.flatnonzero(at == fold)


@_nothing_random
def forward(when: Array, group: Array, *, folds: int = 5) -> Iterator[Split]:
    """Splits by day: all rows before a day teach, the rows from that day to the next cut examine.

    `when` are days (datetime64), `group` package keys. Cuts fall between days so that each fold examines about as many
    packages. Yields (teaching rows, examined rows) as index arrays; too few days yield fewer splits or none.
    """
    import numpy as np

    days, at = np.unique(when, return_inverse=True)
    _, first_rows = np.unique(group, return_index=True)
    packages_until = np.cumsum(np.bincount(at[first_rows], minlength=len(days)))
    shares = FIRST_SHARE + (1 - FIRST_SHARE) * np.arange(folds) / folds
    cuts = np.unique(np.searchsorted(packages_until, shares * packages_until[-1], side="left") + 1)
    cuts = cuts[cuts < len(days)]
    if not len(cuts):
        return
    for start, end in zip(cuts, [*cuts[1:], len(days)], strict=True):
        yield np.flatnonzero(at < start), np.flatnonzero((at >= start) & (at < end))


@_nothing_random
def by_group(group: Array, *, folds: int = 5) -> Iterator[Split]:
    """Splits where no day is known, as in strangers' tables: whole packages by a hash of their key, the same everywhere.

    Only there: where days are known they are the split, because the keys of packages are often made of their prices.
    """
    import numpy as np

    at = np.array([zlib.crc32(str(one).encode()) % folds for one in group])
    for fold in range(folds):
        examined = at == fold
        if examined.any() and not examined.all():
            yield np.flatnonzero(~examined), np.flatnonzero(examined)


@_nothing_random
def rolling(when: Array, *, start: Any, days: int) -> Iterator[tuple[Any, Array, Array]]:
    """Rolling origins: at each origin all rows before it teach and the next `days` days examine; empty ones are left out.

    Yields (origin, teaching rows, examined rows).
    """
    import numpy as np

    origin, step = np.datetime64(start, "D"), np.timedelta64(days, "D")
    while origin <= when.max():
        teaching, examined = when < origin, (when >= origin) & (when < origin + step)
        if teaching.any() and examined.any():
            yield origin, np.flatnonzero(teaching), np.flatnonzero(examined)
        origin = origin + step


def _blocks(when: Array, group: Array | None) -> tuple[Array, list[float]]:
    """(the block of each row, the size of each block): days, joined where they share a package; earliest first."""
    import numpy as np

    days, at = np.unique(when, return_inverse=True)
    leader = list(range(len(days)))
    if group is None:
        return at, np.bincount(at).astype(float).tolist()
    _, package = np.unique(group.astype(str), return_inverse=True)
    first: dict[int, int] = {}
    for day, key in zip(at.tolist(), package.tolist(), strict=True):
        one, other = _lead(leader, day), _lead(leader, first.setdefault(key, day))
        leader[max(one, other)] = min(one, other)
    roots = np.array([_lead(leader, day) for day in range(len(days))])
    _, block_of_day = np.unique(roots, return_inverse=True)
    block = block_of_day[at]
    first_row = np.unique(package, return_index=True)[1]
    return block, np.bincount(block[first_row], minlength=int(block.max()) + 1).astype(float).tolist()


def _lead(leader: list[int], place: int) -> int:
    while leader[place] != place:
        leader[place] = place = leader[leader[place]]
    return place


def _days(when: Any) -> Array:
    """The days as datetime64. Raises ValueError for what is no day, or no day at all."""
    import numpy as np

    known = np.asarray(when.to_numpy() if hasattr(when, "to_numpy") else when).astype("datetime64[D]")
    if known.ndim != 1 or not len(known) or np.isnat(known).any():
        raise ValueError("every row needs its day")
    return known


def _needed(value: T | None, name: str) -> T:
    if value is None:
        raise ValueError(f"this kind of split needs `{name}`")
    return value


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


_RANDOM: Final = re.compile("random|shuffl|nsplit|seed|kfold|stratif|testsize|trainsize|batch|holdout|permut|sample")
