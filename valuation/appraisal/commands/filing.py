"""Receiving the document of a report: its bytes must have the hash that was recorded, and are kept by the house's store."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db.locking import fetch
from kernel.files import FileRef, FileStore
from kernel.http.auth import Actor
from kernel.ids import AppraisalId
from parties.roles import Role
from valuation.appraisal.errors import FileDiffers, FileReceived
from valuation.appraisal.queries import reports_visible_to
from valuation.appraisal.tables import Appraisal, AppraisalFile


def receive_file(
    session: Session,
    *,
    appraisal_id: AppraisalId,
    content: bytes,
    media_type: str,
    store: FileStore,
    actor: Actor,
    now: datetime,
) -> Appraisal:
    """Take in the document of a report, once. For whoever may record reports of it.

    Raises NotFound, MissingRole, FileReceived, FileDiffers, and what the store raises (MediaTypeRefused, FileTooLarge,
    NotWhatItClaims, StorageFull).
    """
    actor.must_have(Role.APPRAISER, Role.TRANSFER_OFFICE)
    report = fetch(session, reports_visible_to(actor), Appraisal, appraisal_id)
    if report.file is not None:
        raise FileReceived
    if hashlib.sha256(content).hexdigest() != report.file_sha256:
        raise FileDiffers
    kept = store.put(content, media_type=media_type)
    session.add(_row(report, kept, actor, now))
    session.flush()
    session.refresh(report)
    after = {"sha256": kept.sha256, "size": kept.size}
    record(session, actor=actor, action="appraisal.file", kind="appraisal", object_id=report.id, after=after, now=now)
    return report


def read_file(
    session: Session, *, appraisal_id: AppraisalId, store: FileStore, actor: Actor, now: datetime
) -> tuple[Appraisal, bytes]:
    """The document of a report, compared with its hash; the reading is audited. Raises NotFound, FileMissing, FileDamaged."""
    report = fetch(session, reports_visible_to(actor), Appraisal, appraisal_id)
    content = store.read(report.file.sha256 if report.file else "")
    record(session, actor=actor, action="appraisal.read_file", kind="appraisal", object_id=report.id, now=now)
    return report, content


def _row(report: Appraisal, kept: FileRef, actor: Actor, now: datetime) -> AppraisalFile:
    return AppraisalFile(
        appraisal_id=report.id,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        received_by=actor.person_id,
        received_at=now,
    )
