"""Problem documents (RFC 9457): every answer that is not a success says what, why, by which article, and never echoes input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import (
    Forbidden,
    Malformed,
    MissingRole,
    NotFound,
    Problem,
    Refused,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from kernel.money import Money

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = {429: 5, 503: 2}


class FieldError(BaseModel):
    """What is wrong with one field: where it stands (JSON pointer), a code, and a sentence in both languages."""

    pointer: str
    code: str
    message_zh: str
    message_en: str


class ProblemDocument(BaseModel):
    """RFC 9457, with titles in two languages, the article of law where one applies, and the facts as further members."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/bid-too-low"])
    title: str
    title_zh: str
    status: int
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None
    article: str | None = None
    errors: list[FieldError] | None = None


@dataclass(eq=False)
class InvalidRequest(Malformed):
    """Some fields of the request are not valid."""

    zh = "请求中有不合法的字段。"
    errors: tuple[Mapping[str, str], ...]


@dataclass(eq=False)
class Conflict(Refused):
    """Somebody else has just done this, or the same thing exists already."""

    zh = "该记录已存在，或刚刚被他人修改。"
    constraint: str | None


class InternalFault(Problem):
    """Something failed on our side; it has been recorded under the request id."""

    zh = "系统内部错误，已按请求编号记录。"


class PayloadTooLarge(Problem):
    """The body is larger than this endpoint takes."""

    status = 413
    zh = "请求体过大。"


class MethodNotAllowed(Problem):
    """This address does not take this method."""

    status = 405
    zh = "该地址不支持此请求方法。"
    allowed_methods = ""


class UnsupportedMedia(Problem):
    """Send the body as application/json."""

    status = 415
    zh = "请以 application/json 发送请求体。"


def document(problem: Problem, *, instance: str | None = None, request_id: str | None = None) -> dict[str, Any]:
    """The problem as a plain object; money facts appear as `<name>_fen`."""
    answer: dict[str, Any] = {
        "type": f"/problems/{problem.slug()}",
        "title": problem.title(),
        "title_zh": problem.zh,
        "status": problem.status,
        "instance": instance,
        "request_id": request_id,
        "article": problem.article,
    }
    answer = {name: value for name, value in answer.items() if value is not None}
    for name, value in problem.facts().items():
        if name not in answer:
            wire_name, wire_value = _fact(name, value)
            answer[wire_name] = wire_value
    return answer


def answer(problem: Problem, request: Request | None = None) -> Response:
    """The problem as a response."""
    body = document(
        problem,
        instance=request.url.path if request else None,
        request_id=getattr(request.state, "request_id", None) if request else None,
    )
    headers = {"Cache-Control": "no-store"}
    wait = getattr(problem, "retry_after_seconds", RETRY_SECONDS.get(problem.status))
    if wait is not None:
        headers["Retry-After"] = str(wait)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="market"'
    if allowed := getattr(problem, "allowed_methods", None):
        headers["Allow"] = allowed
    content = json.dumps(body, ensure_ascii=True, allow_nan=False).encode()
    return Response(content, problem.status, headers, MEDIA_TYPE)


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: which problems it answers, each with an example, for the OpenAPI document."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = by_status.setdefault(kind.status, _entry(kind.status))
        examples = entry["content"][MEDIA_TYPE]["examples"]
        examples[kind.slug()] = {"summary": kind.title(), "value": _example(kind)}
    return by_status


def _entry(status: int) -> dict[str, Any]:
    descriptions = {401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "Refused by the rules"}
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        "description": descriptions.get(status, "Problem"),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def _example(kind: type[Problem]) -> dict[str, Any]:
    example = {"type": f"/problems/{kind.slug()}", "title": kind.title(), "title_zh": kind.zh, "status": kind.status}
    return example | ({"article": kind.article} if kind.article else {})


COMMON = problems(Unauthenticated, Forbidden, MissingRole, NotFound, Conflict, InvalidRequest, TooMany, Unavailable)
"""What any route may answer; a route adds its own with `responses=problems(…)`."""


def _fact(name: str, value: Any) -> tuple[str, Any]:
    return (f"{name}_fen", value.fen) if isinstance(value, Money) else (name, _plain(value))


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Money():
            return value.fen
        case date() | datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case frozenset() | set():
            return sorted(str(one) for one in value)
        case Sequence():
            return [_plain(one) for one in value]
    return str(value)
