"""Laws of fields: a schema says exactly what is taken, and what is taken is already in canonical form."""

import re
from datetime import date
from typing import Annotated
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kernel.http.fields import (
    Canonical,
    Day,
    Email,
    FenIn,
    LongText,
    Moment,
    Name,
    Prose,
    RegionCode,
    RegistrationNumber,
    Sha256Hex,
    ShortText,
)
from kernel.ids import LotId
from tests.support.counting import counts

PROSE = Annotated[str, Prose(20)]
PATTERNED = [
    ShortText,
    Name,
    LongText,
    PROSE,
    Day,
    Moment,
    Email,
    RegionCode,
    RegistrationNumber,
    Sha256Hex,
    Canonical[LotId],
]
NAMES = ["line", "name", "lines", "prose", "day", "moment", "email", "region", "registration", "sha256", "uuid"]
KINDS = pytest.mark.parametrize("adapter", [*map(TypeAdapter, PATTERNED)], ids=NAMES)
near_misses = st.text("0123456789-:TZ.+@abczABC\n\t\r \u3000é\u0301\u200b\u202e\x85\u2028名", max_size=40)


def schema_takes(schema, text):
    """JSON Schema by ECMA 262: `$` is the very end, which Python spells `\\Z`."""
    in_bounds = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**9)
    return in_bounds and re.search(schema["pattern"].removesuffix("$") + r"\Z", text) is not None


def taken(adapter, value):
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


@KINDS
@settings(max_examples=counts(300))
@given(data=st.data())
def test_what_a_schema_describes_is_taken(adapter, data):
    schema = adapter.json_schema()
    pattern = re.compile(schema["pattern"].removesuffix("$") + r"\Z")
    text = data.draw(st.from_regex(pattern).filter(lambda one: schema_takes(schema, one)))

    assert taken(adapter, text) is not None or len(normalize("NFC", text)) > len(text)


@KINDS
@settings(max_examples=counts(2_000))
@given(text=st.text(max_size=40) | near_misses)
def test_what_is_taken_is_described(adapter, text):
    assert (taken(adapter, text) is not None) == schema_takes(adapter.json_schema(), text)


@settings(max_examples=counts(2_000))
@given(st.dates(date(1890, 1, 1), date(2210, 12, 31)))
def test_every_day_of_three_centuries_is_taken_and_no_other(day):
    assert taken(TypeAdapter(Day), day.isoformat()) == (day if 1900 <= day.year < 2200 else None)


@settings(max_examples=counts(2_000))
@given(st.text(max_size=60) | near_misses)
def test_kept_text_is_kept_unchanged_a_second_time(text):
    for kind in (ShortText, LongText, PROSE):
        once = taken(TypeAdapter(kind), text)
        if once is not None:
            assert taken(TypeAdapter(kind), once) == once
            once.encode("utf-8")


@settings(max_examples=counts(2_000))
@given(st.integers() | st.floats() | st.booleans() | st.text(max_size=5) | st.none())
def test_fen_are_whole_numbers_in_range_and_nothing_else(value):
    is_fen = type(value) is int and 1 <= value <= 10**13

    assert taken(TypeAdapter(FenIn), value) == (value if is_fen else None)
