"""The answer to "what is it worth", as a value: a price with its range and reasons, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


SUBSTANCE: Final = frozenset(one.name for one in features.FEATURES if one.source != features.BY_NAME["title"].source)
"""Features that say something of the result itself: a title that is longer than others is no reason for doubt."""


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
    `likely`: the middle of what the model says, also where it is no price for want of evidence; `base_log` and
    `centre_log`: where the reasons start and end (log yuan), also where no price is given.
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
    likely: Money | None = None
    base_log: float | None = None
    centre_log: float | None = None

    @property
    def rests_on_generated(self) -> bool:
        """The price was learnt from deals that no market has seen, among others."""
        return self.grade is Grade.G


@dataclass(frozen=True, slots=True)
class Question:
    """One result and who is to answer: the facts with the book that is asked about, the grade, and the model if any."""

    facts: Mapping[str, Any]
    graded: Grade
    evidence: Evidence
    model: PriceModel | None
    reason: Reason | None = None
    """Why there is no model to answer."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a model says of one row: base, parts and price as natural logs, and its range in yuan at each level.

    A range is None where it cannot be promised.
    """

    base: float
    parts: Mapping[str, float]
    price: float
    ranges: Mapping[float, tuple[float, float] | None]


def estimate(models: Models | None, facts: Mapping[str, Any], policy: Policy, *, ask: Money | None = None) -> Estimate:
    """Value one result from its facts (see `features.facts`). Abstaining is an ordinary answer.

    `ask`: what the seller publicly asks for this very result, an upper bound of what can be foretold of a deal.
    """
    asked = question(models, facts, policy)
    told = None if asked.model is None else foretell(asked.model, [asked.facts])[0]
    return answer(models, asked, told, policy, ask=ask)


def question(models: Models | None, facts: Mapping[str, Any], policy: Policy) -> Question:
    """Which model answers for a result, by the evidence of its kind and trade."""
    evidence = models.evidence.get((facts["kind"], facts["trade"]), Evidence()) if models else Evidence()
    graded = grade(evidence, policy)
    model = models.for_grade(graded) if models else None
    if models is None or model is None:
        return Question(facts, Grade.D, evidence, None, Reason.NO_MODEL if models is None else Reason.TOO_LITTLE)
    return Question({**facts, features.BOOK: book_of(graded)}, graded, evidence, model)


def foretell(model: PriceModel, facts: Sequence[Mapping[str, Any]]) -> list[Foretold]:
    """What one model says of any number of rows, each as if it were alone."""
    rows = features.frame([dict(one) for one in facts])
    base, frame, middle = model.reasoned(rows)
    names, parts = [str(name) for name in frame.columns], frame.to_numpy(dtype=float).tolist()
    prices = middle.tolist()
    ranges = {level: _ranges(model, rows, middle, level) for level in sorted({*LEVELS, WIDTH_LEVEL})}
    return [
        Foretold(
            base,
            dict(zip(names, parts[place], strict=True)),
            prices[place],
            {level: found[place] for level, found in ranges.items()},
        )
        for place in range(len(facts))
    ]


def answer(
    models: Models | None, asked: Question, told: Foretold | None, policy: Policy, *, ask: Money | None = None
) -> Estimate:
    """The estimate from what the model told; `told` is None where no model answers."""
    if models is None or asked.model is None or told is None:
        return _abstention(asked.graded, asked.reason or Reason.TOO_LITTLE, asked.evidence, policy)
    return _from_model(asked, told, policy, after=_after(models, asked.graded), ask=ask)


def _after(models: Models, graded: Grade) -> dict[str, float]:
    """What comes after the model, by name (log): from what is asked to what is dealt."""
    if graded is Grade.C and models.discount is not None and models.discount.bp:
        return {ASK_DISCOUNT: models.discount.log}
    return {}


def _from_model(
    asked: Question, told: Foretold, policy: Policy, *, after: dict[str, float], ask: Money | None
) -> Estimate:
    graded, evidence, parts, foretold = asked.graded, asked.evidence, told.parts, told.price
    if ask is not None and (over := foretold + math.fsum(after.values()) - math.log(ask.fen / 100)) > 0:
        after = after | {ASK_BOUND: -over}
    predicted = foretold + math.fsum(after.values())
    reason = NO_PRICE_BECAUSE.get(graded) or _too_uncertain(told, policy)
    try:
        price, span = money(predicted), _range(told, math.fsum(after.values()), ask)
        withheld = False
        try:
            check_adds_up(told.base, {**parts, **after}, predicted)
            base, contributions = explain(asked.facts, told.base, {**parts, **after}, in_yuan=reason is None)
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
        median_error=asked.model.out_of_time.get("mdape") if asked.model else None,
        after=tuple(after.items()),
        beyond=outside(asked.model, asked.facts) if asked.model else (),
        likely=price,
        base_log=told.base,
        centre_log=predicted,
    )


def outside(model: PriceModel, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The features whose value the model has not met: numbers beyond the range learnt, categories never seen."""
    columns = model.columns
    if columns is None:
        return ()
    found = []
    for name in columns.names:
        value = facts.get(name)
        if value is None or name not in SUBSTANCE:
            continue
        if name in columns.categories:
            if columns.categories[name] and str(value) not in columns.categories[name]:
                found.append(name)
        elif name in columns.ranges and not columns.ranges[name][0] <= float(value) <= columns.ranges[name][1]:
            found.append(name)
    return tuple(found)


def _too_uncertain(told: Foretold, policy: Policy) -> Reason | None:
    """No price without a range, and none where P90 is too many times P10."""
    found = told.ranges[WIDTH_LEVEL]
    if found is None:
        return Reason.TOO_FEW_DEALS
    return Reason.RANGE_TOO_WIDE if found[1] / found[0] > policy.range_ratio_max else None


def _ranges(model: PriceModel, rows: Any, middle: Any, level: float) -> list[tuple[float, float] | None]:
    """The range of each row about its log price, None where its segment has too few deals to promise one."""
    import numpy as np

    try:
        half = model.calibration.half_widths(model.strata_of(rows), model.groups_of(rows), level)
        return list(zip(np.exp(middle - half).tolist(), np.exp(middle + half).tolist(), strict=True))
    except TooFewToPromise:
        pass
    segments = list(rows.groupby(list(features.SEGMENTS), dropna=False, sort=False).indices.values())
    if len(segments) == 1:
        return [None] * len(rows)
    found: list[tuple[float, float] | None] = [None] * len(rows)
    for places in segments:
        for place, one in zip(places.tolist(), _ranges(model, rows.iloc[places], middle[places], level), strict=True):
            found[place] = one
    return found


def _range(told: Foretold, after: float, ask: Money | None) -> Range | None:
    """The range at the highest level that can be promised, with what comes after the model; rounded outwards.

    No end of it lies above what is asked for this very result.
    """
    scale = math.exp(after) * 100
    for level in LEVELS:
        if (found := told.ranges[level]) is not None:
            low_fen = max(1, math.floor(found[0] * scale))
            high_fen = min(FEN_MAX, math.ceil(found[1] * scale))
            if ask is not None:
                low_fen, high_fen = min(low_fen, ask.fen), min(high_fen, ask.fen)
            return Range(Money(low_fen), Money(high_fen), round(level * 10_000))
    return None


def _abstention(graded: Grade, reason: Reason, evidence: Evidence, policy: Policy) -> Estimate:
    return Estimate(graded, reason, None, None, None, (), False, evidence, policy)
