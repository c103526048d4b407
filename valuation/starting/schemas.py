"""How guidance on a start price looks on the wire: whole fen, shares in basis points."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kernel.http.fields import BasisPoints, Flag, Wire
from kernel.money import FEN_MAX
from valuation.starting.guidance import Abstention, Amount, Guidance, Point, Span
from valuation.starting.sentences import statement
from valuation.words import GENERATED, LABEL

Text = Annotated[str, Field(max_length=1000)]
PositiveFen = Annotated[int, Field(strict=True, ge=1, le=FEN_MAX)]
Number = Annotated[int, Field(strict=True, ge=0, le=10**9)]


class SpanOut(Wire):
    """A share with its range."""

    value_bp: BasisPoints
    low_bp: BasisPoints
    high_bp: BasisPoints


class AmountOut(Wire):
    """An amount with its range."""

    value_fen: PositiveFen
    low_fen: PositiveFen
    high_fen: PositiveFen


class PointOut(Wire):
    """One start price: how likely a sale is, what a sale brings, and what the start brings with unsold lots at nought."""

    start_fen: PositiveFen
    ratio_bp: Number
    chance: SpanOut
    final: AmountOut
    proceeds: AmountOut


class RecommendedOut(Wire):
    """From which start to which; an open end is only the end of what was ever tried."""

    low_fen: PositiveFen
    high_fen: PositiveFen
    best_fen: PositiveFen
    open_below: Flag
    open_above: Flag


class LotsOut(Wire):
    """How many past lots there are, and how many are wanted."""

    lots: Number
    sold: Number
    unsold: Number
    below_reserve: Number
    without_reference: Number
    sessions: Number
    lots_needed: Number
    unsold_needed: Number
    sold_needed: Number
    policy: Text
    policy_source: Text


class SentencesOut(Wire):
    """The answer in sentences, the same in both languages."""

    zh: list[Text]
    en: list[Text]


class StartPriceOut(Wire):
    """Guidance on a start price, or an ordinary "not enough lots" with their numbers; never an appraisal report."""

    valuation_id: UUID
    label_zh: Text
    label_en: Text
    rests_on_generated: Flag
    generated_label_zh: Text | None
    generated_label_en: Text | None
    reason: Abstention | None
    reference_fen: PositiveFen | None
    level_bp: BasisPoints
    evidence: LotsOut
    points: list[PointOut]
    recommended: RecommendedOut | None
    statement: SentencesOut


def shape(valuation_id: UUID, found: Guidance, *, generated: bool) -> StartPriceOut:
    """Guidance on the wire. `generated`: the reference price rests on generated deals."""
    labels = GENERATED if generated else (None, None)
    best = found.recommended
    return StartPriceOut(
        valuation_id=valuation_id,
        label_zh=LABEL[0],
        label_en=LABEL[1],
        rests_on_generated=generated,
        generated_label_zh=labels[0],
        generated_label_en=labels[1],
        reason=found.reason,
        reference_fen=found.reference.fen if found.reference else None,
        level_bp=found.policy.level_bp,
        evidence=_lots(found),
        points=[_point(one) for one in found.points],
        recommended=None
        if best is None
        else RecommendedOut(
            low_fen=best.low.fen,
            high_fen=best.high.fen,
            best_fen=best.best.fen,
            open_below=best.open_below,
            open_above=best.open_above,
        ),
        statement=SentencesOut(**statement(found)),
    )


def _lots(found: Guidance) -> LotsOut:
    counted, policy = found.counted, found.policy
    return LotsOut(
        lots=counted.lots,
        sold=counted.sold,
        unsold=counted.unsold,
        below_reserve=counted.below_reserve,
        without_reference=counted.without_reference,
        sessions=counted.sessions,
        lots_needed=policy.lots_min,
        unsold_needed=policy.unsold_min,
        sold_needed=policy.sold_min,
        policy=policy.version,
        policy_source=policy.source,
    )


def _point(one: Point) -> PointOut:
    return PointOut(
        start_fen=one.start.fen,
        ratio_bp=one.ratio_bp,
        chance=_span(one.chance),
        final=_amount(one.final),
        proceeds=_amount(one.proceeds),
    )


def _span(one: Span) -> SpanOut:
    return SpanOut(value_bp=one.value_bp, low_bp=one.low_bp, high_bp=one.high_bp)


def _amount(one: Amount) -> AmountOut:
    fen: dict[str, Any] = {f"{name}_fen": getattr(one, name).fen for name in ("value", "low", "high")}
    return AmountOut(**fen)
