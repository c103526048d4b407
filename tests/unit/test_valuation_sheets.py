"""Strangers' files are opened within limits: a table, or a refusal that says why."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from valuation.importing.sheets import UnreadableTable, open_table

HEADER = "专利号,交易方式,日期,价格（元）,价格类型\n"
ROW = "2008103040819,转让,2018-06-15,7000,卖方报价\n"


def refused(path: Path) -> str:
    with pytest.raises(UnreadableTable) as refusal, open_table(path) as table:
        list(table.rows)
    return refusal.value.reason


def written(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ((HEADER + ROW).encode(), "utf-8-sig"),
        ((HEADER + ROW).encode("utf-8-sig"), "utf-8-sig"),
        ((HEADER + ROW).encode("gb18030"), "gb18030"),
        (("\ufeff" + HEADER + ROW).encode("gb18030"), "gb18030"),
        ((HEADER + ROW).replace(",", "\t").encode(), "utf-8-sig"),
        ((HEADER + ROW).replace(",", ";").encode(), "utf-8-sig"),
        ((HEADER + ROW).replace("\n", "\r\n").encode(), "utf-8-sig"),
    ],
)
def test_text_tables_are_read_in_both_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    with open_table(written(tmp_path, content)) as table:
        rows = list(table.rows)

    assert table.encoding == encoding
    assert rows == [(2, ["2008103040819", "转让", "2018-06-15", "7000", "卖方报价"])]


def test_a_title_above_the_header_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    content = "某学院专利交易表,,,,\n\n" + HEADER + ",,,,\n" + ROW

    with open_table(written(tmp_path, content.encode())) as table:
        assert [line for line, _ in table.rows] == [5]


def test_lines_are_counted_through_cells_of_several_lines(tmp_path: Path) -> None:
    content = HEADER + ROW.replace("卖方报价", '"卖方\n报价"') + ROW

    with open_table(written(tmp_path, content.encode())) as table:
        assert [line for line, _ in table.rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xff\xfe\x00\x01", "encoding"),
        (b"\xff\xff\xff", "encoding"),
        (HEADER.encode() + b"\0", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-excel"),
        (b"PK\x03\x04 not a zip", "workbook"),
        ("一,二\n1,2\n".encode(), "header"),
        (HEADER.encode() + b'"open', "quotes"),
        (HEADER.encode() + b"a" * 30_000 + b"\n", "quotes"),
        (HEADER.encode() + b"1," * 300 + b"\n", "too-many-columns"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert refused(written(tmp_path, content)) == reason


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as refusal, open_table(written(tmp_path, "专利号,日期\n1,2\n".encode())):
        pass

    assert set(refusal.value.missing) == {"trade", "price", "price_type"}


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")

    assert refused(tmp_path / "list.xlsx") == "binary"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_unpacking(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 << 20))

    assert refused(tmp_path / "list.xlsx") == "bomb"


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    laughs = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(tmp_path / "list.xlsx", "w") as evil:
        for part in plain.infolist():
            name = part.filename
            evil.writestr(name, laughs if name == "xl/worksheets/sheet1.xml" else plain.read(name))

    assert refused(tmp_path / "list.xlsx") == "workbook"


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER.strip().split(","), *[ROW.strip().split(",")] * 50):
        sheet.append(row)
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()

    assert refused(written(tmp_path, whole[: len(whole) // 2], "list.xlsx")) == "workbook"
