"""`market admin create`: found the exchange and its first person; everybody else is invited or registers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli.failing import fail
from kernel.db import market_now
from kernel.errors import Malformed, Problem
from parties.applications import NewPerson, Particulars
from parties.commands import organisations
from parties.kinds import OrganisationKind, Regime
from parties.roles import Role

app = typer.Typer(help="Setting up the exchange.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _only_group() -> None:
    """Setting up the exchange."""


@app.command()
def create(
    exchange: Annotated[str, typer.Option(help="name of the exchange")],
    uscc: Annotated[str, typer.Option(help="its unified social credit code")],
    name: Annotated[str, typer.Option(help="name of its first person")],
    email: Annotated[str, typer.Option(help="e-mail address of its first person")],
    region: Annotated[str, typer.Option(help="region code of six digits")] = "330300",
    party_type: Annotated[str, typer.Option(help="party type code")] = "150",
    regime: Annotated[Regime, typer.Option(help="which rules bind it as a seller")] = Regime.SOE,
    role: Annotated[list[Role] | None, typer.Option(help="further roles besides admin, such as operator")] = None,
) -> None:
    """Found the one exchange of this market. The password is asked for, or read from standard input.

    Example: market admin create --exchange 温州技术交易中心 --uscc 91330300MA0000000X --name 陈静 --email chen@example.cn --role operator
    """
    from app.wiring import open_database

    founder = NewPerson(name, email, _password())
    gov_run = regime is Regime.GOV_UNIT
    particulars = Particulars(exchange, uscc, OrganisationKind.EXCHANGE, regime, gov_run, region, party_type)
    try:
        with open_database() as database, database.session("web") as session:
            home, person_id = organisations.found_exchange(
                session,
                particulars=particulars,
                founder=founder,
                roles={Role.ADMIN, *(role or ())},
                now=market_now(session),
            )
    except Problem as problem:
        fail(f"{problem.title()} {problem.zh}", code=2 if isinstance(problem, Malformed) else 3)
    typer.echo(f"exchange {home.id}\nperson {person_id}")


def _password() -> str:
    """Never an argument: those are seen in the list of processes and kept in the shell's history."""
    if sys.stdin.isatty():
        answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return answer
    return sys.stdin.readline().rstrip("\n")
