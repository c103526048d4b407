"""`market import …`: past transactions and past lots from a file into what valuation learns from."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from app.cli.failing import fail

if TYPE_CHECKING:
    from valuation.importing.commands import ImportReport
    from valuation.importing.faults import Fault
    from valuation.importing.reporting import Sink
    from valuation.importing.sheets import UnreadableTable
    from valuation.starting.importing import LotsReport

app = typer.Typer(no_args_is_help=True, help="Bring past transactions and past lots in.")

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
    from valuation.importing.sheets import UnreadableTable

    first: list[Fault] = []

    with open_database() as db, db.session("worker") as session, _progress() as advance:
        try:
            with _report(file, report) as sink:
                now, take = market_now(session), _keeping_first(first, sink)
                done = import_transactions(session, file, now=now, dry_run=dry_run, on_fault=take, on_progress=advance)
        except UnreadableTable as refused:
            _unreadable(refused)
    if as_json:
        typer.echo(json.dumps(done.to_json(), ensure_ascii=False, indent=2))
    else:
        _tell(first, done)
        typer.echo("packages: " + ", ".join(f"{kind} {count}" for kind, count in done.packages_by_price_type.items()))
    if strict and done.rows_rejected:
        raise typer.Exit(1)


@app.command()
def lots(
    file: Annotated[
        Path, typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX: lots of past auctions, sold and unsold")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check and count, store nothing")] = False,
    report: Annotated[Path | None, typer.Option(help="write the row report here: .csv or .json")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the counts as JSON")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 if any row was rejected")] = False,
) -> None:
    """Store the good lots of FILE and report the others; the same file twice changes nothing.

    Totals of events, sales without bidding and lots without a start price are reported, not stored. Exit codes: 0 done
    (rows may have been rejected), 1 with --strict if rows were rejected, 2 the file cannot be read as a table of lots and
    nothing was stored.

    Example: market import lots lots.csv --report why.csv
    """
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.importing.reporting import report_file
    from valuation.importing.sheets import UnreadableTable
    from valuation.starting.importing import import_lots

    first: list[Fault] = []
    with open_database() as db, db.session("worker") as session:
        try:
            with nullcontext() if report is None else report_file(report) as sink:
                take = _keeping_first(first, sink)
                done = import_lots(session, file, now=market_now(session), dry_run=dry_run, on_fault=take)
        except UnreadableTable as refused:
            _unreadable(refused)
    if as_json:
        typer.echo(json.dumps(done.to_json(), ensure_ascii=False, indent=2))
    else:
        _tell(first, done)
        counts = ", ".join(f"{outcome} {count}" for outcome, count in done.lots_by_outcome.items())
        typer.echo(f"lots: {counts or 'none'}; with a reference price: {done.lots_with_reference}")
    if strict and done.rows_rejected:
        raise typer.Exit(1)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="where to write the template, .csv")],
    of: Annotated[str, typer.Option(help="transactions or lots")] = "transactions",
) -> None:
    """Write a table to fill in: the header and example rows, for Excel. Exit codes: 0 done, 2 there is no such template."""
    from valuation.importing.commands import template_rows
    from valuation.starting.importing import template_rows as lot_rows

    if of not in ("transactions", "lots"):
        fail("--of is transactions or lots", code=2)
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(lot_rows() if of == "lots" else template_rows())


def _keeping_first(first: list[Fault], sink: Sink | None) -> Sink:
    """Keep the first faults for the screen, and pass all of them on."""

    def take(fault: Fault) -> None:
        if len(first) < FAULTS_SHOWN_MAX:
            first.append(fault)
        if sink is not None:
            sink(fault)

    return take


def _unreadable(refused: UnreadableTable) -> NoReturn:
    detail = f" ({', '.join(refused.missing + refused.twice)})" if refused.missing or refused.twice else ""
    typer.echo(f"{refused.hint}{detail} / {refused.hint_zh}", err=True)
    raise typer.Exit(2) from None


def _tell(first: list[Fault], done: ImportReport | LotsReport) -> None:
    for fault in first:
        typer.echo(f"line {fault.line}, {fault.column}, {fault.value!r}: {fault.hint_en} / {fault.hint_zh}")
    typer.echo(
        f"{'Dry run: ' if done.dry_run else ''}{done.rows_read} rows read, {done.rows_stored} stored, "
        f"{done.rows_known} known, {done.rows_repeated} repeated in the file, {done.rows_rejected} rejected."
    )


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
