"""What may be asked about reports, weights, scorecards, working papers and indications; the only ways to one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId, WeightSetId
from valuation.appraisal.errors import SceneDiffers
from valuation.appraisal.indicators import Scene
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose, latest_day
from valuation.appraisal.saying import Said
from valuation.appraisal.tables import Appraisal, IndicationRow, PoolingReview, Scorecard, WeightRow, WorkingPaper
from valuation.appraisal.weighing import WeightSet, examples
from valuation.grading import Grade
from valuation.indications import Indication, Way
from valuation.pooling_policy import pooling_policy_on


def reports_visible_to(actor: Actor) -> Select[Appraisal]:
    """Reports on one's own results, and those that one's agency recorded."""
    return select(Appraisal).where(
        or_(Appraisal.owner_id == actor.organisation_id, Appraisal.recorded_for == actor.organisation_id)
    )


def papers_of(actor: Actor) -> Select[WorkingPaper]:
    """The working papers of one's unit. Raises NoOrganisation."""
    return select(WorkingPaper).where(WorkingPaper.organisation_id == actor.organisation())


def weight_sets_of(actor: Actor) -> Select[WeightRow]:
    """The weights that one's unit has laid down, in all versions. Raises NoOrganisation."""
    return select(WeightRow).where(WeightRow.organisation_id == actor.organisation())


def weights_for(
    session: Session, actor: Actor, scene: Scene, weight_set_id: WeightSetId | None
) -> tuple[WeightSet, WeightSetId | None]:
    """The weights named; else the newest of one's unit for the scene; else the labelled example. Raises NotFound, SceneDiffers."""
    own = weight_sets_of(actor)
    if weight_set_id is not None:
        row = fetch(session, own, WeightRow, weight_set_id)
        if row.scene is not scene:
            raise SceneDiffers(row.scene.value, scene.value)
        return as_weights(row), row.id
    newest = own.where(WeightRow.scene == scene).order_by(WeightRow.version.desc()).limit(1)
    found = session.execute(newest).scalar_one_or_none()
    return (examples()[scene], None) if found is None else (as_weights(found), found.id)


def as_weights(row: WeightRow) -> WeightSet:
    """A unit's weights as the rules see them."""
    return WeightSet.from_json(row.weights, scene=row.scene, version=str(row.version), source=row.source)


def scorecards_of(result_id: ResultId) -> Select[Scorecard]:
    """The scorecards of a result that the actor was found, above, to work on; row policies narrow them besides."""
    return select(Scorecard).where(Scorecard.result_id == result_id)


def latest_scorecard(session: Session, result_id: ResultId) -> Scorecard | None:
    """The newest scorecard of a result, for the features of a model."""
    newest = scorecards_of(result_id).order_by(Scorecard.id.desc()).limit(1)
    return session.execute(newest).scalar_one_or_none()


def indications_on(result_id: ResultId) -> Select[IndicationRow]:
    """The stated indications of a result, all of them; row policies narrow them to those whom they concern."""
    return select(IndicationRow).where(IndicationRow.result_id == result_id)


def indications_of(session: Session, result_id: ResultId, *, on: date | None = None) -> list[Indication]:
    """What the next valuation of a result pools beside the market: the newest indication by cost and by income.

    With a day, those are left out whose base date is too old for it, and appraisal reports that are valid on it come in,
    the newest of each purpose, as indications of their own.
    """
    stated, reports = pooled_rows(session, result_id, on=on)
    found = [Indication.from_json(row.indication) for row in stated]
    return found if on is None else [*found, *map(_as_indication, reports)]


def anything_pooled(session: Session, result_id: ResultId) -> bool:
    """There is an indication or a report of the result, of whatever day: most results have none."""
    stated = exists().where(IndicationRow.result_id == result_id)
    reported = exists().where(Appraisal.result_id == result_id)
    return bool(session.execute(select(or_(stated, reported))).scalar_one())


def pooled_rows(
    session: Session, result_id: ResultId, *, on: date | None
) -> tuple[list[IndicationRow], list[Appraisal]]:
    """The newest indication of each method and the newest report of each purpose; with a day, those that hold on it."""
    by_method: dict[Method, IndicationRow] = {}
    for row in session.execute(indications_on(result_id).order_by(IndicationRow.id.desc())).scalars():
        by_method.setdefault(row.method, row)
    stated = list(by_method.values())
    reports = select(Appraisal).where(Appraisal.result_id == result_id)
    if on is not None:
        if stated:
            months = pooling_policy_on(session, on).months_max
            stated = [one for one in stated if latest_day(one.base_date, months) >= on]
        reports = reports.where(Appraisal.base_date <= on, Appraisal.valid_until >= on)
    by_purpose: dict[Purpose, Appraisal] = {}
    for report in session.execute(reports.order_by(Appraisal.id.desc())).scalars():
        by_purpose.setdefault(report.purpose, report)
    return stated, list(by_purpose.values())


def pooling_reviews_of(result_id: ResultId) -> Select[PoolingReview]:
    """The reviews of how a result's indications are pooled; row policies narrow them to those whom they concern."""
    return select(PoolingReview).where(PoolingReview.result_id == result_id)


def standing_pooling_review(session: Session, result_id: ResultId, *, on: date | None) -> PoolingReview | None:
    """The newest review that has seen everything which is pooled now; None where something has come after it."""
    newest = pooling_reviews_of(result_id).order_by(PoolingReview.id.desc()).limit(1)
    found = session.execute(newest).scalar_one_or_none()
    if found is None:
        return None
    stated, reports = pooled_rows(session, result_id, on=on)
    recorded = [one.recorded_at for one in stated] + [one.recorded_at for one in reports]
    return found if all(one <= found.reviewed_at for one in recorded) else None


def _as_indication(row: Appraisal) -> Indication:
    return Indication(
        method=Way.APPRAISAL,
        low=row.value,
        likely=row.value,
        high=row.value,
        grade=Grade.B,
        source=Said(f"评估报告 {row.report_no}（{row.agency}）", f"appraisal report {row.report_no} ({row.agency})"),
        base_date=row.base_date,
    )
