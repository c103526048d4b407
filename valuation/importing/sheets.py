"""Opening a table safely: CSV in UTF-8 or GB18030, XLSX within limits that are checked before anything is unpacked."""

from __future__ import annotations

import codecs
import csv
import hashlib
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from kernel.errors import Malformed
from valuation.importing.cells import Cell, is_empty
from valuation.importing.headers import Layout, NoLayout, read_header

FILE_BYTES_MAX: Final = 1 << 30
ROWS_MAX: Final = 1_048_576
"""Excel's own number of rows; the same limit holds for CSV."""
COLUMNS_MAX: Final = 200
CELL_CHARACTERS_MAX: Final = 20_000
HEADER_WITHIN_ROWS: Final = 5
"""People put a title above the table; the header is looked for in the first rows only."""

XLSX_UNPACKED_BYTES_MAX: Final = 600 << 20
XLSX_STRINGS_BYTES_MAX: Final = 64 << 20
XLSX_PARTS_MAX: Final = 2_000
XLSX_RATIO_MAX: Final = 300

_REASONS: Final = {
    "not-a-file": ("找不到该文件", "there is no such file"),
    "empty": ("文件为空", "the file is empty"),
    "too-large": ("文件过大", "the file is too large"),
    "encoding": ("编码既不是 UTF-8 也不是 GB18030", "the text is neither UTF-8 nor GB18030"),
    "binary": ("文件不是文本表格，也不是 XLSX", "neither a text table nor an XLSX workbook"),
    "old-excel": ("不支持旧版 XLS，请另存为 XLSX 或 CSV", "old XLS is not read; save it as XLSX or CSV"),
    "quotes": ("CSV 引号不配对或单元格过长", "a quotation mark is never closed, or a cell is too long"),
    "workbook": ("XLSX 文件已损坏", "the XLSX workbook is damaged"),
    "bomb": ("XLSX 解压后过大，拒绝打开", "the XLSX workbook would unpack to too much"),
    "header": ("表头缺少必需的列或重复", "the header lacks required columns, or names one twice"),
    "too-many-rows": ("行数超过上限 1048576", "more than 1,048,576 rows"),
    "too-many-columns": ("列数超过上限 200", "more than 200 columns"),
}


@dataclass(eq=False)
class UnreadableTable(Malformed):
    """The file cannot be read as a table of what is imported; nothing was stored."""

    zh = "无法将该文件读作交易数据表，未存入任何数据。"
    reason: str
    missing: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """What to do, in English."""
        return _REASONS[self.reason][1]

    @property
    def hint_zh(self) -> str:
        """What to do, in Chinese."""
        return _REASONS[self.reason][0]


L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Table(Generic[L]):
    """An opened table: its layout and its rows with their line numbers, read as they are asked for."""

    layout: L
    rows: Iterator[tuple[int, Sequence[Cell]]]
    encoding: str
    sha256: str
    lines: int | None
    """About how many rows to expect, for a progress bar; None if the file does not say."""


def open_table(path: Path) -> AbstractContextManager[Table[Layout]]:
    """Open a table of past transactions. Raises UnreadableTable, here or while the rows are read."""
    return open_any_table(path, read_header)


@contextmanager
def open_any_table(path: Path, read: Callable[[Sequence[object]], L | NoLayout]) -> Iterator[Table[L]]:
    """Open a table whose header `read` understands. Raises UnreadableTable, here or while the rows are read."""
    if not path.is_file():
        raise UnreadableTable("not-a-file")
    size = path.stat().st_size
    if size == 0 or size > FILE_BYTES_MAX:
        raise UnreadableTable("too-large" if size else "empty")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        magic = file.read(8)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable("old-excel")
    opened = _workbook(path) if magic.startswith(b"PK\x03\x04") else _text_table(path)
    with opened as (rows, encoding, lines):
        layout, body = _find_header(_limited(rows), read)
        yield Table(layout, body, encoding, digest, lines)


_Opened = tuple[Iterator[tuple[int, Sequence[Cell]]], str, int | None]


@contextmanager
def _text_table(path: Path) -> Iterator[_Opened]:
    encoding, lines = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        start = "".join(file.readline(CELL_CHARACTERS_MAX) for _ in range(HEADER_WITHIN_ROWS))
        file.seek(0)
        delimiter = max(",\t;", key=start.count)
        yield _csv_rows(csv.reader(file, delimiter=delimiter, strict=True)), encoding, lines


