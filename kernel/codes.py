"""Numbers that carry their own proof: credit codes, resident ids, patent application numbers, and the plainer ones beside them.

Every check takes text and answers with its canonical form, or raises BadCode with the reason. The text itself is never
put into the message: some of these numbers are personal data. Only ASCII counts; full-width digits are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class BadCode(ValueError):
    """A number that does not prove itself; `what` names the kind of number, `reason` is a slug for programs."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what, self.reason = what, reason


_PROVINCES: Final = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]"
"""The first two digits of a region, by GB/T 2260."""

# --- Unified social credit code 统一社会信用代码 --------------------------------------------------------------------------

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE: Final = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

# Sole traders (个体工商户, 92…) were never obliged to hold an organisation code; there the outer check alone decides.
_WITHOUT_INNER_CHECK: Final = ("92",)

USCC_PATTERN: Final = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
"""The form of a credit code, for schemas; the check characters are beyond a pattern."""


def normalise_uscc(text: str) -> str:
    """The credit code in capitals, 18 characters, proven by GB 32100-2015 and, inside it, GB 11714. Raises BadCode."""
    code = _ascii_upper(text, "uscc")
    if len(code) != 18:
        raise BadCode("uscc", "length")
    if not re.fullmatch(USCC_PATTERN, code):
        raise BadCode("uscc", "characters")
    if uscc_check_character(code[:17]) != code[17]:
        raise BadCode("uscc", "check-digit")
    if not code.startswith(_WITHOUT_INNER_CHECK) and organisation_code_check(code[8:16]) != code[16]:
        raise BadCode("uscc", "organisation-check-digit")
    return code


def uscc_is_valid(text: str) -> bool:
    """Whether the text is a credit code in canonical form: capitals, no space, both checks right."""
    try:
        return normalise_uscc(text) == text
    except BadCode:
        return False


def uscc_check_character(body: str) -> str:
    """The 18th character for the first 17 (GB 32100-2015: weights 3^(i-1) mod 31)."""
    weighted = sum(_USCC_VALUE[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-weighted % 31]


def organisation_code_check(body: str) -> str:
    """The ninth character of an organisation code 组织机构代码 for its first eight (GB 11714: A = 10 … Z = 35)."""
    weighted = sum(int(character, 36) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-weighted % 11]


# --- Resident identity number 公民身份号码 ---------------------------------------------------------------------------------

# 83: residence permits of people from Taiwan; 9x: permanent residence cards of foreigners. Both share the form and check.
_RESIDENT_REGIONS: Final = f"{_PROVINCES}|83|9[0-9]"
_RESIDENT_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))


def normalise_resident_id(text: str) -> str:
    """The 18-character resident id, `x` made a capital: region, a real date of birth, check (GB 11643-1999).

    Raises BadCode. Whether the birthday lies in the future is for the caller, who knows the day.
    """
    number = _ascii_upper(text, "resident-id")
    if len(number) != 18:
        raise BadCode("resident-id", "length")
    if not re.fullmatch("[0-9]{17}[0-9X]", number):
        raise BadCode("resident-id", "characters")
    if not re.match(_RESIDENT_REGIONS, number):
        raise BadCode("resident-id", "region")
    try:
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        raise BadCode("resident-id", "date") from None
    weighted = sum(int(digit) * weight for digit, weight in zip(number[:17], _RESIDENT_WEIGHTS, strict=True))
    if "10X98765432"[weighted % 11] != number[17]:
        raise BadCode("resident-id", "check-digit")
    return number


def resident_id_is_valid(text: str) -> bool:
    """Whether the text is a resident id in canonical form."""
    try:
        return normalise_resident_id(text) == text
    except BadCode:
        return False


# --- Patent application number 专利申请号 ----------------------------------------------------------------------------------


