"""The answer to "what is it worth", as a value: a price with its range and reasons, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.money import FEN_MAX, Money
from valuation import features
from valuation.discounts import AskDiscount
from valuation.explaining import (
    ASK_BOUND,
    ASK_DISCOUNT,
    Contribution,
    DoesNotAddUp,
    OutOfMoney,
    check_adds_up,
    explain,
    money,
)
from valuation.grading import NO_PRICE_BECAUSE, Evidence, Grade, Policy, Reason, grade
from valuation.intervals import TooFewToPromise
from valuation.model import PriceModel

LEVELS: Final = (0.9, 0.8)
"""The levels that are tried for a range, the highest first; what the calibration cannot promise is not given."""
WIDTH_LEVEL: Final = 0.8
"""P10 to P90: the range whose ratio decides whether a point price makes sense."""


@dataclass(frozen=True, slots=True)
class Models:
    """What was learnt, and the evidence by (kind, trade). Each model knows two books, deals and asks, and mixes neither up.

    `real` has seen real transactions only; `helped` the same and generated deals where the real ones are too few.
    """

    real: PriceModel | None = None
    helped: PriceModel | None = None
    evidence: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)
    discount: AskDiscount | None = None

    def for_grade(self, graded: Grade) -> PriceModel | None:
        """The model that answers at this grade."""
        by_grade = {Grade.A: self.real, Grade.B: self.real, Grade.G: self.helped, Grade.C: self.real}
        return by_grade.get(graded)


def book_of(graded: Grade) -> str:
    """Which book of prices answers at this grade: where there are asks only, it is asks that are foretold."""
    return features.ASKED if graded is Grade.C else features.DEALT


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, and how often a price of this kind fell inside out of time."""

    low: Money
    high: Money
    level_bp: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer. `price` is given with grades A and G only; without it `reason` says why; a range may stand alone.

    `after`: what was done to the model's price, by name (log); `beyond`: features outside what the model has met.
    `base_log`: where the reasons start (log yuan), also where no price is given.
    """

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
    after: tuple[tuple[str, float], ...] = ()
    beyond: tuple[str, ...] = ()
    base_log: float | None = None

    @property
    def rests_on_generated(self) -> bool:
        """The price was learnt from deals that no market has seen, among others."""
        return self.grade is Grade.G


def estimate(models: Models | None, facts: Mapping[str, Any], policy: Policy, *, ask: Money | None = None) -> Estimate:
    """Value one result from its facts (see `features.facts`). Abstaining is an ordinary answer.

    `ask`: what the seller publicly asks for this very result, an upper bound of what can be foretold of a deal.
    """
    evidence = models.evidence.get((facts["kind"], facts["trade"]), Evidence()) if models else Evidence()
    graded = grade(evidence, policy)
    model = models.for_grade(graded) if models else None
    if models is None or model is None:
        reason = Reason.NO_MODEL if models is None else Reason.TOO_LITTLE
        return _abstention(Grade.D, reason, evidence, policy)
    asked = {**facts, features.BOOK: book_of(graded)}
    return _from_model(model, asked, graded, evidence, policy, after=_after(models, graded), ask=ask)


def _after(models: Models, graded: Grade) -> dict[str, float]:
    """What comes after the model, by name (log): from what is asked to what is dealt."""
    if graded is Grade.C and models.discount is not None and models.discount.bp:
        return {ASK_DISCOUNT: models.discount.log}
    return {}


def _from_model(
    model: PriceModel,
    facts: Mapping[str, Any],
    graded: Grade,
    evidence: Evidence,
    policy: Policy,
    *,
    after: dict[str, float],
    ask: Money | None,
) -> Estimate:
    row = features.frame([dict(facts)])
    base_log, frame = model.contributions(row)
    parts = {str(name): float(value) for name, value in frame.iloc[0].items()}
    foretold = math.log(float(model.predict(row)[0]))
    if ask is not None and (over := foretold + math.fsum(after.values()) - math.log(ask.fen / 100)) > 0:
        after = after | {ASK_BOUND: -over}
    predicted = foretold + math.fsum(after.values())
    reason = NO_PRICE_BECAUSE.get(graded) or _too_uncertain(model, row, policy)
    try:
        price, span = money(predicted), _range(model, row, math.fsum(after.values()), ask)
        withheld = False
        try:
            check_adds_up(base_log, parts | after, predicted)
            base, contributions = explain(facts, base_log, parts | after, in_yuan=reason is None)
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
        after=tuple(after.items()),
        beyond=outside(model, facts),
        base_log=base_log,
    )


def outside(model: PriceModel, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The features whose value the model has not met: numbers beyond the range learnt, categories never seen."""
    columns = model.columns
    if columns is None:
        return ()
    found = []
    for name in columns.names:
        value = facts.get(name)
        if value is None or features.BY_NAME[name].source == features.BY_NAME["title"].source:
            continue
        if name in columns.categories:
            if columns.categories[name] and str(value) not in columns.categories[name]:
                found.append(name)
        elif name in columns.ranges and not columns.ranges[name][0] <= float(value) <= columns.ranges[name][1]:
            found.append(name)
    return tuple(found)


def _too_uncertain(model: PriceModel, row: Any, policy: Policy) -> Reason | None:
    """No price without a range, and none where P90 is too many times P10."""
    try:
        low, high = model.predict_interval(row, WIDTH_LEVEL)
    except TooFewToPromise:
        return Reason.TOO_FEW_DEALS
    return Reason.RANGE_TOO_WIDE if float(high[0] / low[0]) > policy.range_ratio_max else None


def _range(model: PriceModel, row: Any, after: float, ask: Money | None) -> Range | None:
    """The range at the highest level that can be promised, with what comes after the model; rounded outwards.

    No end of it lies above what is asked for this very result.
    """
    scale = math.exp(after) * 100
    for level in LEVELS:
        try:
            low, high = model.predict_interval(row, level)
        except TooFewToPromise:
            continue
        low_fen = max(1, math.floor(float(low[0]) * scale))
        high_fen = min(FEN_MAX, math.ceil(float(high[0]) * scale))
        if ask is not None:
            low_fen, high_fen = min(low_fen, ask.fen), min(high_fen, ask.fen)
        return Range(Money(low_fen), Money(high_fen), round(level * 10_000))
    return None


def _abstention(graded: Grade, reason: Reason, evidence: Evidence, policy: Policy) -> Estimate:
    return Estimate(graded, reason, None, None, None, (), False, evidence, policy)
