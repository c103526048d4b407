"""One row of a file as the facts of a result, or everything that is wrong with it; nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from kernel.calendar import local_date
from kernel.codes import ApplicationNumber, BadCode, normalise_application_number
from valuation import features
from valuation.bulk.columns import Column, Layout
from valuation.deals import FIRST_DAY, PACKAGE_SIZE_MAX, TITLE_LENGTH_MAX, Kind, Trade, last_day
from valuation.importing import cells
from valuation.importing.cells import Cell
from valuation.importing.faults import BadCell, Fault
from valuation.importing.reading import RowReader
from valuation.importing.rows import KINDS, TRADES
from valuation.words import tech_field_code

ABSTRACT_LENGTH_MAX: Final = 2_000
WORD_LENGTH_MAX: Final = 100
TRL_MAX: Final = 9
IPC_SECTIONS: Final = frozenset("ABCDEFGH")


def read_facts(layout: Layout, row: Sequence[Cell], *, line: int, today: date) -> dict[str, Any] | list[Fault]:
    """The facts of one row (see `features.facts`), or all its faults. `line`: its number in the file, from 1."""
    reader = RowReader(layout, row, line)
    number = reader.optional(Column.NUMBER, _number)
    kind = _kind(reader, number)
    trade = reader.needed(Column.TRADE, _trade)
    title = reader.read(Column.TITLE, _title)
    abstract = reader.read(Column.ABSTRACT, _abstract)
    filed_on = reader.optional(Column.FILED_ON, _day)
    filed_year = _filed_year(reader, number)
    rights = reader.optional(Column.RIGHTS, _rights)
    tech_field = reader.optional(Column.TECH_FIELD, _word)
    ipc = reader.optional(Column.IPC, _ipc)
    trl = reader.optional(Column.TRL, _trl)
    on = reader.optional(Column.ON, _day) if reader.has(Column.ON) else today
    if on is not None:
        _check_life(reader, kind, filed_on, filed_year, on, today)
    if reader.faults or kind is None or trade is None or on is None:
        return reader.faults
    return features.facts(
        title=title or "",
        kind=kind.value,
        trade=trade.value,
        on=on,
        filed_on=filed_on,
        filed_year=None if filed_on else filed_year,
        rights=rights or 1,
        tech_field=tech_field_code(tech_field) if tech_field else None,
        ipc=ipc,
        trl=trl,
        abstract=abstract or "",
    )


def _kind(reader: RowReader, number: ApplicationNumber | None) -> Kind | None:
    """The number says the kind; a column that says otherwise is a fault, for one of the two is wrong."""
    stated = reader.optional(Column.KIND, _stated_kind)
    if number is None:
        if stated is None and not reader.has(Column.NUMBER) and not reader.has(Column.KIND):
            reader.fault(Column.KIND, "kind-missing")
        return stated
    kind = Kind(number.kind.value)
    if stated is not None and stated is not kind:
        reader.fault(Column.KIND, "kind-contradicts-number")
    return kind


def _filed_year(reader: RowReader, number: ApplicationNumber | None) -> int | None:
    stated = reader.optional(Column.FILED_YEAR, _year)
    if number is None or stated is None:
        return stated if number is None else number.year
    if stated != number.year:
        reader.fault(Column.FILED_YEAR, "year-contradicts-number")
    return stated


def _check_life(
    reader: RowReader, kind: Kind | None, filed_on: date | None, filed_year: int | None, on: date, today: date
) -> None:
    """The day of valuation must be possible: within the Patent Law, not to come, and within the life of the right."""
    if on > today:
        reader.fault(Column.ON, "date-in-future")
    if on < FIRST_DAY:
        reader.fault(Column.ON, "date-too-early")
    place = Column.FILED_ON if filed_on else Column.FILED_YEAR if reader.has(Column.FILED_YEAR) else Column.NUMBER
    year = filed_on.year if filed_on else filed_year
    if year is None:
        return
    if (filed_on is not None and filed_on > on) or year > on.year:
        reader.fault(place, "valued-before-filing")
    last = last_day(kind, filed_on=filed_on, filed_year=filed_year) if kind else None
    if last is not None and on > last:
        reader.fault(place, "valued-after-expiry")


def _number(cell: Cell) -> ApplicationNumber:
    try:
        return normalise_application_number(cells.text(cell, length_max=WORD_LENGTH_MAX))
    except BadCode as bad:
        raise BadCell(f"number-{bad.reason}") from None


def _stated_kind(cell: Cell) -> Kind:
    found = KINDS.get(_key(cell))
    if found is None:
        raise BadCell("kind-unknown")
    return found


def _trade(cell: Cell) -> Trade:
    found = TRADES.get(_key(cell))
    if found is None:
        raise BadCell("trade-unknown")
    return found


def _key(cell: Cell) -> str:
    return _key_of_text(cell) if isinstance(cell, str) else cells.word(cell)


@lru_cache(maxsize=1_024)
def _key_of_text(text: str) -> str:
    return cells.word(text)


def _title(cell: Cell) -> str:
    return cells.text(cell, length_max=TITLE_LENGTH_MAX)


def _abstract(cell: Cell) -> str:
    return cells.text(cell, length_max=ABSTRACT_LENGTH_MAX)


def _word(cell: Cell) -> str:
    return cells.text(cell, length_max=WORD_LENGTH_MAX)


def _day(cell: Cell) -> date:
    """A day; an instant is a day in China."""
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return local_date(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        raise BadCell("number-not-finite")
    return cells.day(cell)


def _year(cell: Cell) -> int:
    return _whole(cell, low=FIRST_DAY.year, high=2199, code="date-not-a-date")


def _rights(cell: Cell) -> int:
    return _whole(cell, low=1, high=PACKAGE_SIZE_MAX, code="size-out-of-range")


def _trl(cell: Cell) -> int:
    return _whole(cell, low=1, high=TRL_MAX, code="trl-out-of-range")


def _whole(cell: Cell, *, low: int, high: int, code: str) -> int:
    if isinstance(cell, float) and not math.isfinite(cell):
        raise BadCell("number-not-finite")
    return cells.whole(cell, low=low, high=high, code=code)


def _ipc(cell: Cell) -> str:
    found = cells.text(cell, length_max=WORD_LENGTH_MAX)
    if found[:1].upper() not in IPC_SECTIONS:
        raise BadCell("ipc-unknown")
    return found
