"""Page routes: the promises of every other route, refusals as pages, and forms in place of JSON and headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from app.web import forms
from app.web.languages import LANGUAGES
from app.web.rendering import LANGUAGE_COOKIE, draw
from kernel.errors import NotFound, Problem
from kernel.http import problems
from kernel.http.context import must_be_same_site
from kernel.http.problems import InvalidRequest, PayloadTooLarge
from kernel.http.routing import Handler, MarketRoute

FORM_BYTES_MAX: Final = 100_000
KEY_FIELD: Final = "idempotency_key"
LANGUAGE_SECONDS: Final = 365 * 86_400


class PageRoute(MarketRoute):
    """A route that people reach with a browser."""

    body_bytes_max = FORM_BYTES_MAX

    def get_route_handler(self) -> Handler:
        """Read the form first: its hidden key stands for the header that a form cannot send."""
        guarded = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                if request.method == "POST":
                    request = await _with_form(request)
            except Problem as problem:
                return self.render(problem, request)
            return _remembering_language(await guarded(request), request)

        return handle

    def render(self, problem: Problem, request: Request) -> Response:
        """The problem as a page. An address that is not well formed leads nowhere, like any other unknown one."""
        if isinstance(problem, InvalidRequest) and request.method == "GET":
            problem = NotFound()
        return problem_page(problem, request)


class PageRouter(APIRouter):
    """A router of pages; they are no part of the documented interface."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(route_class=PageRoute, include_in_schema=False, **settings)


def problem_page(problem: Problem, request: Request) -> Response:
    """What went wrong, in the visitor's language, with the request id under which it can be found again."""
    plain = problems.answer(problem, request)
    visit = getattr(request.state, "visit", None)
    page = draw(
        "problem.html",
        request,
        status=problem.status,
        here=None if request.method == "GET" else "/",
        problem=problem,
        request_id=getattr(request.state, "request_id", None),
        **(visit.known() if visit else {}),
    )
    for name in ("cache-control", "retry-after", "allow"):
        if name in plain.headers:
            page.headers[name] = plain.headers[name]
    return page


def wants_page(request: Request) -> bool:
    """A browser asks outside the interface for programs."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


def form_of(request: Request) -> Mapping[str, str]:
    """The fields of the form that this request brought."""
    fields: Mapping[str, str] = request.state.form
    return fields


async def _with_form(request: Request) -> Request:
    must_be_same_site(request)
    body = await _body(request)
    fields = forms.read(body, request.headers.get("content-type", ""))
    scope = dict(request.scope)
    if key := fields.get(KEY_FIELD):
        if not (key.isascii() and key.isprintable()):
            raise forms.FormNotValid
        scope["headers"] = [*scope["headers"], (b"idempotency-key", key.encode())]
    request.state.form = fields

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, again)


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > FORM_BYTES_MAX:
            raise PayloadTooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _remembering_language(response: Response, request: Request) -> Response:
    if (asked := request.query_params.get("lang")) in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=LANGUAGE_SECONDS, secure=True, httponly=True, samesite="lax"
        )
    return response
