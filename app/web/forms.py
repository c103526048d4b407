"""What people type into forms: read strictly, one value a field, and turned into the same bodies that the API takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, ValidationError

from kernel.errors import Malformed
from kernel.http.fields import explain
from kernel.http.problems import InvalidRequest, UnsupportedMedia
from kernel.money import FEN_MAX, Money

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
FIELDS_MAX: Final = 200
"""The calculators ask for more numbers, each with its range and source, than any other form."""
_YUAN = re.compile(r"(?:[0-9]{1,3}(?:[, ][0-9]{3})*|[0-9]{1,12})(?:\.[0-9]{1,2})?")

Body = TypeVar("Body", bound=BaseModel)


class FormNotValid(Malformed):
    """The form could not be read; load the page again and fill it in once more."""

    zh = "表单无法读取，请刷新页面后重新填写。"


class NotAForm(UnsupportedMedia):
    """Pages take forms as application/x-www-form-urlencoded."""

    zh = "页面只接受 application/x-www-form-urlencoded 表单。"


class NotAnAmount(Malformed):
    """Give the amount in yuan, in digits."""

    zh = "请以阿拉伯数字填写以元为单位的金额。"


def read(body: bytes, media_type: str) -> Mapping[str, str]:
    """The fields of a form. Raises NotAForm, or FormNotValid: not UTF-8, a NUL, a field given twice, too many fields."""
    if not body and not media_type:
        return {}  # a form without fields, as some programs send it
    if media_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise NotAForm
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise FormNotValid from None
    fields = dict(pairs)
    if len(fields) < len(pairs) or any("\0" in text for pair in pairs for text in pair):
        raise FormNotValid
    # Browsers send line ends as CR LF; the market keeps LF.
    return {name: text.replace("\r\n", "\n") for name, text in fields.items()}


def fen(text: str) -> int:
    """An amount typed in yuan, thousands set apart or not, in fen. Raises NotAnAmount."""
    plain = text.strip()
    if not _YUAN.fullmatch(plain):
        raise NotAnAmount
    amount = Money.yuan(re.sub("[, ]", "", plain)).fen
    if not 1 <= amount <= FEN_MAX:
        raise NotAnAmount
    return amount


def an_id(text: str) -> UUID:
    """An id that a form carried along. Raises FormNotValid."""
    try:
        return UUID(text)
    except ValueError:
        raise FormNotValid from None


def as_body(schema: type[Body], **fields: object) -> Body:
    """The body that the API would have taken. Raises InvalidRequest, as the API does."""
    try:
        return schema(**fields)
    except ValidationError as error:
        raise InvalidRequest(tuple(explain(one) for one in error.errors())) from None
