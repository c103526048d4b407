"""The command line of imports and valuation: counts, reports, exit codes, and no traceback for what a user can mend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import wiring
from app.cli import imports, valuation
from kernel.db import Database
from tests.support.past_deals import NOW, a_deal
from valuation import commands

HEADER = "专利号,名称,交易方式,日期,价格（万元）,价格类型\n"
GOOD = "2008103040819,马达启动电路,转让,2018-06-15,0.7,卖方报价\n"
BROKEN = "2016101176390,校验位错误的专利,转让,2018-06-15,0.7,卖方报价\n"


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(_settings: object = None) -> Iterator[Database]:
        yield db

    monkeypatch.setattr(wiring, "open_database", opened)
    return CliRunner()


def bring(run: CliRunner, path: Path, *options: str) -> Result:
    return run.invoke(imports.app, ["transactions", str(path), *options])


def table(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, "utf-8")
    return path


def test_an_import_says_what_became_of_every_row(run: CliRunner, tmp_path: Path) -> None:
    done = bring(run, table(tmp_path, HEADER + GOOD + GOOD + BROKEN), "--report", str(tmp_path / "why.csv"))

    assert done.exit_code == 0
    assert "3 rows read, 1 stored, 0 known, 1 repeated in the file, 1 rejected" in done.output
    assert "line 4" in done.output and "校验位" in done.output
    assert len((tmp_path / "why.csv").read_text("utf-8-sig").splitlines()) == 2


def test_the_counts_come_as_json_too(run: CliRunner, tmp_path: Path) -> None:
    counts = json.loads(bring(run, table(tmp_path, HEADER + GOOD), "--json", "--dry-run").output)

    assert (counts["rows_read"], counts["rows_stored"], counts["dry_run"]) == (1, 1, True)
    assert json.loads(bring(run, table(tmp_path, HEADER + GOOD), "--json").output)["rows_known"] == 0


def test_the_rejected_rows_come_back_as_a_workbook_to_mend(run: CliRunner, tmp_path: Path) -> None:
    formula = BROKEN.replace("校验位错误的专利", "=HYPERLINK(1)")

    done = bring(run, table(tmp_path, HEADER + GOOD + formula), "--report", str(tmp_path / "why.xlsx"))

    book = openpyxl.load_workbook(tmp_path / "why.xlsx")
    rows = list(book.worksheets[0].iter_rows())
    assert done.exit_code == 0 and len(rows) == 2
    assert rows[0][-1].value == "原因 why" and "校验位" in str(rows[1][-1].value)
    assert (rows[1][1].value, rows[1][1].data_type) == ("=HYPERLINK(1)", "s")
    assert json.loads(bring(run, tmp_path / "why.xlsx", "--json").output)["rows_rejected"] == 1


def test_strict_makes_rejected_rows_a_failure(run: CliRunner, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + GOOD + BROKEN)

    assert bring(run, path, "--strict").exit_code == 1
    assert json.loads(bring(run, path, "--json").output)["rows_known"] == 1


def test_a_file_that_is_no_table_is_a_sentence_and_no_traceback(run: CliRunner, tmp_path: Path) -> None:
    done = bring(run, table(tmp_path, "一,二\n1,2\n"))

    assert done.exit_code == 2 and isinstance(done.exception, SystemExit)
    assert "header" in done.output and "price" in done.output and "Traceback" not in done.output


def test_the_template_can_be_imported_as_it_is(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "template.csv"

    assert run.invoke(imports.app, ["template", str(path)]).exit_code == 0
    assert json.loads(bring(run, path, "--json").output)["rows_stored"] == 1


def test_training_without_data_says_so(run: CliRunner) -> None:
    done = run.invoke(valuation.app, ["train"])

    assert (done.exit_code == 1 and "nothing" in done.output.lower()) or "no past transactions" in done.output


def test_training_and_explaining(run: CliRunner, db: Database) -> None:
    with db.session("worker") as session:
        for number in range(60):
            commands.record_deal(session, deal=a_deal(number), now=NOW)

    trained = run.invoke(valuation.app, ["train", "--json"])
    told = run.invoke(valuation.app, ["explain", "一种水泵", "--filed-on", "2020-01-01"])

    assert json.loads(trained.output)["rows"]["deals"] == 60
    assert told.exit_code == 0
    assert "参考价约" in told.output and "AI初始价格参考，非资产评估报告" in told.output
