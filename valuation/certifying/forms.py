"""The form of a certificate: one exact way to write it, and what must stand where. Standard library only.

The file is canonical JSON — UTF-8, sorted keys, no blanks, numbers as short as they can be read back — of
`{"certificate": …, "signature": {"ed25519": 128 hex digits, "key_id": 16 hex digits}}` and a newline. The signature is over
the exact bytes of the certificate, so that any tool can check it that finds them between the first colon and the last comma
before `"signature"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

FORMAT: Final = "technology-market/valuation-certificate/1"
PURPOSE: Final = "valuation-certificate"
"""What a key in the market's register must be for."""
LABEL: Final = {
    "en": "AI initial price for reference, not an appraisal report",
    "zh": "AI初始价格参考，非资产评估报告",
}
FILE_BYTES_MAX: Final = 16 << 20
TEXT_CHARACTERS_MAX: Final = 4_000
FEN_MAX: Final = 10**13
LOG_MAX: Final = 700.0

_FILE: Final = re.compile(
    rb'\{"certificate":(?P<body>\{.*\}),"signature":\{"ed25519":"(?P<signature>[0-9a-f]{128})","key_id":"(?P<key>[0-9a-f]{16})"\}\}\n',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a certificate, for programs and for people."""

    code: str
    en: str
    zh: str


class NotCanonical(ValueError):
    """The bytes are not the one way to write what they say."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file taken apart: the exact bytes that were signed, the signature, and the id of the key that it names."""

    body: bytes
    signature: bytes
    key_id: str

    def to_bytes(self) -> bytes:
        """The file."""
        tail = f',"signature":{{"ed25519":"{self.signature.hex()}","key_id":"{self.key_id}"}}}}\n'
        return b'{"certificate":' + self.body + tail.encode()

    @classmethod
    def of(cls, content: bytes) -> Sealed | None:
        """Take a file apart; None where it has not exactly this form."""
        found = _FILE.fullmatch(content) if len(content) <= FILE_BYTES_MAX else None
        if found is None:
            return None
        return cls(found["body"], bytes.fromhex(found["signature"].decode()), found["key"].decode())


def encode(value: Any) -> bytes:
    """The one way to write a value. Raises ValueError where it holds what JSON does not have (NaN, half characters)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def decode(content: bytes) -> Any:
    """Read what `encode` wrote. Raises NotCanonical for the same said in any other way, and for what is no JSON."""
    try:
        value = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        again = encode(value)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as fault:
        raise NotCanonical(f"no JSON ({type(fault).__name__})") from None
    if again != content:
        place = next((n for n, (a, b) in enumerate(zip(again, content, strict=False)) if a != b), len(content))
        raise NotCanonical(f"blanks, the order of keys or the form of a number or text differ from byte {place} on")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("a key stands twice")
    return found


def _no_constant(_: str) -> Any:
    raise NotCanonical("a number that is none")


@dataclass(frozen=True, slots=True)
class _Maybe:
    """Null or the form."""

    form: Any


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_CHARACTERS_MAX


def _matching(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def _log(value: Any) -> bool:
    return isinstance(value, float) and abs(value) <= LOG_MAX


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _scalar(value: Any) -> bool:
    number = isinstance(value, int | float) and abs(value) <= 1e300
    return value is None or number or _text(value)


def _loose(value: Any) -> bool:
    """An object of plain values and lists of texts: what is signed and cannot be computed again."""
    return isinstance(value, dict) and all(
        all(map(_text, one)) if isinstance(one, list) else _scalar(one) for one in value.values()
    )


_SHA256 = _matching("[0-9a-f]{64}")
_UUID = _matching("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = _matching(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{6})?\+00:00")
_FEN, _SIGNED_FEN = _whole(1, FEN_MAX), _whole(-FEN_MAX, FEN_MAX)
_BOTH: Final = {"en": _text, "zh": _text}
_RULE = _loose

CERTIFICATE: Final[Mapping[str, Any]] = {
    "after": [{"label": _BOTH, "log": _log, "name": _text, "rule": _RULE}],
    "bars": [
        {
            "factor": lambda value: isinstance(value, float) and 0 < value < 1e300,
            "indicator": _Maybe(_text),
            "label": _BOTH,
            "name": _text,
            "parts": [_text],
            "words": _BOTH,
            "yuan_fen": _Maybe(_SIGNED_FEN),
        }
    ],
    "base": _Maybe({"fen": _Maybe(_FEN), "log": _log}),
    "comparables": [_loose],
    "contributions": [{"log": _log, "name": _text}],
    "evidence": _loose,
    "features": [{"label": _BOTH, "name": _text, "unit": _text, "value": _scalar, "words": _BOTH}],
    "format": lambda value: value == FORMAT,
    "issued_at": _INSTANT,
    "label": _BOTH,
    "model": _Maybe({"packed": lambda value: isinstance(value, str), "sha256": _SHA256}),
    "price": _Maybe({"fen": _Maybe(_FEN), "log": _log}),
    "range": _Maybe(
        {"half_width": _log, "high_fen": _FEN, "level_bp": _whole(1, 9_999), "low_fen": _FEN, "rule": _RULE}
    ),
    "run": _Maybe({"data_sha256": _SHA256, "model_id": _text, "sha256": _SHA256}),
    "valuation": {
        "grade": lambda value: value in ("A", "B", "C", "D", "G"),
        "id": _UUID,
        "reason": _Maybe(_matching("[a-z-]{1,40}")),
        "result_id": _UUID,
        "valued_at": _INSTANT,
    },
}
"""What stands where: an object has exactly these keys, a list has any number of its form."""


def misfit(value: Any, form: Any = CERTIFICATE, path: str = "") -> str | None:
    """The path of the first thing that is missing, unknown or of another form; None where everything fits."""
    match form:
        case _Maybe():
            return None if value is None else misfit(value, form.form, path)
        case Mapping():
            if not isinstance(value, dict):
                return path or "certificate"
            for name in sorted(form.keys() ^ value.keys()):
                return f"{path}.{name}".lstrip(".")
            found = (misfit(value[name], one, f"{path}.{name}".lstrip(".")) for name, one in form.items())
        case [one]:
            if not isinstance(value, list):
                return path
            found = (misfit(item, one, f"{path}[{place}]") for place, item in enumerate(value))
        case _:
            return None if form(value) else path
    return next((one for one in found if one is not None), None)
