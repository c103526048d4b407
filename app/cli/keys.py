"""`market keys create`: an API key for a person in an organisation, from the machine the market runs on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app.cli.failing import fail
from app.settings import Settings
from kernel.db.session import act_as
from kernel.errors import Malformed, NotFound, Problem
from kernel.http.auth import Actor
from parties import lookups, queries
from parties.commands import keys
from parties.names import email_key
from parties.roles import Role
from parties.tables import ApiKey
from parties.tokens import Secret

app = typer.Typer(help="API keys.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _only_group() -> None:
    """API keys."""


@app.command()
def create(
    email: Annotated[str, typer.Option(help="whose key")],
    name: Annotated[str, typer.Option(help="what it is for")] = "command line",
    organisation: Annotated[
        str | None, typer.Option(help="credit code, where the person belongs to several organisations")
    ] = None,
    role: Annotated[
        list[Role] | None, typer.Option(help="only these roles; all that the person holds by default")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="how long it lives")] = 90,
    read_only: Annotated[bool, typer.Option("--read-only", help="it may only read")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Make an API key. The secret is printed this once.

    Example: market keys create --email li.wei@example.cn --days 30 --read-only
    """
    from app.wiring import open_database

    settings, now = Settings.from_environment(), datetime.now(UTC)
    try:
        with open_database(settings) as database, database.session("web") as session:
            row, secret = keys.issue(
                session,
                name=name,
                roles=role,
                may_write=not read_only,
                expires_at=now + timedelta(days=days),
                livemode=settings.environment == "production",
                actor=holder(session, email, organisation),
                now=now,
            )
    except Problem as problem:
        fail(f"{problem.title()} {problem.zh}", code=2 if isinstance(problem, Malformed | NotFound) else 3)
    typer.echo(_as_json(row, secret) if as_json else f"{secret.text}\nKeep it now: it is not shown again.")


def holder(session: Session, email: str, uscc: str | None) -> Actor:
    """The person under an e-mail address, in the only organisation there is or in the one named. Raises NotFound."""
    account = lookups.account(session, email_key(email))
    if account is None or account.is_disabled:
        raise NotFound
    act_as(session, person=account.person_id, organisation=None)
    homes = [one for one in queries.memberships_of(session, account.person_id) if uscc in (None, one[0].uscc)]
    if len(homes) != 1:
        raise NotFound
    (home, roles), *_ = homes
    act_as(session, person=account.person_id, organisation=home.id)
    return Actor(account.person_id, home.id, frozenset(roles))


def _as_json(row: ApiKey, secret: Secret) -> str:
    facts = {
        "id": str(row.id),
        "secret": secret.text,
        "roles": row.roles,
        "may_write": row.may_write,
        "expires_at": row.expires_at.isoformat(),
    }
    return json.dumps(facts, ensure_ascii=False, indent=2)
