"""Scoring a result by GB/T 42748: scores with evidence, weighed by a stated version of weights, kept as they were given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.http.auth import Actor
from kernel.ids import ScorecardId, WeightSetId, new_id
from parties.roles import Role
from valuation.appraisal import queries
from valuation.appraisal.indicators import Dimension, Scene, tree
from valuation.appraisal.objects import Appraised
from valuation.appraisal.scoring import Score, Scored, scored
from valuation.appraisal.tables import Scorecard
from valuation.appraisal.weighing import WeightSet

ASSESSORS = (Role.APPRAISER, Role.TECHNOLOGY_MANAGER, Role.TRANSFER_OFFICE, Role.COMPLETER)


def score(
    session: Session,
    *,
    appraised: Appraised,
    scene: Scene,
    weight_set_id: WeightSetId | None,
    scores: Sequence[Score],
    actor: Actor,
    now: datetime,
) -> Scorecard:
    """Keep a scorecard. Without a weight set the newest of the actor's own unit is used, or else the labelled example.

    Raises NotFound, SceneDiffers, MissingRole, or what `scored` raises.
    """
    actor.must_have(*ASSESSORS)
    weights, own_id = queries.weights_for(session, actor, scene, weight_set_id)
    outcome = scored(weights, scores)
    made = _row(appraised, weights, own_id, scores, outcome, actor, now)
    session.add(made)
    session.flush()
    after = {"scene": scene.value, "weights": weights.version, "total": made.total}
    record(session, actor=actor, action="scorecard.record", kind="scorecard", object_id=made.id, after=after, now=now)
    return made


def _row(
    appraised: Appraised,
    weights: WeightSet,
    own_id: WeightSetId | None,
    scores: Sequence[Score],
    outcome: Scored,
    actor: Actor,
    now: datetime,
) -> Scorecard:
    values = {dimension: _hundredths(one.score) for dimension, one in outcome.dimensions.items()}
    return Scorecard(
        id=ScorecardId(new_id()),
        result_id=appraised.result_id,
        owner_id=appraised.owner_id,
        recorded_for=actor.organisation(),
        recorded_by=actor.person_id,
        scene=weights.scene,
        standard_version=tree().version,
        weight_set_id=own_id,
        weight_set_version=weights.version,
        weights=weights.to_json(),
        scores=[one.to_json() for one in scores],
        legal=values[Dimension.LEGAL],
        technical=values[Dimension.TECHNICAL],
        economic=values[Dimension.ECONOMIC],
        total=_hundredths(outcome.total),
        missing=list(outcome.missing),
        statement=[one.to_json() for one in outcome.sentences],
        recorded_at=now,
    )


def _hundredths(number: Decimal | None) -> int | None:
    return None if number is None else int(number * 100)
