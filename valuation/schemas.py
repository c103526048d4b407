"""How a valuation looks on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kernel.http.fields import BasisPoints, Flag, Wire
from kernel.money import FEN_MAX
from valuation import features
from valuation.comparables import FACTS
from valuation.grading import Grade, Reason
from valuation.grouping import group_of, subtotals
from valuation.reached import reconciled
from valuation.tables import Valuation
from valuation.words import ALLOCATION, GENERATED, LABEL

Text = Annotated[str, Field(max_length=1000)]
SignedFen = Annotated[int, Field(strict=True, ge=-FEN_MAX, le=FEN_MAX)]
PositiveFen = Annotated[int, Field(strict=True, ge=1, le=FEN_MAX)]
Number = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Factor = Annotated[float, Field(gt=0, lt=1e300, allow_inf_nan=False)]


class ContributionOut(Wire):
    """One reason for the price: its factor always, its yuan where an allocation makes sense."""

    feature: Text
    label_zh: Text
    label_en: Text
    value_zh: Text
    value_en: Text
    factor: Factor
    yuan_fen: SignedFen | None
    indicator: Text | None
    group: Text


class GroupOut(Wire):
    """The reasons of one value of GB/T 42748-2023, of the terms, of the market or after the model, together."""

    group: Text
    label_zh: Text
    label_en: Text
    factor: Factor
    yuan_fen: SignedFen | None
    features: list[Text]


class BeyondOut(Wire):
    """A feature whose value lies outside what the model has met."""

    feature: Text
    label_zh: Text
    label_en: Text


class ComparableOut(Wire):
    """A past transaction near to the result. A contract made in this market shows no title and a rounded price."""

    title: Text
    kind: Text
    trade: Text
    price_type: Text
    price_type_zh: Text
    price_type_en: Text
    price_fen: PositiveFen
    price_is_rounded: Flag
    dealt_on: date
    package_rows: Number
    generated: Flag
    generated_label_zh: Text | None
    generated_label_en: Text | None
    likeness: Annotated[float, Field(ge=0, le=1)]
    likeness_from: Text
    differences_zh: list[Text]
    differences_en: list[Text]


class EvidenceOut(Wire):
    """How many packages of the same kind and trade stand behind the answer."""

    deals: Number
    generated: Number
    asks: Number
    deals_needed: Number
    policy: Text


class StatementOut(Wire):
    """The answer in sentences, the same in both languages."""

    zh: list[Text]
    en: list[Text]


class IndicationOut(Wire):
    """What one method says of the value, and how it weighed; no weight where it was left aside."""

    method: Text
    grade: Grade
    low_fen: PositiveFen
    likely_fen: PositiveFen
    high_fen: PositiveFen
    weight_bp: BasisPoints | None
    source_zh: Text
    source_en: Text


class ReachedOut(Wire):
    """How a price was reached: from the base by the model's reasons and a bar for whatever came after. The factors lead from
    base to price; the yuan, where given, close to the fen.
    """

    base_fen: PositiveFen | None
    contributions: list[ContributionOut]
    groups: list[GroupOut]


class ReasonedOut(Wire):
    """The reasoned range: indications of several methods pooled by stated precision, each step in sentences."""

    held: Text | None
    price_fen: PositiveFen | None
    low_fen: PositiveFen | None
    high_fen: PositiveFen | None
    level_bp: BasisPoints
    items: list[IndicationOut]
    reached: ReachedOut | None
    sentences_zh: list[Text]
    sentences_en: list[Text]


class ValuationOut(Wire):
    """An explained price, a range, or an ordinary "not enough evidence"; never an appraisal report."""

    id: UUID
    result_id: UUID
    valued_at: datetime
    label_zh: Text
    label_en: Text
    grade: Grade
    reason: Reason | None
    price_fen: PositiveFen | None
    low_fen: PositiveFen | None
    high_fen: PositiveFen | None
    level_bp: BasisPoints | None
    rests_on_generated: Flag
    generated_label_zh: Text | None
    generated_label_en: Text | None
    model_id: Text | None
    data_hash: Text | None
    evidence: EvidenceOut
    base_fen: PositiveFen | None
    explanation_withheld: Flag
    allocation_zh: Text
    allocation_en: Text
    contributions: list[ContributionOut]
    groups: list[GroupOut]
    beyond: list[BeyondOut]
    comparables: list[ComparableOut]
    reasoned: ReasonedOut | None
    statement: StatementOut


def shape(found: Valuation) -> ValuationOut:
    """A valuation on the wire."""
    explanation = found.explanation
    return ValuationOut(
        id=found.id,
        result_id=found.result_id,
        valued_at=found.valued_at,
        label_zh=LABEL[0],
        label_en=LABEL[1],
        grade=found.grade,
        reason=Reason(found.reason) if found.reason else None,
        price_fen=found.price.fen if found.price else None,
        low_fen=found.low.fen if found.low else None,
        high_fen=found.high.fen if found.high else None,
        level_bp=found.level_bp,
        rests_on_generated=found.rests_on_generated,
        generated_label_zh=GENERATED[0] if found.rests_on_generated else None,
        generated_label_en=GENERATED[1] if found.rests_on_generated else None,
        model_id=found.run.model_id if found.run else None,
        data_hash=found.run.data_hash if found.run else None,
        evidence=EvidenceOut(**found.evidence),
        base_fen=explanation["base_fen"],
        explanation_withheld=explanation["withheld"],
        allocation_zh=ALLOCATION[0],
        allocation_en=ALLOCATION[1],
        contributions=[shape_contribution(one) for one in explanation["contributions"]],
        groups=[GroupOut(**one) for one in subtotals(explanation["contributions"])],
        beyond=[shape_beyond(name) for name in explanation.get("beyond", ()) if name in features.BY_NAME],
        comparables=[shape_comparable(one) for one in found.comparables],
        reasoned=shape_reasoned(explanation),
        statement=StatementOut(**explanation["statement"]),
    )


def shape_contribution(one: dict[str, Any]) -> ContributionOut:
    """A reason on the wire, with its group."""
    return ContributionOut(**one, group=group_of(one["feature"]))


def shape_beyond(name: str) -> BeyondOut:
    """A feature outside what the model has met, by its name in words."""
    feature = features.BY_NAME[name]
    return BeyondOut(feature=name, label_zh=feature.label_zh, label_en=feature.label_en)


def shape_reached(explanation: dict[str, Any] | None) -> ReachedOut | None:
    """How a price was reached, from an explanation that ends at it."""
    if explanation is None:
        return None
    return ReachedOut(
        base_fen=explanation["base_fen"],
        contributions=[shape_contribution(one) for one in explanation["contributions"]],
        groups=[GroupOut(**one) for one in subtotals(explanation["contributions"])],
    )


def shape_reasoned(explanation: dict[str, Any]) -> ReasonedOut | None:
    """What several methods said together; None where the model stood alone."""
    stored = explanation.get("indications")
    if stored is None:
        return None
    items = [IndicationOut(**{name: one[name] for name in IndicationOut.model_fields}) for one in stored["items"]]
    return ReasonedOut(
        **{name: stored[name] for name in ("held", "price_fen", "low_fen", "high_fen", "level_bp")},
        items=items,
        reached=shape_reached(reconciled(explanation)),
        sentences_zh=[one["zh"] for one in stored["sentences"]],
        sentences_en=[one["en"] for one in stored["sentences"]],
    )


def shape_comparable(one: dict[str, Any]) -> ComparableOut:
    """A past transaction on the wire, from what was kept of it."""
    labels = GENERATED if one["generated"] else (None, None)
    return ComparableOut(
        **{"likeness_from": FACTS, **one, "dealt_on": date.fromisoformat(one["dealt_on"])},
        generated_label_zh=labels[0],
        generated_label_en=labels[1],
    )
