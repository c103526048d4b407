"""`market import …`: past transactions from a file into the training set."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from valuation.importing.reporting import Sink

app = typer.Typer(no_args_is_help=True, help="Bring past transactions in.")

FAULTS_SHOWN_MAX = 10


@app.command()
def transactions(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX, up to 1,048,576 rows")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check and count, store nothing")] = False,
    report: Annotated[
        Path | None, typer.Option(help="write the row report here: .csv, .json, or .xlsx with the rejected rows")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the counts as JSON")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 if any row was rejected")] = False,
) -> None:
    """Store the good rows of FILE and report the others; the same file twice changes nothing.

    Exit codes: 0 done (rows may have been rejected), 1 with --strict if rows were rejected, 2 the file cannot be read
    as a table and nothing was stored.

    Example: market import transactions deals.xlsx --dry-run --report why.csv
    """
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.importing.commands import import_transactions
    from valuation.importing.faults import Fault
    from valuation.importing.sheets import UnreadableTable

    first: list[Fault] = []

    with open_database() as db, db.session("worker") as session, _progress() as advance:
        try:
            with _report(file, report) as sink:

                def take(fault: Fault) -> None:
                    if len(first) < FAULTS_SHOWN_MAX:
                        first.append(fault)
                    if sink is not None:
                        sink(fault)

                now = market_now(session)
                done = import_transactions(session, file, now=now, dry_run=dry_run, on_fault=take, on_progress=advance)
        except UnreadableTable as refused:
            detail = f" ({', '.join(refused.missing + refused.twice)})" if refused.missing or refused.twice else ""
            typer.echo(f"{refused.hint}{detail} / {refused.hint_zh}", err=True)
            raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(done.to_json(), ensure_ascii=False, indent=2))
    else:
        for fault in first:
            typer.echo(f"line {fault.line}, {fault.column}, {fault.value!r}: {fault.hint_en} / {fault.hint_zh}")
        typer.echo(
            f"{'Dry run: ' if done.dry_run else ''}{done.rows_read} rows read, {done.rows_stored} stored, "
            f"{done.rows_known} known, {done.rows_repeated} repeated in the file, {done.rows_rejected} rejected."
        )
        typer.echo("packages: " + ", ".join(f"{kind} {count}" for kind, count in done.packages_by_price_type.items()))
    if strict and done.rows_rejected:
        raise typer.Exit(1)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="where to write the template, .csv")],
) -> None:
    """Write a table to fill in: the header and one example row, for Excel."""
    from valuation.importing.commands import template_rows

    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(template_rows())


def _report(file: Path, report: Path | None) -> AbstractContextManager[Sink | None]:
    from valuation.importing.reporting import report_file
    from valuation.importing.workbook import why_workbook

    if report is None:
        return nullcontext()
    return why_workbook(file, report) if report.suffix.lower() == ".xlsx" else report_file(report)


@contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None] | None]:
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
