"""What may be asked about reports, weights, scorecards, working papers and indications; the only ways to one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId, WeightSetId
from valuation.appraisal.errors import SceneDiffers
from valuation.appraisal.indicators import Scene
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose, latest_day
from valuation.appraisal.saying import Said
from valuation.appraisal.tables import Appraisal, IndicationRow, Scorecard, WeightRow, WorkingPaper
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
    newest = indications_on(result_id).order_by(IndicationRow.id.desc())
    by_method: dict[Method, IndicationRow] = {}
    for row in session.execute(newest).scalars():
        by_method.setdefault(row.method, row)
    stated = [Indication.from_json(row.indication) for row in by_method.values()]
    if on is None:
        return stated
    months = pooling_policy_on(session, on).months_max
    fresh = [one for one in stated if one.base_date is None or latest_day(one.base_date, months) >= on]
    return [*fresh, *_reported(session, result_id, on)]


def _reported(session: Session, result_id: ResultId, on: date) -> list[Indication]:
    """Reports that carry a price on a day. A report gives one value; pooling widens it to the least spread."""
    valid = select(Appraisal).where(
        Appraisal.result_id == result_id, Appraisal.base_date <= on, Appraisal.valid_until >= on
    )
    newest: dict[Purpose, Appraisal] = {}
    for row in session.execute(valid.order_by(Appraisal.id.desc())).scalars():
        newest.setdefault(row.purpose, row)
    return [_as_indication(row) for row in newest.values()]


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
