"""A body is strict JSON or it is refused with a reason and a place, and never repeated."""

import json

import pytest

from kernel.http.json_body import DEPTH_MAX, MalformedJson, parse_json

REFUSED = [
    (b"", "empty", ""),
    (b" \n", "empty", ""),
    (b"{", "syntax", ""),
    (b"{'a': 1}", "syntax", ""),
    (b'{"a": 1,}', "syntax", ""),
    (b'{"a": "line\nbreak"}', "syntax", ""),
    (b'{"a": "\x00"}', "syntax", ""),
    (b'{"a": \xef\xbc\x91}', "syntax", ""),
    (b"{} {}", "trailing_garbage", ""),
    (b"\xef\xbb\xbf{}", "byte_order_mark", ""),
    (b"\xff\xfe{\x00}\x00", "encoding", ""),
    (b'"\xed\xa0\x80"', "encoding", ""),
    (b'{"price_fen": NaN}', "not_finite", "/price_fen"),
    (b"[1, -Infinity]", "not_finite", "/1"),
    (b'{"lots": [{}, {"price_fen": 1e999}]}', "number_overflow", "/lots/1/price_fen"),
    (b"[1e-999]", "number_precision", "/0"),
    (b"[1234567890123456789.12]", "number_precision", "/0"),
    (b"[0.1234567890123456]", "number_precision", "/0"),
    (b"[4.9e-324]", "number_precision", "/0"),
    (b"[0." + b"1" * 70 + b"]", "number_too_long", "/0"),
    (b"1" * 31, "number_too_long", ""),
    (b"-" + b"1" * 31, "number_too_long", ""),
    (b"[" + b"9" * 5000 + b"]", "number_too_long", "/0"),
    (b'{"a": {"b": 1, "b": 1}}', "duplicate_key", "/a/b"),
    (b'{"a": 1, "\\u0061": 2}', "duplicate_key", "/a"),
    (b'{"a": "\\u0000"}', "nul", "/a"),
    (b'{"a": {"\\u0000": 1}}', "nul", "/a"),
    (b'{"a": ["", "\\ud800"]}', "lone_surrogate", "/a/1"),
    (b'{"a": "\\udc00\\ud800"}', "lone_surrogate", "/a"),
    (b'{"\\ud800": 1}', "lone_surrogate", ""),
    (b"[" * 33 + b"]" * 33, "too_deep", "/0" * 32),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep", "/a" * 32),
    (b"[" * 100_000, "too_deep", ""),
    (b'{"a":' * 5_000, "too_deep", ""),
    (b"[" * 5_000 + b"]" * 5_000, "too_deep", ""),
]


@pytest.mark.parametrize(
    ("body", "slug", "pointer"), REFUSED, ids=[f"{slug}-{n}" for n, (_, slug, _) in enumerate(REFUSED)]
)
def test_a_hostile_body_is_refused_with_its_reason_and_place(body, slug, pointer):
    with pytest.raises(MalformedJson) as refused:
        parse_json(body)

    assert (refused.value.slug, refused.value.pointer) == (slug, pointer)
    assert str(refused.value) == slug


def test_a_body_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(MalformedJson) as refused:
        parse_json(b"[" * 11, limit=10)

    assert refused.value.slug == "too_large"


@pytest.mark.parametrize("name", ["<script>", "a b", "名称", "a" * 65, "", "0", "pass~word"])
def test_a_name_that_is_not_plain_is_never_repeated(name):
    body = json.dumps({"outer": {name: {"inner": float("nan")}}}).encode()

    with pytest.raises(MalformedJson) as refused:
        parse_json(body)

    assert refused.value.pointer == "/outer"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"-0", 0),
        (b"-0.0", 0.0),
        (b"0e5", 0.0),
        (b"0.00e-999", 0.0),
        (b"1" * 30, int("1" * 30)),
        (b"123456789012.345", 123456789012.345),
        (b"1.5e3", 1500.0),
        (b"1e22", 1e22),
        (b"1.00000000000000000000", 1.0),
        (b' {"a": [null, true, false, ""]} ', {"a": [None, True, False, ""]}),
        (b'"\\ud83d\\ude00\\u4e00\\n"', "😀一\n"),
        ("「名称」".encode().join([b'"', b'"']), "「名称」"),
        (b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, json.loads(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX)),
        (b"[" + b"[]," * 100 + b"{}]", [*([],) * 100, {}]),
    ],
)
def test_an_honest_body_is_read(body, value):
    assert parse_json(body) == value


def test_a_whole_number_with_a_fraction_stays_a_float_so_that_no_field_takes_it_for_fen():
    assert type(parse_json(b"12.0")) is float
