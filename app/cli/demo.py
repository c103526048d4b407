"""`market demo`: the whole loop over HTTP on a database of its own, then the pages to look around in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from app.cli.failing import fail
from app.settings import Settings


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="wanted port; the next free one is taken")] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="go on serving after the summary")] = True,
    data: Annotated[
        Path | None, typer.Option(help="real past transactions (CSV, XLSX) instead of the generated ones")
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="write the summary here")] = None,
) -> None:
    """Value, sell in four modes, license 先用后转, settle, count; then serve.

    Everything happens over HTTP, by different actors, on a database that holds nothing else. Exit codes: 0 done,
    1 an invariant is broken, 2 the data file is not there, 3 not possible now (another demo runs, no free port).
    """
    from app.demo.preparing import DemoIsRunning, NotADemoDatabase
    from app.demo.processes import DidNotStart
    from app.demo.running import run
    from app.demo.summary import show, show_accounts
    from app.serving import PortTaken

    console = Console()
    if data is not None and not data.is_file():
        fail(f"There is no file {data}", code=2)
    settings = Settings.from_environment(environment="demo")
    settings = replace(settings, folder=settings.folder / "demo")

    def after(report: dict[str, Any], address: str) -> None:
        if as_json is not None:
            as_json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        show(console, report)
        if serve:
            show_accounts(console, report)
            console.print(f"Serving {address} — Ctrl-C ends.")

    try:
        violations = run(settings, port=port, data=data, serve=serve, say=console.print, after=after)
    except (DemoIsRunning, NotADemoDatabase, DidNotStart, PortTaken) as not_now:
        fail(str(not_now), code=3)
    raise typer.Exit(1 if violations else 0)