class PatentKind(StrEnum):
    """The three kinds of patent; an application that entered by PCT is an invention or a utility model all the same."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"


_KINDS: Final = {
    "1": PatentKind.INVENTION,
    "2": PatentKind.UTILITY_MODEL,
    "3": PatentKind.DESIGN,
    "8": PatentKind.INVENTION,
    "9": PatentKind.UTILITY_MODEL,
}
_APPLICATION_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_FIRST_YEAR, _LAST_OLD_YEAR, _LAST_YEAR = 1985, 2003, 2199


@dataclass(frozen=True, slots=True)
class ApplicationNumber:
    """A Chinese patent application number without its check digit (12 digits, 8 before October 2003), and what it says."""

    number: str
    check: str
    year: int
    kind: PatentKind
    is_pct: bool

    @property
    def serial(self) -> str:
        """The running number within year and kind: the last seven digits, five in the old form."""
        return self.number[5:] if len(self.number) == 12 else self.number[3:]

    def __str__(self) -> str:
        return f"{self.number}.{self.check}"


def normalise_application_number(text: str) -> ApplicationNumber:
    """Read an application or patent number (ZC 0006-2003; before October 2003 eight digits), however people write it.

    A prefix `ZL` or `CN`, the dot before the check digit, the blanks of the standard and a small `x` may be there or
    not. A number of 13 or 9 characters has its check digit last, and it must be right; without one it is computed.
    Raises BadCode: length, characters, year, kind, check-digit, or publication-number for `CN…A` and its like.
    """
    digits, check = _split_application(_ascii_upper(text, "application-number"))
    year = _application_year(digits)
    kind_digit = digits[4] if len(digits) == 12 else digits[2]
    if kind_digit not in _KINDS:
        raise BadCode("application-number", "kind")
    right = application_check_digit(digits)
    if check not in ("", right):
        raise BadCode("application-number", "check-digit")
    return ApplicationNumber(digits, right, year, _KINDS[kind_digit], kind_digit in "89")


def application_check_digit(digits: str) -> str:
    """The check digit of 12 digits or of 8 (weights 2…9, then 2…5; Σ mod 11, ten is X)."""
    weights = _APPLICATION_WEIGHTS[: len(digits)]
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return "0123456789X"[weighted % 11]


def _split_application(text: str) -> tuple[str, str]:
    """The digits and the written check digit, '' if none is written."""
    if re.fullmatch("CN ?[0-9]{7,9} ?[ABCUSY][0-9]?", text):
        raise BadCode("application-number", "publication-number")
    bare = re.sub("^(?:ZL|CN) ?", "", text)
    shape = re.fullmatch(r"([0-9]+(?: [0-9]+){0,2})(\.?)([0-9X]?)", bare)
    if shape is None:
        raise BadCode("application-number", "characters")
    digits, dot, check = shape[1].replace(" ", ""), shape[2], shape[3]
    if not dot and not check and len(digits) in (9, 13):
        digits, check = digits[:-1], digits[-1]
    if len(digits) not in (8, 12) or (dot and not check):
        raise BadCode("application-number", "length")
    return digits, check


def _application_year(digits: str) -> int:
    if len(digits) == 12:
        year, first, last = int(digits[:4]), _LAST_OLD_YEAR, _LAST_YEAR
    else:
        short = int(digits[:2])
        year, first, last = short + (1900 if short > 50 else 2000), _FIRST_YEAR, _LAST_OLD_YEAR
    if not first <= year <= last:
        raise BadCode("application-number", "year")
    return year


# --- Numbers with a form but no check --------------------------------------------------------------------------------

REGION_PATTERN: Final = f"^(?:{_PROVINCES})[0-9]{{4}}$"
"""A 行政区划代码 of six digits whose first two are a province of GB/T 2260."""

REGISTRATION_PATTERN: Final = "^(?:[0-9]{14}|[0-9]{16})$"
"""A 技术合同登记编号: 14 digits in the old form, 16 now; the inner structure is not settled and not checked."""


def region_code_is_valid(text: str) -> bool:
    """Whether the text is a region code of six digits under a province of GB/T 2260."""
    return re.fullmatch(REGION_PATTERN, text) is not None


def registration_number_is_valid(text: str) -> bool:
    """Whether the text has the form of a technology contract's registration number."""
    return re.fullmatch(REGISTRATION_PATTERN, text) is not None


def _ascii_upper(text: str, what: str) -> str:
    """Trim and raise to capitals, in ASCII only: elsewhere `upper()` would turn `ı` into `I` and full-width x into X."""
    trimmed = text.strip(" \t\r\n")
    if not trimmed.isascii():
        raise BadCode(what, "characters")
    return trimmed.upper()
