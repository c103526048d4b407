"""Laws of self-proving numbers: what is made is accepted, one slip is noticed, hostile text is refused in order."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.codes import BadCode, normalise_application_number, normalise_resident_id, normalise_uscc, uscc_is_valid
from tests.support.counting import counts
from tests.support.numbers import BODY, make_application_number, make_resident_id, make_uscc


@settings(max_examples=counts(4_000))
@given(st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(BODY))
def test_one_wrong_character_in_a_credit_code_is_noticed(seed, place, character):
    code = make_uscc(seed)
    assume(code[place] != character)

    assert uscc_is_valid(code)
    assert not uscc_is_valid(code[:place] + character + code[place + 1 :])


@settings(max_examples=counts(4_000))
@given(st.integers(0, 10**6), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_in_a_resident_id_is_noticed(seed, place, digit):
    number = make_resident_id(seed)
    assume(number[place] != digit)

    assert normalise_resident_id(number) == number
    assert refused(normalise_resident_id, number[:place] + digit + number[place + 1 :])


@settings(max_examples=counts(4_000))
@given(st.integers(0, 10**7 - 1), st.integers(2003, 2099), st.sampled_from("12389"), st.integers(0, 11))
def test_one_wrong_digit_in_an_application_number_is_noticed(serial, year, kind, place):
    number = make_application_number(serial, year=year, kind=kind)
    slipped = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    assert str(normalise_application_number(number)) == number
    assert refused(normalise_application_number, slipped)


@settings(max_examples=counts(4_000))
@given(st.text(max_size=30) | st.text("0123456789X.ZLCN zx１", max_size=20))
def test_any_text_is_read_or_refused_and_reading_is_idempotent(text):
    for check in (normalise_uscc, normalise_resident_id, normalise_application_number):
        if not refused(check, text):
            once = str(check(text))
            assert str(check(once)) == once


def refused(check, text):
    try:
        check(text)
    except BadCode:
        return True
    return False
