"""The work folder of a bulk valuation: numbered parts that are there whole or not at all, so that a killed run goes on.

It lies beside the output as `.NAME.work` and goes when the output is whole. A part counts from the moment its file has
its name: it is written beside it, synced, renamed, and the folder synced. Its faults are there before it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kernel.failpoints import failpoint
from valuation.importing.faults import Fault

if TYPE_CHECKING:
    import pyarrow

FORM: Final = 1
"""The form of the folder; another number is another reader."""
JOB, LOCK = "job.json", "lock"


@dataclass(eq=False)
class AnotherIsAtWork(RuntimeError):
    """Another run is writing the same output; wait for it or choose another name."""

    folder: Path

    def __str__(self) -> str:
        return f"another run is at work in {self.folder} / 另一个任务正在写同一输出"


@dataclass(frozen=True, slots=True)
class Job:
    """What is being done: another file, model, day or size of parts is another job and shares no part with this one."""

    input_sha256: str
    rows: int
    rows_per_part: int
    model_sha256: str
    policy: str
    today: str
    form: int = FORM


class WorkFolder:
    """The parts of one output."""

    def __init__(self, output: Path) -> None:
        self.path = output.with_name(f".{output.name}.work")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else works here meanwhile. Raises AnotherIsAtWork, OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AnotherIsAtWork(self.path) from None
            yield

    def job(self) -> Job | None:
        """What was begun here, None where there is nothing to go on with."""
        try:
            return Job(**json.loads((self.path / JOB).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, job: Job) -> bool:
        """Take up a job where it stands; True if parts of another one were thrown away."""
        before = self.job()
        if before == job:
            for left in self.path.glob("*.tmp"):
                left.unlink()
            return False
        others = [one for one in self.path.iterdir() if one.name != LOCK]
        for one in others:
            one.unlink()
        self._write(JOB, json.dumps(asdict(job), indent=2).encode())
        return bool(others)

    def part(self, number: int) -> Path:
        """Where a part lies or will lie."""
        return self.path / f"part-{number:08d}.parquet"

    def done(self, rows: dict[int, int]) -> set[int]:
        """The parts that are there whole; `rows` of each part by number. One that is damaged is removed."""
        found = set()
        for number, count in rows.items():
            if self.part(number).exists():
                if _rows_in(self.part(number)) == count:
                    found.add(number)
                else:
                    self.part(number).unlink()
        return found

    def keep(self, number: int, table: pyarrow.Table, faults: Iterable[Fault]) -> None:
        """Keep a part for good."""
        lines = [json.dumps([one.line, one.column, one.value, one.code], ensure_ascii=False) for one in faults]
        self._write(self._faults(number).name, "\n".join(lines).encode())
        self._write(self.part(number).name, _as_parquet(table))
        failpoint("valuation.after_part")

    def faults(self, number: int) -> Iterator[Fault]:
        """The faults of a part, in the order of rows."""
        with self._faults(number).open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield Fault(*json.loads(line))

    def remove(self) -> None:
        """The output is whole: the parts have done their work."""
        shutil.rmtree(self.path)

    def _faults(self, number: int) -> Path:
        return self.path / f"part-{number:08d}.faults.jsonl"

    def _write(self, name: str, content: bytes) -> None:
        beside = self.path / f"{name}.tmp"
        beside.write_bytes(content)
        sync_file(beside)
        failpoint("valuation.before_rename")
        beside.replace(self.path / name)
        sync_folder(self.path)


def sync_file(path: Path) -> None:
    """What was written to a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """What was renamed in a folder stays renamed after a crash."""
    sync_file(folder)


def _as_parquet(table: pyarrow.Table) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _rows_in(path: Path) -> int | None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata: Any = parquet.read_metadata(path)
    except (pa.ArrowException, OSError):
        return None
    return int(metadata.num_rows)
