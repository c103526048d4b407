"""A row of somebody's list of lots is a lot, or a list of all that is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kernel.money import Money
from valuation.deals import Trade
from valuation.importing.headers import NoLayout
from valuation.starting.headers import LotLayout, read_lot_header
from valuation.starting.lots import LotOutcome, PastLot, ReferenceKind
from valuation.starting.rows import read_lot

HEADER = [
    "日期",
    "专场",
    "标的名称",
    "方式",
    "起拍价（万元）",
    "成交价（万元）",
    "结果",
    "评估价（元）",
    "竞买人数",
    "关联交易",
    "来源",
]
GOOD = [
    "2024-06-18",
    "春季专场",
    "一种水泵",
    "拍卖",
    "20",
    "32.5",
    "成交",
    "300000",
    "3",
    "否",
    "https://example.org/1",
]
TODAY = date(2026, 11, 25)


def layout() -> LotLayout:
    found = read_lot_header(HEADER)
    assert isinstance(found, LotLayout)
    return found


def read(**changes: Any) -> PastLot | list[str]:
    """The row with some cells changed, by their header: a lot, or the codes of its faults."""
    places = {name.split("（")[0]: place for place, name in enumerate(HEADER)}
    row = list(GOOD)
    for name, value in changes.items():
        row[places[name]] = value
    found = read_lot(layout(), row, line=2, today=TODAY)
    return found if isinstance(found, PastLot) else [fault.code for fault in found]


def test_a_good_row_is_a_lot_to_the_fen():
    found = read()

    assert isinstance(found, PastLot)
    assert (found.start, found.final, found.reference) == (Money.wan(20), Money.wan("32.5"), Money.yuan(300_000))
    assert (found.outcome, found.reference_kind, found.trade) == (LotOutcome.SOLD, ReferenceKind.APPRAISAL, None)
    assert (found.closed_on, found.session_name, found.bidders) == (date(2024, 6, 18), "春季专场", 3)
    assert found.source == "file" and len(found.source_id) == 64 and not found.related_party


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"起拍价": ""}, ["missing"]),
        ({"起拍价": "0"}, ["price-not-positive"]),
        ({"起拍价": "nan"}, ["price-not-finite"]),
        ({"起拍价": "1e9"}, ["price-not-a-number"]),
        ({"起拍价": "99999999999"}, ["price-too-large"]),
        ({"成交价": "USD 55000"}, ["price-not-a-number"]),
        ({"成交价": ""}, ["sold-without-price"]),
        ({"成交价": "19"}, ["final-below-start"]),
        ({"结果": "流拍"}, ["unsold-with-price"]),
        ({"结果": "11/11 sold"}, ["outcome-unknown"]),
        ({"结果": ""}, ["missing"]),
        ({"方式": "协议定价"}, ["mode-not-bidding"]),
        ({"方式": "appraisal_then_agreed"}, ["mode-not-bidding"]),
        ({"方式": "auction_event"}, ["lot-is-an-event"]),
        ({"标的名称": "EVENT TOTAL 11项"}, ["lot-is-an-event"]),
        ({"标的名称": "本场合计"}, ["lot-is-an-event"]),
        ({"方式": "抽签"}, ["mode-unknown"]),
        ({"日期": "2021"}, ["date-not-a-date"]),
        ({"日期": "2008 spring"}, ["date-not-a-date"]),
        ({"日期": "2026-11-26"}, ["date-in-future"]),
        ({"日期": "1984-01-01"}, ["date-too-early"]),
        ({"竞买人数": "-1"}, ["size-out-of-range"]),
        ({"关联交易": "也许"}, ["flag-unknown"]),
        ({"标的名称": "水\u202e泵"}, ["text-not-allowed"]),
        ({"起拍价": "x", "日期": "2021", "结果": "?"}, ["outcome-unknown", "price-not-a-number", "date-not-a-date"]),
    ],
)
def test_every_fault_of_a_row_is_named(changes: dict[str, str], codes: list[str]):
    assert read(**changes) == codes


def test_an_unsold_lot_has_no_price_and_a_day_may_be_missing():
    found = read(成交价="", 结果="流拍", 日期="", 评估价="")

    assert isinstance(found, PastLot)
    assert (found.outcome, found.final, found.closed_on) == (LotOutcome.UNSOLD, None, None)
    assert (found.reference, found.reference_kind) == (None, None)


@pytest.mark.parametrize(
    ("mode", "trade"),
    [
        ("auction_licence", Trade.LICENCE),
        ("转让竞价", Trade.TRANSFER),
        ("网络竞价", None),
        ("listed_then_sealed_bid", None),
    ],
)
def test_the_way_of_trade_is_what_the_mode_says_and_else_unknown(mode: str, trade: Trade | None):
    found = read(方式=mode)

    assert isinstance(found, PastLot) and found.trade is trade


def test_a_row_wider_than_its_header_is_refused():
    found = read_lot(layout(), [*GOOD, "?"], line=2, today=TODAY)

    assert isinstance(found, list) and [fault.code for fault in found] == ["row-too-wide"]


def test_a_header_needs_its_columns_once_and_their_units():
    lacking = read_lot_header(["标的名称", "起拍价", "成交价（万元）", "结果", "成交价（元）"])

    assert isinstance(lacking, NoLayout)
    assert lacking.missing == ("mode", "unit of start_price") and lacking.twice == ("final_price",)


def test_an_estimate_and_an_appraisal_are_told_apart_and_other_columns_are_named():
    found = read_lot_header(["lot", "mode", "start (yuan)", "final (yuan)", "result", "估价（元）", "note"])

    assert isinstance(found, LotLayout)
    assert found.reference_kind is ReferenceKind.ESTIMATE and found.ignored == ("note",)
