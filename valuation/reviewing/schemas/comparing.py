"""Model, human and realised price side by side on the wire: of one valuation, and as a report."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kernel.http.fields import Flag, Wire
from kernel.ids import ContractId, ValuationId
from valuation.reviewing.anchoring import LEVEL, Anchoring, Group
from valuation.reviewing.comparing import Segment, Spread
from valuation.reviewing.queries import Anchor, Report
from valuation.reviewing.schemas.judging import HumanDecisionOut, ReviewOut
from valuation.reviewing.schemas.third_parties import ThirdPartyReviewOut
from valuation.reviewing.tables import RealisedPrice
from valuation.tables import Valuation
from valuation.words import LABEL

Ratio = Annotated[float, Field(gt=0, lt=1e300, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class ModelOut(Wire):
    """What the model says; never an appraisal."""

    price_fen: int | None
    low_fen: int | None
    high_fen: int | None
    level_bp: int | None
    label_zh: str
    label_en: str


class RealisedOut(Wire):
    """A settled contract of the result. Ratios are realised ÷ the other; a deal between related parties measures nothing."""

    contract_id: ContractId
    price_fen: int
    arms_length: Flag
    agreed_on: date
    to_model: Ratio | None
    to_human: Ratio | None
    in_range: bool | None


class ComparisonOut(Wire):
    """Model, human and realised price of one valuation. `human` is the review that counts."""

    valuation_id: ValuationId
    superseded_by: UUID | None
    model: ModelOut
    human: ReviewOut | None
    reviews: list[ReviewOut]
    third_parties: list[ThirdPartyReviewOut]
    human_decisions: list[HumanDecisionOut]
    realised: list[RealisedOut]


class SpreadOut(Wire):
    """How many ratios, their median, and the median of |ln ratio|: half of the prices are nearer than that."""

    count: int
    median_ratio: Ratio
    median_abs_log: Number


class SegmentOut(Wire):
    """One kind and trade, or all (`kind` null). A hidden segment has too few organisations behind it."""

    kind: str | None
    trade: str | None
    hidden: Flag
    valuations: int | None
    reviewed: int | None
    realised: int | None
    human_to_model: SpreadOut | None
    realised_to_model: SpreadOut | None
    realised_to_human: SpreadOut | None
    ranged: int | None
    in_range: int | None


class GroupOut(Wire):
    """The shown or the blind. `median_distance` is the median |ln human ÷ model|; see `valuation.reviewing.anchoring`."""

    pairs: int
    reviewers: int
    median_distance: Number | None
    slope: Number | None
    weight: Number | None


class AnchoringOut(Wire):
    """How far people are pulled to the model's price by having seen it: 0 not at all, 1 they repeat it.

    `too_few`: fewer than `pairs_min` in a group; `hidden`: too few organisations behind it.
    """

    hidden: Flag
    too_few: Flag
    pairs_min: int
    shown: GroupOut | None
    blind: GroupOut | None
    pull: Number | None
    low: Number | None
    high: Number | None
    level_bp: int


class ReportOut(Wire):
    """The comparison report; the first segment is the whole."""

    scope: Literal["own", "all"]
    units_min: int
    rule: str
    segments: list[SegmentOut]
    anchoring: AnchoringOut


def model_out(found: Valuation) -> ModelOut:
    """The model's figures of a valuation."""
    return ModelOut(
        price_fen=found.price.fen if found.price else None,
        low_fen=found.low.fen if found.low else None,
        high_fen=found.high.fen if found.high else None,
        level_bp=found.level_bp,
        label_zh=LABEL[0],
        label_en=LABEL[1],
    )


def realised_out(row: RealisedPrice, found: Valuation, human: ReviewOut | None) -> RealisedOut:
    """A realised price beside the other two."""
    fen = row.price.fen
    inside = found.low is not None and found.high is not None and found.low <= row.price <= found.high
    return RealisedOut(
        contract_id=row.contract_id,
        price_fen=fen,
        arms_length=row.arms_length,
        agreed_on=row.agreed_on,
        to_model=fen / found.price.fen if found.price else None,
        to_human=fen / human.price_fen if human and human.price_fen else None,
        in_range=inside if found.low is not None else None,
    )


def report_out(made: Report) -> ReportOut:
    """The report on the wire; `market valuation report` prints the same."""
    return ReportOut(
        scope="own" if made.owner_id else "all",
        units_min=made.units_min,
        rule=made.policy.version,
        segments=[_segment(one) for one in made.segments],
        anchoring=_anchoring(made.anchoring, made.policy.anchoring_pairs_min),
    )


def _segment(one: Segment) -> SegmentOut:
    spreads = ("human_to_model", "realised_to_model", "realised_to_human")
    same = {name: getattr(one, name) for name in SegmentOut.model_fields if name not in spreads}
    return SegmentOut(**same, **{name: _spread(getattr(one, name)) for name in spreads})


def _spread(one: Spread | None) -> SpreadOut | None:
    return SpreadOut(**{name: getattr(one, name) for name in Spread.__slots__}) if one else None


def _anchoring(anchor: Anchor, pairs_min: int) -> AnchoringOut:
    found = anchor.measured or Anchoring(_NOBODY, _NOBODY, None, None, None, pairs_min, too_few=True)
    return AnchoringOut(
        hidden=anchor.hidden,
        too_few=found.too_few,
        pairs_min=pairs_min,
        shown=None if anchor.hidden else _group(found.shown),
        blind=None if anchor.hidden else _group(found.blind),
        pull=found.pull,
        low=found.low,
        high=found.high,
        level_bp=round(LEVEL * 10_000),
    )


_NOBODY = Group(0, 0, None, None, None)


def _group(one: Group) -> GroupOut:
    return GroupOut(**{name: getattr(one, name) for name in GroupOut.model_fields})
