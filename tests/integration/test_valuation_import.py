"""Past transactions come in: the real list, twice, dry, broken, and never half."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from kernel.db import Database
from tests.support.counting import counts
from valuation.importing.commands import ImportReport, import_transactions
from valuation.importing.faults import Fault
from valuation.importing.reporting import report_file
from valuation.importing.sheets import UnreadableTable
from valuation.tables import ImportBatch, PastTransaction

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HEADER = "专利号,名称,交易方式,日期,价格（万元）,价格类型\n"
GOOD = "2008103040819,马达启动电路,转让,2018-06-15,0.7,卖方报价\n"
BROKEN = "2016101176390,校验位错误的专利,转让,2018-06-15,0.7,卖方报价\n"


def bring(db: Database, path: Path, **how: Any) -> ImportReport:
    with db.session("worker") as session:
        return import_transactions(session, path, now=NOW, **how)


def rows(db: Database) -> int:
    with db.session("worker") as session:
        return session.execute(select(func.count()).select_from(PastTransaction)).scalar_one()


def table(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_real_list_comes_in_as_it_is(db: Database, real_data: Path) -> None:
    faults: list[Fault] = []

    report = bring(db, real_data / "cn_patent_prices_8182.csv", on_fault=faults.append)

    assert (report.rows_read, report.rows_rejected, report.rows_repeated, report.rows_stored) == (8182, 5, 3, 8174)
    assert {fault.code for fault in faults} == {"number-check-digit"} and len(faults) == 5
    assert report.packages_by_price_type == {"ask": 192, "deal": 25, "appraisal": 2}
    assert report.ignored_columns == ("batch_id", "batch_size")
    assert rows(db) == 8174


def test_the_real_list_twice_changes_nothing(db: Database, real_data: Path) -> None:
    bring(db, real_data / "cn_patent_prices_8182.csv")

    again = bring(db, real_data / "cn_patent_prices_8182.csv")

    assert (again.rows_stored, again.rows_known, again.rows_repeated, again.rows_rejected) == (0, 8174, 3, 5)
    assert rows(db) == 8174
    with db.session("worker") as session:
        assert session.execute(select(func.count()).select_from(ImportBatch)).scalar_one() == 1


def test_a_dry_run_counts_truly_and_stores_nothing(db: Database, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + GOOD + GOOD + BROKEN)

    report = bring(db, path, dry_run=True)

    assert (report.rows_read, report.rows_stored, report.rows_repeated, report.rows_rejected) == (3, 1, 1, 1)
    assert rows(db) == 0


def test_a_broken_row_is_reported_and_the_others_are_kept(db: Database, tmp_path: Path) -> None:
    faults: list[Fault] = []

    report = bring(db, table(tmp_path, HEADER + BROKEN + GOOD), on_fault=faults.append)

    assert (report.rows_stored, report.rows_rejected) == (1, 1)
    assert [(one.line, one.column, one.value, one.code) for one in faults] == [
        (2, "专利号", "2016101176390", "number-check-digit")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_rows_in_another_encoding_are_the_same_rows(db: Database, tmp_path: Path, encoding: str) -> None:
    bring(db, table(tmp_path, HEADER + GOOD))

    again = bring(db, table(tmp_path, HEADER + GOOD, encoding=encoding))

    assert (again.rows_stored, again.rows_known) == (0, 1)


def test_the_same_rows_in_a_workbook_are_the_same_rows(db: Database, tmp_path: Path) -> None:
    bring(db, table(tmp_path, HEADER + GOOD))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某学院专利交易表"])
    sheet.append(["专利号", "名称", "交易方式", "日期", "价格（元）", "价格类型"])
    sheet.append([2008103040819, "马达启动电路", "转让", date(2018, 6, 15), 7000.000000000001, "卖方报价"])
    book.save(tmp_path / "list.xlsx")

    again = bring(db, tmp_path / "list.xlsx")

    assert (again.rows_known, again.rows_stored, again.faults) == (1, 0, {})


def test_a_file_that_turns_out_unreadable_stores_nothing(db: Database, tmp_path: Path) -> None:
    many = HEADER + "".join(GOOD.replace("0.7", f"{price}.5") for price in range(1, 1500)) + '"open quote\n'

    with pytest.raises(UnreadableTable) as refused:
        bring(db, table(tmp_path, many))

    assert refused.value.reason == "quotes"
    assert rows(db) == 0


def test_a_package_of_equal_rows_is_one_deal(db: Database, tmp_path: Path) -> None:
    deal = "2008103040819,甲,转让,2018-06-15,20,成交价\n2009101149243,乙,转让,2018-06-15,20,成交价\n"

    report = bring(db, table(tmp_path, HEADER + deal))

    assert report.rows_stored == 2
    assert report.packages_by_price_type == {"deal": 1}


def test_the_report_says_line_column_value_and_what_to_do(db: Database, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + BROKEN + GOOD.replace("0.7", "=1+1"))

    with report_file(tmp_path / "why.csv") as sink:
        bring(db, path, on_fault=sink)
    with report_file(tmp_path / "why.json") as sink:
        bring(db, path, on_fault=sink)

    shown = (tmp_path / "why.csv").read_text("utf-8-sig").splitlines()
    assert shown[0] == "line,column,value,code,hint_zh,hint_en"
    assert shown[1].startswith("2,专利号,2016101176390,number-check-digit,专利号校验位不正确")
    assert "'=1+1" in shown[2]
    codes = [one["code"] for one in json.loads((tmp_path / "why.json").read_text("utf-8"))]
    assert codes == ["number-check-digit", "price-not-a-number"]


def test_a_report_that_is_never_finished_does_not_appear(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), report_file(tmp_path / "why.csv"):
        raise KeyboardInterrupt

    assert list(tmp_path.iterdir()) == []


def test_past_transactions_cannot_be_changed_or_taken_out(db: Database, tmp_path: Path) -> None:
    bring(db, table(tmp_path, HEADER + GOOD))

    for statement in ("UPDATE past_transaction SET price = 1", "DELETE FROM past_transaction"):
        with pytest.raises(Exception, match="permission denied"), db.session("worker") as session:
            session.connection().exec_driver_sql(statement)


def test_a_long_list_with_broken_rows_loses_nothing(db: Database, tmp_path: Path) -> None:
    count = counts(200_000)
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER.replace("专利号", "成果类型"))
        for number in range(count):
            kind = "永动机" if number % 100 == 7 else "技术秘密"
            file.write(f"{kind},成果{number},转让,2018-06-15,{1 + number % 97}.5,成交价\n")
    faults: list[Fault] = []
    tracemalloc.start()

    report = bring(db, path, on_fault=faults.append)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.rows_read, report.rows_rejected) == (count, count // 100)
    assert report.rows_stored == rows(db) == count - count // 100
    assert report.faults == {"kind-unknown": count // 100}
    assert peak < (32 << 20) + 400 * len(faults) + 40 * count
