"""The command line `market …`: 0 done, 1 the answer is no (a broken invariant, a rejected row), 2 wrong use, 3 not now."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Annotated

import typer

from app import logs
from app.cli.demo import demo
from app.cli.failing import fail
from app.settings import BadSetting, Settings
from kernel import failpoints
from kernel.signing import KeyFolder

main = typer.Typer(
    name="market",
    help="网上技术市场 — an online market for technology results.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@main.callback()
def _common(
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error")] = "warning",
) -> None:
    logs.configure(log_level)


@main.command()
def migrate(
    environment: Annotated[
        str | None, typer.Option(help="production, demo or test: where market time may move")
    ] = None,
) -> None:
    """Bring the database up to date. Safe to repeat, and to run twice at once."""
    from app.migrating import upgrade
    from app.wiring import open_as_it_is

    with open_as_it_is(Settings.from_environment()) as database:
        upgrade(database, environment=environment)
    typer.echo("The database is up to date.")


@main.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="web server processes")] = 1,
) -> None:
    """Serve the API and the pages."""
    from app import serving

    try:
        serving.serve(host, port, processes=processes)
    except serving.PortTaken as taken:
        fail(str(taken), code=3)


@main.command()
def worker() -> None:
    """Run handlers and due work until stopped; any number of workers may run."""
    from app import worker as process
    from app.wiring import open_database

    settings = Settings.from_environment()
    failpoints.arm(settings.failpoints)
    with open_database(settings) as database:
        process.run(database, KeyFolder(settings.keys))


@main.command()
def audit(as_json: Annotated[bool, typer.Option("--json", help="print a JSON report")] = False) -> None:
    """Check every invariant on the live database. Exit code 1 if one is broken."""
    from app.auditing import audit as check
    from app.wiring import open_database

    settings = Settings.from_environment()
    with open_database(settings) as database:
        report = check(database, KeyFolder(settings.keys))
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in report.lines():
            typer.echo(line)
    raise typer.Exit(1 if report.violations else 0)


@main.command()
def docs() -> None:
    """Print the state diagrams into the docs again, from the machines' tables."""
    from app.documents import write

    typer.echo(f"Written: {write()}")


def _mount(module: str, name: str) -> None:
    """A room's commands, kept in their own module; imported lazily enough that `market --help` stays quick."""
    main.add_typer(importlib.import_module(f"app.cli.{module}").app, name=name)


main.command()(demo)
_mount("admin", "admin")
_mount("imports", "import")
_mount("keys", "keys")
importlib.import_module("app.cli.runs")  # the commands of `market valuation` that are about model runs
_mount("valuation", "valuation")
_mount("keys", "keys")
_mount("admin", "admin")


def run() -> None:
    """The entry point: what an operator can mend is a sentence, not a traceback."""
    from sqlalchemy.exc import OperationalError

    from app.wiring import NotMigrated
    from kernel.db.embedded import EmbeddedProblem

    try:
        main()
    except BadSetting as bad:
        print(bad, file=sys.stderr)
        sys.exit(2)
    except (NotMigrated, EmbeddedProblem) as not_now:
        print(not_now, file=sys.stderr)
        sys.exit(3)
    except OperationalError as unreachable:
        print(f"The database cannot be reached: {str(unreachable.orig).strip()}", file=sys.stderr)
        sys.exit(3)
