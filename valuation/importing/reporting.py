"""The row report: which line, which column, what value, what is wrong and what to do, as CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from valuation.importing.faults import Fault

COLUMNS: Final = ("line", "column", "value", "code", "hint_zh", "hint_en")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


class Sink(Protocol):
    """Whatever takes the faults as they are found."""

    def __call__(self, fault: Fault) -> None:
        """Take one fault."""


@contextmanager
def report_file(path: Path) -> Iterator[Sink]:
    """A report that is written as the rows are read and appears whole or not at all; `.json` or else CSV.

    CSV is UTF-8 with a byte order mark, for Excel in China; a value that Excel would take for a formula is quoted.
    """
    beside = path.with_name(f".{path.name}.part")
    as_json = path.suffix.lower() == ".json"
    try:
        encoding, sink_of = ("utf-8", _json_sink) if as_json else ("utf-8-sig", _csv_sink)
        with beside.open("w", encoding=encoding, newline="") as file, sink_of(file) as sink:
            yield sink
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _csv_sink(file: TextIO) -> Iterator[Sink]:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    yield lambda fault: _write(writer, fault)


@contextmanager
def _json_sink(file: TextIO) -> Iterator[Sink]:
    separator = "[\n"

    def write(fault: Fault) -> None:
        nonlocal separator
        file.write(separator + json.dumps(as_dict(fault), ensure_ascii=False))
        separator = ",\n"

    yield write
    file.write("[]\n" if separator == "[\n" else "\n]\n")


def _write(writer: Any, fault: Fault) -> None:
    writer.writerow([_harmless(value) for value in as_dict(fault).values()])


def as_dict(fault: Fault) -> dict[str, Any]:
    """The fault by the names of COLUMNS."""
    return {name: getattr(fault, name) for name in COLUMNS}


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
