"""`market valuation batch`: a file of results in, a file of explained values out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.failing import fail
from app.settings import Settings
from kernel import failpoints
from valuation.bulk.columns import ANSWER_HELP, HELP

if TYPE_CHECKING:
    from valuation.bulk.estimating import Recipe
    from valuation.bulk.reading import Source
    from valuation.bulk.running import Progress, Summary
    from valuation.bulk.workers import Crew

BATCH_HELP = f"""Value and explain every row of a Parquet file, as a single valuation would; prices are for reference, no appraisal.

Memory stays below 1 GiB at any number of rows. A run that was stopped or killed goes on where it stopped when the same
command is given again, with the model and the day it began with; its parts lie beside OUT in `.OUT.work`. Rows that cannot
be valued come back with the codes of their faults, and `OUT.faults.csv` says what is wrong with each.

\b
Columns of IN (others are ignored; an empty cell is "not known"):
{chr(10).join(f"  {name}: {text}" for name, text in HELP.items())}

\b
Columns of OUT:
{chr(10).join(f"  {name}: {text}" for name, text in ANSWER_HELP.items())}

Exit codes: 0 done, 1 done and some rows were rejected, 2 the file cannot be read or wrong use, 3 not now (no model yet,
another run is writing OUT, no cluster, no room on the disk); what is finished is kept.

Example: market valuation batch results.parquet values.parquet --cluster tcp://scheduler:8786
"""


def batch(
    file: Annotated[Path, typer.Argument(metavar="IN", help="a Parquet file of results")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="the Parquet file to write")],
    cluster: Annotated[
        str | None, typer.Option(help="address of a Dask scheduler whose workers have this product: tcp:// or tls://")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="processes of this machine, 300 MB each")] = 1,
    rows_per_part: Annotated[
        int, typer.Option(min=100, max=50_000, help="rows that are lost at most by a kill")
    ] = 10_000,
    as_json: Annotated[bool, typer.Option("--json", help="print the summary as JSON")] = False,
) -> None:
    """See BATCH_HELP."""
    from valuation.bulk import workers
    from valuation.bulk.reading import Source, UnreadableFile
    from valuation.bulk.work import AnotherIsAtWork
    from valuation.registry import CorruptedModel

    if output.resolve() == file.resolve():
        fail("OUT must not be IN / 输出文件不能与输入文件相同", code=2)
    if not output.resolve().parent.is_dir():
        fail(f"there is no folder {output.resolve().parent} / 目录不存在", code=2)
    try:
        source = Source(file)
        input_sha256 = source.sha256()
        recipe = _recipe(output, input_sha256, rows_per_part)
        with _crew(cluster, processes) as crew, _progress() as advance:
            done = _run(recipe, source, output, input_sha256, crew, rows_per_part, advance)
    except UnreadableFile as refused:
        fail(str(refused), code=2)
    except (AnotherIsAtWork, workers.NoCrew) as not_now:
        fail(str(not_now), code=3)
    except CorruptedModel as corrupted:
        fail(f"the model cannot be used: {corrupted.why} / 模型已损坏", code=3)
    except OSError as full:
        fail(f"cannot write: {full} / 无法写入", code=3)
    except KeyboardInterrupt:
        fail("Stopped; the same command goes on from here. / 已停止，重新执行同一命令即可继续。", code=3)
    _tell(done, output, as_json=as_json)
    raise typer.Exit(1 if done.rows_rejected else 0)


def _recipe(output: Path, input_sha256: str, rows_per_part: int) -> Recipe:
    """What to value with; the database is asked and left before the long work begins."""
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.bulk import running
    from valuation.bulk.ordering import NothingServes, recipe

    settings = Settings.from_environment()
    failpoints.arm(settings.failpoints)
    begun = running.begun(output)
    if begun is not None and (begun.input_sha256, begun.rows_per_part) != (input_sha256, rows_per_part):
        typer.echo(
            "The work left beside OUT was for another file; beginning anew. / 遗留的进度属于另一文件，重新开始。",
            err=True,
        )
        begun = None
    with open_database(settings) as db, db.session("worker") as session:
        try:
            return recipe(session, market_now(session), begun=begun)
        except NothingServes as nothing:
            fail(f"{nothing} / {nothing.zh}", code=3)


def _crew(cluster: str | None, processes: int) -> AbstractContextManager[Crew]:
    from valuation.bulk import workers

    if cluster is not None:
        return workers.cluster(cluster)
    return workers.here() if processes == 1 else workers.processes(processes)


def _run(
    recipe: Recipe,
    source: Source,
    output: Path,
    input_sha256: str,
    crew: Crew,
    rows_per_part: int,
    advance: Progress | None,
) -> Summary:
    from valuation.bulk import running

    return running.run(
        recipe,
        source,
        output,
        input_sha256=input_sha256,
        crew=crew,
        rows_per_part=rows_per_part,
        on_progress=advance,
    )


def _tell(done: Summary, output: Path, *, as_json: bool) -> None:
    from valuation.words import LABEL

    if as_json:
        told: dict[str, Any] = done.to_json() | {"output": str(output), "label_zh": LABEL[0], "label_en": LABEL[1]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    grades = ", ".join(f"{grade} {count}" for grade, count in done.grades.items())
    typer.echo(f"{LABEL[0]} / {LABEL[1]}")
    typer.echo(
        f"{done.rows} rows: {done.rows_with_price} with a price, {done.rows_with_range} with a range, "
        f"{done.rows_rejected} rejected; grades {grades or '-'}; model {done.model_id}."
    )
    if done.parts_kept_from_before:
        typer.echo(f"{done.parts_kept_from_before} of {done.parts} parts were there from before.")
    for code, count in done.faults.items():
        typer.echo(f"  {code}: {count}")
    typer.echo(f"Written: {output}; row report: {done.report}")


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
