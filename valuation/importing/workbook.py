"""The rejected rows as a workbook: the user's own cells and a red column that says why, to be mended and sent in again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from valuation.importing.cells import Cell
from valuation.importing.faults import Fault
from valuation.importing.reporting import Sink
from valuation.importing.sheets import open_table

ROWS_MAX: Final = 50_000
WHY: Final = "原因 why"
RED: Final = "FFC00000"


@contextmanager
def why_workbook(source: Path, path: Path) -> Iterator[Sink]:
    """Take faults, and at the end write the rows that have any, at most 50,000, with their reasons in the last column."""
    reasons: dict[int, list[str]] = defaultdict(list)

    def take(fault: Fault) -> None:
        if fault.line in reasons or len(reasons) < ROWS_MAX:
            reasons[fault.line].append(f"{fault.column}：{fault.hint_zh} / {fault.hint_en}")

    yield take
    _write(source, path, reasons)


def _write(source: Path, path: Path, reasons: dict[int, list[str]]) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rejected")

    def cell(value: Cell, *, red: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=_without_controls(value))
        if isinstance(value, str):
            # A text that begins with = stays a text: nobody's table becomes a formula here.
            made.data_type = "s"
        if red:
            made.font = Font(color=RED)
        return made

    beside = path.with_name(f".{path.name}.part")
    try:
        with open_table(source) as table:
            sheet.append([*map(cell, table.layout.names), cell(WHY, red=True)])
            padding = len(table.layout.names)
            for line, row in table.rows:
                if line in reasons:
                    shown = [*row, *[None] * (padding - len(row))]
                    sheet.append([*map(cell, shown), cell("\n".join(reasons[line]), red=True)])
        book.save(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _without_controls(value: Cell) -> Cell:
    """A workbook cannot hold control characters; what they were is said in the reason."""
    if not isinstance(value, str):
        return value
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in value)
