"""Scorecards and indications of a result over HTTP: for the owner's people, and for those whom the owner engaged."""

from __future__ import annotations

from kernel.db.locking import fetch
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ResultId
from kernel.paging import Page, PageQuery, page_of
from market.results.access import worked_on_by
from market.results.commands import appraising
from market.results.tables import Result
from valuation.appraisal import errors, impossible, practice, queries
from valuation.appraisal.schemas.assessing import ScorecardIn, ScorecardOut, scorecard_out
from valuation.appraisal.schemas.indications import (
    IndicationIn,
    IndicationOut,
    PoolingReviewIn,
    PoolingReviewOut,
    indication_out,
    pooling_review_out,
)
from valuation.appraisal.scoring import NotWeighed
from valuation.appraisal.tables import IndicationRow, PoolingReview, Scorecard
from valuation.appraisal.weighing import IndicatorUnknown

router = Router(prefix="/v1/results", tags=["results"])


@router.post(
    "/{result_id}/scorecards",
    status_code=201,
    operation_id="score_result",
    responses=problems(errors.SceneDiffers, NotWeighed, IndicatorUnknown),
)
def score(result_id: ResultId, body: ScorecardIn, db: Db, actor: CurrentActor, now: Now) -> ScorecardOut:
    """Score a result by GB/T 42748-2023 for a scene, with evidence. Scores are features of a model at most, not the price."""
    made = appraising.score(
        db,
        result_id=result_id,
        scene=body.scene,
        weight_set_id=body.weight_set_id,
        scores=body.given(actor.name or str(actor.person_id)),
        actor=actor,
        now=now,
    )
    return scorecard_out(made)


@router.get("/{result_id}/scorecards", operation_id="list_scorecards")
def scorecards(result_id: ResultId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[ScorecardOut]:
    """The scorecards of a result, newest first."""
    result = fetch(db, worked_on_by(actor), Result, result_id)
    return page_of(db, queries.scorecards_of(result.id), Scorecard.id, asked, scorecard_out)


@router.post(
    "/{result_id}/indications",
    status_code=201,
    operation_id="indicate_value",
    responses=problems(impossible.SourceMissing, impossible.NoPositiveValue, errors.BaseDateTooOld),
)
def indicate(result_id: ResultId, body: IndicationIn, db: Db, actor: CurrentActor, now: Now) -> IndicationOut:
    """State the inputs of the cost or income method; the next valuation of the result pools the range they give."""
    configured = practice.shipped()
    given = body.body()
    sheet = body.sheet(configured)
    with body.fields_under():
        made = appraising.indicate(
            db,
            result_id=result_id,
            sheet=sheet,
            entry=given.model_dump(mode="json"),
            base_date=given.base_date,
            practice=configured,
            actor=actor,
            now=now,
        )
    return indication_out(made)


@router.post(
    "/{result_id}/pooling-reviews",
    status_code=201,
    operation_id="review_pooling",
    responses=problems(errors.NothingToReview, errors.OwnIndication, errors.NothingLeftToPool),
)
def review_pool(result_id: ResultId, body: PoolingReviewIn, db: Db, actor: CurrentActor, now: Now) -> PoolingReviewOut:
    """Review why the methods' ranges do not meet, and which are left out; the next valuation pools them accordingly."""
    made = appraising.review_pool(
        db, result_id=result_id, left_out=body.left_out, reason=body.reason, actor=actor, now=now
    )
    return pooling_review_out(made)


@router.get("/{result_id}/pooling-reviews", operation_id="list_pooling_reviews")
def pooling_reviews(result_id: ResultId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[PoolingReviewOut]:
    """The reviews of how a result's indications are pooled, newest first."""
    result = fetch(db, worked_on_by(actor), Result, result_id)
    return page_of(db, queries.pooling_reviews_of(result.id), PoolingReview.id, asked, pooling_review_out)


@router.get("/{result_id}/indications", operation_id="list_indications")
def indications(result_id: ResultId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[IndicationOut]:
    """The stated indications of a result, newest first."""
    result = fetch(db, worked_on_by(actor), Result, result_id)
    return page_of(db, queries.indications_on(result.id), IndicationRow.id, asked, indication_out)
