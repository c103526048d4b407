"""Signing in over HTTP: cookies, sessions, passwords; and who one is."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from sqlalchemy.orm import Session
from starlette.requests import Request

from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db, MaybeActor, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import SessionId
from kernel.paging import Page, PageQuery, page_of
from parties import errors, queries
from parties.commands import resets, sign_in
from parties.routes.answers import (
    act_again_as,
    give_cookie,
    must_not_be_cross_site,
    place_of,
    refuse_and_keep,
    take_cookie,
)
from parties.schemas.people import MembershipOut
from parties.schemas.sign_in import (
    AskReset,
    ChangePassword,
    ChooseOrganisation,
    CompleteReset,
    MeOut,
    SessionOut,
    SignIn,
)
from parties.tables import Person, SignInSession

router = Router(prefix="/v1/sign-in", tags=["sign-in"])
oneself = Router(prefix="/v1", tags=["sign-in"])


@router.post(
    "",
    operation_id="sign_in",
    response_model=MeOut,
    responses=problems(errors.BadCredentials, errors.TooManyAttempts),
)
def enter(
    body: SignIn, request: Request, response: Response, db: Db, actor: MaybeActor, now: WallNow
) -> MeOut | Response:
    """Sign in: a new `__Host-session` cookie, whatever cookie came along."""
    must_not_be_cross_site(request)
    try:
        opened = sign_in.sign_in(
            db,
            email=body.email,
            password=body.password,
            organisation_id=body.organisation_id,
            place=place_of(request),
            now=now,
        )
    except errors.BadCredentials as bad:
        return refuse_and_keep(bad, request)
    if actor is not None and actor.session_id is not None and actor.person_id == opened.session.person_id:
        sign_in.end_session(db, session_id=actor.session_id, actor=actor, now=now)
    give_cookie(response, opened.secret)
    answer = _me(db, _actor_of(opened))
    act_again_as(db, actor)
    return answer


@router.post("/organisation", operation_id="sign_in_choose", responses=problems(errors.NotBySession))
def choose(
    body: ChooseOrganisation, request: Request, response: Response, db: Db, actor: CurrentActor, now: WallNow
) -> MeOut:
    """Act for another of one's organisations; the cookie is replaced."""
    opened = sign_in.switch(db, organisation_id=body.organisation_id, place=place_of(request), actor=actor, now=now)
    give_cookie(response, opened.secret)
    return _me(db, _actor_of(opened))


@router.get("/sessions", operation_id="session_list")
def sessions(db: Db, actor: CurrentActor, page: PageQuery, now: WallNow) -> Page[SessionOut]:
    """Where one is signed in."""
    rows = queries.sessions_visible_to(actor).where(SignInSession.ended_at.is_(None), SignInSession.expires_at > now)
    return page_of(db, rows, SignInSession.id, page, lambda row: SessionOut.of(row, this=actor.session_id))


@router.delete("/sessions/{session_id}", status_code=204, operation_id="session_end")
def end_session(session_id: SessionId, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Sign out somewhere else."""
    sign_in.end_session(db, session_id=session_id, actor=actor, now=now)


@oneself.post("/sign-out", status_code=204, operation_id="sign_out", responses=problems(errors.NotBySession))
def leave(response: Response, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Sign out here."""
    sign_in.sign_out(db, actor=actor, now=now)
    take_cookie(response)


@oneself.get("/me", operation_id="me")
def me(db: Db, actor: CurrentActor) -> MeOut:
    """Who is asking."""
    return _me(db, actor)


@oneself.put(
    "/me/password",
    status_code=204,
    operation_id="password_change",
    response_model=None,
    responses=problems(errors.BadCredentials, errors.TooManyAttempts, errors.NotBySession, errors.PasswordTooCommon),
)
def change_password(
    body: ChangePassword, request: Request, db: Db, actor: CurrentActor, now: WallNow
) -> Response | None:
    """Set another password; all other sessions end."""
    try:
        sign_in.change_password(
            db, current=body.current, new=body.new, address=place_of(request).address, actor=actor, now=now
        )
    except errors.BadCredentials as bad:
        return refuse_and_keep(bad, request)
    return None


@oneself.post(
    "/password-resets", status_code=202, operation_id="password_reset_ask", responses=problems(errors.TooManyAttempts)
)
def ask_reset(body: AskReset, request: Request, db: Db, now: WallNow) -> dict[str, str]:
    """Ask for a reset link. The answer is the same whether or not anybody has that address."""
    resets.ask(db, email=body.email, address=place_of(request).address, now=now)
    return {"status": "accepted"}


@oneself.post(
    "/password-resets/complete",
    status_code=204,
    operation_id="password_reset_complete",
    responses=problems(errors.ResetNotGood, errors.PasswordTooCommon),
)
def complete_reset(body: CompleteReset, db: Db, now: WallNow) -> None:
    """Set a new password with the token of a reset link; every session ends."""
    resets.complete(db, token=body.token, password=body.password, now=now)


def _actor_of(opened: sign_in.SignedIn) -> Actor:
    row = opened.session
    return Actor(row.person_id, row.organisation_id, opened.roles, session_id=row.id)


def _me(db: Session, actor: Actor) -> MeOut:
    person = db.get_one(Person, actor.person_id)
    by: Literal["session", "api_key"] = "session" if actor.api_key_id is None else "api_key"
    return MeOut(
        person_id=person.id,
        name=person.name,
        email=person.email,
        organisation_id=actor.organisation_id,
        roles=sorted(actor.roles),
        memberships=[
            MembershipOut(
                organisation_id=home.id, organisation_name=home.name, organisation_kind=home.kind, roles=list(roles)
            )
            for home, roles in queries.memberships_of(db, person.id)
        ],
        by=by,
    )
