"""How a valuation looks on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kernel.http.fields import BasisPoints, Flag, Wire
from kernel.money import FEN_MAX
from valuation.grading import Grade, Reason
from valuation.tables import Valuation
from valuation.words import GENERATED, LABEL

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
    contributions: list[ContributionOut]
    comparables: list[ComparableOut]
    statement: StatementOut


def shape(found: Valuation, model: tuple[str, str] | None) -> ValuationOut:
    """A valuation on the wire. `model`: the id of the run behind it and the hash of its data."""
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
        model_id=model[0] if model else None,
        data_hash=model[1] if model else None,
        evidence=EvidenceOut(**found.evidence),
        base_fen=explanation["base_fen"],
        explanation_withheld=explanation["withheld"],
        contributions=[ContributionOut(**one) for one in explanation["contributions"]],
        comparables=[shape_comparable(one) for one in found.comparables],
        statement=StatementOut(**explanation["statement"]),
    )


def shape_comparable(one: dict[str, Any]) -> ComparableOut:
    """A past transaction on the wire, from what was kept of it."""
    labels = GENERATED if one["generated"] else (None, None)
    return ComparableOut(
        **{**one, "dealt_on": date.fromisoformat(one["dealt_on"])},
        generated_label_zh=labels[0],
        generated_label_en=labels[1],
    )
