"""The reasoned range: indications of several methods pooled by stated precision, each step said in sentences. Pure.

Each range is taken on the log scale as from P10 to P90, and widened to the least spread that any method is granted. An
indication weighs as the inverse square of its half-width; errors of two methods are correlated by a stated share ρ, so the
pooled half-width is √((1 − ρ)·Σw²a² + ρ·(Σwa)²), on the lower and the upper side apart. The pooled range therefore lies in
the hull of the ranges and is no wider than the widest. Ranges that do not meet are not pooled without a reviewed reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Any, Final

from kernel.errors import Refused
from kernel.money import Money
from valuation.grading import Grade
from valuation.indications import P10_TO_P90, Indication, Way

_Z80: Final = NormalDist().inv_cdf(0.9)


class Held(StrEnum):
    """Why no point price is given."""

    NOTHING = "nothing"
    """No method has anything to say."""
    ASKS_ONLY = "asks-only"
    """There are asking prices only: 「挂牌价参考，非价值」."""
    DISJOINT = "disjoint"
    """The ranges do not meet, and nobody has reviewed why."""
    ABOVE_ASKS = "above-asks"
    """The pooled value lies above what sellers ask, and nobody has reviewed why."""
    ONE_METHOD = "one-method"
    """One method alone, without enough deals behind it, gives a range only."""
    TOO_WIDE = "too-wide"
    """P90 is too many times P10: an appraisal or an auction is advised."""


REVIEWABLE: Final = frozenset({Held.DISJOINT, Held.ABOVE_ASKS})
"""What a reviewed reason frees."""


class ReviewWithoutReason(Refused):
    """A review of disjoint ranges states its reason and its reviewer."""

    zh = "对不相交区间的复核须写明理由和复核人。"


@dataclass(frozen=True, slots=True)
class PoolingPolicy:
    """How indications are pooled; versioned configuration with its source and how sure it is."""

    correlation: float
    spread_min: float
    methods_for_price_min: int
    range_ratio_max: float
    draws: int
    months_max: int
    version: str
    source: str
    confidence: str

    def __post_init__(self) -> None:
        sensible = 0 <= self.correlation <= 1 and 0 < self.spread_min < 10 and self.range_ratio_max > 1
        if not sensible or self.methods_for_price_min < 1:
            raise ValueError("the pooling policy contradicts itself")

    @classmethod
    def from_rule(
        cls, value: Mapping[str, Any], *, range_ratio_max: float, version: str, source: str, confidence: str
    ) -> PoolingPolicy:
        """Read the rule's value. Raises KeyError or ValueError where it is not complete or not sensible."""
        return cls(
            correlation=int(value["correlation_bp"]) / 10_000,
            spread_min=int(value["spread_min_bp"]) / 10_000,
            methods_for_price_min=int(value["methods_for_price_min"]),
            range_ratio_max=range_ratio_max,
            draws=int(value["draws"]),
            months_max=int(value["months_max"]),
            version=version,
            source=source,
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody looked at ranges that do not meet: why, who, and which methods they leave out. Raises ReviewWithoutReason."""

    reason: str
    reviewer: str
    left_out: frozenset[Way] = frozenset()

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.reviewer.strip():
            raise ReviewWithoutReason


@dataclass(frozen=True, slots=True)
class Entered:
    """An indication as it entered the pool: from P10 to P90 on the log scale of yuan, widened if need be, and its weight."""

    indication: Indication
    low: float
    likely: float
    high: float
    widened: bool
    weight: float = 0.0

    @property
    def spread(self) -> float:
        """Half of the width on the log scale."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The reasoned range. `price` is given only where `held` is None; `low` and `high` go from P10 to P90."""

    price: Money | None
    likely: Money | None
    low: Money | None
    high: Money | None
    held: Held | None
    upper_bound: Money | None
    entered: tuple[Entered, ...]
    aside: tuple[Indication, ...]
    rests_on_generated: bool
    capped: bool
    review: Review | None
    policy: PoolingPolicy

    level_bp: int = P10_TO_P90

    @property
    def ratio(self) -> float | None:
        """P90 / P10."""
        return None if self.low is None or self.high is None else self.high.fen / self.low.fen

    def to_json(self) -> dict[str, Any]:
        """As it is stored in `valuation.explanation["indications"]`; the sentences are those of `pooling_words`."""
        from valuation.pooling_words import sentences

        return {
            "held": None if self.held is None else self.held.value,
            "price_fen": _fen(self.price),
            "likely_fen": _fen(self.likely),
            "low_fen": _fen(self.low),
            "high_fen": _fen(self.high),
            "level_bp": self.level_bp,
            "upper_bound_fen": _fen(self.upper_bound),
            "capped_by_asks": self.capped,
            "rests_on_generated": self.rests_on_generated,
            "items": [*map(_entered, self.entered), *({**one.to_json(), "weight_bp": None} for one in self.aside)],
            "review": None if self.review is None else _review(self.review),
            "policy": {
                "version": self.policy.version,
                "source": self.policy.source,
                "confidence": self.policy.confidence,
                "correlation_bp": round(self.policy.correlation * 10_000),
                "spread_min_bp": round(self.policy.spread_min * 10_000),
                "range_ratio_max": self.policy.range_ratio_max,
            },
            "sentences": [one.to_json() for one in sentences(self)],
        }


def pool(indications: Sequence[Indication], policy: PoolingPolicy, *, review: Review | None = None) -> Reconciled:
    """Pool indications into a reasoned range. The order in which they come does not matter.

    Asks (grade C) bound the value from above and are never pooled as one; grade D abstains. Without an overlap of all
    ranges there is neither price nor range until somebody has reviewed why.
    """
    left_out = review.left_out if review else frozenset()
    ordered = sorted(indications, key=lambda one: (one.method.value, one.grade.value, one.low.fen, one.high.fen))
    poolable = [one for one in ordered if one.grade in (Grade.A, Grade.B, Grade.G) and one.method not in left_out]
    aside = tuple(one for one in ordered if one not in poolable)
    bounds = [one.high for one in ordered if one.grade is Grade.C]
    bound = min(bounds) if bounds else None
    entered = _weighed([_enter(one, policy) for one in poolable])
    generated = any(one.grade is Grade.G for one in poolable)

    def answer(held: Held | None, span: tuple[Money, Money, Money] | None, *, capped: bool = False) -> Reconciled:
        low, likely, high = span or (None, None, None)
        price = likely if held is None else None
        return Reconciled(
            price, likely, low, high, held, bound, entered, aside, generated, capped, review, policy
        )  # fmt: skip

    if not entered:
        return answer(Held.ASKS_ONLY if bound else Held.NOTHING, None)
    disjoint = max(one.low for one in entered) > min(one.high for one in entered)
    if disjoint and review is None:
        return answer(Held.DISJOINT, None)
    low, likely, high = _pooled(entered, policy, hull=disjoint)
    if bound is not None and likely > bound and review is None:
        return answer(Held.ABOVE_ASKS, None)
    capped = bound is not None and likely <= bound < high
    span = (low, likely, bound if capped and bound is not None else high)
    return answer(_held(entered, span, policy), span, capped=capped)


def _enter(one: Indication, policy: PoolingPolicy) -> Entered:
    """The range from P10 to P90, each side at least the least spread."""
    scale = _Z80 / NormalDist().inv_cdf(0.5 + one.level_bp / 20_000)
    likely = _log(one.likely)
    least = math.log1p(policy.spread_min)
    below, above = (likely - _log(one.low)) * scale, (_log(one.high) - likely) * scale
    widened = below < least or above < least
    return Entered(one, likely - max(below, least), likely, likely + max(above, least), widened)


def _weighed(entered: Sequence[Entered]) -> tuple[Entered, ...]:
    precision = [one.spread**-2 for one in entered]
    total = math.fsum(precision)
    return tuple(
        Entered(one.indication, one.low, one.likely, one.high, one.widened, share / total)
        for one, share in zip(entered, precision, strict=True)
    )


def _pooled(entered: Sequence[Entered], policy: PoolingPolicy, *, hull: bool) -> tuple[Money, Money, Money]:
    """Low, likely and high in whole fen. Where disjoint ranges were reviewed, the range is their whole hull."""
    likely = math.fsum(one.weight * one.likely for one in entered)
    lowest, highest = min(one.low for one in entered), max(one.high for one in entered)
    if hull:
        low, high = lowest, highest
    else:
        low = likely - _side([(one.weight, one.likely - one.low) for one in entered], policy.correlation)
        high = likely + _side([(one.weight, one.high - one.likely) for one in entered], policy.correlation)
    price = max(1, round(math.exp(likely)))
    return (
        Money(max(1, min(price, math.floor(math.exp(low))))),
        Money(price),
        Money(max(price, math.ceil(math.exp(high)))),
    )


def _side(parts: Iterable[tuple[float, float]], correlation: float) -> float:
    """The pooled half-width of one side: √((1 − ρ)·Σw²a² + ρ·(Σwa)²)."""
    own = [weight * width for weight, width in parts]
    return math.sqrt((1 - correlation) * math.fsum(one**2 for one in own) + correlation * math.fsum(own) ** 2)


def _held(entered: Sequence[Entered], span: tuple[Money, Money, Money], policy: PoolingPolicy) -> Held | None:
    if span[2].fen > policy.range_ratio_max * span[0].fen:
        return Held.TOO_WIDE
    methods = {one.indication.method for one in entered}
    enough_deals = any(one.indication.grade in (Grade.A, Grade.G) for one in entered)
    if len(methods) < policy.methods_for_price_min and not enough_deals:
        return Held.ONE_METHOD
    return None


def _log(amount: Money) -> float:
    return math.log(amount.fen)


def _fen(amount: Money | None) -> int | None:
    return None if amount is None else amount.fen


def _entered(one: Entered) -> dict[str, Any]:
    return {
        **one.indication.to_json(),
        "weight_bp": round(one.weight * 10_000),
        "widened": one.widened,
        "entered_low_fen": round(math.exp(one.low)),
        "entered_high_fen": round(math.exp(one.high)),
    }


def _review(one: Review) -> dict[str, Any]:
    left_out = sorted(way.value for way in one.left_out)
    return {"reason": one.reason, "reviewer": one.reviewer, "left_out": left_out}
