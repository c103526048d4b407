"""`market valuation …`: train the price model, examine it on a file, and explain what it says of a result."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.reviewing import report

app = typer.Typer(no_args_is_help=True, help="Train and examine the price model.")
app.command()(report)


@app.command()
def train(as_json: Annotated[bool, typer.Option("--json", help="print the run as JSON")] = False) -> None:
    """Learn from the past transactions in the database; the new run serves from now on.

    Exit codes: 0 done, 1 there is nothing to learn from.
    """
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.training import NothingToLearnFrom
    from valuation.training import train as learn

    with open_database() as db, db.session("worker") as session:
        try:
            run = learn(session, market_now(session))
        except NothingToLearnFrom as nothing:
            typer.echo(str(nothing), err=True)
            raise typer.Exit(1) from None
        told = {"model_id": run.model_id, "data_hash": run.data_hash, **run.manifest}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo(f"model {run.model_id}, data {run.data_hash[:12]}…, packages {run.manifest['packages']}")
    for name, measures in run.manifest["out_of_time"].items():
        shown = ", ".join(f"{measure} {number:.3f}" for measure, number in measures.items())
        typer.echo(f"{name} on later packages: {shown or 'too few to say'}")


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="a file as `market import transactions` takes it")],
    as_json: Annotated[Path | None, typer.Option("--json", help="write the measures here")] = None,
) -> None:
    """Examine the engine on FILE by rolling origins of 30 days, asks and deals apart; no database is needed.

    Exit codes: 0 done, 2 the file cannot be read.
    """
    from kernel.calendar import local_date
    from valuation.backtesting import backtest as examine
    from valuation.backtesting import rows_of_file
    from valuation.importing.sheets import UnreadableTable
    from valuation.training import HALF_LIFE_DAYS

    try:
        rows = rows_of_file(file, today=local_date(datetime.now(UTC)))
    except UnreadableTable as refused:
        typer.echo(f"{refused.hint} / {refused.hint_zh}", err=True)
        raise typer.Exit(2) from None
    measures = examine(rows, half_life_days=HALF_LIFE_DAYS)
    text = json.dumps(measures, ensure_ascii=False, indent=2)
    if as_json is not None:
        as_json.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


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
    from valuation.policy import policy_on
    from valuation.statements import factor_text, statement

    with open_database() as db, db.session("worker") as session:
        today = local_date(market_now(session))
        day = filed_on.date() if filed_on else None
        facts = features.facts(title=title, kind=kind, trade=trade, on=today, filed_on=day, tech_field=tech_field)
        served = shelf.serving(session)
        answer = estimate(served[1] if served else None, facts, policy_on(session, today))
    code = "en" if language == "en" else "zh"
    for sentence in statement(answer)[code]:
        typer.echo(sentence)
    for one in answer.contributions:
        label, shown = (one.label_en, one.value_en) if code == "en" else (one.label_zh, one.value_zh)
        yuan = f"  {one.amount}" if one.amount is not None else ""
        typer.echo(f"  ×{factor_text(one.factor)}  {label}: {shown}{yuan}")
