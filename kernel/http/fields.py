"""The kinds of field on the wire: what each takes, and a JSON Schema of each that says the same.

Bodies arrive as Python values from the strict parser; answers are built from Python values. So a field takes the text
form from outside and the value itself from inside, and nothing else: no number from text, no day from an instant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from kernel.codes import REGION_PATTERN, REGISTRATION_PATTERN, USCC_PATTERN, uscc_is_valid
from kernel.http.explaining import explain as explain
from kernel.money import FEN_MAX
from kernel.texts import LINE_PATTERN, PROSE_PATTERN, TEXT_PATTERN, BadText, one_line, some_lines

COUNT_MAX: Final = 10**6
SIGNED_FEN_MAX: Final = 10**18
"""Sums over many contracts pass FEN_MAX, but never what a bigint holds."""


class Wire(BaseModel):
    """Whatever crosses the wire: no unknown member, no change after it is made, and errors that do not repeat input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def wrong(code: str, *, zh: str, en: str) -> PydanticCustomError:
    """A fault of a field with its own sentences, to be raised in a validator; `explain` passes them on."""
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


class _Rule:
    """A field that reads the raw value itself before pydantic sees it, and writes its own schema."""

    def read(self, value: Any) -> Any:
        """The canonical value. Raises PydanticCustomError."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what `read` takes."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.schema()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong("string_type", zh="应为文本。", en="This must be text.")
    return value


# --- Text ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line(_Rule):
    """One line of text, trimmed, in normal form C, not blank; at most so many characters before and after."""

    max_length: int

    def read(self, value: Any) -> str:
        return _bounded(_text(value), one_line, 1, self.max_length)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.max_length, "pattern": LINE_PATTERN}


@dataclass(frozen=True)
class Lines(_Rule):
    """Text of several lines, which may be empty; at most so many characters before and after normalising."""

    max_length: int

    def read(self, value: Any) -> str:
        return _bounded(_text(value), some_lines, 0, self.max_length)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, "pattern": TEXT_PATTERN}


@dataclass(frozen=True)
class Prose(_Rule):
    """Text of several lines that says something: as `Lines`, but not blank."""

    max_length: int

    def read(self, value: Any) -> str:
        return _bounded(_text(value), some_lines, 1, self.max_length)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.max_length, "pattern": PROSE_PATTERN}


def _bounded(raw: str, clean: Callable[[str], str], low: int, high: int) -> str:
    if len(raw) <= high:
        try:
            text = clean(raw)
        except BadText as bad:
            raise wrong(
                bad.reason.replace("-", "_"),
                zh="含有不允许的控制字符、不可见字符或不完整的字符。",
                en="This holds control, invisible or incomplete characters.",
            ) from None
        if low <= len(text) <= high:
            return text
    if len(raw) > high or len(text) > high:
        raise wrong("string_too_long", zh=f"不得超过 {high} 个字符。", en=f"At most {high} characters are allowed.")
    raise wrong("string_too_short", zh="不得为空。", en="This must not be blank.")


ShortText = Annotated[str, Line(200)]
Name = Annotated[str, Line(100)]
LongText = Annotated[str, Lines(20_000)]


# --- Numbers ---------------------------------------------------------------------------------------------------------


def IntBetween(low: int, high: int) -> Any:
    """For `Annotated[int, IntBetween(1, 10)]`: a whole number written as one; `12.0`, "12" and true are refused."""
    return Field(strict=True, ge=low, le=high)


FenIn = Annotated[int, IntBetween(1, FEN_MAX)]
SignedFen = Annotated[int, IntBetween(-SIGNED_FEN_MAX, SIGNED_FEN_MAX)]
Count = Annotated[int, IntBetween(0, COUNT_MAX)]
BasisPoints = Annotated[int, IntBetween(0, 10_000)]
Flag = Annotated[bool, Field(strict=True)]


@dataclass(frozen=True)
class QueryInt(_Rule):
    """A whole number in a query string or a path, where everything is text: ASCII digits without blanks or zeros."""

    low: int
    high: int

    def read(self, value: Any) -> int:
        if isinstance(value, str) and re.fullmatch("0|-?[1-9][0-9]{0,18}", value):
            value = int(value)
        if type(value) is not int:
            raise wrong("int_parsing", zh="应为整数。", en="This must be a whole number.")
        if not self.low <= value <= self.high:
            bounds = f"{self.low}–{self.high}"
            raise wrong("int_out_of_range", zh=f"应在 {bounds} 之间。", en=f"This must be within {bounds}.")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


# --- Time ------------------------------------------------------------------------------------------------------------

_YEARS = "(?:19|20|21)[0-9]{2}"
_LEAP_YEARS = "(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)"
_DATE = (
    f"(?:{_YEARS}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    f"|(?:0[13578]|1[02])-31)|{_LEAP_YEARS}-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"

DAY_PATTERN: Final = f"^{_DATE}$"
"""Every real day from 1900 to 2199, and no other text."""

MOMENT_PATTERN: Final = f"^{_DATE}T{_TIME}$"
"""RFC 3339 with a zone, to the microsecond, within the same years."""


class _DayRule(_Rule):
    def read(self, value: Any) -> date:
        if type(value) is date:
            return value
        if isinstance(value, str) and re.fullmatch(DAY_PATTERN, value):
            return date.fromisoformat(value)
        raise wrong(
            "day", zh="应为 1900 至 2199 年间的日期，格式 YYYY-MM-DD。", en="This must be a day, as YYYY-MM-DD."
        )

    def schema(self) -> dict[str, Any]:
        # Not `format: date`: it would promise years that are refused.
        return {"type": "string", "pattern": DAY_PATTERN, "description": "YYYY-MM-DD", "examples": ["2026-03-02"]}


class _MomentRule(_Rule):
    def read(self, value: Any) -> datetime:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        if isinstance(value, str) and re.fullmatch(MOMENT_PATTERN, value):
            return datetime.fromisoformat(value).astimezone(UTC)
        raise wrong(
            "moment",
            zh="应为带时区的时间，如 2026-03-02T09:00:00+08:00。",
            en="This must be an instant with its zone, such as 2026-03-02T09:00:00+08:00.",
        )

    def schema(self) -> dict[str, Any]:
        example = "2026-03-02T09:00:00+08:00"
        return {"type": "string", "pattern": MOMENT_PATTERN, "description": "RFC 3339", "examples": [example]}


Day = Annotated[date, _DayRule()]
Moment = Annotated[datetime, _MomentRule()]


# --- Identifiers and codes -------------------------------------------------------------------------------------------

_UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class _CanonicalUuid(_Rule):
    def read(self, value: Any) -> UUID:
        if isinstance(value, UUID):
            return value
        if isinstance(value, str) and re.fullmatch(_UUID_PATTERN, value):
            return UUID(value)
        raise wrong(
            "uuid_parsing", zh="应为小写带连字符的 UUID。", en="This must be a UUID in small letters with hyphens."
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "pattern": _UUID_PATTERN, "minLength": 36, "maxLength": 36}


Identifier = TypeVar("Identifier", bound=UUID)
Canonical = Annotated[Identifier, _CanonicalUuid()]
"""`Canonical[LotId]`: an identifier that is only taken in its one text form."""


@dataclass(frozen=True)
class Code(_Rule):
    """Text of one exact form; `check` looks further than a pattern can, `change` makes the form canonical before."""

    code: str
    pattern: str
    zh: str
    en: str
    min_length: int
    max_length: int
    check: Callable[[str], bool] = lambda _: True
    change: Callable[[str], str] = str
    example: str | None = None

    def read(self, value: Any) -> str:
        raw = _text(value)
        if not self.min_length <= len(raw) <= self.max_length or not re.fullmatch(self.pattern, raw):
            raise wrong(self.code, zh=self.zh, en=self.en)
        if not self.check(changed := self.change(raw)):
            raise wrong(self.code, zh=self.zh, en=self.en)
        return changed

    def schema(self) -> dict[str, Any]:
        bounds = {"minLength": self.min_length, "maxLength": self.max_length}
        examples = {"examples": [self.example]} if self.example else {}
        return {"type": "string", "pattern": self.pattern, "description": self.en, **bounds, **examples}


# No look-ahead: generators of test data cannot follow one. So the local part may pass 64 characters; mail servers say so.
_EMAIL_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL_PATTERN = rf"^[A-Za-z0-9_%+-](?:\.?[A-Za-z0-9_%+-]){{0,63}}@(?:{_EMAIL_LABEL}\.){{1,8}}[A-Za-z]{{2,63}}$"

Email = Annotated[
    str,
    Code("email", _EMAIL_PATTERN, "应为邮箱地址。", "An e-mail address in ASCII.", 6, 254, change=str.lower),
]
Sha256Hex = Annotated[
    str,
    Code("sha256", "^[0-9a-f]{64}$", "应为 64 位小写十六进制 SHA-256。", "A SHA-256 in small hexadecimal.", 64, 64),
]
RegionCode = Annotated[
    str,
    Code("region_code", REGION_PATTERN, "应为六位行政区划代码。", "A region code of six digits (GB/T 2260).", 6, 6),
]
Uscc = Annotated[
    str,
    Code(
        "uscc",
        USCC_PATTERN,
        "不是有效的统一社会信用代码。",
        "A unified social credit code whose check characters are right (GB 32100-2015).",
        18,
        18,
        check=uscc_is_valid,
        example="91330100799655058B",
    ),
]
RegistrationNumber = Annotated[
    str,
    Code("registration_number", REGISTRATION_PATTERN, "应为 14 或 16 位登记编号。", "14 or 16 digits.", 14, 16),
]
TechField = Literal["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"]
"""The eleven technology fields of the statistics, 01 电子信息 … 11 城市建设与社会发展."""
