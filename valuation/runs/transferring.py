"""Taking a run out of the database as files, and a run from files into it; what serves stays until all is proved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.ids import ModelRunId, new_id
from valuation import shelf
from valuation.registry import CorruptedModel
from valuation.runs import files, queries
from valuation.runs.files import Kept, RefusedFiles
from valuation.runs.proving import prove
from valuation.tables import ModelPromotion, ModelRun

IMPORTED: Final = "imported"
KEPT_ASIDE: Final = "imported-not-serving"


def export_run(session: Session, asked: str, folder: Path) -> ModelRun:
    """Write a run to a new folder. Raises NotFound, and RefusedFiles where the stored artefact is corrupted."""
    run = queries.run_named(session, asked)
    plain = {name: getattr(run, name) for name in ("model_id", "data_hash", "artefact_sha256", "manifest")}
    files.write(folder, {**plain, "id": str(run.id), "trained_at": run.trained_at.isoformat()}, run.artefact)
    return run


def verified(folder: Path) -> Kept:
    """A run from a folder, whole and proved in a process of its own; nothing is stored. Raises RefusedFiles."""
    kept = files.read(folder)
    _plain_fields(kept.run)
    try:
        prove(kept.artefact, kept.sha256)
    except CorruptedModel as corrupted:
        raise RefusedFiles(corrupted.why, "模型无法加载，或验证预测不一致", files.ARTEFACT) from None
    return kept


def import_run(session: Session, folder: Path, *, serve: bool, now: datetime) -> tuple[ModelRun, bool]:
    """(run, serves now) of a folder that was verified first. With `serve` it serves from now on, on the importer's word; else
    only where nothing serves yet, because a run is measured against the one before it in training only.

    Raises RefusedFiles: damaged or swapped files, a run that differs from the one kept under its name, and with `serve` a run
    older than the one that serves. Importing what is there already changes nothing.
    """
    kept = verified(folder)
    fields = _plain_fields(kept.run)
    known = _known(session, kept, fields)
    champion = shelf.serving(session)
    if champion is not None and champion[0].id == fields["id"]:
        return champion[0], True
    if serve and champion is not None and fields["trained_at"] < champion[0].trained_at:
        raise RefusedFiles(
            f"older than the run that serves ({champion[0].model_id}); it may be kept, but not served",
            f"早于当前使用的模型（{champion[0].model_id}），可以保存但不得启用",
            files.MANIFEST,
        )
    run, promoted = known or _stored(session, kept, fields), serve or champion is None
    if known is None or promoted:
        why = IMPORTED if promoted else KEPT_ASIDE
        facts = {"artefact_sha256": kept.sha256} | ({"champion": champion[0].model_id} if champion else {})
        session.add(ModelPromotion(id=new_id(), run_id=run.id, promoted=promoted, why=why, facts=facts, decided_at=now))
        session.flush()
        after = {"model_id": run.model_id, "sha256": kept.sha256, "serves": promoted}
        record(
            session, actor=None, action="valuation.import-run", kind="model_run", object_id=run.id, after=after, now=now
        )
    return run, promoted


def _stored(session: Session, kept: Kept, fields: Mapping[str, Any]) -> ModelRun:
    run = ModelRun(artefact=kept.artefact, **fields)
    session.add(run)
    session.flush()
    return run


def _known(session: Session, kept: Kept, fields: Mapping[str, Any]) -> ModelRun | None:
    """The run that is kept under this id or name, if it is this very run. Raises RefusedFiles for another one."""
    rows = select(ModelRun).where(or_(ModelRun.id == fields["id"], ModelRun.model_id == fields["model_id"]))
    for found in session.execute(rows).scalars():
        same = all(getattr(found, name) == fields[name] for name in ("id", "model_id", "data_hash", "artefact_sha256"))
        if not same or found.manifest != fields["manifest"]:
            raise RefusedFiles(
                f"another run is kept here under the name {found.model_id}",
                f"本系统已存有同名的另一次训练（{found.model_id}）",
                files.MANIFEST,
            )
        return found
    return None


def _plain_fields(run: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the row, checked. Raises RefusedFiles."""
    try:
        trained_at = datetime.fromisoformat(run["trained_at"])
        fields: dict[str, Any] = {
            "id": ModelRunId(UUID(run["id"])),
            "model_id": str(run["model_id"]),
            "data_hash": str(run["data_hash"]),
            "artefact_sha256": str(run["artefact_sha256"]),
            "manifest": dict(run["manifest"]),
            "trained_at": trained_at,
        }
    except (ValueError, TypeError, AttributeError):
        raise RefusedFiles("not complete", "清单不完整", files.MANIFEST) from None
    if trained_at.tzinfo is None or not fields["model_id"].endswith(f"/{fields['artefact_sha256'][:8]}"):
        raise RefusedFiles("the name of the run is not that of its artefact", "模型编号与模型文件不符", files.MANIFEST)
    return fields
