"""An inputs file as people write it: JSON with numbers or texts, amounts in yuan or 万元, read into what the wire takes.

Nothing is guessed: a name given twice, a number that is not finite, an amount that is not exact to the fen are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from kernel.http.explaining import explain
from kernel.http.problems import InvalidRequest
from kernel.money import Money

EXAMPLES: Final = Path(__file__).with_name("data") / "examples"
BYTES_MAX: Final = 1_000_000
DEPTH_MAX: Final = 12
_UNITS: Final[dict[str, Callable[[str], Money]]] = {"_yuan": Money.yuan, "_wan": Money.wan}


Body = TypeVar("Body", bound=BaseModel)


class UnreadableInputs(ValueError):
    """The file is no inputs file; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class _Number(str):
    """A number as it was written, digit by digit."""


def read(content: bytes) -> dict[str, Any]:
    """The body of a calculation: decimals as text, amounts as whole `…_fen`. Raises UnreadableInputs."""
    if len(content) > BYTES_MAX:
        raise UnreadableInputs("文件过大。", "The file is too large.")
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(
            text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_members
        )
    except UnicodeDecodeError:
        raise UnreadableInputs("文件应为 UTF-8 编码。", "The file must be UTF-8.") from None
    except (json.JSONDecodeError, RecursionError):
        raise UnreadableInputs("文件不是合法的 JSON。", "The file is not JSON.") from None
    if not isinstance(found, dict):
        raise UnreadableInputs("文件应为一个 JSON 对象。", "The file must hold one JSON object.")
    body: dict[str, Any] = _plain(found, "", 0)
    return body


def checked(schema: type[Body], content: bytes) -> Body:
    """The file as the body that the API takes. Raises UnreadableInputs, or InvalidRequest with the fields."""
    try:
        return schema.model_validate(read(content))
    except ValidationError as error:
        raise InvalidRequest(tuple(explain(one) for one in error.errors())) from None


def example(method: str) -> str:
    """An inputs file to start from; every number in it is invented."""
    return (EXAMPLES / f"{method}.json").read_text("utf-8")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise UnreadableInputs("同一名称出现两次。", "The same name appears twice.")
    return members


def _plain(value: Any, name: str, depth: int) -> Any:
    if depth > DEPTH_MAX:
        raise UnreadableInputs("JSON 嵌套过深。", "The JSON is nested too deeply.")
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        for key, one in value.items():
            written, read_one = _amount(key, one) if key.endswith(tuple(_UNITS)) else (key, one)
            if written in members:
                raise UnreadableInputs(f"{written} 重复填写。", f"{written} is stated twice.")
            members[written] = _plain(read_one, written, depth + 1)
        return members
    if isinstance(value, list):
        return [_plain(one, name, depth + 1) for one in value]
    if isinstance(value, _Number):
        whole = value.removeprefix("-").isdigit() and len(value) <= 20
        return int(value) if name.endswith("_fen") and whole else _decimal(value)
    return value


def _amount(key: str, value: Any) -> tuple[str, Any]:
    unit = next(unit for unit in _UNITS if key.endswith(unit))
    name = f"{key.removesuffix(unit)}_fen"
    if isinstance(value, list):
        return name, [_fen(key, one, unit) for one in value]
    return name, None if value is None else _fen(key, value, unit)


def _fen(key: str, value: Any, unit: str) -> int:
    if isinstance(value, str):
        try:
            return _UNITS[unit](_decimal(_Number(value))).fen
        except ValueError:
            pass
    raise UnreadableInputs(f"{key} 不是精确到分的金额。", f"{key} is not an amount exact to the fen.")


def _decimal(written: _Number) -> str:
    """1e6 as 1000000; what is no number stays as it is, for the schema to refuse with its field."""
    if "e" not in written.lower() or len(written) > 30:
        return str(written)
    try:
        number = Decimal(written)
    except ArithmeticError:
        return str(written)
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) <= 30 else str(written)
