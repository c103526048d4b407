"""`market valuation …`: train the price model, examine it on a file, and explain what it says of a result."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.cli import appraising
from app.cli.failing import fail
from app.cli.reviewing import report
from app.cli.valuing import BATCH_HELP, batch

if TYPE_CHECKING:
    from valuation.explaining import Contribution

app = typer.Typer(no_args_is_help=True, help="Train and examine the price model.")
app.add_typer(appraising.app, name="appraise")
app.command()(report)
app.command(help=BATCH_HELP)(batch)


@app.command()
def train(as_json: Annotated[bool, typer.Option("--json", help="print the run as JSON")] = False) -> None:
    """Learn from the past transactions in the database; the new run serves from now on.

    Exit codes: 0 done, 1 there is nothing to learn from.
    """
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.training import NothingToLearnFrom, gather, keep, learnt_from

    with open_database() as db:
        with db.session("worker") as session:
            gathered = gather(session, market_now(session))
        try:
            trained = learnt_from(gathered)
        except NothingToLearnFrom as nothing:
            fail(str(nothing), code=1)
        with db.session("worker") as session:
            run = keep(session, trained)
            told = {"model_id": run.model_id, "data_hash": run.data_hash, **run.manifest}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo(f"model {told['model_id']}, data {told['data_hash'][:12]}…, packages {told['packages']}")
    for name, measures in told["out_of_time"].items():
        shown = ", ".join(f"{measure} {number:.3f}" for measure, number in measures.items())
        typer.echo(f"{name} on later packages: {shown or 'too few to say'}")


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="a file as `market import transactions` takes it")],
    as_json: Annotated[Path | None, typer.Option("--json", help="write the measures here")] = None,
    split: Annotated[str, typer.Option(help="rolling, forward or date; rows are never split by chance")] = "rolling",
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="first origin; 2017-08-01 if not said")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="days from one origin to the next")] = 30,
) -> None:
    """Examine the engine and every candidate on FILE, by origins from START on; no database is needed.

    Exit codes: 0 done, 2 the file cannot be read, or a split by chance was asked for.
    """
    from kernel.calendar import local_date
    from valuation.backtesting import START, rows_of_file
    from valuation.backtesting import backtest as examine
    from valuation.importing.sheets import UnreadableTable
    from valuation.splitting import RandomSplitRefused

    try:
        rows = rows_of_file(file, today=local_date(datetime.now(UTC)))
        first = start.date().isoformat() if start else START
        measures = examine(rows, split=split, start=first, days=days, on_progress=_say if sys.stderr.isatty() else None)
    except UnreadableTable as refused:
        fail(f"{refused.hint} / {refused.hint_zh}", code=2)
    except RandomSplitRefused as refused:
        fail(f"{refused.title} / {refused.zh} ({split})", code=2)
    text = json.dumps(measures, ensure_ascii=False, indent=2)
    if as_json is not None:
        as_json.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


def _say(name: str, number: int, count: int) -> None:
    typer.echo(f"{number}/{count} {name}", err=True)


@app.command()
def explain(
    title: Annotated[str, typer.Argument(help="the title of the result")],
    kind: Annotated[str, typer.Option(help="invention, utility_model, design, software, …")] = "invention",
    trade: Annotated[str, typer.Option(help="transfer, licence or equity")] = "transfer",
    filed_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="day of filing")] = None,
    tech_field: Annotated[str | None, typer.Option(help="technology field, 01 to 11")] = None,
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Say what the serving model makes of a result, with its reasons; nothing is stored."""
    from app.wiring import open_database
    from kernel.calendar import local_date
    from kernel.db import market_now
    from valuation import features, shelf
    from valuation.estimates import estimate
    from valuation.grouping import subtotals
    from valuation.policy import policy_on
    from valuation.statements import factor_text, statement
    from valuation.words import ALLOCATION

    with open_database() as db, db.session("worker") as session:
        today = local_date(market_now(session))
        day = filed_on.date() if filed_on else None
        facts = features.facts(title=title, kind=kind, trade=trade, on=today, filed_on=day, tech_field=tech_field)
        served = shelf.serving(session)
        answer = estimate(served[1] if served else None, facts, policy_on(session, today))
    code = "en" if language == "en" else "zh"
    for sentence in statement(answer)[code]:
        typer.echo(sentence)
    kept = [one.to_json() for one in answer.contributions]
    for group in subtotals(kept):
        typer.echo(f"×{factor_text(group['factor'])}  {group[f'label_{code}']}")
        _say_reasons([one for one in answer.contributions if one.feature in group["features"]], code)
    if any(one.amount is not None for one in answer.contributions):
        typer.echo(ALLOCATION[code == "en"])


