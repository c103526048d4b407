"""A row of a list of lots becomes a past lot, or a list of everything that is wrong with it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from kernel.money import Money
from valuation.deals import FIRST_DAY, TITLE_LENGTH_MAX, Trade
from valuation.importing import cells
from valuation.importing.cells import Cell
from valuation.importing.faults import Fault
from valuation.importing.reading import RowReader, among, text
from valuation.starting.headers import LotField, LotLayout
from valuation.starting.lots import FROM_FILE, LotOutcome, PastLot, content_id

SESSION_LENGTH_MAX: Final = 200
URL_LENGTH_MAX: Final = 1_000
BIDDERS_MAX: Final = 100_000

_BIDDING: Final = (
    "拍卖",
    "竞价",
    "网络竞价",
    "现场竞价",
    "挂牌竞价",
    "密封报价",
    "auction",
    "bidding",
    "onlinebidding",
)
MODES: Final[dict[str, Trade | str]] = {
    **dict.fromkeys((*_BIDDING, "挂牌+书面竞价", "listedthensealedbid", "sealedbid"), "bidding"),
    **dict.fromkeys(("许可竞价", "许可拍卖", "auctionlicence", "auctionlicense"), Trade.LICENCE),
    **dict.fromkeys(("转让竞价", "转让拍卖", "auctiontransfer"), Trade.TRANSFER),
    **dict.fromkeys(("专场", "专场合计", "合计", "auctionevent", "event"), "event"),
    **dict.fromkeys(("协议定价", "协议转让", "评估后协议", "appraisalthenagreed", "agreed", "appraisal"), "agreed"),
}
OUTCOMES: Final = {
    **dict.fromkeys(("成交", "已成交", "是", "sold", "yes", "true"), LotOutcome.SOLD),
    **dict.fromkeys(("流拍", "未成交", "否", "unsold", "no", "false"), LotOutcome.UNSOLD),
    **dict.fromkeys(("无人报价", "无人应价", "nobids"), LotOutcome.NO_BIDS),
    **dict.fromkeys(("未达保留价", "低于保留价", "belowreserve"), LotOutcome.BELOW_RESERVE),
}
_TOTAL: Final = re.compile(r"^\s*EVENT\b|合计|总计|小计|\b(sub)?total\b", re.IGNORECASE)


def read_lot(layout: LotLayout, row: Sequence[Cell], *, line: int, today: date) -> PastLot | list[Fault]:
    """Read one row. A row with any fault is not stored at all; every fault in it is reported.

    A day may be left out, for a lot whose day nobody wrote down still says how it ended; one that is written must be one.
    """
    reader = RowReader(layout, row, line)
    if (extra := reader.too_wide()) is not None:
        return [extra]
    title = reader.needed(LotField.TITLE, text(TITLE_LENGTH_MAX))
    trade = _trade(reader, title)
    outcome = reader.needed(LotField.OUTCOME, among(OUTCOMES, "outcome-unknown"))
    start = reader.needed(LotField.START, _price(layout, LotField.START))
    final = reader.optional(LotField.FINAL, _price(layout, LotField.FINAL))
    reference = None
    if LotField.REFERENCE in layout.places:
        reference = reader.optional(LotField.REFERENCE, _price(layout, LotField.REFERENCE))
    closed_on = reader.optional(LotField.DATE, cells.day)
    session_name = reader.optional(LotField.SESSION, text(SESSION_LENGTH_MAX))
    bidders = reader.optional(LotField.BIDDERS, _bidders)
    related = reader.read(LotField.RELATED, cells.flag)
    url = reader.optional(LotField.SOURCE, text(URL_LENGTH_MAX))
    _check(reader, outcome, start, final, closed_on, today)
    if reader.faults or title is None or outcome is None or start is None:
        return reader.faults
    lot = PastLot(
        source=FROM_FILE,
        source_id="",
        title=title,
        start=start,
        outcome=outcome,
        final=final,
        reference=reference,
        reference_kind=layout.reference_kind if reference is not None else None,
        trade=trade,
        closed_on=closed_on,
        session_name=session_name,
        bidders=bidders,
        related_party=bool(related),
        source_url=url,
    )
    return dataclasses.replace(lot, source_id=content_id(lot))


def _trade(reader: RowReader, title: str | None) -> Trade | None:
    """The way of trade, where the mode says it; totals and sales without bidding are faults."""
    if title is not None and _TOTAL.search(title):
        reader.fault(LotField.TITLE, "lot-is-an-event")
        return None
    mode = reader.needed(LotField.MODE, among(MODES, "mode-unknown"))
    if mode == "event":
        reader.fault(LotField.MODE, "lot-is-an-event")
    if mode == "agreed":
        reader.fault(LotField.MODE, "mode-not-bidding")
    return mode if isinstance(mode, Trade) else None


def _check(
    reader: RowReader,
    outcome: LotOutcome | None,
    start: Money | None,
    final: Money | None,
    closed_on: date | None,
    today: date,
) -> None:
    """What the cells say together: a price where it was sold and only there, not below the start; a day that can be."""
    if outcome is LotOutcome.SOLD and not reader.has(LotField.FINAL):
        reader.fault(LotField.FINAL, "sold-without-price")
    if outcome is not None and outcome is not LotOutcome.SOLD and reader.has(LotField.FINAL):
        reader.fault(LotField.FINAL, "unsold-with-price")
    if start is not None and final is not None and final < start:
        reader.fault(LotField.FINAL, "final-below-start")
    if closed_on is not None and closed_on > today:
        reader.fault(LotField.DATE, "date-in-future")
    if closed_on is not None and closed_on < FIRST_DAY:
        reader.fault(LotField.DATE, "date-too-early")


def _price(layout: LotLayout, field: LotField) -> partial[Money]:
    return partial(cells.price, unit=layout.units[field])


def _bidders(cell: Cell) -> int:
    return cells.whole(cell, low=0, high=BIDDERS_MAX, code="size-out-of-range")
