"""`market valuation batch` from end to end: the serving model, exit codes, a summary, and one sentence for what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import Result
from pyarrow import parquet
from typer.testing import CliRunner

from app import wiring
from app.cli import valuation
from kernel import failpoints
from kernel.calendar import local_date
from kernel.db import Database, market_now
from kernel.ids import ModelRunId, new_id
from tests.support import bulk
from valuation import estimates, features, shelf
from valuation.bulk.work import WorkFolder
from valuation.policy import policy_on
from valuation.tables import ModelPromotion, ModelRun

TRAINED_AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    @contextmanager
    def opened(_settings: object = None) -> Iterator[Database]:
        yield db

    monkeypatch.setattr(wiring, "open_database", opened)
    yield CliRunner()
    failpoints.arm("")


def batch(run: CliRunner, given: Path, output: Path, *options: str) -> Result:
    return run.invoke(valuation.app, ["batch", str(given), str(output), "--rows-per-part", "100", *options])


def serve(db: Database, *, model_id: str = "2026-11-21/test") -> None:
    """Let the small market's models serve."""
    recipe = bulk.recipe()
    run_id = ModelRunId(new_id())
    with db.session("worker") as session:
        session.add(
            ModelRun(
                id=run_id, model_id=model_id, data_hash="0" * 64, artefact=recipe.artefact,
                artefact_sha256=recipe.sha256, manifest={}, trained_at=TRAINED_AT,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            ModelPromotion(
                id=new_id(), run_id=run_id, promoted=True, why="a test", facts={}, decided_at=market_now(session)
            )
        )


def test_a_file_is_valued_by_the_serving_model_as_each_row_would_be_alone(
    run: CliRunner, db: Database, tmp_path: Path
) -> None:
    serve(db)
    with db.session("worker") as session:
        today = local_date(market_now(session))
    columns = bulk.results(150, today=today)
    given = bulk.file_of(tmp_path / "in.parquet", columns)

    done = batch(run, given, tmp_path / "out.parquet", "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["rows"], told["rows_rejected"], told["parts"]) == (150, 0, 2)
    assert told["label_zh"] == "AI初始价格参考，非资产评估报告"
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    with db.session("worker") as session:
        policy, served = policy_on(session, today), shelf.serving(session)
    assert served is not None
    for place in range(0, 150, 9):
        alone = estimates.estimate(served[1], facts(columns, place, today), policy)
        assert rows[place]["grade"] == alone.grade
        assert rows[place]["price_fen"] == (alone.price.fen if alone.price else None)
        assert rows[place]["low_fen"] == (alone.range.low.fen if alone.range else None)
        title = next((one.factor for one in alone.contributions if one.feature == "title"), None)
        assert title is None or math.exp(rows[place]["part_title"]) == pytest.approx(title, rel=1e-12)


def facts(columns: dict[str, list[Any]], place: int, today: date) -> dict[str, Any]:
    row = {name: values[place] for name, values in columns.items() if name != "id"}
    return features.facts(**(row | {"on": row["on"] or today, "rights": row["rights"] or 1}))


def test_rejected_rows_are_told_and_change_the_exit_code(run: CliRunner, db: Database, tmp_path: Path) -> None:
    serve(db)
    given = bulk.file_of(tmp_path / "in.parquet", bulk.results(120, broken=0.3))

    done = batch(run, given, tmp_path / "out.parquet")

    assert done.exit_code == 1
    assert "rejected" in done.output and "kind-unknown" in done.output and "AI初始价格参考" in done.output
    assert (tmp_path / "out.faults.csv").exists()


def test_a_run_that_was_broken_off_keeps_its_model_though_another_serves_now(
    run: CliRunner, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(db)
    given, output = bulk.file_of(tmp_path / "in.parquet", bulk.results(250)), tmp_path / "out.parquet"
    monkeypatch.setenv("MARKET_ENVIRONMENT", "test")
    monkeypatch.setenv("MARKET_FAILPOINTS", "valuation.after_part=raise@2")
    assert isinstance(batch(run, given, output).exception, failpoints.FailpointRaised)
    monkeypatch.delenv("MARKET_FAILPOINTS")
    serve(db, model_id="2026-11-22/newer")

    done = json.loads(batch(run, given, output, "--json").output)

    assert (done["parts_kept_from_before"], done["model_id"]) == (2, "2026-11-21/test")


def test_without_a_model_nothing_is_begun(run: CliRunner, tmp_path: Path) -> None:
    done = batch(run, bulk.file_of(tmp_path / "in.parquet", bulk.results(2)), tmp_path / "out.parquet")

    assert done.exit_code == 3 and "model" in done.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.parquet"]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (pa.table({"kind": ["invention"]}), "trade"),
        (pa.table({"kind": [[1]], "trade": ["transfer"]}), "kind holds list"),
    ],
)
def test_a_file_that_is_no_table_of_results_is_a_sentence(
    run: CliRunner, tmp_path: Path, table: pa.Table, why: str
) -> None:
    parquet.write_table(table, tmp_path / "in.parquet")

    done = batch(run, tmp_path / "in.parquet", tmp_path / "out.parquet")

    assert done.exit_code == 2 and why in done.output and isinstance(done.exception, SystemExit)


def test_wrong_places_are_sentences(run: CliRunner, tmp_path: Path) -> None:
    given = bulk.file_of(tmp_path / "in.parquet", bulk.results(2))

    assert batch(run, given, given).exit_code == 2
    assert batch(run, given, tmp_path / "no" / "out.parquet").exit_code == 2
    assert batch(run, tmp_path / "missing.parquet", tmp_path / "out.parquet").exit_code == 2


def test_an_output_that_another_run_writes_and_a_cluster_that_is_not_there_are_not_now(
    run: CliRunner, db: Database, tmp_path: Path
) -> None:
    serve(db)
    given, output = bulk.file_of(tmp_path / "in.parquet", bulk.results(2)), tmp_path / "out.parquet"

    with WorkFolder(output).held():
        busy = batch(run, given, output)
    absent = batch(run, given, output, "--cluster", "nowhere")

    assert (busy.exit_code, absent.exit_code) == (3, 3)
    assert "another run" in busy.output and "tcp://scheduler:8786" in absent.output
