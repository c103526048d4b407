"""A visit: one person, or the public, looking at one page; what every page may ask for, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends
from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.languages import Words
from app.web.rendering import draw, language_of
from app.web.routing import form_of
from kernel.errors import Problem, Unauthenticated
from kernel.http.auth import Actor
from kernel.http.context import Db, MaybeActor, Now
from kernel.http.routing import as_problem
from kernel.paging import PageAsked
from parties import queries as parties

Answer = TypeVar("Answer")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Visiting:
    """What a page route is given: the session, market time, who looks, and in which language."""

    request: Request
    db: Session
    now: datetime
    actor: Actor | None
    t: Words
    organisation_name: str | None

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form that was sent."""
        return form_of(self.request)

    def member(self) -> Actor:
        """Who is signed in. Raises Unauthenticated."""
        if self.actor is None:
            raise Unauthenticated
        return self.actor

    def has(self, *roles: str) -> bool:
        """Somebody is signed in who holds one of the roles."""
        return self.actor is not None and self.actor.has(*roles)

    def known(self) -> dict[str, Any]:
        """What the frame of every page shows of the visitor."""
        return {"actor": self.actor, "organisation_name": self.organisation_name}

    def show(self, template: str, *, status: int = 200, here: str | None = None, **facts: Any) -> Response:
        """The page."""
        return draw(template, self.request, status=status, here=here, now=self.now, **self.known(), **facts)

    def rows(
        self, rows: Select[Row], key: InstrumentedAttribute[Any], asked: PageAsked
    ) -> tuple[list[Row], UUID | None]:
        """A page of rows, newest first, and after which row the next one begins."""
        if asked.starting_after is not None:
            rows = rows.where(key < asked.starting_after)
        found = list(self.db.execute(rows.order_by(key.desc()).limit(asked.limit + 1)).scalars())
        shown = found[: asked.limit]
        return shown, getattr(shown[-1], key.key) if len(found) > asked.limit else None

    def attempt(self, step: Callable[[], Answer]) -> Answer | Problem:
        """Do it, or say why not: what a refused step had begun is undone, and the page can still be read and shown again."""
        try:
            with self.db.begin_nested():
                return step()
        except (Problem, IntegrityError) as error:
            self.db.expire_all()
            return as_problem(error)


def _visit(request: Request, db: Db, now: Now, actor: MaybeActor) -> Visiting:
    home = actor.organisation_id if actor else None
    name = parties.names(db, [home]).get(home) if home else None
    visiting = Visiting(request, db, now, actor, language_of(request), name)
    request.state.visit = visiting
    return visiting


Visit = Annotated[Visiting, Depends(_visit)]


def go(address: str) -> Response:
    """After a form: look at the result with a GET, so that reloading does not send it again."""
    return RedirectResponse(address, status_code=303)
