"""Every page of the market, and how they are added to the application."""

from __future__ import annotations

import importlib
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.unrouted import problem_of
from app.web import assets
from app.web.routing import problem_page, wants_page
from kernel.http import problems

PAGES: Final = (
    "home",
    "results",
    "valuations",
    "calculators",
    "reviews",
    "models",
    "listings",
    "lots",
    "notices",
    "pool",
    "contracts",
    "statistics",
    "signing_in",
    "desk",
    "about",
)


def add_to(app: FastAPI) -> None:
    """Add the pages and the files they load; what leads nowhere answers a browser with a page."""
    for name in PAGES:
        app.include_router(importlib.import_module(f"{__name__}.{name}").router)
    app.mount(assets.folder(), assets.KeptForGood(directory=assets.STATIC), name="static")
    for status in (404, 405):
        app.add_exception_handler(status, _not_routed)


async def _not_routed(request: Request, error: Exception) -> Response:
    problem = problem_of(request, error)
    if isinstance(error, HTTPException) and wants_page(request):
        return problem_page(problem, request)
    return problems.answer(problem, request)