def _say_reasons(reasons: Sequence[Contribution], code: str) -> None:
    from valuation.statements import factor_text

    for one in reasons:
        label, shown = (one.label_en, one.value_en) if code == "en" else (one.label_zh, one.value_zh)
        yuan = f"  {one.amount}" if one.amount is not None else ""
        typer.echo(f"  ×{factor_text(one.factor)}  {label}: {shown}{yuan}")


@app.command()
def certificate(
    valuation_id: Annotated[UUID, typer.Argument(metavar="ID", help="the id of the valuation")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the file here")] = None,
) -> None:
    """Write the signed certificate of the valuation ID, by default as valuation-ID.json.

    Exit codes: 0 done, 1 the valuation does not agree with its model any more, 2 there is no such valuation, or no such
    place to write to.
    """
    from app.settings import Settings
    from app.wiring import open_database
    from kernel.ids import ValuationId
    from kernel.signing import KeyFolder
    from valuation.certifying.commands import NotCertifiable, issue
    from valuation.tables import Valuation

    settings, target = Settings.from_environment(), output or Path(f"valuation-{valuation_id}.json")
    with open_database(settings) as db, db.session("worker") as session:
        found = session.get(Valuation, ValuationId(valuation_id))
        if found is None:
            fail("there is no valuation with this id", code=2)
        try:
            content = issue(session, found, keys=KeyFolder(settings.keys), wall_now=datetime.now(UTC))
        except NotCertifiable as refused:
            fail(f"{refused.title()} ({'; '.join(refused.faults)})", code=1)
    try:
        target.write_bytes(content)
    except OSError as fault:
        fail(f"{target}: {fault.strerror}", code=2)
    typer.echo(f"{target}  {len(content):,} bytes")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="a certificate")],
    key: Annotated[str, typer.Option(metavar="PUB", help="64 hex digits, or a file: hex, PEM, /v1/signing-keys")],
    as_json: Annotated[bool, typer.Option("--json", help="say it as JSON")] = False,
) -> None:
    """Verify the certificate FILE: its form, its signature, and every number computed again without LightGBM.

    Needs no database. The key must not come from whoever handed over the file.

    Exit codes: 0 valid, 1 not valid (what failed is said), 2 the file or the key cannot be read.
    """
    from valuation.certifying import verifying

    raise typer.Exit(verifying.run(str(file), key, as_json=as_json))


@app.command("start-price")
def start_price(
    reference: Annotated[str, typer.Argument(help="what it is believed to be worth, in yuan: 460000 or 460000.50")],
    trade: Annotated[str, typer.Option(help="transfer, licence or equity")] = "transfer",
    as_json: Annotated[bool, typer.Option("--json", help="print the guidance as JSON")] = False,
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Say what past lots, sold and unsold, tell of start prices for something worth REFERENCE; nothing is stored.

    Exit codes: 0 done, 1 there are too few lots (how many is said), 2 the reference or the trade cannot be read.
    """
    from dataclasses import asdict

    from app.wiring import open_database
    from kernel.calendar import local_date
    from kernel.db import market_now
    from kernel.money import FEN_MAX, Money, for_people
    from valuation.deals import Trade
    from valuation.starting import queries
    from valuation.starting.sentences import statement

    try:
        worth = Money.yuan(reference)
    except ValueError:
        worth = Money(0)
    if not 0 < worth.fen <= FEN_MAX or trade not in set(Trade):
        fail("REFERENCE is an amount in yuan above zero; --trade is transfer, licence or equity", code=2)
    with open_database() as db, db.session("worker") as session:
        found = queries.guidance(session, trade=trade, reference=worth, on=local_date(market_now(session)))
    code = "en" if language == "en" else "zh"
    if as_json:
        told = asdict(found) | {"statement": statement(found)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for sentence in statement(found)[code]:
            typer.echo(sentence)
        for point in found.points:
            shown = (for_people(one, code) for one in (point.start, point.final.value, point.proceeds.value))
            start, final, proceeds = shown
            typer.echo(f"  {start:>12}  {point.chance.value_bp / 100:5.1f} %  {final:>12}  {proceeds:>12}")
    if found.reason is not None:
        raise typer.Exit(1)
