"""The model that serves: the run promoted last that is whole; a corrupted one is passed over and the one before it stays."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import ModelRunId
from valuation.estimates import Models
from valuation.registry import CorruptedModel, unpack
from valuation.tables import ModelPromotion, ModelRun

RUNS_TRIED_MAX: Final = 5
KEPT_LOADED_MAX: Final = 3

log = structlog.get_logger("market.valuation")
_LOADED: dict[ModelRunId, Models] = {}
"""Runs never change: what was loaded once in this process stays good."""


def serving(session: Session) -> tuple[ModelRun, Models] | None:
    """The run that was promoted last and is whole, with its models; None while there is none."""
    newest = (
        select(ModelRun)
        .join(ModelPromotion, ModelPromotion.run_id == ModelRun.id)
        .where(ModelPromotion.promoted)
        .order_by(ModelPromotion.decided_at.desc(), ModelPromotion.id.desc())
        .limit(RUNS_TRIED_MAX)
    )
    for run in session.execute(newest).scalars().all():
        try:
            return run, load(run)
        except CorruptedModel as corrupted:
            log.error("valuation.model_corrupted", model_id=run.model_id, why=corrupted.why)
    return None


def load(run: ModelRun) -> Models:
    """The models of a run, read once a process. Raises CorruptedModel."""
    models = _LOADED.get(run.id)
    if models is None:
        models = unpack(run.artefact, run.artefact_sha256)
        while len(_LOADED) >= KEPT_LOADED_MAX:
            _LOADED.pop(next(iter(_LOADED)))
        _LOADED[run.id] = models
    return models


def of_run(session: Session, run_id: ModelRunId) -> Models:
    """The models of one run, whether it serves or not; its artefact is read only the first time. Raises CorruptedModel."""
    return _LOADED.get(run_id) or load(session.get_one(ModelRun, run_id))
