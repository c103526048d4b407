"""Whether ranges kept their promise: the exact distribution of conformal coverage, and Holm's correction for many groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from valuation.intervals import TooFewToPromise, packages_needed
from valuation.measuring.inputs import share
from valuation.measuring.refusals import BadQuantile


def beta_binomial_p(
    covered: int,
    promised_level: float,
    packages: int,
    calibration: int,
    *,
    tail: Literal["two-sided", "lower"] = "two-sided",
) -> float:
    """How likely a coverage as odd as `covered` of `packages` is, had the promise been kept.

    Split conformal ranges from `calibration` exchangeable scores cover k = ⌈(n + 1)·level⌉ of n + 1 places, so that the number
    covered among later packages is beta-binomial with k and n + 1 − k (Vovk 2012; Angelopoulos & Bates 2023 §3.2). "lower"
    is P(X ≤ covered): did they cover too little? "two-sided" is twice the smaller tail, at most one: ranges that cover too
    much are too wide. With equal scores coverage is higher than this. Where ranges were calibrated again and again, give the
    smallest calibration: it allows for most.

    Raises BadQuantile (a level outside (0, 1), counts below nought or covered > packages) and TooFewToPromise.
    """
    share("promised_level", promised_level)
    if not (0 <= covered <= packages and packages > 0):
        raise BadQuantile("covered", covered)
    needed = packages_needed(promised_level)
    if calibration < needed:
        raise TooFewToPromise(calibration, needed)
    inside = math.ceil(round((calibration + 1) * promised_level, 9))
    outside = calibration + 1 - inside
    chances = [_chance(count, packages, inside, outside) for count in range(packages + 1)]
    lower, upper = math.fsum(chances[: covered + 1]), math.fsum(chances[covered:])
    return min(1.0, lower if tail == "lower" else 2 * min(lower, upper))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, in the order given (Holm 1979): reject those below the level of the whole.

    Raises BadQuantile for what is no probability.
    """
    for one in p_values:
        if not 0 <= one <= 1:
            raise BadQuantile("p_value", one)
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def _chance(count: int, packages: int, inside: int, outside: int) -> float:
    """P(X = count) of the beta-binomial."""
    ways = math.lgamma(packages + 1) - math.lgamma(count + 1) - math.lgamma(packages - count + 1)
    return math.exp(ways + _log_beta(inside + count, outside + packages - count) - _log_beta(inside, outside))


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)
