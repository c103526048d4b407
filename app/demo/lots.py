"""The cited lots: real technology auctions with start and final price, each with the address of its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class CitedLot:
    """One line of the file; amounts in yuan where they were published in 万元, else None."""

    date: str
    event: str
    title: str
    mode: str
    start: Money | None
    final: Money | None
    result: str
    source: str
    note: str


def read(file: Path) -> list[CitedLot]:
    """All lots and events, in the order of the file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            CitedLot(
                row["date"],
                row["event"],
                row["lot"],
                row["mode"],
                _wan(row["start_or_appraisal_wan_yuan"]),
                _wan(row["final_wan_yuan"]),
                row["result"],
                row["source"],
                row["note"],
            )
            for row in csv.DictReader(lines)
        ]


def find(lots: list[CitedLot], title: str) -> CitedLot:
    """The lot of this title. Raises LookupError."""
    for lot in lots:
        if lot.title.startswith(title):
            return lot
    raise LookupError(f"no cited lot is called {title}")


def _wan(text: str) -> Money | None:
    """万元 as money; foreign currencies and blanks are None."""
    try:
        return Money.wan(Decimal(text))
    except (InvalidOperation, ValueError):
        return None
