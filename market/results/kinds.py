"""What a result is: its kind, the number it carries, and how the rooms below call it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from kernel.codes import ApplicationNumber, BadCode, normalise_application_number
from market.results.errors import FiledAfterNumber, NumberForbidden, NumberNotValid, NumberOfOtherKind, NumberWanted


class ResultKind(StrEnum):
    """The kinds of results that may be empowered and traded (国科发区〔2020〕128号), a pending application apart."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    APPLICATION = "application"
    SOFTWARE = "software"
    IC_LAYOUT = "ic_layout"
    PLANT_VARIETY = "plant_variety"
    KNOW_HOW = "know_how"
    BIOLOGICAL_VARIETY = "biological_variety"


class PlanSource(StrEnum):
    """计划来源: which plan paid for the work, by the codes of the registration form."""

    NATIONAL = "01"
    MINISTRY = "02"
    PROVINCE = "03"
    CITY = "04"
    NONE = "05"


class Priority(StrEnum):
    """The completer's right to buy on equal terms (民法典 art 847): open until settled one way or the other."""

    OPEN = "open"
    RESERVED = "reserved"
    WAIVED = "waived"


PATENTS: Final = frozenset({ResultKind.INVENTION, ResultKind.UTILITY_MODEL, ResultKind.DESIGN})
NUMBERED: Final = PATENTS | {ResultKind.APPLICATION}
"""Kinds that have a patent application number; the others have none."""

TECH_FIELDS: Final = tuple(f"{number:02d}" for number in range(1, 12))
"""The eleven technology fields of the contract statistics, 01 电子信息 … 11 城市建设与社会发展."""

VALUED_AS: Final = {
    ResultKind.APPLICATION: "invention",
    ResultKind.IC_LAYOUT: "layout_design",
    ResultKind.BIOLOGICAL_VARIETY: "new_drug",
}
"""What valuation calls a kind, where it calls it otherwise."""

CONTRACTED_AS: Final = {ResultKind.BIOLOGICAL_VARIETY: "bio_medicine"}
"""What the contract form calls a kind, where it calls it otherwise."""


def read_number(kind: ResultKind, text: str | None, *, filed_on: date | None) -> ApplicationNumber | None:
    """The application number that goes with a kind, proven; None for kinds that have none.

    Raises NumberWanted, NumberForbidden, NumberNotValid, NumberOfOtherKind or FiledAfterNumber (GB check digit: ZC 0006-2003).
    """
    if kind not in NUMBERED:
        if text is not None:
            raise NumberForbidden(kind.value)
        return None
    if text is None:
        raise NumberWanted(kind.value)
    try:
        number = normalise_application_number(text)
    except BadCode as bad:
        raise NumberNotValid(bad.reason) from None
    if kind in PATENTS and number.kind.value != kind.value:
        raise NumberOfOtherKind(kind.value, number.kind.value)
    # A divisional application or a PCT entry bears a later number than its filing date, never an earlier one.
    if filed_on is not None and filed_on.year > number.year:
        raise FiledAfterNumber(filed_on, number.year)
    return number


def valued_as(kind: ResultKind, number: ApplicationNumber | None) -> str:
    """The kind in the words of valuation; a pending application is valued as what it applies for."""
    if kind is ResultKind.APPLICATION and number is not None:
        return number.kind.value
    return VALUED_AS.get(kind, kind.value)


def contracted_as(kind: ResultKind, number: ApplicationNumber | None) -> str:
    """The IP kind of the contract form; a pending application counts as what it applies for."""
    if kind is ResultKind.APPLICATION and number is not None:
        return number.kind.value
    return CONTRACTED_AS.get(kind, kind.value)


def contract_type(kind: ResultKind, way: str) -> str | None:
    """The sub-kind of contract that only the market can know; None leaves it to way and IP kind."""
    return "transfer.patent_application" if kind is ResultKind.APPLICATION and way == "transfer" else None
