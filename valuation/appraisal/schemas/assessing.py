"""Weights and scorecards by GB/T 42748 on the wire."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from kernel.http.fields import Canonical, Code, IntBetween, Line, Name, ShortText, Wire
from kernel.ids import OrganisationId, ResultId, ScorecardId, WeightSetId
from valuation.appraisal.indicators import Dimension, Indicator, Scene
from valuation.appraisal.saying import Said
from valuation.appraisal.scoring import SCORE_MAX, Score, ScoredTwice
from valuation.appraisal.tables import Scorecard, WeightRow
from valuation.appraisal.weighing import EXTENSIONS_MAX, WHOLE_BP, WeightSet

SCORES_MAX = 60
Share = Annotated[int, IntBetween(0, WHOLE_BP)]
IndicatorCode = Annotated[
    str, Code("indicator", r"^[a-z][a-z0-9_.]{0,79}$", "应为指标代码。", "The code of an indicator.", 1, 80)
]
ExtensionCode = Annotated[
    str, Code("extension", r"^x\.[a-z0-9_]{1,60}$", "扩展指标代码以 x. 开头。", "An extension's code begins with x.", 3, 62)
]  # fmt: skip
Evidence = Annotated[str, Line(1_000)]


class SharesIn(Wire):
    """α, β and γ in basis points; they sum to 10000."""

    legal: Share
    technical: Share
    economic: Share


class WeightIn(Wire):
    """How much an indicator counts within its first-level value, in basis points; each value's sum to 10000."""

    indicator: IndicatorCode
    weight_bp: Share


class ExtensionIn(Wire):
    """An indicator of the unit's own, under a first-level value (the standard allows extensions)."""

    code: ExtensionCode
    dimension: Dimension
    zh: Name
    en: Name


class WeightSetIn(Wire):
    """A unit's weights for a scene, and the document that lays them down. There are no national weights."""

    scene: Scene
    shares_bp: SharesIn
    indicators_bp: Annotated[list[WeightIn], Field(min_length=1, max_length=SCORES_MAX)]
    extensions: Annotated[tuple[ExtensionIn, ...], Field(max_length=EXTENSIONS_MAX)] = ()
    source: ShortText

    def weights(self) -> WeightSet:
        """As the rules take it. Raises ScoredTwice for an indicator or extension named twice."""
        indicators = {one.indicator: one.weight_bp for one in self.indicators_bp}
        extensions = {
            one.code: Indicator(one.code, Said(one.zh, one.en), one.dimension, None) for one in self.extensions
        }
        if len(indicators) < len(self.indicators_bp) or len(extensions) < len(self.extensions):
            raise ScoredTwice("/indicators_bp")
        shares = {dimension: getattr(self.shares_bp, dimension.value) for dimension in Dimension}
        return WeightSet(self.scene, "", shares, indicators, extensions, self.source, None)


class WeightSetOut(Wire):
    """Weights of a scene: a unit's own, in a version, or the labelled example, with its warning and without an id."""

    id: WeightSetId | None
    organisation_id: OrganisationId | None
    scene: Scene
    version: str
    weights: dict[str, Any]
    source: str
    warning_zh: str | None
    warning_en: str | None


class ScoreIn(Wire):
    """A score from 0 to 100 with its evidence; without an assessor it is the one who records it."""

    indicator: IndicatorCode
    score: Annotated[int, IntBetween(0, SCORE_MAX)]
    evidence: Evidence
    assessor: Name | None = None


class ScorecardIn(Wire):
    """A scorecard; without a weight set the newest of one's own unit is used, or else the labelled example."""

    scene: Scene
    weight_set_id: Canonical[WeightSetId] | None = None
    scores: Annotated[list[ScoreIn], Field(min_length=1, max_length=SCORES_MAX)]

    def given(self, assessor: str) -> list[Score]:
        """As the rules take them."""
        return [Score(one.indicator, one.score, one.evidence, one.assessor or assessor) for one in self.scores]


class ScorecardOut(Wire):
    """A scorecard: the three values and the total in points (two decimals as text), open where scores are missing."""

    id: ScorecardId
    result_id: ResultId
    recorded_for: OrganisationId
    scene: Scene
    standard_version: str
    weight_set_id: WeightSetId | None
    weight_set_version: str
    weights: dict[str, Any]
    scores: list[dict[str, Any]]
    legal: str | None
    technical: str | None
    economic: str | None
    total: str | None
    missing: list[str]
    statement: list[dict[str, str]]
    recorded_at: datetime


def own_weights_out(row: WeightRow) -> WeightSetOut:
    """A unit's weights on the wire."""
    return WeightSetOut(
        id=row.id,
        organisation_id=row.organisation_id,
        scene=row.scene,
        version=str(row.version),
        weights=row.weights,
        source=row.source,
        warning_zh=None,
        warning_en=None,
    )


def example_out(weights: WeightSet) -> WeightSetOut:
    """A labelled example on the wire."""
    return WeightSetOut(
        id=None,
        organisation_id=None,
        scene=weights.scene,
        version=weights.version,
        weights=weights.to_json(),
        source=weights.source,
        warning_zh=weights.warning.zh if weights.warning else None,
        warning_en=weights.warning.en if weights.warning else None,
    )


def scorecard_out(card: Scorecard) -> ScorecardOut:
    """A scorecard on the wire."""
    points = {name: _points(getattr(card, name)) for name in ("legal", "technical", "economic", "total")}
    same = {name: getattr(card, name) for name in ScorecardOut.model_fields if name not in points}
    return ScorecardOut(**same, **points)


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else str(Decimal(hundredths).scaleb(-2))
