"""Official tables on the wire: JSON, and rows for CSV."""

from __future__ import annotations

from typing import Literal

from contracts.statistics.cells import Cell
from contracts.statistics.queries import Table
from kernel.csv_text import Value
from kernel.http.fields import Wire

TableName = Literal["totals", "by_year", "by_type", "by_field", "by_mode", "by_basis", "by_region"]

HEADER = (
    "table",
    "year",
    "direction",
    "code",
    "name_zh",
    "name_en",
    "contracts",
    "contract_value_fen",
    "technology_value_fen",
    "suppressed",
)


class CellOut(Wire):
    """Contracts (项), 合同成交额 and 技术交易额 under one code; nulls where the public may not see (`suppressed`).

    `direction` is export (输出, by the seller's region) or absorb (吸纳, by the buyer's), in the region table only.
    """

    code: str
    name_zh: str
    name_en: str
    direction: str | None
    contracts: int | None
    contract_value_fen: int | None
    technology_value_fen: int | None
    suppressed: bool

    @classmethod
    def of(cls, cell: Cell, names: dict[str, tuple[str, str]]) -> CellOut:
        """From the cell; a code without a name is its own name."""
        zh, en = names.get(cell.code, (cell.code, cell.code))
        shown = not cell.suppressed
        return cls(
            code=cell.code,
            name_zh=zh,
            name_en=en,
            direction=cell.direction,
            contracts=cell.contracts if shown else None,
            contract_value_fen=cell.contract_value.fen if shown else None,
            technology_value_fen=cell.technology_value.fen if shown else None,
            suppressed=cell.suppressed,
        )


class TableOut(Wire):
    """An official table. `units_min`: organisations a side behind every public cell; null for who sees all."""

    table: str
    year: int | None
    currency: str
    units_min: int | None
    rows: list[CellOut]
    total: CellOut

    @classmethod
    def of(cls, table: Table) -> TableOut:
        """From the table."""
        return cls(
            table=table.name,
            year=table.year,
            currency="CNY",
            units_min=table.units_min,
            rows=[CellOut.of(cell, table.names) for cell in table.cells],
            total=CellOut.of(table.total, {"total": ("合计", "total")}),
        )

    def csv_rows(self) -> list[list[Value]]:
        """The rows under `HEADER`, the total last."""
        return [
            [self.table, self.year, *(getattr(row, name) for name in HEADER[2:])] for row in [*self.rows, self.total]
        ]
