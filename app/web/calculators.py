"""From what was typed into a calculator to the body of the API, and from a refusal back to the field it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.web.forms import NotAnAmount
from app.web.layouts import Field, Kind, fields_of
from kernel.errors import Problem
from kernel.http.problems import InvalidRequest
from kernel.money import Money
from valuation.appraisal.methods import Method
from valuation.appraisal.saying import Said

_PERCENT: Final = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,8})?[%％]")
_UNITS: Final = {"亿": 10_000, "万": 1}


def body(method: Method, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, nested as the API takes it: blanks left out, blank rows of a list left out.

    Raises NotAnAmount for an amount that cannot be read; everything else is for the schema to refuse with its field.
    """
    tree: dict[str, Any] = {}
    for field in fields_of(method):
        for name, text in _pieces(field, typed):
            if text:
                _put(tree, name.split("."), _read(field, name, text))
    nested: dict[str, Any] = _without_empty_rows(tree)
    return nested


def faults(problem: Problem) -> dict[str, tuple[str, str]]:
    """What is wrong by field of the form: (zh, en). A refusal that names no field has none."""
    if isinstance(problem, InvalidRequest):
        return {_field_name(one["pointer"]): (one["message_zh"], one["message_en"]) for one in problem.errors}
    field = getattr(problem, "field", None)
    return {_field_name(field): (problem.zh, problem.title())} if isinstance(field, str) else {}


def places(method: Method, found: Mapping[str, tuple[str, str]]) -> list[tuple[str, Said]]:
    """Where in the form faults stand: the input to go to, and the name of its field."""
    return [
        (next((name for name in names(field) if name in found), names(field)[0]), field.label)
        for field in fields_of(method)
        if field.name in found or any(name in found for name in names(field))
    ]


def names(field: Field) -> list[str]:
    """The names of a field's inputs in the form."""
    return [f"{field.name}.{piece}" for piece in field.pieces] or [field.name]


def _pieces(field: Field, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, typed.get(name, "").strip()) for name in names(field)]


def _read(field: Field, name: str, text: str) -> Any:
    if name.endswith(".source") or field.kind in (Kind.TEXT, Kind.DAY, Kind.CHOICE):
        return text
    if field.kind is Kind.AMOUNT:
        return _fen(text, name)
    if field.kind is Kind.RATE and _PERCENT.fullmatch(text):
        return format(Decimal(text[:-1]) / 100, "f")
    return text.replace(",", "")


class AmountNotRead(NotAnAmount):
    """Give the amount in yuan, in digits, or in 万元 as 48万."""

    zh = "请以阿拉伯数字填写金额（元），或写作“48万”。"

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def facts(self) -> dict[str, Any]:
        """The field is marked in the form; there is nothing more to say."""
        return {}


def _fen(text: str, name: str) -> int:
    """Yuan, thousands set apart or not, or 万 and 亿. Raises AmountNotRead."""
    plain = re.sub("[, 元]", "", text)
    try:
        for unit, times in _UNITS.items():
            if plain.endswith(unit):
                return Money.wan(Decimal(_digits(plain.removesuffix(unit))) * times).fen
        return Money.yuan(_digits(plain)).fen
    except ValueError:
        raise AmountNotRead("/" + name.replace(".", "/")) from None


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,14}(\.[0-9]{1,6})?", text):
        raise ValueError("not an amount")
    return text


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    """Set a leaf; an amount's parts are called `…_fen`. Lists are dictionaries by place until they are closed up."""
    leaf = path[-1]
    if type(value) is int and leaf in ("value", "low", "high"):
        leaf = f"{leaf}_fen"
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[leaf] = value


def _without_empty_rows(tree: Any) -> Any:
    """Dictionaries by place become lists; a row of which only the kind was chosen is blank."""
    if not isinstance(tree, dict):
        return tree
    closed = {name: _without_empty_rows(one) for name, one in tree.items()}
    if closed and all(name.isdigit() for name in closed):
        rows = [closed[name] for name in sorted(closed, key=int)]
        return [row for row in rows if not (isinstance(row, dict) and set(row) <= {"kind"})]
    return closed


def _field_name(pointer: str) -> str:
    """`/items/0/amount/value_fen` is `items.0.amount.value` in the form; a whole number names its value."""
    return ".".join(step.removesuffix("_fen") if step != "amounts_fen" else step for step in pointer.split("/") if step)
