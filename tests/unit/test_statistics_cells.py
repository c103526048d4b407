"""Official tables as rules: what the public may see, and CSV that cannot run."""

import csv
import io

import pytest

from contracts.agreements.kinds import IP_KIND_NAMES, KIND_NAMES, SUB_KIND_NAMES
from contracts.statistics.cells import Cell, for_the_public
from kernel.csv_text import BOM, csv_text, safe
from kernel.money import Money


def cell(code: str, contracts: int = 5, sellers: int = 3, buyers: int = 3) -> Cell:
    return Cell(code, contracts, Money(contracts * 100), Money(contracts * 90), sellers, buyers)


def hidden(cells: list[Cell]) -> list[str]:
    return [one.code for one in for_the_public(cells, units_min=3) if one.suppressed]


def test_a_cell_of_three_sellers_and_three_buyers_is_public():
    assert hidden([cell("a"), cell("b")]) == []


def test_a_cell_with_two_sellers_is_not_public__statistics_law_25():
    assert hidden([cell("a", sellers=2), cell("b", buyers=2), cell("c")]) == ["a", "b"]


def test_a_single_hidden_cell_takes_the_next_smallest_with_it():
    assert hidden([cell("a", buyers=1), cell("b", contracts=9), cell("c", contracts=4)]) == ["a", "c"]


def test_a_table_of_one_hidden_cell_has_nothing_else_to_hide():
    assert hidden([cell("a", buyers=1)]) == ["a"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝x", "＋x", "－x", "＠x", "  =x"])
def test_text_that_would_be_a_formula_is_defused(text: str):
    assert safe(text) == "'" + text


def test_numbers_stay_numbers():
    assert safe(-1200) == "-1200"
    assert safe(None) == ""


def test_the_file_opens_with_a_byte_order_mark_and_reads_back():
    text = csv_text(["code", "name"], [["01", 'a "quoted", name'], ["02", "技术许可"]])

    assert text.startswith(BOM)
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM))))[1:] == [
        ["01", 'a "quoted", name'],
        ["02", "技术许可"],
    ]


def test_the_code_tables_that_ship_name_every_code_of_the_rules():
    from importlib.resources import files

    text = files("contracts.statistics").joinpath("data/codes_01.csv").read_text("utf-8")
    named = {(row["code_table"], row["code"]): row["name_zh"] for row in csv.DictReader(text.splitlines())}

    for kind, (zh, _) in KIND_NAMES.items():
        assert named["contract_type", kind.value] == zh
    for code, (zh, _) in SUB_KIND_NAMES.items():
        assert named["contract_type", code] == zh
    for code, (zh, _) in IP_KIND_NAMES.items():
        assert named["ip_kind", code] == zh
    assert len([code for table, code in named if table == "tech_field"]) == 11
