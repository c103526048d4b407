"""A row of somebody's table becomes a past deal, or a list of everything that is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Final

from kernel.codes import ApplicationNumber, BadCode, normalise_application_number
from kernel.money import Money
from valuation.deals import (
    ABSTRACT_LENGTH_MAX,
    FIRST_DAY,
    FROM_FILE,
    PACKAGE_SIZE_MAX,
    TITLE_LENGTH_MAX,
    Kind,
    PastDeal,
    PriceType,
    Trade,
    content_id,
    last_day,
    party_key,
)
from valuation.importing import cells
from valuation.importing.cells import Cell
from valuation.importing.faults import BadCell, Fault
from valuation.importing.headers import Field, Layout
from valuation.importing.reading import RowReader, among, text
from valuation.words import tech_field_code

WORD_LENGTH_MAX: Final = 100

TRADES: Final = {
    **dict.fromkeys(
        ("转让", "专利权转让", "专利申请权转让", "技术转让", "transfer", "assignment", "sale"), Trade.TRANSFER
    ),
    **dict.fromkeys(("许可", "专利许可", "专利实施许可", "实施许可", "技术许可", "licence", "license"), Trade.LICENCE),
    **dict.fromkeys(("独占许可", "排他许可", "普通许可"), Trade.LICENCE),
    **dict.fromkeys(("作价入股", "作价投资", "入股", "技术入股", "equity", "equitycontribution"), Trade.EQUITY),
}
PRICE_TYPES: Final = {
    **dict.fromkeys(("成交价", "成交", "成交价格", "合同价", "deal", "dealprice", "sold"), PriceType.DEAL),
    **dict.fromkeys(
        ("卖方报价", "报价", "挂牌价", "挂牌价格", "ask", "asking", "askingprice", "listing"), PriceType.ASK
    ),
    **dict.fromkeys(("评估价", "评估值", "评估", "appraisal", "appraised", "appraisedvalue"), PriceType.APPRAISAL),
    **dict.fromkeys(("流拍", "流拍起始价", "未成交", "unsold", "passed"), PriceType.UNSOLD),
}
KINDS: Final = {
    **dict.fromkeys(("发明", "发明专利", "invention", "inventionpatent"), Kind.INVENTION),
    **dict.fromkeys(("实用新型", "实用新型专利", "utilitymodel"), Kind.UTILITY_MODEL),
    **dict.fromkeys(("外观", "外观设计", "外观设计专利", "外观专利", "design"), Kind.DESIGN),
    **dict.fromkeys(("软件著作权", "计算机软件著作权", "软著", "software"), Kind.SOFTWARE),
    **dict.fromkeys(("集成电路布图设计", "集成电路布图设计专有权", "layoutdesign"), Kind.LAYOUT_DESIGN),
    **dict.fromkeys(("植物新品种", "植物新品种权", "plantvariety"), Kind.PLANT_VARIETY),
    **dict.fromkeys(("生物医药新品种", "新药", "newdrug"), Kind.NEW_DRUG),
    **dict.fromkeys(("技术秘密", "专有技术", "非专利技术", "knowhow"), Kind.KNOW_HOW),
}
LICENCES: Final = {
    **dict.fromkeys(("独占", "独占许可", "独占实施许可", "exclusive"), "exclusive"),
    **dict.fromkeys(("排他", "排他许可", "排他实施许可", "独家许可", "sole"), "sole"),
    **dict.fromkeys(("普通", "普通许可", "普通实施许可", "ordinary", "nonexclusive"), "ordinary"),
}


def read_row(layout: Layout, row: Sequence[Cell], *, line: int, today: date) -> PastDeal | list[Fault]:
    """Read one row. A row with any fault is not stored at all; every fault in it is reported."""
    reader = RowReader(layout, row, line)
    if (extra := reader.too_wide()) is not None:
        return [extra]
    number = reader.optional(Field.NUMBER, _number)
    kind = _kind(reader, number)
    filed_on = reader.optional(Field.FILED_ON, cells.day)
    filed_year = number.year if number else reader.optional(Field.FILED_YEAR, _year)
    trade = reader.needed(Field.TRADE, among(TRADES, "trade-unknown"))
    price_type = layout.implied_type
    if price_type is None or reader.has(Field.PRICE_TYPE):
        price_type = reader.needed(Field.PRICE_TYPE, among(PRICE_TYPES, "price-type-unknown"))
    price = _price(reader, layout.unit)
    dealt_on = reader.needed(Field.DATE, cells.day)
    package = reader.optional(Field.PACKAGE, text(WORD_LENGTH_MAX))
    size = reader.optional(Field.PACKAGE_SIZE, _size)
    title = reader.read(Field.TITLE, text(TITLE_LENGTH_MAX))
    tech_field = reader.optional(Field.TECH_FIELD, text(WORD_LENGTH_MAX))
    related = reader.read(Field.RELATED, cells.flag)
    generated = reader.read(Field.GENERATED, cells.flag)
    abstract = reader.optional(Field.ABSTRACT, text(ABSTRACT_LENGTH_MAX))
    seller = reader.optional(Field.SELLER, text(TITLE_LENGTH_MAX))
    buyer = reader.optional(Field.BUYER, text(TITLE_LENGTH_MAX))
    defaulted = reader.read(Field.DEFAULTED, cells.flag)
    licence = _licence(reader, trade)
    if dealt_on is not None:
        _check_life(reader, kind, filed_on, filed_year, dealt_on, today)
    if reader.faults or kind is None or trade is None or price_type is None or price is None or dealt_on is None:
        return reader.faults
    deal = PastDeal(
        source=FROM_FILE,
        source_id="",
        title=title or "",
        kind=kind,
        application_number=str(number) if number else None,
        trade=trade,
        price=price,
        dealt_on=dealt_on,
        price_type=price_type,
        related_party=bool(related),
        package_id=package,
        package_size=size or 1,
        tech_field=tech_field_code(tech_field) if tech_field else None,
        filed_on=filed_on,
        filed_year=filed_on.year if filed_on else filed_year,
        licence_kind=licence,
        generated=bool(generated),
        abstract=abstract or "",
        seller=party_key(seller) if seller else None,
        buyer=party_key(buyer) if buyer else None,
        defaulted=bool(defaulted),
    )
    return dataclasses.replace(deal, source_id=content_id(deal))


def _number(cell: Cell) -> ApplicationNumber:
    try:
        return normalise_application_number(cells.text(cell, length_max=WORD_LENGTH_MAX))
    except BadCode as bad:
        raise BadCell(f"number-{bad.reason}") from None


def _kind(reader: RowReader, number: ApplicationNumber | None) -> Kind | None:
    """The number says the kind; a column that says otherwise is a fault, for one of the two is wrong."""
    stated = reader.optional(Field.KIND, among(KINDS, "kind-unknown"))
    if number is None:
        if stated is None and not reader.has(Field.NUMBER) and not reader.has(Field.KIND):
            reader.fault(Field.KIND, "kind-missing")
        return stated
    kind = Kind(number.kind.value)
    if stated is not None and stated is not kind:
        reader.fault(Field.KIND, "kind-contradicts-number")
    return kind


def _price(reader: RowReader, unit: str | None) -> Money | None:
    """The price in the unit of its header, or of a column of its own, which goes before."""
    if reader.has(Field.UNIT):
        unit = reader.read(Field.UNIT, among(cells.UNIT_WORDS, "unit-unknown"))
    elif unit is None:
        reader.fault(Field.UNIT, "missing")
    if unit is None:
        return None
    return reader.needed(Field.PRICE, lambda cell: cells.price(cell, unit))


def _licence(reader: RowReader, trade: Trade | None) -> str | None:
    """How a licence binds: from its own column, or from the trade when it says 独占许可. Other trades have none."""
    if trade is not Trade.LICENCE:
        return None
    stated = reader.optional(Field.DETAIL, among(LICENCES, "licence-kind-unknown"))
    return stated or LICENCES.get(cells.word(reader.cell(Field.TRADE)))


def _check_life(
    reader: RowReader, kind: Kind | None, filed_on: date | None, filed_year: int | None, dealt_on: date, today: date
) -> None:
    """The day of the deal must be possible: within the Patent Law, not to come, and within the life of the right."""
    if dealt_on > today:
        reader.fault(Field.DATE, "date-in-future")
    if dealt_on < FIRST_DAY:
        reader.fault(Field.DATE, "date-too-early")
    year = filed_on.year if filed_on else filed_year
    if year is None:
        return
    if (filed_on is not None and dealt_on < filed_on) or dealt_on.year < year:
        reader.fault(Field.DATE, "deal-before-filing")
    last = last_day(kind, filed_on=filed_on, filed_year=filed_year) if kind else None
    if last is not None and dealt_on > last:
        reader.fault(Field.DATE, "right-expired")


def _year(cell: Cell) -> int:
    return cells.whole(cell, low=1985, high=2199, code="date-not-a-date")


def _size(cell: Cell) -> int:
    return cells.whole(cell, low=1, high=PACKAGE_SIZE_MAX, code="size-out-of-range")
