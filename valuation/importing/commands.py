"""Bringing a file of past transactions into the database: in one transaction, and twice the same file changes nothing."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Dialect, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.ids import ImportId, TransactionId, new_id
from kernel.money import Money
from valuation.deals import PastDeal, PriceType
from valuation.importing.bringing import FileReport, named, record_import, undone_if_dry
from valuation.importing.reporting import Sink
from valuation.importing.rows import read_row
from valuation.importing.sheets import open_table
from valuation.tables import PastTransaction

ROWS_PER_INSERT: Final = 1_000

_DIALECT: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this one untyped


@dataclass(slots=True)
class ImportReport(FileReport):
    """What became of a file of past transactions."""

    rows_by_price_type: dict[str, int] = field(default_factory=dict)
    packages_by_price_type: dict[str, int] = field(default_factory=dict)
    generated_rows: int = 0


def import_transactions(
    session: Session,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    on_fault: Sink | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
    file_name: str | None = None,
) -> ImportReport:
    """Read a table and store its good rows, a thousand an INSERT; the caller's transaction makes it all or nothing.

    A dry run does the same work and takes it back, so that its counts are true. `on_progress(rows, about_how_many)` is
    called after each batch. Raises UnreadableTable, and then nothing is stored.
    """
    report = ImportReport(file=named(path, file_name), dry_run=dry_run)
    with undone_if_dry(session, dry_run=dry_run):
        _store_all(session, path, report, now, on_fault, on_progress)
    return report


def _store_all(
    session: Session,
    path: Path,
    report: ImportReport,
    now: datetime,
    on_fault: Sink | None,
    on_progress: Callable[[int, int | None], None] | None,
) -> None:
    import_id = ImportId(new_id())
    tally = _Tally()
    with open_table(path) as table:
        report.encoding, report.sha256, report.ignored_columns = table.encoding, table.sha256, table.layout.ignored
        today = local_date(now)
        batch: list[PastDeal] = []
        for line, row in table.rows:
            report.rows_read += 1
            read = read_row(table.layout, row, line=line, today=today)
            if isinstance(read, PastDeal):
                batch.append(read)
                tally.add(read)
            else:
                report.reject(read, on_fault)
            if len(batch) == ROWS_PER_INSERT:
                report.rows_stored += _insert(session, batch, import_id, now)
                batch.clear()
                if on_progress is not None:
                    on_progress(report.rows_read, table.lines)
        report.rows_stored += _insert(session, batch, import_id, now)
        if on_progress is not None:
            on_progress(report.rows_read, table.lines)
    tally.finish(report)
    if report.rows_stored:
        record_import(session, report, import_id, action="transactions.import", now=now)


def _insert(session: Session, deals: list[PastDeal], import_id: ImportId | None, now: datetime) -> int:
    """Insert what is not there yet; returns how many rows were new."""
    rows = {(deal.source, deal.source_id): as_row(deal, import_id, now) for deal in deals}
    if not rows:
        return 0
    columns = {name: [_plain(row[name]) for row in rows.values()] for name in next(iter(rows.values()))}
    return len(session.execute(_insert_arrays(), columns).all())


@cache
def _insert_arrays() -> TextClause:
    """One array a column: a thousand rows are twenty parameters instead of twenty thousand."""
    columns = cast(Table, PastTransaction.__table__).columns
    arrays = ", ".join(f"cast(:{one.name} AS {one.type.compile(dialect=_DIALECT)}[])" for one in columns)
    names = ", ".join(one.name for one in columns)
    return text(
        f"INSERT INTO past_transaction ({names}) SELECT * FROM unnest({arrays}) "
        "ON CONFLICT (source, source_id) DO NOTHING RETURNING id"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.fen
    return value.value if isinstance(value, Enum) else value


def as_row(deal: PastDeal, import_id: ImportId | None, now: datetime) -> dict[str, Any]:
    """The row of a past deal."""
    return {
        "id": TransactionId(new_id()),
        "source": deal.source,
        "source_id": deal.source_id,
        "import_id": import_id,
        "title": deal.title,
        "application_number": deal.application_number,
        "kind": deal.kind,
        "filed_on": deal.filed_on,
        "filed_year": deal.filed_on.year if deal.filed_on else deal.filed_year,
        "tech_field": deal.tech_field,
        "trade": deal.trade,
        "licence_kind": deal.licence_kind,
        "price_type": deal.price_type,
        "price": deal.price,
        "dealt_on": deal.dealt_on,
        "package_key": deal.package_key(),
        "package_size": deal.package_size,
        "related_party": deal.related_party,
        "generated": deal.generated,
        "abstract": deal.abstract,
        "seller": deal.seller,
        "buyer": deal.buyer,
        "defaulted": deal.defaulted,
        "recorded_at": now,
    }


class _Tally:
    """Distinct rows and packages of a file in eight bytes each, so that a million rows stay small."""

    def __init__(self) -> None:
        self._rows = array("Q")
        self._packages = {kind: array("Q") for kind in PriceType}
        self._by_type: Counter[str] = Counter()
        self._generated = 0

    def add(self, deal: PastDeal) -> None:
        self._rows.append(int(deal.source_id[:16], 16))
        self._packages[PriceType(deal.price_type)].append(int(deal.package_key()[:16], 16))
        self._by_type[str(deal.price_type)] += 1
        self._generated += deal.generated

    def finish(self, report: ImportReport) -> None:
        distinct = _distinct(self._rows)
        report.rows_repeated = len(self._rows) - distinct
        report.rows_known = distinct - report.rows_stored
        report.rows_by_price_type = dict(self._by_type)
        report.packages_by_price_type = {str(kind): _distinct(keys) for kind, keys in self._packages.items() if keys}
        report.generated_rows = self._generated


def _distinct(numbers: array[int]) -> int:
    import numpy as np

    return len(np.unique(np.frombuffer(numbers, dtype=np.uint64))) if numbers else 0


def template_rows() -> Iterator[tuple[str, ...]]:
    """A table to fill in: the header with its units and one example row."""
    yield (
        "专利号",
        "名称",
        "成果类型",
        "交易方式",
        "交易日期",
        "价格（万元）",
        "价格类型",
        "技术领域",
        "申请日",
        "件数",
        "关联交易",
    )
    yield (
        "ZL202110000001.6",
        "示例：一种装置",
        "发明专利",
        "转让",
        "2024-03-15",
        "46.1",
        "成交价",
        "先进制造",
        "2021-01-04",
        "1",
        "否",
    )
