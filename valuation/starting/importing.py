"""Bringing a list of past lots into the database: in one transaction, and twice the same file changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.ids import ImportId, new_id
from valuation.importing.reporting import Sink
from valuation.importing.sheets import open_any_table
from valuation.starting.commands import record_lots
from valuation.starting.headers import read_lot_header
from valuation.starting.lots import PastLot
from valuation.starting.rows import read_lot
from valuation.tables import ImportBatch

LOTS_PER_INSERT: Final = 500
FILE_NAME_LENGTH_MAX: Final = 200


@dataclass(slots=True)
class LotsReport:
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
    lots_by_outcome: dict[str, int] = field(default_factory=dict)
    lots_with_reference: int = 0
    ignored_columns: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self) | {"ignored_columns": list(self.ignored_columns)}


class _DryRun(Exception):
    """Everything was done, and is undone."""


def import_lots(
    session: Session,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    on_fault: Sink | None = None,
    file_name: str | None = None,
) -> LotsReport:
    """Read a list of lots and store its good rows; the caller's transaction makes it all or nothing.

    A dry run does the same work and takes it back, so that its counts are true. Raises UnreadableTable, and then nothing is
    stored.
    """
    report = LotsReport(file=(file_name or path.name)[-FILE_NAME_LENGTH_MAX:], dry_run=dry_run)
    with suppress(_DryRun), session.begin_nested():
        _store(session, path, report, now, on_fault)
        if dry_run:
            raise _DryRun
    return report


def _store(session: Session, path: Path, report: LotsReport, now: datetime, on_fault: Sink | None) -> None:
    import_id = ImportId(new_id())
    seen: set[str] = set()
    outcomes: Counter[str] = Counter()
    with open_any_table(path, read_lot_header) as table:
        report.encoding, report.sha256, report.ignored_columns = table.encoding, table.sha256, table.layout.ignored
        batch: list[PastLot] = []
        for line, row in table.rows:
            report.rows_read += 1
            found = read_lot(table.layout, row, line=line, today=local_date(now))
            if isinstance(found, list):
                report.rows_rejected += 1
                for fault in found:
                    report.faults[fault.code] = report.faults.get(fault.code, 0) + 1
                    if on_fault is not None:
                        on_fault(fault)
                continue
            if found.source_id in seen:
                report.rows_repeated += 1
                continue
            seen.add(found.source_id)
            outcomes[found.outcome] += 1
            report.lots_with_reference += found.reference is not None
            batch.append(found)
            if len(batch) == LOTS_PER_INSERT:
                report.rows_stored += record_lots(session, lots=batch, import_id=import_id, now=now)
                batch.clear()
        report.rows_stored += record_lots(session, lots=batch, import_id=import_id, now=now)
    report.rows_known = len(seen) - report.rows_stored
    report.lots_by_outcome = {str(outcome): count for outcome, count in sorted(outcomes.items())}
    if report.rows_stored:
        _record(session, report, import_id, now)


def _record(session: Session, report: LotsReport, import_id: ImportId, now: datetime) -> None:
    names = ("rows_read", "rows_stored", "rows_known", "rows_repeated", "rows_rejected")
    counts = {name: getattr(report, name) for name in names}
    batch = {"id": import_id, "file_name": report.file, "sha256": report.sha256, "imported_at": now, **counts}
    session.execute(insert(ImportBatch), [batch])
    after = {"sha256": report.sha256, **counts}
    record(session, actor=None, action="lots.import", kind="import_batch", object_id=import_id, after=after, now=now)


def template_rows() -> Iterator[tuple[str, ...]]:
    """A table to fill in: the header with its units, one lot that was sold and one that was not."""
    yield (
        "日期",
        "专场",
        "标的名称",
        "方式",
        "起拍价（万元）",
        "成交价（万元）",
        "结果",
        "评估价（万元）",
        "竞买人数",
        "来源",
    )
    yield ("2024-06-18", "示例专场", "示例：一种装置", "拍卖", "20", "32", "成交", "30", "3", "")
    yield ("2024-06-18", "示例专场", "示例：一种方法", "拍卖", "60", "", "流拍", "50", "0", "")