def _csv_rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader is typed as a plain iterator
    except csv.Error:
        raise UnreadableTable("quotes") from None


def _encoding_of(path: Path) -> tuple[str, int]:
    """The encoding, decided by decoding the whole file strictly, and the number of line ends."""
    with path.open("rb") as file:
        start = file.read(4)
    candidates = ["utf-8-sig", "gb18030"]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableTable("encoding")
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        lines = 0
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    if b"\0" in block:
                        raise UnreadableTable("binary")
                    decoder.decode(block)
                    lines += block.count(b"\n")
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise UnreadableTable("encoding")


@contextmanager
def _workbook(path: Path) -> Iterator[_Opened]:
    _check_archive(path)
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("defusedxml is not in use: workbooks of strangers are not opened without it")
    with path.open("rb") as file, warnings.catch_warnings():
        # openpyxl remarks on styles and extensions that it drops; the values are what counts here.
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception:
            raise UnreadableTable("workbook") from None
        try:
            sheet = book.worksheets[0] if book.worksheets else None
            if sheet is None:
                raise UnreadableTable("empty")
            yield _sheet_rows(sheet.iter_rows(values_only=True)), "xlsx", sheet.max_row
        finally:
            book.close()


def _sheet_rows(rows: Iterator[Sequence[Cell]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    try:
        yield from enumerate(rows, start=1)
    except UnreadableTable:
        raise
    except Exception:
        # Damage inside a part of the archive shows only when that part is read; openpyxl raises what it happens to meet.
        raise UnreadableTable("workbook") from None


def _check_archive(path: Path) -> None:
    """Sizes by the archive's own directory, which zipfile enforces while it unpacks. Raises UnreadableTable."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UnreadableTable("workbook") from None
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableTable("binary")
    packed = max(1, sum(part.compress_size for part in parts))
    unpacked = sum(part.file_size for part in parts)
    strings = max((part.file_size for part in parts if part.filename.endswith("sharedStrings.xml")), default=0)
    too_dense = unpacked > XLSX_RATIO_MAX * packed and unpacked > 10 << 20
    too_big = unpacked > XLSX_UNPACKED_BYTES_MAX or strings > XLSX_STRINGS_BYTES_MAX or len(parts) > XLSX_PARTS_MAX
    if too_dense or too_big or any(part.flag_bits & 1 for part in parts):
        raise UnreadableTable("bomb")


def _limited(rows: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows that hold anything, within the limits."""
    count = 0
    for line, cells in rows:
        if len(cells) > COLUMNS_MAX and any(not is_empty(cell) for cell in cells[COLUMNS_MAX:]):
            raise UnreadableTable("too-many-columns")
        if any(isinstance(cell, str) and len(cell) > CELL_CHARACTERS_MAX for cell in cells):
            raise UnreadableTable("quotes")
        if all(is_empty(cell) for cell in cells):
            continue
        count += 1
        if count > ROWS_MAX + HEADER_WITHIN_ROWS:
            raise UnreadableTable("too-many-rows")
        yield line, cells


def _find_header(
    rows: Iterator[tuple[int, Sequence[Cell]]], read: Callable[[Sequence[object]], L | NoLayout]
) -> tuple[L, Iterator[tuple[int, Sequence[Cell]]]]:
    """The first of the first few rows that names every required column; the rest are the body."""
    best: NoLayout | None = None
    for _ in range(HEADER_WITHIN_ROWS):
        row = next(rows, None)
        if row is None:
            break
        layout = read(_without_tail(row[1]))
        if not isinstance(layout, NoLayout):
            return layout, rows
        if best is None or len(layout.missing) < len(best.missing):
            best = layout
    if best is None:
        raise UnreadableTable("empty")
    raise UnreadableTable("header", best.missing, best.twice)


def _without_tail(cells: Sequence[Cell]) -> Sequence[Cell]:
    """A header without the empty cells that spreadsheets leave at its end."""
    last = max((place for place, cell in enumerate(cells) if not is_empty(cell)), default=-1)
    return cells[: last + 1]
