"""Bringing a list of past lots into the database: in one transaction, and twice the same file changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.ids import ImportId, new_id
from valuation.importing.bringing import FileReport, named, record_import, undone_if_dry
from valuation.importing.reporting import Sink
from valuation.importing.sheets import open_any_table
from valuation.starting.commands import record_lots
from valuation.starting.headers import read_lot_header
from valuation.starting.lots import PastLot
from valuation.starting.rows import read_lot

LOTS_PER_INSERT: Final = 500


@dataclass(slots=True)
class LotsReport(FileReport):
    """What became of a list of lots."""

    lots_by_outcome: dict[str, int] = field(default_factory=dict)
    lots_with_reference: int = 0


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
    report = LotsReport(file=named(path, file_name), dry_run=dry_run)
    with undone_if_dry(session, dry_run=dry_run):
        _store(session, path, report, now, on_fault)
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
                report.reject(found, on_fault)
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
        record_import(session, report, import_id, action="lots.import", now=now)


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
