"""What every import of a table has in common: its counts, its dry run, its faults, and the record of what it brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.ids import ImportId
from valuation.importing.faults import Fault
from valuation.importing.reporting import Sink
from valuation.tables import ImportBatch

FILE_NAME_LENGTH_MAX: Final = 200
COUNTS: Final = ("rows_read", "rows_stored", "rows_known", "rows_repeated", "rows_rejected")


@dataclass(slots=True)
class FileReport:
    """What became of a file. Every row read is stored, known from before, repeated within the file, or rejected."""

    file: str
    encoding: str = ""
    sha256: str = ""
    dry_run: bool = False
    rows_read: int = 0
    rows_stored: int = 0
    rows_known: int = 0
    rows_repeated: int = 0
    rows_rejected: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self) | {"ignored_columns": list(self.ignored_columns)}

    def reject(self, faults: Sequence[Fault], on_fault: Sink | None) -> None:
        """Count a row that is not stored, and tell each of its faults."""
        self.rows_rejected += 1
        for fault in faults:
            self.faults[fault.code] = self.faults.get(fault.code, 0) + 1
            if on_fault is not None:
                on_fault(fault)


class _DryRun(Exception):
    """Everything was done, and is undone."""


@contextmanager
def undone_if_dry(session: Session, *, dry_run: bool) -> Iterator[None]:
    """The work of an import; a dry run does the same work and takes it back, so that its counts are true."""
    try:
        with session.begin_nested():
            yield
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass


def named(path: Path, file_name: str | None) -> str:
    """The file as its report and its record name it."""
    return (file_name or path.name)[-FILE_NAME_LENGTH_MAX:]


def record_import(session: Session, report: FileReport, import_id: ImportId, *, action: str, now: datetime) -> None:
    """Keep what a file brought, and who could have asked for it: only files that brought something are kept."""
    counts = {name: getattr(report, name) for name in COUNTS}
    batch = {"id": import_id, "file_name": report.file, "sha256": report.sha256, "imported_at": now, **counts}
    session.execute(insert(ImportBatch), [batch])
    after = {"sha256": report.sha256, **counts}
    record(session, actor=None, action=action, kind="import_batch", object_id=import_id, after=after, now=now)
