"""What may be asked about model runs: all of them, one of them, and whether it serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, undefer

from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.ids import ModelRunId
from valuation.runs.tables import ModelWatch
from valuation.runs.watching import serving_run
from valuation.tables import ModelPromotion, ModelRun


@dataclass(frozen=True, slots=True)
class Standing:
    """A run with what was decided about it: whether it serves now, the last decision, and the last look at its drift."""

    run: ModelRun
    serves: bool
    decision: ModelPromotion | None
    watch: ModelWatch | None


def all_runs() -> Select[ModelRun]:
    """Every run, without its artefact; for `page_of`, newest first."""
    return select(ModelRun).options(undefer(ModelRun.manifest))


def run_named(session: Session, asked: str) -> ModelRun:
    """A run by its model id (2026-11-21/3f9c…), its id, or `serving`. Raises NotFound."""
    if asked == "serving":
        found = serving_run(session)
        if found is None:
            raise NotFound
        return found
    try:
        return fetch(session, select(ModelRun), ModelRun, ModelRunId(UUID(asked)))
    except ValueError:
        found = session.execute(select(ModelRun).where(ModelRun.model_id == asked)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def run(session: Session, run_id: ModelRunId) -> ModelRun:
    """One run. Raises NotFound."""
    return fetch(session, all_runs(), ModelRun, run_id)


def standing(session: Session, run: ModelRun) -> Standing:
    """What was decided about a run, and what was seen of it."""
    return standings(session, [run])[0]


def standings(session: Session, runs: Sequence[ModelRun]) -> list[Standing]:
    """The same of several runs."""
    served = serving_run(session)
    ids = [one.id for one in runs]
    newest = (
        select(ModelPromotion)
        .ext(distinct_on(ModelPromotion.run_id))
        .where(ModelPromotion.run_id.in_(ids))
        .order_by(ModelPromotion.run_id, ModelPromotion.decided_at.desc(), ModelPromotion.id.desc())
    )
    decisions = {one.run_id: one for one in session.execute(newest).scalars()}
    last = (
        select(ModelWatch)
        .ext(distinct_on(ModelWatch.run_id))
        .where(ModelWatch.run_id.in_(ids))
        .order_by(ModelWatch.run_id, ModelWatch.day.desc())
    )
    looks = {one.run_id: one for one in session.execute(last).scalars()}
    return [
        Standing(one, served is not None and served.id == one.id, decisions.get(one.id), looks.get(one.id))
        for one in runs
    ]
