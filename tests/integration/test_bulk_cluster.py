"""Bulk valuation by others: two real worker processes of a Dask cluster, and processes of this machine."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bulk import file_of, recipe, results
from tests.support.bulk_process import die, lack_the_product
from valuation.bulk import running, workers
from valuation.bulk.reading import Source
from valuation.bulk.running import Summary

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def local_cluster() -> Iterator[Any]:
    """A scheduler and two workers, each a process with a port of its own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, protocol="tcp://", silence_logs=50
    ) as cluster:
        cluster.wait_for_workers(2, timeout=60)
        yield cluster


def value(given: Path, output: Path, crew: workers.Crew, **others: Any) -> Summary:
    source = Source(given)
    return running.run(
        recipe(), source, output, input_sha256=source.sha256(), crew=crew, rows_per_part=100, **others
    )  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of seven parts, and beside it what this process alone makes of it."""
    path = file_of(tmp_path_factory.mktemp("bulk") / "in.parquet", results(650, broken=0.05))
    with workers.here() as crew:
        value(path, path.with_name("alone.parquet"), crew)
    return path


@pytest.mark.long
def test_a_cluster_gives_the_same_bytes(local_cluster: Any, given: Path, tmp_path: Path) -> None:
    with workers.cluster(local_cluster.scheduler_address) as crew:
        done = value(given, tmp_path / "out.parquet", crew)

    assert done.rows == 650 and crew.ahead == 4
    assert (tmp_path / "out.parquet").read_bytes() == given.with_name("alone.parquet").read_bytes()


@pytest.mark.long
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(local_cluster: Any, given: Path, tmp_path: Path) -> None:
    pids = [worker.pid for worker in local_cluster.workers.values()]
    killed: list[int] = []

    def kill_one(rows: int, total: int) -> None:
        if rows and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    with workers.cluster(local_cluster.scheduler_address) as crew:
        value(given, tmp_path / "out.parquet", crew, on_progress=kill_one)

    assert killed
    assert (tmp_path / "out.parquet").read_bytes() == given.with_name("alone.parquet").read_bytes()


@pytest.mark.long
def test_processes_of_this_machine_give_the_same_bytes(given: Path, tmp_path: Path) -> None:
    with workers.processes(2) as crew:
        value(given, tmp_path / "out.parquet", crew)

    assert (tmp_path / "out.parquet").read_bytes() == given.with_name("alone.parquet").read_bytes()


def test_a_process_that_dies_is_told_in_a_sentence() -> None:
    with pytest.raises(workers.NoCrew, match="died"), workers.processes(1) as crew:
        crew.submit(die).result()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "http://127.0.0.1:8786", "tcp://nowhere", "tcp://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 0.5)

    with pytest.raises(workers.NoCrew, match=r"no scheduler answers|not an address"), workers.cluster(address):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(workers.NoCrew, match=r"technology-market\[cluster\]"), workers.cluster("tcp://127.0.0.1:8786"):
        pass


@pytest.mark.long
def test_workers_without_the_product_are_told_in_a_sentence(local_cluster: Any) -> None:
    with (
        pytest.raises(workers.NoCrew, match="lack the product"),
        workers.cluster(local_cluster.scheduler_address) as crew,
    ):
        crew.submit(lack_the_product).result()
