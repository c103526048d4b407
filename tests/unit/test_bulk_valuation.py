"""Files of results valued in bulk: the same answers as one by one, no row lost, and a killed run goes on."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from kernel.failpoints import FailpointRaised, arm
from tests.support.bulk import POLICY, SCHEMA, TODAY, file_of, models, past_rows, recipe, results
from valuation import estimates
from valuation.bulk import running, workers
from valuation.bulk.columns import PART
from valuation.bulk.estimating import estimate_all
from valuation.bulk.reading import Source, UnreadableFile
from valuation.bulk.running import Summary
from valuation.bulk.work import AnotherIsAtWork, WorkFolder
from valuation.dataset import facts_of
from valuation.features import facts
from valuation.grading import Grade

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def disarmed() -> Any:
    yield
    arm("")


def value(given: Path, output: Path, *, rows_per_part: int = 100, **others: Any) -> Summary:
    source = Source(given)
    with workers.here() as crew:
        return running.run(
            others.pop("recipe", recipe()),
            source,
            output,
            input_sha256=source.sha256(),
            crew=crew,
            rows_per_part=rows_per_part,
            **others,
        )


def faults_of(output: Path) -> list[dict[str, str]]:
    with running.report_beside(output).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_many_rows_get_the_answers_that_each_gets_alone() -> None:
    asked = [facts_of(row) for row in past_rows()[::7]]
    asked += [facts(title="", kind=kind, trade="equity", on=TODAY) for kind in ("know_how", "invention")]

    together = estimate_all(models(), asked, POLICY)

    alone = [estimates.estimate(models(), one, POLICY) for one in asked]
    assert {one.grade for one in alone} == set(Grade)
    for (found, _), expected in zip(together, alone, strict=True):
        assert (found.grade, found.reason, found.price, found.range) == (
            expected.grade,
            expected.reason,
            expected.price,
            expected.range,
        )
        assert found.base == expected.base
        factors = {one.feature: one.factor for one in expected.contributions}
        assert {one.feature: one.factor for one in found.contributions} == pytest.approx(factors, rel=1e-12)


def test_every_row_comes_back_with_an_answer_or_a_fault(tmp_path: Path) -> None:
    given, output = file_of(tmp_path / "in.parquet", results(450, broken=0.1)), tmp_path / "out.parquet"

    done = value(given, output)

    rows = parquet.read_table(output).to_pylist()
    assert [row["row"] for row in rows] == list(range(1, 451))
    assert [row["id"] for row in rows] == [f"r{number}" for number in range(450)]
    for row in rows:
        assert (row["grade"] is None) == (row["fault"] is not None)
        assert row["grade"] is not None or (row["price_fen"], row["low_fen"], row["base"]) == (None, None, None)
    rejected = {row["row"]: row["fault"] for row in rows if row["fault"]}
    assert 20 < len(rejected) == done.rows_rejected
    told = faults_of(output)
    assert {int(one["line"]) for one in told} == set(rejected)
    assert all(one["code"] in rejected[int(one["line"])].split(";") for one in told)
    assert sum(done.grades.values()) + done.rows_rejected == done.rows == 450
    assert not WorkFolder(output).path.exists()


def test_contributions_multiply_up_to_the_price(tmp_path: Path) -> None:
    given, output = file_of(tmp_path / "in.parquet", results(120)), tmp_path / "out.parquet"

    value(given, output)

    priced = [row for row in parquet.read_table(output).to_pylist() if row["price_fen"] is not None]
    assert len(priced) > 20
    for row in priced:
        parts = [part for name, part in row.items() if name.startswith(PART) and part is not None]
        assert round(100 * math.exp(row["base"] + math.fsum(parts))) == pytest.approx(row["price_fen"], abs=1)


def test_the_output_carries_the_label_and_the_model(tmp_path: Path) -> None:
    given, output = file_of(tmp_path / "in.parquet", results(3)), tmp_path / "out.parquet"

    value(given, output)

    told = parquet.read_schema(output).metadata
    assert told[b"label_zh"].decode() == "AI初始价格参考，非资产评估报告"
    assert (told[b"model"], told[b"valued_on"]) == (b"2026-11-21/test", b"2026-11-21")


def test_a_file_without_rows_gives_a_file_without_rows(tmp_path: Path) -> None:
    output = tmp_path / "out.parquet"

    done = value(file_of(tmp_path / "in.parquet", results(0)), output)

    assert (done.rows, done.parts, parquet.read_metadata(output).num_rows) == (0, 0, 0)


def test_columns_come_in_any_type_that_says_it_plainly(tmp_path: Path) -> None:
    schema = SCHEMA.set(3, pa.field("trade", pa.dictionary(pa.int8(), pa.string())))
    schema = schema.set(4, pa.field("filed_on", pa.timestamp("ns"))).set(5, pa.field("rights", pa.decimal128(9, 1)))
    columns = results(60) | {"rights": [None] * 60}
    plain, typed = tmp_path / "plain.parquet", tmp_path / "typed.parquet"
    file_of(plain, columns)
    parquet.write_table(pa.table(columns, schema=SCHEMA).cast(schema), typed)

    value(plain, tmp_path / "a.parquet")
    value(typed, tmp_path / "b.parquet")

    assert parquet.read_table(tmp_path / "a.parquet") == parquet.read_table(tmp_path / "b.parquet")


def test_a_day_that_no_calendar_has_is_a_fault_of_its_row_alone(tmp_path: Path) -> None:
    table = pa.table(results(3), schema=SCHEMA)
    days = pa.array([20_000, 10**9, 20_000], pa.int32()).cast(pa.date32())
    given = tmp_path / "in.parquet"
    parquet.write_table(table.set_column(table.column_names.index("on"), "on", days), given)

    value(given, tmp_path / "out.parquet")

    faults = parquet.read_table(tmp_path / "out.parquet")["fault"].to_pylist()
    assert [fault is not None and "date-not-a-date" in fault for fault in faults] == [False, True, False]


@pytest.mark.parametrize("row_group_size", [7, 90, 1_000])
def test_pieces_do_not_depend_on_how_the_file_was_written(tmp_path: Path, row_group_size: int) -> None:
    given = file_of(tmp_path / "in.parquet", results(250), row_group_size=row_group_size)

    pieces = list(Source(given).pieces(60))
    later = list(Source(given).pieces(60, start=120))

    assert [piece.num_rows for piece in pieces] == [60, 60, 60, 60, 10]
    assert pa.concat_tables(later) == pa.concat_tables(pieces[2:])


def no_parquet(folder: Path) -> Path:
    path = folder / "in.parquet"
    path.write_text("kind,trade\n")
    return path


def cut_off(folder: Path) -> Path:
    path = file_of(folder / "in.parquet", results(50))
    path.write_bytes(path.read_bytes()[:-9])
    return path


def without_trade(folder: Path) -> Path:
    path = folder / "in.parquet"
    parquet.write_table(pa.table({"kind": ["invention"]}), path)
    return path


def with_lists(folder: Path) -> Path:
    path = folder / "in.parquet"
    parquet.write_table(pa.table({"kind": ["invention"], "trade": [["transfer"]]}), path)
    return path


def twice_kind(folder: Path) -> Path:
    path = folder / "in.parquet"
    parquet.write_table(pa.table([["a"], ["b"], ["c"]], names=["kind", "kind", "trade"]), path)
    return path


@pytest.mark.parametrize(
    "made", [no_parquet, cut_off, without_trade, with_lists, twice_kind, lambda folder: folder / "no"]
)
def test_a_file_that_cannot_be_valued_is_refused_as_a_whole(tmp_path: Path, made: Any) -> None:
    with pytest.raises(UnreadableFile):
        Source(made(tmp_path))


def test_a_stopped_run_goes_on_where_it_stopped_and_writes_the_same_bytes(tmp_path: Path) -> None:
    given = file_of(tmp_path / "in.parquet", results(450, broken=0.05))
    value(given, tmp_path / "whole.parquet")
    output = tmp_path / "out.parquet"
    arm("valuation.after_part=raise@3")
    with pytest.raises(FailpointRaised):
        value(given, output)
    arm("")
    seen: list[int] = []

    done = value(given, output, on_progress=lambda rows, total: seen.append(rows))

    assert done.parts_kept_from_before == 3 and seen == [300, 400, 450]
    assert output.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert faults_of(output) == faults_of(tmp_path / "whole.parquet")


def test_parts_of_another_file_or_day_or_model_are_not_taken_over(tmp_path: Path) -> None:
    given, other = (
        file_of(tmp_path / "in.parquet", results(250)),
        file_of(tmp_path / "other.parquet", results(250, seed=2)),
    )
    output = tmp_path / "out.parquet"
    for again in ({"given": other}, {"recipe": dataclasses.replace(recipe(), today=TODAY.replace(day=20))}):
        arm("valuation.after_part=raise@2")
        with pytest.raises(FailpointRaised):
            value(given, output)
        arm("")

        done = value(again.pop("given", given), output, **again)

        assert done.parts_kept_from_before == 0


def test_a_damaged_part_is_made_again(tmp_path: Path) -> None:
    given, output = file_of(tmp_path / "in.parquet", results(250)), tmp_path / "out.parquet"
    arm("valuation.after_part=raise@2")
    with pytest.raises(FailpointRaised):
        value(given, output)
    arm("")
    WorkFolder(output).part(0).write_bytes(b"PAR1")

    done = value(given, output)

    assert done.parts_kept_from_before == 1 and done.rows == 250


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    given, output = file_of(tmp_path / "in.parquet", results(5)), tmp_path / "out.parquet"

    with WorkFolder(output).held(), pytest.raises(AnotherIsAtWork):
        value(given, output)


KILLS = ["valuation.after_part=kill9@2"]
ALL_KILLS = [
    *(f"valuation.after_part=kill9@{visit}" for visit in (1, 2, 3)),
    *(f"valuation.before_rename=kill9@{visit}" for visit in range(1, 8)),
    "valuation.before_output=kill9",
    "valuation.after_output=kill9",
]


@pytest.mark.parametrize(
    "order", [*KILLS, *(pytest.param(one, marks=pytest.mark.long) for one in ALL_KILLS if one not in KILLS)]
)
def test_a_killed_process_loses_nothing_and_changes_nothing(tmp_path: Path, order: str) -> None:
    given = file_of(tmp_path / "in.parquet", results(250, broken=0.05))
    value(given, tmp_path / "whole.parquet")
    kept, output = tmp_path / "recipe", tmp_path / "out.parquet"
    kept.write_bytes(pickle.dumps(recipe()))
    command = [sys.executable, "-m", "tests.support.bulk_process", str(kept), str(given), str(output), "100"]

    killed = subprocess.run([*command, order], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120)
    done = value(given, output)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert done.rows == 250 and output.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    if "after_part" in order:
        assert done.parts_kept_from_before == int(order[-1])


def test_the_summary_is_plain_values(tmp_path: Path) -> None:
    done = value(file_of(tmp_path / "in.parquet", results(30, broken=0.5)), tmp_path / "out.parquet")

    told = json.loads(json.dumps(done.to_json()))

    assert told["rows"] == 30 and sum(told["faults"].values()) >= told["rows_rejected"] > 0
