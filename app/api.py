"""The HTTP application: every room's routes, health, security headers, request ids, and the documented problems."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.middleware import EveryAnswer
from app.signing_keys import router as signing_keys
from app.unrouted import problem_of
from app.wiring import ROOMS, load_everything
from kernel.db import Database
from kernel.files import FileStore
from kernel.http import problems
from kernel.http.context import Db
from kernel.http.problems import FieldError, ProblemDocument
from kernel.http.routing import Router
from kernel.signing import KeyFolder
from parties.authentication import PartiesAuthenticator

TITLE = "Technology market 网上技术市场"
health = Router(tags=["health"])


@health.get("/healthz", operation_id="health")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz", operation_id="ready")
def readyz(db: Db) -> dict[str, str]:
    """The process answers, and so does its database."""
    db.execute(text("SELECT 1"))
    return {"status": "ready"}


def build(
    database: Database,
    *,
    environment: str = "test",
    files: FileStore | None = None,
    keys: KeyFolder | None = None,
) -> FastAPI:
    """The application over a database and a store of documents. `environment` demo or test lets market time be moved.

    `keys`: the market's signing keys; without them what must be signed is answered 503.
    """
    load_everything()
    app = FastAPI(title=TITLE, version="0.1.0", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.database = database
    app.state.files = files
    app.state.keys = keys
    app.state.livemode = environment == "production"
    app.state.authenticator = PartiesAuthenticator(livemode=app.state.livemode)
    app.add_middleware(EveryAnswer)
    for router in [health, signing_keys, *room_routers()]:
        app.include_router(router)
    if environment in ("demo", "test"):
        from app.clock import router as clock

        app.include_router(clock)
    _add_pages(app)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(Exception, _not_routed)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema
    return app


def room_routers() -> list[APIRouter]:
    """Every `router` found in a module called `routes`, `routes_*` or inside a package `routes`, room by room."""
    found = []
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if any(part == "routes" or part.startswith("routes_") for part in module.name.split(".")):
                found += _routers_in(vars(importlib.import_module(module.name)).values())
    return list({id(router): router for router in found}.values())


def _routers_in(values: Iterable[Any]) -> list[APIRouter]:
    return [value for value in values if isinstance(value, APIRouter)]


def _add_pages(app: FastAPI) -> None:
    try:
        pages = importlib.import_module("app.web.pages")
    except ModuleNotFoundError as missing:
        if not str(missing.name).startswith("app.web"):
            raise
        return
    pages.add_to(app)


async def _not_routed(request: Request, error: Exception) -> Response:
    return problems.answer(problem_of(request, error), request)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            parts.pop(unused, None)
        for model in (ProblemDocument, FieldError):
            parts[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}")
            parts[model.__name__].pop("$defs", None)
        schema["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "An API key: mk_test_… or mk_live_…"},
            "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
        }
        app.openapi_schema = schema
    return app.openapi_schema
