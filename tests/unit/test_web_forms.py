"""Forms are read as strictly as bodies: one value a field, amounts in digits, addresses within the market."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import forms
from app.web.pages.signing_in import own_address
from auctions.schemas import BidIn
from kernel.http.problems import InvalidRequest
from kernel.money import Money

FORM = forms.MEDIA_TYPE


def test_a_form_is_read_into_its_fields():
    fields = forms.read(b"email=a%40b.cn&password=%20two+words%20&empty=", f"{FORM}; charset=UTF-8")

    assert fields == {"email": "a@b.cn", "password": " two words ", "empty": ""}


def test_an_empty_form_has_no_fields():
    assert forms.read(b"", FORM) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"amount=1&amount=2",
        b"a=%00",
        b"a=%FF",
        b"a=\xe5\x85\x83",
        b"no-sign",
        b"&".join(b"f%d=1" % n for n in range(forms.FIELDS_MAX + 1)),
    ],
    ids=["twice", "nul", "not utf-8", "raw bytes", "no value", "too many"],
)
def test_a_form_that_is_not_clear_is_malformed(body):
    with pytest.raises(forms.FormNotValid):
        forms.read(body, FORM)


def test_pages_take_nothing_but_forms():
    with pytest.raises(forms.NotAForm):
        forms.read(b"{}", "application/json")


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("240000", 24_000_000), ("240,000", 24_000_000), (" 240 000 ", 24_000_000), ("0.01", 1), ("1,280.50", 128_050)],
)
def test_an_amount_is_typed_in_yuan(typed, fen):
    assert forms.fen(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "0", "-1", "1e5", "1.005", "２４", "24万", "1,00", "1,,000", "999999999999", "0x10", "٣", "1.", ".5"]
)
def test_what_is_no_amount_is_malformed(typed):
    with pytest.raises(forms.NotAnAmount):
        forms.fen(typed)


@given(st.integers(1, 10**13))
def test_what_a_page_writes_into_a_field_is_read_back(fen):
    from app.web.languages import words

    assert forms.fen(words("zh").typed(Money(fen))) == fen


def test_a_body_is_held_to_the_rules_of_the_api():
    assert forms.as_body(BidIn, amount_fen=100) == BidIn(amount_fen=100)
    with pytest.raises(InvalidRequest) as refused:
        forms.as_body(BidIn, amount_fen=0)
    assert refused.value.errors[0]["pointer"] == "/amount_fen"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "", "desk", "/a\nb", "/" + "a" * 501],
)
def test_nobody_is_sent_elsewhere_after_signing_in(elsewhere):
    assert own_address(elsewhere) == "/desk"


def test_one_goes_on_to_where_one_wanted_to_go():
    assert own_address("/lots/1?placed=2") == "/lots/1?placed=2"
