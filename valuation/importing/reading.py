"""Reading a row cell by cell: what is wrong is collected instead of stopping at the first fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from valuation.importing import cells
from valuation.importing.cells import Cell
from valuation.importing.faults import BadCell, Fault, clip

T = TypeVar("T")


class Columns(Protocol):
    """The columns of a table, whatever it holds."""

    @property
    def names(self) -> tuple[str, ...]:
        """The header as the file writes it."""

    @property
    def places(self) -> Mapping[StrEnum, int]:
        """Where each field stands."""

    def column(self, field: StrEnum) -> str:
        """The column of a field as the file names it."""


@dataclass(slots=True)
class RowReader:
    """One row being read: gives cells by field, and keeps the faults."""

    layout: Columns
    cells: Sequence[Cell]
    line: int
    faults: list[Fault] = field(default_factory=list)

    def too_wide(self) -> Fault | None:
        """The row has more cells than the header: nobody knows what the last ones are."""
        width = len(self.layout.names)
        extra = next((one for one in self.cells[width:] if not cells.is_empty(one)), None)
        return None if extra is None else Fault(self.line, f"#{width + 1}", clip(extra), "row-too-wide")

    def cell(self, what: StrEnum) -> Cell:
        """The cell of a field; None where the table has no such column or the row ends before it."""
        place = self.layout.places.get(what)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def has(self, what: StrEnum) -> bool:
        """The cell holds something."""
        return not cells.is_empty(self.cell(what))

    def read(self, what: StrEnum, how: Callable[[Cell], T]) -> T | None:
        """The cell as `how` reads it; None with a fault where it cannot."""
        try:
            return how(self.cell(what))
        except BadCell as bad:
            self.fault(what, bad.code)
            return None

    def needed(self, what: StrEnum, how: Callable[[Cell], T]) -> T | None:
        """As `read`; an empty cell is a fault, too."""
        if self.has(what):
            return self.read(what, how)
        self.fault(what, "missing")
        return None

    def optional(self, what: StrEnum, how: Callable[[Cell], T]) -> T | None:
        """As `read`; an empty cell is None."""
        return self.read(what, how) if self.has(what) else None

    def fault(self, what: StrEnum, code: str) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(Fault(self.line, self.layout.column(what), clip(self.cell(what)), code))


def among(words: Mapping[str, T], code: str) -> Callable[[Cell], T]:
    """A word of a list; anything else is a fault."""

    def read(cell: Cell) -> T:
        found = words.get(cells.word(cell))
        if found is None:
            raise BadCell(code)
        return found

    return read


def text(length_max: int) -> Callable[[Cell], str]:
    """A text of bounded length."""
    return lambda cell: cells.text(cell, length_max=length_max)
