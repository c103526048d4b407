"""Which model, policy and day a bulk valuation uses: those that serve now, or those that a killed run began with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.errors import Refused
from valuation import shelf
from valuation.bulk.estimating import Recipe
from valuation.bulk.work import Job
from valuation.policy import policy_on
from valuation.tables import ModelRun


class NothingServes(Refused):
    """No model has been trained yet; there is nothing to value with."""

    zh = "尚无可用的模型，无法估价。"


def recipe(session: Session, now: datetime, *, begun: Job | None = None) -> Recipe:
    """What the rows are valued with. A job that was begun keeps its model and its day, so that its parts fit together.

    Raises NothingServes.
    """
    if begun is not None and (found := _as_begun(session, begun)) is not None:
        return found
    served = shelf.serving(session)
    if served is None:
        raise NothingServes
    return _of(session, served[0], local_date(now))


def _as_begun(session: Session, begun: Job) -> Recipe | None:
    runs = select(ModelRun).where(ModelRun.artefact_sha256 == begun.model_sha256).order_by(ModelRun.id).limit(1)
    run = session.execute(runs).scalar_one_or_none()
    if run is None:
        return None
    found = _of(session, run, date.fromisoformat(begun.today))
    return found if found.policy.version == begun.policy else None


def _of(session: Session, run: ModelRun, today: date) -> Recipe:
    return Recipe(run.model_id, bytes(run.artefact), run.artefact_sha256, policy_on(session, today), today)
