"""Pages out of templates: everything escaped, nothing undefined, the same frame around all of them."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web import assets
from app.web.languages import LANGUAGES, TAGS, Words, chosen, words
from app.web.refusals import facts
from kernel.calendar import local_date
from kernel.money import Money

TEMPLATES: Final = Path(__file__).with_name("templates")
LANGUAGE_COOKIE: Final = "lang"
HTMX: Final = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "historyEnabled": False,
        "selfRequestsOnly": True,
    }
)
"""No eval and no style element, for the content security policy; no copy of a private page in the browser's store."""


@cache
def environment() -> Environment:
    """The templates. Text is escaped in every file, whatever its name."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=assets.address, htmx_config=HTMX, fresh_key=fresh_key, facts_of=facts)
    made.filters["fen"] = Money
    made.filters["last_day"] = last_day
    return made


def last_day(deadline: datetime) -> date:
    """The last day in Shanghai on which a deadline is kept: one at 24:00 belongs to the day that it ends."""
    return local_date(deadline - timedelta(microseconds=1))


def language_of(request: Request) -> Words:
    """The language of a visit: `?lang=`, else the cookie, else Chinese."""
    return words(chosen(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)))


def draw(template: str, request: Request, *, status: int = 200, here: str | None = None, **facts: Any) -> HTMLResponse:
    """A page. Templates see the words as `t` and who is signed in as `actor`; `here` is where this page can be read."""
    t = language_of(request)
    address = here or request.url.path
    kept = [] if here else [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    others = [(TAGS[one], f"{address}?{urlencode([*kept, ('lang', one)])}") for one in LANGUAGES if one != t.language]
    seen = {"actor": None, "organisation_name": None, **facts, "t": t, "here": address, "others": others}
    return HTMLResponse(environment().get_template(template).render(seen), status)


def fresh_key() -> str:
    """A key for a form, made when the page is: sending it twice does it once."""
    return secrets.token_urlsafe(18)
