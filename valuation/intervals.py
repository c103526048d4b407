"""Ranges with a promise: split conformal prediction with one score per package."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(eq=False)
class TooFewToPromise(ValueError):
    """There are too few calibration packages to promise a range at this level."""

    packages: int
    needed: int


def packages_needed(level: float) -> int:
    """The fewest scores from which `level` can be promised: the smallest n with ⌈(n+1)·level⌉ ≤ n. At 90 % it is 9."""
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")
    return math.ceil(round(level / (1 - level), 9))


def half_width(scores: Sequence[float], level: float) -> float:
    """The half width on the log scale: the ⌈(n+1)·level⌉-th smallest score (Vovk; Lei et al. 2018, eq. 2).

    `scores` are absolute out-of-time residuals of the log price, one per package: the rows of a package share one price,
    so that more of them would promise too much. Raises TooFewToPromise.
    """
    needed = packages_needed(level)
    if len(scores) < needed:
        raise TooFewToPromise(len(scores), needed)
    place = math.ceil(round((len(scores) + 1) * level, 9))
    return float(sorted(scores)[place - 1])
