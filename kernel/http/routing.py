"""Routes that keep the house's promises: strict bodies, one transaction, commit before the answer, clear problems."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Forbidden, Malformed, NotFound, Problem, Unavailable
from kernel.http import idempotency, problems
from kernel.http.explaining import explain
from kernel.http.json_body import MalformedJson, parse_json
from kernel.http.unit import Unit

BODY_BYTES_MAX = 1_000_000
BUSY_STATES = frozenset({"40001", "40P01", "55P03", "57014", "57P01", "57P03", "53300"})
UNFORESEEN_STATES = frozenset({"23502", "23514"})

log = structlog.get_logger("market.http")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class MarketRoute(APIRoute):
    """One transaction a request. The session is `request.state.unit.session`; routes take it as `Db`."""

    database_role = "web"
    body_bytes_max = BODY_BYTES_MAX

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's own handler."""
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                body = await _limited_body(request, self.body_bytes_max)
                strict = _StrictRequest(request.scope, request.receive, body)
            except Problem as problem:
                return self.render(problem, request)
            unit = Unit(
                request.app.state.database,
                self.database_role,
                key=request.headers.get("idempotency-key") if request.method == "POST" else None,
                fingerprint=idempotency.fingerprint(request.method, request.url.path, request.url.query, body),
            )
            request.state.unit = unit
            try:
                return await self._answer(original, strict, unit)
            finally:
                await run_in_threadpool(unit.close)

        return handle

    async def _answer(self, original: Handler, request: Request, unit: Unit) -> Response:
        try:
            response = await original(request)
            await run_in_threadpool(unit.succeed, response)
        except idempotency.AnsweredBefore as before:
            return before.response
        except Exception as error:
            problem = as_problem(error)
            response = self.render(problem, request)
            await run_in_threadpool(unit.refuse, problem, response)
        return response

    def render(self, problem: Problem, request: Request) -> Response:
        """The problem as this kind of route answers it; pages answer in HTML."""
        return problems.answer(problem, request)


class Router(APIRouter):
    """An APIRouter of MarketRoutes that documents the problems which any of them may answer."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("route_class", MarketRoute)
        settings["responses"] = {**problems.COMMON, **settings.get("responses", {})}
        super().__init__(**settings)


def as_problem(error: Exception) -> Problem:
    """What an exception means to the caller. Only the unforeseen is logged as an error, without the input."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return problems.InvalidRequest(tuple(explain(one) for one in error.errors()))
        case _NotStrictJson():
            return error.problem
        case HTTPException():
            return _http_problem(error)
        case IntegrityError():
            return _conflict(error)
        case PoolTimeout():
            return Unavailable()
        case OperationalError() | DBAPIError() if getattr(error.orig, "sqlstate", None) in BUSY_STATES:
            return Unavailable()
    log.error("request.failed", exc_info=error)
    return problems.InternalFault()


def _conflict(error: IntegrityError) -> Problem:
    """Two did the same at once; a CHECK that a rule should have foreseen is refused alike, but it is our fault and logged."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if getattr(error.orig, "sqlstate", None) in UNFORESEEN_STATES:
        log.error("request.broke_a_constraint", constraint=constraint, exc_info=error)
    return problems.Conflict(constraint)


def _http_problem(error: HTTPException) -> Problem:
    kinds: dict[int, type[Problem]] = {
        403: Forbidden,
        404: NotFound,
        405: problems.MethodNotAllowed,
        413: problems.PayloadTooLarge,
        415: problems.UnsupportedMedia,
    }
    return kinds.get(error.status_code, Malformed)()


async def _limited_body(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > limit:
        raise problems.PayloadTooLarge
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise problems.PayloadTooLarge
        chunks.append(chunk)
    return b"".join(chunks)


class _StrictRequest(Request):
    """A request whose body has been read and whose JSON is parsed strictly."""

    def __init__(self, scope: Any, receive: Any, body: bytes) -> None:
        super().__init__(scope, receive)
        self._body = body

    async def json(self) -> Any:
        try:
            return parse_json(self._body)
        except MalformedJson as error:
            raise _NotStrictJson(error) from None


class _NotStrictJson(HTTPException):
    """Carries the strict parser's finding past FastAPI, which passes on HTTPExceptions only."""

    def __init__(self, found: MalformedJson) -> None:
        super().__init__(422)
        self.problem = problems.InvalidRequest((explain({"type": f"json_{found.slug}", "loc": ("body", *found.path)}),))
