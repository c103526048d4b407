"""A scorecard by GB/T 42748-2023: scores from 0 to 100 with their evidence, weighed, and what is missing said aloud.

PV = α·LV + β·TV + γ·EV. A score is at most a feature of a model; it is not the price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from kernel.errors import Malformed
from valuation.appraisal.indicators import Dimension, tree
from valuation.appraisal.saying import Said
from valuation.appraisal.weighing import WHOLE_BP, IndicatorUnknown, WeightSet, by_dimension, names_of

SCORE_MAX: Final = 100
NOT_A_PRICE: Final = Said(
    "指标得分仅可作为模型特征，不是价格。", "Scores are at most features of a model, not a price."
)


@dataclass(eq=False)
class ScoredTwice(Malformed):
    """An indicator is scored once."""

    zh = "同一指标只能评分一次。"
    field: str


@dataclass(eq=False)
class ScoreOutOfRange(Malformed):
    """A score is a whole number from 0 to 100."""

    zh = "得分应为 0 至 100 的整数。"
    field: str


@dataclass(eq=False)
class EvidenceMissing(Malformed):
    """A score has its evidence and its assessor."""

    zh = "每项得分须附依据和评分人。"
    field: str


@dataclass(eq=False)
class NotWeighed(Malformed):
    """This indicator does not count in the weight set, so that its score would be lost in silence."""

    zh = "该指标不在所选权重集内，其得分不会计入。"
    field: str


@dataclass(frozen=True, slots=True)
class Score:
    """What somebody gives an indicator, on what evidence."""

    indicator: str
    score: int
    evidence: str
    assessor: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "indicator": self.indicator,
            "score": self.score,
            "evidence": self.evidence,
            "assessor": self.assessor,
        }


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A first-level value: its score over what was scored (None where nothing was), how much of the weight that is, the rest."""

    score: Decimal | None
    coverage_bp: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """The outcome: the three values, PV where all that count could be scored, and sentences about it."""

    dimensions: Mapping[Dimension, DimensionScore]
    total: Decimal | None
    sentences: tuple[Said, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Every indicator that counts and was not scored."""
        return tuple(code for one in self.dimensions.values() for code in one.missing)


def scored(weights: WeightSet, scores: Sequence[Score]) -> Scored:
    """Weigh scores. Where indicators are missing, the weights of the others in the same first-level value are scaled up.

    A first-level value without any score, but with a share, leaves PV open: nothing is put in its place. Raises
    IndicatorUnknown, NotWeighed, ScoredTwice, ScoreOutOfRange or EvidenceMissing.
    """
    _check(weights, scores)
    given = {one.indicator: one.score for one in scores}
    values = {
        dimension: _dimension(codes, weights.indicators, given) for dimension, codes in by_dimension(weights).items()
    }
    total = _total(weights, values)
    return Scored(values, total, tuple(_sentences(weights, values, total)))


def _check(weights: WeightSet, scores: Sequence[Score]) -> None:
    seen = set()
    for place, one in enumerate(scores):
        if weights.known(one.indicator) is None:
            raise IndicatorUnknown(f"/scores/{place}/indicator")
        if not weights.indicators.get(one.indicator):
            raise NotWeighed(f"/scores/{place}/indicator")
        if one.indicator in seen:
            raise ScoredTwice(f"/scores/{place}/indicator")
        if type(one.score) is not int or not 0 <= one.score <= SCORE_MAX:
            raise ScoreOutOfRange(f"/scores/{place}/score")
        if not one.evidence.strip() or not one.assessor.strip():
            raise EvidenceMissing(f"/scores/{place}/evidence")
        seen.add(one.indicator)


def _dimension(codes: Sequence[str], weights: Mapping[str, int], given: Mapping[str, int]) -> DimensionScore:
    counting = [code for code in codes if weights[code]]
    there = [code for code in counting if code in given]
    missing = tuple(code for code in counting if code not in given)
    held = sum(weights[code] for code in there)
    if not held:
        return DimensionScore(None, 0, missing)
    total = sum(weights[code] * given[code] for code in there)
    return DimensionScore(_hundredths(Decimal(total) / held), held, missing)


def _total(weights: WeightSet, values: Mapping[Dimension, DimensionScore]) -> Decimal | None:
    parts = []
    for dimension, share in weights.shares.items():
        score = values[dimension].score
        if share and score is None:
            return None
        parts.append(share * (score or Decimal(0)))
    return _hundredths(Decimal(sum(parts)) / WHOLE_BP)


def _hundredths(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _sentences(weights: WeightSet, values: Mapping[Dimension, DimensionScore], total: Decimal | None) -> list[Said]:
    said = []
    if weights.warning is not None:
        said.append(weights.warning)
    for dimension, one in values.items():
        if one.missing and weights.shares.get(dimension):
            said.append(_missing(weights, dimension, one))
    if total is None:
        said.append(
            Said("有一级指标完全未评分，不给出综合得分。", "A first-level value has no score at all: no total is given.")
        )  # fmt: skip
    said.append(tree().notes["score"])
    said.append(NOT_A_PRICE)
    return said


def _missing(weights: WeightSet, dimension: Dimension, one: DimensionScore) -> Said:
    name, names = tree().dimensions[dimension], names_of(weights, one.missing)
    if one.score is None:
        return Said(f"{name.zh}：未评分。", f"{name.en}: not scored.")
    percent = f"{one.coverage_bp / 100:.0f}"
    return Said(
        f"{name.zh}：缺少{names.zh}；按已评分指标的权重（占{percent}%）归一化。",
        f"{name.en}: without {names.en}; the weights of those scored ({percent} %) are scaled up to the whole.",
    )
