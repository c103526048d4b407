"""The strict reading of JSON bodies: what two parsers could understand differently is refused, and nothing is lost in silence.

RFC 8259 leaves duplicate names, huge numbers and lone surrogates open; I-JSON (RFC 7493) forbids them, and so do we.
The good path is one pass of the standard parser. Only when something is wrong is the body read again to find out where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final, NoReturn

BYTES_MAX: Final = 1_000_000
DEPTH_MAX: Final = 32
INTEGER_DIGITS_MAX: Final = 30
FLOAT_DIGITS_MAX: Final = 15
"""A double holds any decimal number of fifteen significant digits exactly enough to give it back (DBL_DIG)."""

_FLOAT_LENGTH_MAX: Final = 64
_BOM: Final = b"\xef\xbb\xbf"

# Only member names like these are repeated in a pointer: anything else may be an attack, or a secret in the wrong place.
_PLAIN_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}")

Path = tuple[str | int, ...]


class MalformedJson(ValueError):
    """The body is not strict JSON: `slug` says why, `path` where, as far as that is known. Never holds the input.

    Slugs: too_large, empty, byte_order_mark, encoding, syntax, trailing_garbage, too_deep, duplicate_key, not_finite,
    number_overflow, number_precision, number_too_long, nul, lone_surrogate.
    """

    def __init__(self, slug: str, path: Path = ()) -> None:
        super().__init__(slug)
        self.slug, self.path = slug, path

    @property
    def pointer(self) -> str:
        """Where it is, as a JSON pointer (RFC 6901); it stops at the parent of a name that is not plain."""
        return pointer_of(self.path)


def pointer_of(path: Path) -> str:
    """A path as a JSON pointer of plain names and indices, cut off before the first name that is not plain."""
    steps = []
    for step in path:
        if isinstance(step, str) and not _PLAIN_NAME.fullmatch(step):
            break
        steps.append(f"/{step}")
    return "".join(steps)


def parse_json(body: bytes, *, limit: int = BYTES_MAX) -> Any:
    """The body as Python values: dict, list, str, int, float, bool, None. Raises MalformedJson.

    A number with a fraction or an exponent becomes a float, and only if that loses none of its digits.
    """
    if len(body) > limit:
        raise MalformedJson("too_large")
    if body.startswith(_BOM):
        raise MalformedJson("byte_order_mark")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedJson("encoding") from None
    try:
        value = _STRICT.decode(text)
    except MalformedJson as fault:
        raise MalformedJson(fault.slug, _place_of_fault(text)) from None
    except RecursionError:
        raise MalformedJson("too_deep") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(_syntax_slug(text, error)) from None
    # Strings can only hide something behind an escape, and depth needs brackets: most bodies are not walked at all.
    if b"\\u" in body:
        _check_strings(value)
    if body.count(b"{") + body.count(b"[") > DEPTH_MAX:
        _check_depth(value)
    return value


def _integer(literal: str) -> int:
    if len(literal) > INTEGER_DIGITS_MAX and len(literal.lstrip("-")) > INTEGER_DIGITS_MAX:
        raise MalformedJson("number_too_long")
    return int(literal)


def _float(literal: str) -> float:
    if len(literal) <= FLOAT_DIGITS_MAX and "e" not in literal and "E" not in literal:
        return float(literal)
    if len(literal) > _FLOAT_LENGTH_MAX:
        raise MalformedJson("number_too_long")
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise MalformedJson("number_overflow")
    mantissa = re.split("[eE]", literal)[0].replace(".", "").lstrip("-0").rstrip("0")
    exact = value != 0 and Decimal(repr(value)) == Decimal(literal) if mantissa else True
    if len(mantissa) > FLOAT_DIGITS_MAX or not exact:
        raise MalformedJson("number_precision")
    return value


def _constant(_: str) -> NoReturn:
    raise MalformedJson("not_finite")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJson("duplicate_key")
    return members


_STRICT: Final = json.JSONDecoder(
    parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object
)


def _syntax_slug(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "empty"
    return "trailing_garbage" if error.msg == "Extra data" else "syntax"


def _walk(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, parents before children, in order of the text."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, one = waiting.pop()
        yield path, one
        if isinstance(one, dict):
            waiting += [((*path, name), member) for name, member in reversed(one.items())]
        elif isinstance(one, list):
            waiting += [((*path, index), element) for index, element in reversed(list(enumerate(one)))]


def _check_strings(value: Any) -> None:
    for path, one in _walk(value):
        texts = (one,) if isinstance(one, str) else one if isinstance(one, dict) else ()
        for text in texts:
            if "\0" in text:
                raise MalformedJson("nul", path)
            if not text.isascii() and not _is_encodable(text):
                raise MalformedJson("lone_surrogate", path)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_depth(value: Any) -> None:
    for path, one in _walk(value):
        if len(path) >= DEPTH_MAX and isinstance(one, dict | list):
            raise MalformedJson("too_deep", path[:DEPTH_MAX])


class _Fault:
    """Stands in the value where the strict parser would have stopped; `name` is the repeated name of an object."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name


def _place_of_fault(text: str) -> Path:
    """Read once more with markers in place of refusals, and find the first marker."""
    marking = json.JSONDecoder(
        parse_int=_marked(_integer),
        parse_float=_marked(_float),
        parse_constant=_marked(_constant),
        object_pairs_hook=_marked_object,
    )
    try:
        value = marking.decode(text)
    except (json.JSONDecodeError, RecursionError):
        return ()
    for path, one in _walk(value):
        if isinstance(one, _Fault):
            return path if one.name is None else (*path, one.name)
    return ()


def _marked(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def attempt(literal: str) -> Any:
        try:
            return read(literal)
        except MalformedJson:
            return _Fault()

    return attempt


def _marked_object(pairs: list[tuple[str, Any]]) -> Any:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return _Fault(name)
        seen.add(name)
    return dict(pairs)
