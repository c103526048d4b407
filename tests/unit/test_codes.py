"""Numbers prove themselves or say why they do not."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from kernel.codes import (
    BadCode,
    PatentKind,
    normalise_application_number,
    normalise_resident_id,
    normalise_uscc,
    region_code_is_valid,
    registration_number_is_valid,
    resident_id_is_valid,
    uscc_is_valid,
)


def reason(check, text):
    with pytest.raises(BadCode) as refused:
        check(text)
    assert not text.strip() or text.strip() not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize(
    "code",
    ["91330100799655058B", "9144030071526726XG", "12100000470095016Q", "12100000400000624D", "914403001922038216"],
)
def test_a_real_credit_code_is_accepted__gb_32100(code):
    assert uscc_is_valid(code)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("91330100799655058C", "check-digit"),
        ("91330100799655085B", "check-digit"),
        ("9133010079965505", "length"),
        ("91330100799655058BB", "length"),
        ("91330100I99655058B", "characters"),
        ("9133X100799655058B", "characters"),
        ("９１330100799655058B", "characters"),
        ("9133010079965505ı8", "characters"),
        ("", "length"),
    ],
)
def test_a_wrong_credit_code_says_why__gb_32100(text, why):
    assert reason(normalise_uscc, text) == why


def test_the_organisation_code_inside_a_credit_code_is_checked_too__gb_11714():
    # The outer check character is right for these seventeen; the ninth character of the inner code is not.
    assert reason(normalise_uscc, "91330100799655059E") == "organisation-check-digit"


def test_a_credit_code_may_come_in_small_letters_but_is_only_canonical_in_capitals():
    assert normalise_uscc(" 9144030071526726xg ") == "9144030071526726XG"
    assert not uscc_is_valid("9144030071526726xg")


def test_a_resident_id_is_accepted__gb_11643():
    assert normalise_resident_id("11010519491231002x") == "11010519491231002X"
    assert resident_id_is_valid("11010519491231002X")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("110105194912310021", "check-digit"),
        ("11010519490231002X", "date"),
        ("11010519491331002X", "date"),
        ("00010519491231002X", "region"),
        ("1101051949123100X2", "characters"),
        ("110105491231002", "length"),
        ("１１010519491231002X", "characters"),
    ],
)
def test_a_wrong_resident_id_says_why__gb_11643(text, why):
    assert reason(normalise_resident_id, text) == why


@pytest.mark.parametrize("number", ["202280044572.2", "202280044585.X", "202011537776.9", "201710138303.3"])
@pytest.mark.parametrize("form", ["{0}", "ZL{0}", "CN{0}", "zl {0}", "CN {0}", " {0}\n"])
@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace(".", "")])
def test_an_application_number_is_read_however_it_is_written__zc_0006(number, form, change):
    read = normalise_application_number(form.format(change(number)))

    assert str(read) == number


def test_an_application_number_may_carry_the_blanks_of_the_standard__zc_0006_5_3():
    assert str(normalise_application_number("2017 1 0138303.3")) == "201710138303.3"


def test_a_missing_check_digit_is_computed():
    assert normalise_application_number("202280044585").check == "X"
    assert normalise_application_number("95115608").check == "X"


@pytest.mark.parametrize(
    ("text", "year", "kind", "serial"),
    [
        ("ZL95115608.X", 1995, PatentKind.INVENTION, "15608"),
        ("97101765.4", 1997, PatentKind.INVENTION, "01765"),
        ("971017654", 1997, PatentKind.INVENTION, "01765"),
        ("02201234", 2002, PatentKind.UTILITY_MODEL, "01234"),
        ("201430012345", 2014, PatentKind.DESIGN, "0012345"),
        ("202290000001", 2022, PatentKind.UTILITY_MODEL, "0000001"),
    ],
)
def test_an_application_number_tells_year_kind_and_serial(text, year, kind, serial):
    read = normalise_application_number(text)

    assert (read.year, read.kind, read.serial) == (year, kind, serial)


def test_an_application_by_treaty_is_an_invention_or_a_utility_model_all_the_same():
    assert normalise_application_number("202280044572.2").is_pct
    assert normalise_application_number("202280044572.2").kind is PatentKind.INVENTION
    assert not normalise_application_number("201710138303.3").is_pct


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("201710138303.4", "check-digit"),
        ("2017101383034", "check-digit"),
        ("97101765X", "check-digit"),
        ("201750138303", "kind"),
        ("200010138303", "year"),
        ("84101765", "year"),
        ("04101765", "year"),
        ("20171013830", "length"),
        ("201710138303.", "length"),
        ("20171013830333", "length"),
        ("2017101383０3.3", "characters"),
        ("201710138303．3", "characters"),
        ("2017-10138303.3", "characters"),
        ("", "characters"),
        ("CN101234567A", "publication-number"),
        ("CN 215012345 U", "publication-number"),
        ("CN101234567", "year"),
    ],
)
def test_a_wrong_application_number_says_why(text, why):
    assert reason(normalise_application_number, text) == why


def test_of_the_real_records_exactly_five_numbers_do_not_prove_themselves(real_data: Path):
    with (real_data / "cn_patent_prices_8182.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    outcomes = Counter(outcome(row) for row in rows)

    assert outcomes == {"right": 8177, "check-digit": 5}


def outcome(row):
    try:
        read = normalise_application_number(row["patent_number"])
    except BadCode as bad:
        return bad.reason
    return "right" if (read.kind, str(read.year)) == (row["kind"], row["app_year"]) else "other facts"


@pytest.mark.parametrize(("code", "valid"), [("330300", True), ("110000", True), ("820000", True), ("660000", False)])
def test_a_region_lies_in_a_province__gb_t_2260(code, valid):
    assert region_code_is_valid(code) is valid


@pytest.mark.parametrize("text", ["33030", "3303000", "330300\n", "３３０３００", ""])
def test_a_region_is_six_digits(text):
    assert not region_code_is_valid(text)


def test_a_registration_number_has_fourteen_or_sixteen_digits():
    assert registration_number_is_valid("1" * 14)
    assert registration_number_is_valid("1" * 16)
    for text in ("1" * 13, "1" * 15, "1" * 17, "1" * 14 + "\n", "１" * 14, ""):
        assert not registration_number_is_valid(text)
