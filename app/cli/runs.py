"""`market valuation runs|card|export|verify-run|import-run|drift`: model runs as they are kept, shown, moved and watched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.failing import fail
from app.cli.valuation import app

RUN = Annotated[str, typer.Argument(help="a model id such as 2026-11-21/3f9c01ab, the id of a run, or: serving")]


@app.command()
def runs(as_json: Annotated[bool, typer.Option("--json", help="print the list as JSON")] = False) -> None:
    """List every training that was kept, the newest first, with what was chosen and whether it serves."""
    from app.wiring import open_database
    from valuation.runs import queries
    from valuation.runs.schemas import shape
    from valuation.tables import ModelRun

    with open_database() as db, db.session("worker") as session:
        rows = queries.all_runs().order_by(ModelRun.trained_at.desc(), ModelRun.id.desc())
        found = [shape(one) for one in queries.standings(session, list(session.execute(rows).scalars()))]
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        mark = "serves" if one.serves else "      "
        typer.echo(f"{mark}  {one.model_id}  {one.id}  data {one.data_hash[:12]}…  {one.why or ''}")
        for sort, name in one.chosen.items():
            measures = one.out_of_time.get(sort, {})
            shown = ", ".join(f"{measure} {value:.3f}" for measure, value in measures.items() if value is not None)
            typer.echo(f"          {sort}: {name}; {shown or 'too few to say'}")
    if not found:
        typer.echo("No run yet; train one: market valuation train")


@app.command()
def card(
    run: RUN = "serving",
    as_json: Annotated[bool, typer.Option("--json", help="print manifest, measures and card as JSON")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the card to this Markdown file")] = None,
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Show the model card of RUN, made from its manifest. Exit codes: 0 done, 1 there is no such run, 2 wrong use."""
    from app.wiring import open_database
    from kernel.errors import NotFound
    from valuation.runs import cards, queries
    from valuation.runs.card_tables import markdown
    from valuation.runs.schemas import shape_with_card
    from valuation.runs.shelving import facts_of

    _spoken(language)
    with open_database() as db, db.session("worker") as session:
        try:
            standing = queries.standing(session, queries.run_named(session, run))
        except NotFound:
            fail(_no_run(run), code=1)
        found, told = cards.card(facts_of(standing), language), shape_with_card(standing)
    text = told.model_dump_json(indent=2) if as_json else markdown(found)
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as wrong:
        fail(f"{output} cannot be written: {wrong.strerror}", code=2)


@app.command()
def export(run: RUN, folder: Annotated[Path, typer.Argument(help="a folder that is not there yet")]) -> None:
    """Write RUN to FOLDER: the artefact, its text, its trees, golden predictions, and a manifest with the SHA-256 of each.

    Exit codes: 0 done, 1 there is no such run, or its artefact is corrupted, 2 the folder is there or cannot be made.
    """
    from app.wiring import open_database
    from kernel.errors import NotFound
    from valuation.runs.files import ARTEFACT, RefusedFiles
    from valuation.runs.transferring import export_run

    with open_database() as db, db.session("worker") as session:
        try:
            made = export_run(session, run, folder)
        except NotFound:
            fail(_no_run(run), code=1)
        except RefusedFiles as refused:
            fail(str(refused), code=1 if refused.file == ARTEFACT else 2)
        except OSError as wrong:
            fail(f"{folder} cannot be written: {wrong.strerror}", code=2)
        typer.echo(f"{made.model_id} written to {folder}")


@app.command("verify-run")
def verify_run(folder: Annotated[Path, typer.Argument(help="a folder that `market valuation export` wrote")]) -> None:
    """Check every byte of an exported run, load it in a process of its own, and repeat its golden predictions; no database.

    Exit codes: 0 whole, 1 refused (the sentence says why).
    """
    from valuation.runs.files import RefusedFiles
    from valuation.runs.transferring import verified

    try:
        kept = verified(folder)
    except RefusedFiles as refused:
        fail(str(refused), code=1)
    typer.echo(f"{kept.run['model_id']} is whole: every hash and every golden prediction is as it was.")


@app.command("import-run")
def import_run(
    folder: Annotated[Path, typer.Argument(help="a folder that `market valuation export` wrote")],
    serve: Annotated[bool, typer.Option("--serve", help="let it serve from now on; it was not compared here")] = False,
) -> None:
    """Take an exported run in, after `verify-run`. It serves with --serve, or where nothing serves yet.

    Exit codes: 0 done, 1 refused: nothing has changed, and the model that served serves on.
    """
    from app.wiring import open_database
    from kernel.db import market_now
    from valuation.runs.files import RefusedFiles
    from valuation.runs.transferring import import_run as take_in

    with open_database() as db:
        try:
            with db.session("worker") as session:
                run, serves = take_in(session, folder, serve=serve, now=market_now(session))
                told = f"{run.model_id} {'serves now' if serves else 'is kept; it does not serve'}"
        except RefusedFiles as refused:
            fail(f"{refused}; nothing has changed / 未作任何更改", code=1)
    typer.echo(told)


@app.command()
def drift(
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
) -> None:
    """Look at whether questions, or realised prices, have drifted from what the serving run was taught; nothing is stored.

    Exit codes: 0 no alarm (or too few to say, or no model), 1 an alarm.
    """
    from app.wiring import open_database
    from kernel.calendar import local_date
    from kernel.db import market_now
    from valuation.runs.watching import look, serving_run

    _spoken(language)
    with open_database() as db, db.session("worker") as session:
        run = serving_run(session)
        report = look(session, run, on=local_date(market_now(session))) if run else None
        told: dict[str, Any] = {"model_id": run.model_id if run else None} | (report.to_json() if report else {})
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif report is None:
        typer.echo("No model serves, or it was trained before references were kept: nothing to compare with.")
    else:
        _say_drift(told, 1 if language == "en" else 0)
    if report is not None and report.alarm:
        raise typer.Exit(1)


def _say_drift(told: dict[str, Any], place: int) -> None:
    from valuation.runs import card_tables

    for sentence in card_tables.drift_sentences(told, place):
        typer.echo(sentence)
    shown = card_tables.drift(told, place)
    for row in (shown.headers, *shown.rows):
        typer.echo("  " + " · ".join(row))


def _spoken(language: str) -> None:
    if language not in ("zh", "en"):
        fail("--language is zh or en", code=2)


def _no_run(asked: str) -> str:
    return f"No such run: {asked[:100]} / 没有这样的训练记录"
