"""Refusals for people: the facts behind a problem, named and written in the visitor's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.web.languages import Words
from kernel.errors import Problem
from kernel.http.problems import Conflict
from kernel.money import Money

SILENT: Final = frozenset({"machine", "action", "allowed", "constraint", "wait_seconds", "field"})
"""Facts for programs; the sentence already says what a person needs of them."""


def facts(problem: Problem, t: Words) -> list[tuple[str, str]]:
    """The facts of a refusal as (name, text); a fact that is a list gives a line each, without a name."""
    if isinstance(problem, Conflict):
        return []
    other = "_en" if t.language == "zh" else "_zh"
    told = {name: value for name, value in problem.facts().items() if name not in SILENT and not name.endswith(other)}
    return [pair for name, value in told.items() for pair in _lines(name.removesuffix(f"_{t.language}"), value, t)]


def _lines(name: str, value: Any, t: Words) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(value, UUID):
        return
    if isinstance(value, tuple | list | frozenset) and all(isinstance(one, Mapping) for one in value):
        yield from (("", _sentence(one, t)) for one in value)
    elif text := _text(name, value, t):
        yield t(f"fact.{name}") if t.knows(f"fact.{name}") else name.replace("_", " "), text


def _sentence(entry: Mapping[str, Any], t: Words) -> str:
    """A finding of the title guard, or what is wrong with a field."""
    parts = [entry.get(f"{part}_{t.language}") for part in ("message", "why", "cure")]
    return " ".join(str(part) for part in parts if part)


def _text(name: str, value: Any, t: Words) -> str:
    match value:
        case Money():
            return t.price(value)
        case bool():
            return t("yes" if value else "no")
        case datetime():
            return t.moment(value)
        case date():
            return t.day(value)
        case int():
            return t.share(value) if name.endswith("_bp") else t.number(value)
        case tuple() | list() | frozenset():
            return t("comma").join(_text(name, one, t) for one in value)
    key = f"{name}.{value}" if name != "needed" else f"role.{value}"
    return t(key) if t.knows(key) else str(value)
