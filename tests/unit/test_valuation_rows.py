"""Headers say what columns are; a row is a deal or a list of everything that is wrong with it."""

from datetime import date

import pytest

from kernel.money import Money
from valuation.deals import Kind, PastDeal, PriceType, Trade
from valuation.importing.faults import Fault
from valuation.importing.headers import Field, Layout, NoLayout, read_header
from valuation.importing.rows import read_row

TODAY = date(2026, 11, 21)
HEADER = (
    "专利号",
    "名称",
    "成果类型",
    "交易方式",
    "日期",
    "价格",
    "单位",
    "价格类型",
    "申请日",
    "件数",
    "关联交易",
    "许可方式",
)
GOOD = {
    "专利号": "ZL200810304081.9",
    "名称": "马达启动电路",
    "成果类型": "发明专利",
    "交易方式": "转让",
    "日期": "2018-06-15",
    "价格": "46.1",
    "单位": "万元",
    "价格类型": "成交价",
    "申请日": "2008-08-21",
    "件数": "1",
    "关联交易": "否",
    "许可方式": "",
}


def layout(header: tuple[str, ...] = HEADER) -> Layout:
    found = read_header(header)
    assert isinstance(found, Layout)
    return found


def read(**changes: str) -> PastDeal | list[Fault]:
    return read_row(layout(), list((GOOD | changes).values()), line=7, today=TODAY)


def codes(**changes: str) -> set[str]:
    faults = read(**changes)
    assert isinstance(faults, list)
    return {fault.code for fault in faults}


def test_a_good_row_is_a_past_deal() -> None:
    deal = read()

    assert isinstance(deal, PastDeal)
    assert (deal.application_number, deal.kind, deal.trade) == ("200810304081.9", Kind.INVENTION, Trade.TRANSFER)
    assert (deal.price, deal.price_type, deal.dealt_on) == (Money.wan("46.1"), PriceType.DEAL, date(2018, 6, 15))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"专利号": "ZL200810304081.8"}, "number-check-digit"),
        ({"专利号": "CN101234567A"}, "number-publication-number"),
        ({"专利号": "12345"}, "number-length"),
        ({"成果类型": "实用新型"}, "kind-contradicts-number"),
        ({"成果类型": "永动机"}, "kind-unknown"),
        ({"专利号": "", "成果类型": ""}, "kind-missing"),
        ({"交易方式": "赠与"}, "trade-unknown"),
        ({"交易方式": ""}, "missing"),
        ({"价格": ""}, "missing"),
        ({"价格": "NaN"}, "price-not-finite"),
        ({"价格": "0"}, "price-not-positive"),
        ({"单位": "美元"}, "unit-unknown"),
        ({"单位": ""}, "missing"),
        ({"价格类型": "听说"}, "price-type-unknown"),
        ({"日期": "2026-11-22"}, "date-in-future"),
        ({"日期": "1984-12-31", "申请日": ""}, "date-too-early"),
        ({"日期": "2008-08-20"}, "deal-before-filing"),
        ({"日期": "2007-12-31", "申请日": ""}, "deal-before-filing"),
        ({"申请日": "1990-01-01"}, "right-expired"),
        ({"件数": "0"}, "size-out-of-range"),
        ({"关联交易": "也许"}, "flag-unknown"),
        ({"交易方式": "许可", "许可方式": "口头"}, "licence-kind-unknown"),
        ({"名称": "零宽\u200b字符"}, "text-not-allowed"),
    ],
)
def test_a_bad_cell_is_named(changes: dict[str, str], code: str) -> None:
    assert code in codes(**changes)


def test_every_fault_of_a_row_is_reported_with_its_place() -> None:
    faults = read(价格="-1", 日期="2099-01-01")

    assert isinstance(faults, list)
    assert {(one.line, one.column, one.value, one.code) for one in faults} >= {
        (7, "价格", "-1", "price-not-positive"),
        (7, "日期", "2099-01-01", "date-in-future"),
    }


def test_a_right_may_be_traded_to_the_last_day_of_its_term__patent_law_42() -> None:
    assert isinstance(read(申请日="2006-06-15", 日期="2026-06-15"), PastDeal)
    assert codes(申请日="2006-06-15", 日期="2026-06-16") == {"right-expired"}


def test_a_row_with_more_cells_than_the_header_is_not_guessed_at() -> None:
    faults = read_row(layout(), [*GOOD.values(), "多出的"], line=3, today=TODAY)

    assert isinstance(faults, list)
    assert [(one.column, one.code) for one in faults] == [("#13", "row-too-wide")]


def test_know_how_needs_no_number() -> None:
    deal = read(专利号="", 成果类型="技术秘密", 申请日="")

    assert isinstance(deal, PastDeal)
    assert (deal.kind, deal.application_number) == (Kind.KNOW_HOW, None)


def test_rows_that_say_the_same_are_the_same_row() -> None:
    first, second, third = read(), read(专利号="2008103040819", 日期="2018年6月15日"), read(价格="46.2")

    assert isinstance(first, PastDeal) and isinstance(second, PastDeal) and isinstance(third, PastDeal)
    assert first.source_id == second.source_id != third.source_id


def test_a_header_says_the_unit_and_the_type_of_price() -> None:
    found = layout(("申请号", "转化方式", "成交日期", "成交价（万元）"))

    assert (found.unit, found.implied_type) == ("wan", PriceType.DEAL)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("价格(元)", "yuan"),
        ("price_wan_yuan", "wan"),
        ("Price (CNY)", "yuan"),
        ("金额（单位：万元）", "wan"),
        ("价格_元", "yuan"),
    ],
)
def test_units_are_read_from_headers_as_people_write_them(name: str, unit: str) -> None:
    assert layout(("专利号", "方式", "日期", "价格类型", name)).unit == unit


def test_a_price_without_a_unit_is_not_guessed() -> None:
    found = read_header(("专利号", "方式", "日期", "价格类型", "价格"))

    assert isinstance(found, NoLayout)
    assert found.missing == (Field.UNIT.value,)


def test_two_columns_for_one_thing_are_refused() -> None:
    found = read_header(("专利号", "申请号", "方式", "日期", "价格类型", "价格(元)"))

    assert isinstance(found, NoLayout)
    assert found.twice == (Field.NUMBER.value,)


def test_batch_columns_of_the_published_list_are_never_read() -> None:
    found = layout(("patent_number", "patent_trade_type", "patent_trade_date", "price_wan_yuan", "patent_price_type",
                    "batch_id", "batch_size"))  # fmt: skip

    assert found.ignored == ("batch_id", "batch_size")
    assert Field.PACKAGE not in found.places and Field.PACKAGE_SIZE not in found.places
