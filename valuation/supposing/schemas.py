"""How a what-if looks on the wire."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kernel.http.fields import BasisPoints, IntBetween, Name, Wire
from valuation.estimates import Estimate
from valuation.explaining import Contribution
from valuation.features import Feature
from valuation.grading import Grade, Reason
from valuation.schemas import (
    BeyondOut,
    ContributionOut,
    Factor,
    PositiveFen,
    StatementOut,
    Text,
    shape_beyond,
    shape_contribution,
)
from valuation.supposing.changes import STEP, Limit, WhatIf
from valuation.words import LABEL, WHAT_IF, value_in_words

CHANGES_MAX = 10
NUMBER_MAX = 10**6

Value = Annotated[int, IntBetween(-NUMBER_MAX, NUMBER_MAX)] | Name


class WhatIfIn(Wire):
    """Features by name and the values to suppose: whole numbers, or codes of a category."""

    changes: dict[Name, Value] = Field(min_length=1, max_length=CHANGES_MAX, examples=[{"trl": 8, "trade": "licence"}])


class ChoiceOut(Wire):
    """One value of a category."""

    code: Text
    label_zh: Text
    label_en: Text


class LimitOut(Wire):
    """A feature that a person can change, and how far the model has met it: from `low` to `high`, or one of `choices`."""

    feature: Text
    label_zh: Text
    label_en: Text
    unit: Text
    value: int | Text | None
    low: int | None
    high: int | None
    step: int
    choices: list[ChoiceOut]


class LimitsOut(Wire):
    """What can be varied."""

    limits: list[LimitOut]


class ChangeOut(Wire):
    """A feature that was changed, before and after, in words."""

    feature: Text
    label_zh: Text
    label_en: Text
    before_zh: Text
    before_en: Text
    after_zh: Text
    after_en: Text


class MovedOut(ContributionOut):
    """A reason after the change, with the factor that it had before."""

    factor_before: Factor


class WhatIfOut(Wire):
    """What the model would say. `factor` is its number after over before. Nothing of it is stored."""

    valuation_id: UUID
    label_zh: Text
    label_en: Text
    behaviour_zh: Text
    behaviour_en: Text
    changes: list[ChangeOut]
    grade: Grade
    reason: Reason | None
    price_fen: PositiveFen | None
    low_fen: PositiveFen | None
    high_fen: PositiveFen | None
    level_bp: BasisPoints | None
    factor: Factor | None
    base_fen: PositiveFen | None
    explanation_withheld: bool
    contributions: list[MovedOut]
    beyond: list[BeyondOut]
    statement: StatementOut


def shape_limits(found: list[Limit]) -> LimitsOut:
    """The limits on the wire."""
    return LimitsOut(limits=[_limit(one) for one in found])


def _limit(one: Limit) -> LimitOut:
    feature = one.feature
    return LimitOut(
        feature=feature.name,
        label_zh=feature.label_zh,
        label_en=feature.label_en,
        unit=feature.unit,
        value=one.value,
        low=one.low,
        high=one.high,
        step=STEP,
        choices=[ChoiceOut(code=code, label_zh=zh, label_en=en) for code, zh, en in one.choices],
    )


def shape_what_if(valuation_id: UUID, found: WhatIf) -> WhatIfOut:
    """A what-if on the wire."""
    after: Estimate = found.after
    return WhatIfOut(
        valuation_id=valuation_id,
        label_zh=LABEL[0],
        label_en=LABEL[1],
        behaviour_zh=WHAT_IF[0],
        behaviour_en=WHAT_IF[1],
        changes=[_change(*one) for one in found.changes],
        grade=after.grade,
        reason=after.reason,
        price_fen=after.price.fen if after.price else None,
        low_fen=after.range.low.fen if after.range else None,
        high_fen=after.range.high.fen if after.range else None,
        level_bp=after.range.level_bp if after.range else None,
        factor=found.factor,
        base_fen=after.base.fen if after.base else None,
        explanation_withheld=after.withheld,
        contributions=[_moved(found, one) for one in after.contributions],
        beyond=[shape_beyond(name) for name in after.beyond],
        statement=StatementOut(**found.sentences()),
    )


def _moved(found: WhatIf, one: Contribution) -> MovedOut:
    plain = shape_contribution(one.to_json())
    return MovedOut(**plain.model_dump(), factor_before=found.factor_before(one.feature))


def _change(feature: Feature, before: Any, after: Any) -> ChangeOut:
    words = [value_in_words(feature.name, one) for one in (before, after)]
    return ChangeOut(
        feature=feature.name,
        label_zh=feature.label_zh,
        label_en=feature.label_en,
        before_zh=words[0][0],
        before_en=words[0][1],
        after_zh=words[1][0],
        after_en=words[1][1],
    )
