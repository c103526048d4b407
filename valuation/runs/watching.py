"""The drift watch over the database: questions since training, realised prices, and one remembered look a day."""

from __future__ import annotations

import hashlib
import math
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.events import emit
from kernel.ids import ModelRunId
from kernel.rules import rule
from valuation.drift import Report, Thresholds, watch
from valuation.reviewing.tables import RealisedPrice
from valuation.runs.events import ModelDrifted
from valuation.runs.profiles import Profile
from valuation.runs.tables import ModelWatch
from valuation.shelf import RUNS_TRIED_MAX
from valuation.tables import ModelPromotion, ModelRun, Valuation

RULE: Final = "valuation.drift"
QUESTIONS_MAX: Final = 20_000
REALISED_MAX: Final = 20_000


def thresholds_on(session: Session, day: date) -> Thresholds:
    """The thresholds in force on a day. Raises NoSuchRule, KeyError or ValueError: faults of configuration."""
    found = rule(session, RULE, on=day)
    return Thresholds.from_rule(found.value, version=found.version, source=found.source)


def look(session: Session, run: ModelRun, *, on: date) -> Report | None:
    """What can be seen of a run's drift on a day; None for a run from before references were kept."""
    reference = run.manifest.get("reference")
    if not reference:
        return None
    thresholds = thresholds_on(session, on)
    days = (on - local_date(run.trained_at)).days - thresholds.window_days
    since = run.trained_at + timedelta(max(0, days))
    asked = _questions(session, run.id, since)
    realised = realised_ratios(session, run.id)
    return watch(Profile.from_json(reference), asked, realised, thresholds, sigma=_sigma(run.manifest))


def realised_ratios(session: Session, run_id: ModelRunId) -> list[tuple[float, date]]:
    """(ln realised/estimated, day of the deal) of what the run had estimated on an earlier day, at arm's length only."""
    rows = (
        select(RealisedPrice.price, RealisedPrice.agreed_on, Valuation.price, Valuation.valued_at)
        .join(Valuation, Valuation.id == RealisedPrice.valuation_id)
        .where(Valuation.run_id == run_id, Valuation.price.is_not(None), RealisedPrice.arms_length)
        .order_by(RealisedPrice.agreed_on.desc(), RealisedPrice.contract_id)
        .limit(REALISED_MAX)
    )
    return [
        (math.log(price.fen / estimate.fen), agreed_on)
        for price, agreed_on, estimate, valued_at in session.execute(rows)
        if estimate is not None and local_date(valued_at) < agreed_on
    ]


def watch_once(session: Session, *, now: datetime) -> ModelWatch | None:
    """Take today's look at the serving run, unless it was taken; an alarm is audited and told once a run and day.

    A run without a reference is looked at, too, and nothing is seen: the look need not be tried again that day.
    """
    today = local_date(now)
    run = serving_run(session)
    if run is None or session.get(ModelWatch, (run.id, today)) is not None:
        return None
    report = look(session, run, on=today)
    alarm, seen = (report.alarm, report.to_json()) if report else (False, {})
    row = {"run_id": run.id, "day": today, "alarm": alarm, "report": seen, "watched_at": now}
    made = upsert(ModelWatch).values(row).on_conflict_do_nothing().returning(ModelWatch)
    kept = session.execute(made).scalars().first()
    if kept is not None and report is not None and report.alarm:
        _tell(session, run, report, today, now)
    return kept


def _tell(session: Session, run: ModelRun, report: Report, today: date, now: datetime) -> None:
    alarms = [f"{one.feature}:{alarm.value}" for one in report.inputs for alarm in one.alarms]
    alarms += [f"realised:{alarm.value}" for alarm in report.outputs.alarms]
    after = {"model_id": run.model_id, "day": today, "alarms": alarms}
    record(session, actor=None, action="valuation.drift", kind="model_run", object_id=run.id, after=after, now=now)
    emit(session, ModelDrifted(run_id=run.id, day=today, alarms=tuple(alarms)), now=now)


def serving_run(session: Session) -> ModelRun | None:
    """The run promoted last whose bytes are those that were trained; the model itself is not needed for a look."""
    promoted = (
        select(ModelPromotion.run_id)
        .where(ModelPromotion.promoted)
        .order_by(ModelPromotion.decided_at.desc(), ModelPromotion.id.desc())
        .limit(RUNS_TRIED_MAX)
    )
    for run_id in session.execute(promoted).scalars().all():
        run = session.get_one(ModelRun, run_id)
        if hashlib.sha256(run.artefact).hexdigest() == run.artefact_sha256:
            return run
    return None


def _questions(session: Session, run_id: ModelRunId, since: datetime) -> list[dict[str, Any]]:
    """The facts that were asked about since, one question a result, its newest: asking again and again changes nothing."""
    newest = (
        select(Valuation.subject)
        .ext(distinct_on(Valuation.result_id))
        .where(Valuation.run_id == run_id, Valuation.valued_at >= since)
        .order_by(Valuation.result_id, Valuation.valued_at.desc())
        .limit(QUESTIONS_MAX)
    )
    return list(session.execute(newest).scalars())


def _sigma(manifest: dict[str, Any]) -> float | None:
    """The spread of log errors that the run measured out of time on deals, of the model that has seen real ones only first."""
    measures = manifest.get("measures", {})
    for name in ("real", "helped"):
        found = measures.get(name, {}).get("deal")
        if found and found["log_errors"]["sales"] >= found["sales_min"]:
            return float(found["log_errors"]["sigma"])
    return None
