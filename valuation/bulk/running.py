"""A bulk valuation from file to file: pieces go out, parts come back and stay, and in the end the output is put together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from kernel.failpoints import failpoint
from valuation.bulk import workers
from valuation.bulk.columns import FAULT, GRADE, LOW, PRICE, Column, answer_schema
from valuation.bulk.estimating import Answers, Piece, Recipe, value_piece
from valuation.bulk.reading import Source, from_bytes, to_bytes
from valuation.bulk.work import Job, WorkFolder, sync_file, sync_folder
from valuation.importing.reporting import report_file

ROWS_PER_PART: Final = 10_000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What became of the rows: each was valued (with a price or without) or rejected."""

    model_id: str
    policy: str
    today: str
    rows: int = 0
    rows_with_price: int = 0
    rows_with_range: int = 0
    rows_rejected: int = 0
    grades: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    parts: int = 0
    parts_kept_from_before: int = 0
    ignored_columns: tuple[str, ...] = ()
    report: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self) | {"ignored_columns": list(self.ignored_columns)}


def begun(output: Path) -> Job | None:
    """The job that a killed run left for this output."""
    return WorkFolder(output).job()


def report_beside(output: Path) -> Path:
    """Where the row report of an output is written."""
    return output.with_name(f"{output.stem}.faults.csv")


def run(
    recipe: Recipe,
    source: Source,
    output: Path,
    *,
    input_sha256: str,
    crew: workers.Crew,
    rows_per_part: int = ROWS_PER_PART,
    on_progress: Progress | None = None,
) -> Summary:
    """Value every row of a file into `output` and report what is wrong with the others beside it.

    Parts of an earlier run of the same job are taken over; the output is the same, byte for byte, however often it was
    killed, and whoever did the work. At any time `crew.ahead` pieces and one part are in memory.
    Raises AnotherIsAtWork, UnreadableFile, OSError.
    """
    job = Job(input_sha256, source.rows, rows_per_part, recipe.sha256, recipe.policy.version, recipe.today.isoformat())
    folder = WorkFolder(output)
    with folder.held():
        folder.begin(job)
        rows = _rows_by_part(source.rows, rows_per_part)
        done = folder.done(rows)
        summary = Summary(
            recipe.model_id, recipe.policy.version, job.today, parts=len(rows), ignored_columns=source.ignored
        )
        summary.parts_kept_from_before = len(done)
        _work(recipe, source, folder, rows, done, crew, rows_per_part, on_progress or _nobody)
        _assemble(recipe, source, folder, rows, output, summary)
        folder.remove()
    return summary


def _work(
    recipe: Recipe,
    source: Source,
    folder: WorkFolder,
    rows: dict[int, int],
    done: set[int],
    crew: workers.Crew,
    rows_per_part: int,
    on_progress: Progress,
) -> None:
    valued = sum(rows[number] for number in done)
    on_progress(valued, source.rows)
    waiting: deque[tuple[int, workers.Pending]] = deque()

    def take() -> None:
        nonlocal valued
        number, pending = waiting.popleft()
        answers: Answers = pending.result()
        folder.keep(number, from_bytes(answers.rows), answers.faults)
        valued += rows[number]
        on_progress(valued, source.rows)

    for number, table in _missing(source, rows, done, rows_per_part):
        piece = Piece(number * rows_per_part + 1, to_bytes(table))
        waiting.append((number, crew.submit(value_piece, recipe, piece)))
        if len(waiting) >= crew.ahead:
            take()
    while waiting:
        take()


def _missing(source: Source, rows: dict[int, int], done: set[int], rows_per_part: int) -> Iterator[tuple[int, Any]]:
    """(number, rows) of the parts that are still to be valued."""
    first = next((number for number in rows if number not in done), None)
    if first is None:
        return
    for number, table in enumerate(source.pieces(rows_per_part, start=first * rows_per_part), start=first):
        if number not in done:
            yield number, table


def _assemble(
    recipe: Recipe, source: Source, folder: WorkFolder, rows: dict[int, int], output: Path, summary: Summary
) -> None:
    """Report and output, each written beside its place and moved there whole; the output last."""
    from pyarrow import parquet

    own_id = source.schema.field(str(Column.ID)).type if str(Column.ID) in source.columns else None
    told = {"model": recipe.model_id, "policy": recipe.policy.version, "valued_on": recipe.today.isoformat()}
    schema = answer_schema(recipe.loaded().parts, own_id, told)
    grades: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    report, beside = report_beside(output), folder.path / "output.tmp"
    with report_file(report) as sink, parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
        for number in rows:
            table = parquet.read_table(folder.part(number)).cast(schema)
            writer.write_table(table)
            _count(table, summary, grades)
            for fault in folder.faults(number):
                faults[fault.code] += 1
                sink(fault)
    summary.grades, summary.faults = dict(sorted(grades.items())), dict(sorted(faults.items()))
    summary.report = str(report)
    sync_file(beside)
    failpoint("valuation.before_output")
    beside.replace(output)
    sync_folder(output.parent)
    failpoint("valuation.after_output")


def _count(table: Any, summary: Summary, grades: Counter[str]) -> None:
    summary.rows += table.num_rows
    summary.rows_rejected += table.num_rows - table[FAULT].null_count
    summary.rows_with_price += table.num_rows - table[PRICE].null_count
    summary.rows_with_range += table.num_rows - table[LOW].null_count
    grades.update(grade for grade in table[GRADE].to_pylist() if grade is not None)


def _rows_by_part(rows: int, size: int) -> dict[int, int]:
    return {number: min(size, rows - number * size) for number in range((rows + size - 1) // size)}


def _nobody(done: int, rows: int) -> None:
    """Nobody watches."""
