"""The official tables, each one grouping of the facts. Sums are exact: the database adds BIGINT into numeric."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Numeric, String, and_, case, cast, distinct, extract, func, literal, or_, select
from sqlalchemy.orm import Session

from contracts.statistics.cells import Cell, for_the_public
from contracts.statistics.tables import CodeEntry, StatisticsFact
from kernel import rules
from kernel.money import Money

F = StatisticsFact
_Whole = Numeric(24, 0)

TABLES = {
    "totals": "total",
    "by_year": "year",
    "by_type": "contract_type",
    "by_field": "tech_field",
    "by_mode": "mode",
    "by_basis": "basis",
    "by_region": "region",
}
"""Each table and the code table that names its rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """An official table: its rows, the names of their codes, and the total of what may be shown."""

    name: str
    year: int | None
    cells: list[Cell]
    total: Cell
    names: dict[str, tuple[str, str]]
    units_min: int | None
    """The least number of organisations behind a public cell; None when the reader sees all."""


def table(session: Session, name: str, *, year: int | None, on: date, sees_all: bool) -> Table:
    """A table of `TABLES` for one year or all years, as of now. Raises KeyError for an unknown one."""
    code_table = TABLES[name]
    groupings = _groupings(name)
    cells = [cell for key, direction in groupings for cell in _cells(session, key, direction, year)]
    (whole,) = _cells(session, literal("total"), None, year) or [_nothing()]
    units_min = None if sees_all else rules.whole_number(session, "statistics.cell_units_min", on=on)
    if units_min is not None:
        cells = [
            cell
            for _, direction in groupings
            for cell in for_the_public([one for one in cells if one.direction == direction], units_min=units_min)
        ]
        (whole,) = for_the_public([whole], units_min=units_min)
    return Table(name, year, cells, whole, names_of(session, code_table, on=on), units_min)


def names_of(session: Session, code_table: str, *, on: date) -> dict[str, tuple[str, str]]:
    """The codes of a table in force on a day, with their Chinese and English names."""
    rows = select(CodeEntry.code, CodeEntry.name_zh, CodeEntry.name_en).where(
        CodeEntry.code_table == code_table,
        CodeEntry.valid_from <= on,
        or_(CodeEntry.valid_to.is_(None), CodeEntry.valid_to > on),
    )
    return {code: (name_zh, name_en) for code, name_zh, name_en in session.execute(rows)}


def _groupings(name: str) -> list[tuple[ColumnElement[Any], str | None]]:
    """By what a table groups; the regions twice: 输出 by the seller's, 吸纳 by the buyer's."""
    match name:
        case "totals":
            return [(literal("total"), None)]
        case "by_year":
            return [(cast(extract("year", F.counted_on), String), None)]
        case "by_region":
            return [(_region(F.seller_region), "export"), (_region(F.buyer_region), "absorb")]
    columns = {"by_type": F.contract_type, "by_field": F.tech_field, "by_mode": F.mode, "by_basis": F.basis}
    return [(columns[name].expression, None)]


def _region(column: Any) -> ColumnElement[Any]:
    """The city where the code table knows it, else the province."""
    city, province = func.left(column, 4).concat("00"), func.left(column, 2).concat("0000")
    known = select(CodeEntry.code).where(CodeEntry.code_table == "region", CodeEntry.code == city).exists()
    return case((known, city), else_=province)


def _cells(session: Session, key: ColumnElement[Any], direction: str | None, year: int | None) -> list[Cell]:
    """One cell a key. Organisations count only while their contracts in the cell do not cancel out."""
    in_year = (
        and_(F.counted_on >= date(year, 1, 1), F.counted_on < date(year + 1, 1, 1))
        if year is not None
        else literal(True)
    )
    pairs = (
        select(
            key.label("key"),
            F.seller_unit,
            F.buyer_unit,
            func.sum(F.contracts).label("contracts"),
            func.sum(cast(F.contract_value, _Whole)).label("contract_value"),
            func.sum(cast(F.technology_value, _Whole)).label("technology_value"),
        )
        .where(in_year)
        .group_by("key", F.seller_unit, F.buyer_unit)
        .subquery()
    )
    alive = or_(pairs.c.contracts != 0, pairs.c.contract_value != 0)
    rows = (
        select(
            pairs.c.key,
            func.sum(pairs.c.contracts),
            func.sum(pairs.c.contract_value),
            func.sum(pairs.c.technology_value),
            func.count(distinct(pairs.c.seller_unit)).filter(alive),
            func.count(distinct(pairs.c.buyer_unit)).filter(alive),
        )
        .group_by(pairs.c.key)
        .having(func.bool_or(alive))
        .order_by(pairs.c.key)
    )
    return [
        Cell(key, int(n), Money(int(value)), Money(int(technology)), sellers, buyers, direction)
        for key, n, value, technology, sellers, buyers in session.execute(rows)
    ]


def _nothing() -> Cell:
    return Cell("total", 0, Money(0), Money(0), 0, 0)
