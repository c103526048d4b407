"""Honest splits: the past teaches and the future examines; packages and days are never torn apart, nothing is random."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Split = tuple["Array", "Array"]

FIRST_SHARE = 0.4
"""The share of packages that only teaches, before the first examination."""


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
    for start, end in zip(cuts, [*cuts[1:], len(days)], strict=True):
        yield np.flatnonzero(at < start), np.flatnonzero((at >= start) & (at < end))


def by_group(group: Array, *, folds: int = 5) -> Iterator[Split]:
    """Splits where no day is known: whole packages by a hash of their key, the same on every run and machine."""
    import numpy as np

    at = np.array([zlib.crc32(str(one).encode()) % folds for one in group])
    for fold in range(folds):
        examined = at == fold
        if examined.any() and not examined.all():
            yield np.flatnonzero(~examined), np.flatnonzero(examined)


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
