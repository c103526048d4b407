"""Cells of the official tables and what the public may see of them. Pure.

A unit is an organisation. A public cell needs enough sellers and enough buyers (trading rule `statistics.cell_units_min`;
统计法 art 25: nothing that identifies a single unit); where exactly one cell of a table is hidden, the next smallest is
hidden too, or the total would give it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Cell:
    """Contracts and amounts under one code, and how many organisations stand behind them on each side."""

    code: str
    contracts: int
    contract_value: Money
    technology_value: Money
    sellers: int
    buyers: int
    direction: str | None = None
    suppressed: bool = False

    def has_units(self, units_min: int) -> bool:
        """Enough organisations on both sides."""
        return min(self.sellers, self.buyers) >= units_min


def for_the_public(cells: Sequence[Cell], *, units_min: int) -> list[Cell]:
    """The cells with those marked that the public may not see. The order is kept."""
    hidden = {index for index, cell in enumerate(cells) if not cell.has_units(units_min)}
    if len(hidden) == 1:
        open_ = [index for index in range(len(cells)) if index not in hidden]
        if open_:
            hidden.add(min(open_, key=lambda index: (cells[index].contracts, cells[index].contract_value, index)))
    return [replace(cell, suppressed=index in hidden) for index, cell in enumerate(cells)]
