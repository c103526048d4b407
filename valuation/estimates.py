"""The answer to "what is it worth", as a value: a price with its range and reasons, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.money import FEN_MAX, Money
from valuation import features
from valuation.explaining import ASK_DISCOUNT, Contribution, DoesNotAddUp, OutOfMoney, check_adds_up, explain, money
from valuation.grading import NO_PRICE_BECAUSE, Evidence, Grade, Policy, Reason, grade
from valuation.intervals import TooFewToPromise
from valuation.model import PriceModel

LEVELS: Final = (0.9, 0.8)
"""The levels that are tried for a range, the highest first; what the calibration cannot promise is not given."""
WIDTH_LEVEL: Final = 0.8
"""P10 to P90: the range whose ratio decides whether a point price makes sense."""


@dataclass(frozen=True, slots=True)
class Models:
    """What was learnt, and the evidence by (kind, trade). Asks and deals are never mixed, generated deals kept apart.

    `deals` has seen real arm's-length deals only; `helped` the same and generated ones where the real ones are too few.
    """

    deals: PriceModel | None = None
    helped: PriceModel | None = None
    asks: PriceModel | None = None
    evidence: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)

    def for_grade(self, graded: Grade) -> PriceModel | None:
        """The model that answers at this grade."""
        by_grade = {Grade.A: self.deals, Grade.B: self.deals, Grade.G: self.helped, Grade.C: self.asks}
        return by_grade.get(graded)


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, and how often a price of this kind fell inside out of time."""

    low: Money
    high: Money
    level_bp: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer. `price` is given with grades A and G only; without it `reason` says why; a range may stand alone."""

    grade: Grade
    reason: Reason | None
    price: Money | None
    range: Range | None
    base: Money | None
    contributions: tuple[Contribution, ...]
    withheld: bool
    evidence: Evidence
    policy: Policy
    median_error: float | None = None

    @property
    def rests_on_generated(self) -> bool:
        """The price was learnt from deals that no market has seen, among others."""
        return self.grade is Grade.G


def estimate(models: Models | None, facts: Mapping[str, Any], policy: Policy) -> Estimate:
    """Value one result from its facts (see `features.facts`). Abstaining is an ordinary answer."""
    evidence = models.evidence.get((facts["kind"], facts["trade"]), Evidence()) if models else Evidence()
    graded = grade(evidence, policy)
    model = models.for_grade(graded) if models else None
    if model is None:
        reason = Reason.NO_MODEL if models is None else Reason.TOO_LITTLE
        return _abstention(Grade.D, reason, evidence, policy)
    return _from_model(model, facts, graded, evidence, policy)


def _from_model(
    model: PriceModel, facts: Mapping[str, Any], graded: Grade, evidence: Evidence, policy: Policy
) -> Estimate:
    row = features.frame([dict(facts)])
    base_log, frame = model.contributions(row)
    parts = {str(name): float(value) for name, value in frame.iloc[0].items()}
    predicted = math.log(float(model.predict(row)[0]))
    if graded is Grade.C and policy.ask_discount_bp:
        parts[ASK_DISCOUNT] = math.log1p(-policy.ask_discount_bp / 10_000)
        predicted += parts[ASK_DISCOUNT]
    reason = NO_PRICE_BECAUSE.get(graded) or _too_uncertain(model, row, policy)
    try:
        price, span = money(predicted), _range(model, row, predicted)
        withheld = False
        try:
            check_adds_up(base_log, parts, predicted)
            base, contributions = explain(facts, base_log, parts, in_yuan=reason is None)
        except DoesNotAddUp:
            base, contributions, withheld = None, [], True
    except OutOfMoney:
        return _abstention(Grade.D, Reason.TOO_LITTLE, evidence, policy)
    if span is None and graded is not Grade.A and graded is not Grade.G:
        return _abstention(Grade.D, Reason.TOO_LITTLE, evidence, policy)
    return Estimate(
        grade=graded,
        reason=reason,
        price=price if reason is None else None,
        range=span,
        base=base,
        contributions=tuple(contributions),
        withheld=withheld,
        evidence=evidence,
        policy=policy,
        median_error=model.out_of_time.get("mdape"),
    )


def _too_uncertain(model: PriceModel, row: Any, policy: Policy) -> Reason | None:
    """No price without a range, and none where P90 is too many times P10."""
    try:
        low, high = model.predict_interval(row, WIDTH_LEVEL)
    except TooFewToPromise:
        return Reason.TOO_FEW_DEALS
    return Reason.RANGE_TOO_WIDE if float(high[0] / low[0]) > policy.range_ratio_max else None


def _range(model: PriceModel, row: Any, predicted: float) -> Range | None:
    """The range at the highest level that can be promised; its bounds are rounded outwards."""
    shift = predicted - math.log(float(model.predict(row)[0]))
    for level in LEVELS:
        try:
            low, high = model.predict_interval(row, level)
        except TooFewToPromise:
            continue
        scale = math.exp(shift) * 100
        low_fen = max(1, math.floor(float(low[0]) * scale))
        high_fen = min(FEN_MAX, math.ceil(float(high[0]) * scale))
        return Range(Money(low_fen), Money(high_fen), round(level * 10_000))
    return None


def _abstention(graded: Grade, reason: Reason, evidence: Evidence, policy: Policy) -> Estimate:
    return Estimate(graded, reason, None, None, None, (), False, evidence, policy)
