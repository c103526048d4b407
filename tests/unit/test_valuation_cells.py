"""A cell is read exactly or refused with a reason; nothing is rounded and nothing is guessed."""

from datetime import date, datetime

import pytest

from kernel.money import Money
from valuation.importing import cells
from valuation.importing.faults import HINTS, BadCell, clip


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("0.5", "wan", 500_000),
        ("13.247384", "wan", 13_247_384),
        ("1,234,567.89", "yuan", 123_456_789),
        ("１２．５", "wan", 12_500_000),
        ("￥1280.50", "yuan", 128_050),
        ("3万元", "yuan", 3_000_000),
        ("5000元", "wan", 500_000),
        ("1.2亿", "wan", 12_000_000_000),
        (0.30000000000000004, "wan", 300_000),
        (7000, "yuan", 700_000),
    ],
)
def test_a_price_becomes_whole_fen(cell: cells.Cell, unit: str, fen: int) -> None:
    assert cells.price(cell, unit) == Money(fen)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "price-not-a-number"),
        ("面议", "price-not-a-number"),
        ("1e3", "price-not-a-number"),
        ("1_000", "price-not-a-number"),
        ("1,23", "price-not-a-number"),
        (True, "price-not-a-number"),
        ("NaN", "price-not-finite"),
        ("-Infinity", "price-not-finite"),
        ("#DIV/0!", "price-not-finite"),
        (float("nan"), "price-not-finite"),
        (float("inf"), "price-not-finite"),
        ("0", "price-not-positive"),
        ("-0", "price-not-positive"),
        ("-3.5", "price-not-positive"),
        ("0.0000001", "price-not-whole-fen"),
        ("10000001", "price-too-large"),
        ("9" * 40, "price-too-large"),
        (1e300, "price-not-a-number"),
    ],
)
def test_what_is_no_price_in_wan_is_refused(cell: cells.Cell, code: str) -> None:
    with pytest.raises(BadCell) as bad:
        cells.price(cell, "wan")

    assert bad.value.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "2018-06-15",
        "2018/6/15",
        "2018.6.15",
        "2018年6月15日",
        "20180615",
        "2018-06-15 00:00:00",
        "2018-06-15T08:30:00Z",
        "２０１８-０６-１５",
        datetime.fromisoformat("2018-06-15T13:30"),
        date(2018, 6, 15),
        43266,
        43266.75,
    ],
)
def test_a_day_is_read_in_every_form_that_tables_use(cell: cells.Cell) -> None:
    assert cells.day(cell) == date(2018, 6, 15)


@pytest.mark.parametrize(
    "cell", ["", "2018-02-30", "2018-6", "15/06/2018", "18-06-15", "43266", 5, float("nan"), "明天"]
)
def test_what_is_no_day_is_refused(cell: cells.Cell) -> None:
    with pytest.raises(BadCell, match="date-not-a-date"):
        cells.day(cell)


@pytest.mark.parametrize("cell", ["电\x00机", "电\x07机", "电\u202e机", "电\u200b机"])
def test_invisible_characters_have_no_place_in_a_title(cell: str) -> None:
    with pytest.raises(BadCell, match="text-not-allowed"):
        cells.text(cell, length_max=100)


def test_a_title_is_one_line_in_one_form() -> None:
    assert cells.text(" 马达\n启动 e\u0301 ", length_max=100) == "马达 启动 \u00e9"


def test_words_are_found_however_they_are_written() -> None:
    assert cells.word(" Utility_Model ") == cells.word("ＵＴＩＬＩＴＹ－ｍｏｄｅｌ") == "utilitymodel"


def test_every_hint_speaks_both_languages() -> None:
    assert all(zh and en and zh != en for zh, en in HINTS.values())


def test_a_clipped_value_is_one_printable_line() -> None:
    shown = clip("a\nb\u202e" + "长" * 200)

    assert len(shown) == 60 and shown.isprintable()
