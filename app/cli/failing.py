"""Ending a command with a sentence."""

from typing import NoReturn

import typer


def fail(message: str, *, code: int) -> NoReturn:
    """Say what is wrong in one sentence and end; no traceback for what a user can mend."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
