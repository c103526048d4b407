"""Scorecards and stated indications come to a result: by its owner's people, or by those whom the owner engaged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId, WeightSetId
from market.results.access import worked_on_by
from market.results.tables import Result
from valuation.appraisal.commands import indicating, pooling, scoring
from valuation.appraisal.indicators import Scene
from valuation.appraisal.objects import Appraised
from valuation.appraisal.practice import Practice
from valuation.appraisal.scoring import Score
from valuation.appraisal.sheets import Sheet
from valuation.appraisal.tables import IndicationRow, PoolingReview, Scorecard
from valuation.indications import Way


def score(
    session: Session,
    *,
    result_id: ResultId,
    scene: Scene,
    weight_set_id: WeightSetId | None,
    scores: Sequence[Score],
    actor: Actor,
    now: datetime,
) -> Scorecard:
    """Keep a scorecard of a result. Raises NotFound, and what valuation refuses."""
    return scoring.score(
        session,
        appraised=_appraised(session, actor, result_id),
        scene=scene,
        weight_set_id=weight_set_id,
        scores=scores,
        actor=actor,
        now=now,
    )


def indicate(
    session: Session,
    *,
    result_id: ResultId,
    sheet: Sheet,
    entry: dict[str, Any],
    base_date: date,
    practice: Practice,
    actor: Actor,
    now: datetime,
) -> IndicationRow:
    """Keep an indication by cost or income, which the next valuation pools. Raises NotFound, and what valuation refuses."""
    return indicating.indicate(
        session,
        appraised=_appraised(session, actor, result_id),
        sheet=sheet,
        entry=entry,
        base_date=base_date,
        practice=practice,
        actor=actor,
        now=now,
    )


def review_pool(
    session: Session,
    *,
    result_id: ResultId,
    left_out: Collection[Way],
    reason: str,
    actor: Actor,
    now: datetime,
) -> PoolingReview:
    """Say why ranges that do not meet may be pooled. Raises NotFound, and what valuation refuses."""
    appraised = _appraised(session, actor, result_id)
    return pooling.review_pool(session, appraised=appraised, left_out=left_out, reason=reason, actor=actor, now=now)


def _appraised(session: Session, actor: Actor, result_id: ResultId) -> Appraised:
    result = fetch(session, worked_on_by(actor), Result, result_id)
    return Appraised(result.id, result.owner_id)
