"""Laws of the strict parser: honest JSON reads as everywhere, anything at all is read or refused, and nothing is lost."""

import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.http.json_body import MalformedJson, parse_json
from tests.support.counting import counts

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
floats = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(float)
honest = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**29), 10**29) | floats | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
pieces = st.sampled_from(
    [
        *('{}[]:,"'),
        *("\\u0000", "\\ud800", "\\ud83d\\ude00", "1", "-", "0", ".5", "e9", "e999", "NaN", "Infinity", "true", "null"),
        *('"a"', '"b":', " ", "\ufeff", "９", "\0"),
    ]
)


@settings(max_examples=counts(4_000))
@given(honest, st.booleans())
def test_honest_json_reads_as_everywhere(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode()

    assert parse_json(body) == json.loads(body)


@settings(max_examples=counts(4_000))
@given(st.binary(max_size=60) | st.lists(pieces, max_size=20).map("".join).map(str.encode))
def test_anything_is_read_or_refused_and_what_is_read_can_be_written_again(body):
    try:
        value = parse_json(body)
    except MalformedJson:
        return

    assert value == json.loads(body)
    assert all("\0" not in text for text in strings_in(value))
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")


@settings(max_examples=counts(4_000))
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,19})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_a_number_is_read_without_losing_a_digit_or_refused(literal):
    try:
        value = parse_json(literal.encode())
    except MalformedJson:
        return

    assert Decimal(repr(value)) == Decimal(literal)


def strings_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in [*value, *(value.values() if isinstance(value, dict) else ())]:
            yield from strings_in(one)
