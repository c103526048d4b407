"""Laws of money: nothing is lost or made in a split, rounding is fair, and every form reads back."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money, capitals, for_people, total
from tests.support.counting import counts

amounts = st.integers(-(10**15), 10**15).map(Money)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)
basis_points = st.integers(0, 10_000)


@settings(max_examples=counts(4_000))
@given(amounts, weights)
def test_the_parts_of_a_split_sum_to_the_whole_and_are_fair(whole, by):
    parts = whole.split(by)

    assert total(parts) == whole
    for part, weight in zip(parts, by, strict=True):
        assert abs(part.fen - Fraction(whole.fen * weight, sum(by))) < 1
        assert weight or part.fen == 0


@settings(max_examples=counts(4_000))
@given(amounts, weights)
def test_what_is_taken_back_is_split_as_it_was_given(whole, by):
    assert (-whole).split(by) == [-part for part in whole.split(by)]


@settings(max_examples=counts(4_000))
@given(amounts, basis_points)
def test_a_share_is_off_by_half_a_fen_at_most_and_a_minimum_is_reached(whole, share):
    exact = Fraction(whole.fen * share, 10_000)

    assert abs(whole.share(share).fen - exact) <= Fraction(1, 2)
    assert 0 <= whole.share_up(share).fen - exact < 1
    assert (-whole).share(share) == -whole.share(share)


@settings(max_examples=counts(4_000))
@given(amounts)
def test_yuan_and_ten_thousands_read_back(whole):
    assert Money.yuan(whole.as_yuan()) == whole
    assert Money.yuan(str(whole.as_yuan())) == whole
    assert Money.wan(whole.as_wan()) == whole
    assert Money.wan(format(whole.as_wan(), "f")) == whole


@settings(max_examples=counts(4_000))
@given(st.integers(0, 10**18 - 1) | st.integers(0, 15).map(lambda zeros: 10**zeros))
def test_capitals_read_back(fen):
    assert read_capitals(capitals(Money(fen))) == fen


@settings(max_examples=counts(4_000))
@given(amounts.filter(lambda whole: whole.fen != 0))
def test_two_digits_for_people_are_off_by_five_per_cent_at_most(whole):
    text = for_people(whole)
    number, unit = text.rstrip("万亿元"), text.lstrip("-0123456789.")
    read = Fraction(number) * {"元": 1, "万元": 10**4, "亿元": 10**8}[unit]

    assert abs(read / Fraction(whole.fen, 100) - 1) <= Fraction(1, 20)
    assert len(number.replace(".", "").strip("-0")) <= 2


@settings(max_examples=counts(4_000))
@given(st.text("0123456789.-+e_ ,１٣", max_size=20))
def test_text_is_an_amount_or_a_value_error(text):
    for read in (Money.yuan, Money.wan):
        try:
            read(text)
        except ValueError:
            continue


def read_capitals(text):
    """The fen of an amount in capitals, read by place: the reverse of writing, written apart from it."""
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    whole = section = digit = fen = 0
    for character in text.removesuffix("整"):
        if character in digits:
            digit = digits[character]
        elif character in units:
            section, digit = section + digit * units[character], 0
        elif character == "万":
            whole, section, digit = whole + (section + digit) * 10**4, 0, 0
        elif character == "亿":
            whole, section, digit = (whole + section + digit) * 10**8, 0, 0
        elif character == "元":
            fen, whole, section, digit = (whole + section + digit) * 100, 0, 0, 0
        else:
            fen, digit = fen + digit * {"角": 10, "分": 1}[character], 0
    return fen


@pytest.mark.parametrize(("text", "fen"), [("壹万零壹亿元整", 10**8 * 10001 * 100), ("贰拾万叁仟元零伍分", 20_300_005)])
def test_the_reader_of_these_tests_reads(text, fen):
    assert read_capitals(text) == fen
