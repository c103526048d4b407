"""Guidance on a start price: chance and proceeds at each start with their ranges, or how many lots are still wanting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from kernel.money import Money
from valuation.explaining import OutOfMoney, money
from valuation.starting.curves import Tried, fit
from valuation.starting.lots import LotOutcome, PastLot
from valuation.starting.policy import StartPolicy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

SEED: Final = 20_261_121
TRIED_QUANTILES: Final = (0.05, 0.95)
"""Guidance stays within the starts that were tried, the odd ones at either end left out."""
DRAWS_LOST_MAX: Final = 0.1


class Abstention(StrEnum):
    """Why no guidance is given."""

    NO_REFERENCE = "no-reference"
    TOO_FEW_LOTS = "too-few-lots"
    TOO_FEW_UNSOLD = "too-few-unsold"
    TOO_FEW_SOLD = "too-few-sold"
    STARTS_ALIKE = "starts-alike"
    TOO_UNSTABLE = "too-unstable"
    OUT_OF_MONEY = "out-of-money"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lots there are: with a reference price (these count), of them sold and unsold, and without one."""

    lots: int
    sold: int
    unsold: int
    below_reserve: int
    without_reference: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Span:
    """A share of one (`_bp`) with the range that the bootstrap gives it."""

    value_bp: int
    low_bp: int
    high_bp: int


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with the range that the bootstrap gives it."""

    value: Money
    low: Money
    high: Money


@dataclass(frozen=True, slots=True)
class Point:
    """One start: in money and in shares of the reference, the chance of a sale, the price of a sale, and what it brings."""

    start: Money
    ratio_bp: int
    chance: Span
    final: Amount
    proceeds: Amount


@dataclass(frozen=True, slots=True)
class Recommended:
    """From which start to which; `open_below`/`open_above`: the end is only the end of what was ever tried."""

    low: Money
    high: Money
    best: Money
    open_below: bool
    open_above: bool


@dataclass(frozen=True, slots=True)
class Guidance:
    """The answer. Without points `reason` says why; without a recommendation a sale is unlikely at every start tried."""

    counted: Counted
    policy: StartPolicy
    reference: Money | None
    reason: Abstention | None
    points: tuple[Point, ...] = ()
    recommended: Recommended | None = None


def guide(lots: Sequence[PastLot], reference: Money | None, policy: StartPolicy, *, seed: int = SEED) -> Guidance:
    """What past lots say of starts for something believed to be worth `reference`. Abstaining is an ordinary answer.

    The same lots give the same answer in any order. Related parties are for the caller to leave out.
    """
    known = sorted((lot for lot in lots if lot.reference is not None), key=lambda lot: (lot.source, lot.source_id))
    counted = _count(known, without=len(lots) - len(known))
    reason = _wanting(counted, reference, policy)
    if reason is not None or reference is None:
        return Guidance(counted, policy, reference, reason)
    tried = _tried(known)
    low, high = _ends(tried)
    if high - low < policy.ratio_spread_min:
        return Guidance(counted, policy, reference, Abstention.STARTS_ALIKE)
    draws = _drawn(known, tried, policy.draws, seed)
    if draws is None:
        return Guidance(counted, policy, reference, Abstention.TOO_UNSTABLE)
    try:
        points = _points(tried, draws, reference, policy, tail=_tail(policy, counted.sessions))
    except OutOfMoney:
        return Guidance(counted, policy, reference, Abstention.OUT_OF_MONEY)
    return Guidance(counted, policy, reference, None, points, _recommended(points, policy))


def _count(known: Sequence[PastLot], *, without: int) -> Counted:
    sold = sum(lot.sold for lot in known)
    below = sum(lot.outcome is LotOutcome.BELOW_RESERVE for lot in known)
    return Counted(len(known), sold, len(known) - sold, below, without, len({lot.cluster for lot in known}))


def _wanting(counted: Counted, reference: Money | None, policy: StartPolicy) -> Abstention | None:
    if counted.lots < policy.lots_min:
        return Abstention.TOO_FEW_LOTS
    if counted.unsold < policy.unsold_min:
        return Abstention.TOO_FEW_UNSOLD
    if counted.sold < policy.sold_min:
        return Abstention.TOO_FEW_SOLD
    return Abstention.NO_REFERENCE if reference is None or reference.fen <= 0 else None


def _tried(known: Sequence[PastLot]) -> Tried:
    import numpy as np

    return Tried(
        np.array([math.log(lot.start.fen / lot.reference.fen) for lot in known if lot.reference]),
        np.array([float(lot.sold) for lot in known]),
        np.array([lot.final.fen / lot.reference.fen if lot.final and lot.reference else 0.0 for lot in known]),
    )


def _ends(tried: Tried) -> tuple[float, float]:
    """The lowest and the highest start that guidance speaks of, as log ratios."""
    import numpy as np

    low, high = np.quantile(tried.log_ratio, TRIED_QUANTILES)
    return float(low), float(high)


def _drawn(known: Sequence[PastLot], tried: Tried, draws: int, seed: int) -> Array | None:
    """(draws, lots): how often each lot comes when whole sessions are drawn; None if too many draws have no sale."""
    import numpy as np

    _, at = np.unique([lot.cluster for lot in known], return_inverse=True)
    sessions = int(at.max()) + 1
    random = np.random.default_rng(seed)
    times = np.array([np.bincount(random.integers(0, sessions, sessions), minlength=sessions) for _ in range(draws)])
    counts = times[:, at].astype(float)
    usable: Array = counts[(counts * tried.sold).sum(axis=1) > 0]
    return usable if len(usable) >= (1 - DRAWS_LOST_MAX) * draws else None


def _tail(policy: StartPolicy, sessions: int) -> float:
    """The share of draws beyond either end of a range: fewer than its level says, for few sessions vary too little.

    The expanded percentile interval (Hesterberg 2015 §3.4): Φ(t·√(n/(n − 1))) with t of n − 1 degrees of freedom (expansion of
    Fisher & Cornish to the second order).
    """
    normal = NormalDist()
    z = normal.inv_cdf((1 - policy.level_bp / 10_000) / 2)
    free = max(sessions - 1, 1)
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return normal.cdf(t * math.sqrt(sessions / free))


def _points(tried: Tried, draws: Array, reference: Money, policy: StartPolicy, *, tail: float) -> tuple[Point, ...]:
    import numpy as np

    low, high = _ends(tried)
    starts = np.linspace(low, high, policy.points)
    (chance, final), (chances, finals) = (
        (curves.chance(starts), curves.final(starts))
        for curves in (fit(tried, np.ones((1, len(tried.sold))), policy), fit(tried, draws, policy))
    )
    return tuple(
        Point(
            start=_in_money(reference, math.exp(start)),
            ratio_bp=round(math.exp(start) * 10_000),
            chance=Span(*(round(one * 10_000) for one in _three(chance[0, place], chances[:, place], tail))),
            final=_amount(reference, _three(final[0, place], finals[:, place], tail)),
            proceeds=_amount(
                reference,
                _three(chance[0, place] * final[0, place], chances[:, place] * finals[:, place], tail),
            ),
        )
        for place, start in enumerate(starts.tolist())
    )


def _three(point: float, drawn: Array, tail: float) -> tuple[float, float, float]:
    """(value, low, high); the range is widened to hold the value, which the draws may miss."""
    import numpy as np

    low, high = (float(one) for one in np.quantile(drawn, [tail, 1 - tail]))
    return float(point), min(low, float(point)), max(high, float(point))


def _amount(reference: Money, shares: tuple[float, float, float]) -> Amount:
    return Amount(*(_in_money(reference, one) for one in shares))


def _in_money(reference: Money, share: float) -> Money:
    """A share of the reference. Raises OutOfMoney."""
    return money(math.log(reference.fen / 100) + math.log(share))


def _recommended(points: Sequence[Point], policy: StartPolicy) -> Recommended | None:
    """The starts around the best one that bring nearly as much, among those at which a sale is likely enough."""
    likely = [point for point in points if point.chance.value_bp >= policy.sale_min_bp]
    if not likely:
        return None
    best = max(likely, key=lambda point: (point.proceeds.value, -point.start.fen))
    enough = best.proceeds.value.share(policy.near_best_bp)
    near = [point for point in likely if point.proceeds.value >= enough]
    return Recommended(
        low=near[0].start,
        high=near[-1].start,
        best=best.start,
        open_below=near[0] is points[0],
        open_above=near[-1] is points[-1],
    )
