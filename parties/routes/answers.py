"""Answers of a special kind: those that hold a secret, those that refuse and still keep what they noted, cookies."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from kernel.db.session import act_as
from kernel.errors import Problem
from kernel.http import problems
from kernel.http.auth import Actor
from kernel.http.context import SESSION_COOKIE, must_be_same_site
from kernel.http.unit import SHOWN_ONCE
from parties.applications import Place
from parties.limits import SESSION_LIFE_MAX
from parties.tokens import Secret


def place_of(request: Request) -> Place:
    """Where a request comes from: the peer's address, and what the browser calls itself."""
    return Place(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def refuse_and_keep(problem: Problem, request: Request) -> Response:
    """Refuse, and commit what was noted on the way (a failed attempt): an exception would roll it back."""
    return problems.answer(problem, request)


def shown_once(response: Response) -> None:
    """The answer holds a secret: no cache keeps it, and neither does the store of repeated answers."""
    response.headers["Cache-Control"] = "no-store"
    response.headers[SHOWN_ONCE] = "true"


def give_cookie(response: Response, secret: Secret) -> None:
    """Sign the browser in. `__Host-` binds the cookie to this host, this path and TLS (ASVS V3.3.1–3.3.4)."""
    shown_once(response)
    response.set_cookie(
        SESSION_COOKIE,
        secret.text,
        max_age=int(SESSION_LIFE_MAX.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response) -> None:
    """Sign the browser out."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def must_not_be_cross_site(request: Request) -> None:
    """A page of another site must not sign the browser in as somebody else (login CSRF). Raises CrossSite.

    Programs that send neither header have no browser to be misled.
    """
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        must_be_same_site(request)


def act_again_as(db: Session, actor: Actor | None) -> None:
    """The transaction stood in for somebody new; from here on it acts for the caller again, who may have sent a key."""
    db.flush()
    if actor is not None:
        act_as(db, person=actor.person_id, organisation=actor.organisation_id)
