"""Signing in and out, and choosing the organisation one acts for."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from app.web import forms
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from kernel.errors import Problem
from kernel.http.context import WallNow
from kernel.http.problems import InvalidRequest
from kernel.ids import OrganisationId
from parties.commands import sign_in as commands
from parties.errors import BadCredentials, TooManyAttempts
from parties.routes.answers import give_cookie, place_of, take_cookie
from parties.schemas.sign_in import SignIn

ONWARD: Final = "/desk"
ADDRESS_LENGTH_MAX: Final = 500

router = PageRouter()


@router.get("/sign-in")
def form(visit: Visit, onward: Annotated[str, Query(alias="next")] = ONWARD) -> Response:
    """The form; who is signed in already goes on."""
    return go(own_address(onward)) if visit.actor else _form(visit, onward=own_address(onward))


@router.post("/sign-in")
def enter(visit: Visit, wall_now: WallNow) -> Response:
    """Sign in and go on to where one wanted to go."""
    email, onward = visit.form.get("email", ""), own_address(visit.form.get("next", ""))
    try:
        body = forms.as_body(SignIn, email=email.strip(), password=visit.form.get("password", ""))
        opened = commands.sign_in(
            visit.db,
            email=body.email,
            password=body.password,
            organisation_id=None,
            place=place_of(visit.request),
            now=wall_now,
        )
    except (BadCredentials, TooManyAttempts, InvalidRequest) as refused:
        # Answered, not raised: a failed attempt is counted, and that must be committed.
        return _form(visit, onward=onward, email=email, problem=refused)
    answer = go(onward)
    give_cookie(answer, opened.secret)
    return answer


@router.post("/sign-out")
def leave(visit: Visit, wall_now: WallNow) -> Response:
    """End the session; who has none is signed out already."""
    if visit.actor is not None:
        commands.sign_out(visit.db, actor=visit.actor, now=wall_now)
    answer = go("/")
    take_cookie(answer)
    return answer


@router.post("/desk/organisation")
def act_for(visit: Visit, wall_now: WallNow) -> Response:
    """Act for another of one's organisations."""
    home = OrganisationId(forms.an_id(visit.form.get("organisation_id", "")))
    opened = commands.switch(
        visit.db, organisation_id=home, place=place_of(visit.request), actor=visit.member(), now=wall_now
    )
    answer = go(ONWARD)
    give_cookie(answer, opened.secret)
    return answer


def own_address(text: str) -> str:
    """An address within the market: nobody is sent elsewhere by a link to the sign-in page."""
    within = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if within and text.isascii() and text.isprintable() and len(text) <= ADDRESS_LENGTH_MAX else ONWARD


def _form(visit: Visiting, *, onward: str, email: str = "", problem: Problem | None = None) -> Response:
    status = problem.status if problem else 200
    return visit.show("sign_in.html", status=status, onward=onward, email=email, problem=problem)
