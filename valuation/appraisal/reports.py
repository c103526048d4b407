"""What an appraisal report must be to carry a price, and how long it is kept. Pure.

Source: 资产评估法 (2016): art 26 at least two methods unless the rules of practice allow one only, arts 27–28 at least two
appraisers sign (registered ones for statutory work), art 29 files are kept 15 years (statutory work 30), art 32 for the
stated purpose only. Reports are usually good for a year from their base date. The numbers of years and months are trading
rules.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from kernel.calendar import WorkingCalendar
from kernel.money import ZERO, Money
from valuation.appraisal.errors import (
    AppraisalExpired,
    AppraisalOfOtherResult,
    PurposeDiffers,
    SignersNotRegistered,
    TooFewMethods,
    TooFewSigners,
    ValidityTooLong,
)
from valuation.appraisal.methods import Method


class Purpose(StrEnum):
    """What a report was made for."""

    TRANSFER = "transfer"
    LICENCE = "licence"
    EQUITY = "equity"


METHODS_MIN = 2
SIGNERS_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An appraisal report: for which result and purpose, as of when, until when, how, by whom, how much.

    `one_method_reason` says why the rules of practice allow a single method; `statutory` is 法定评估业务.
    """

    result_id: UUID
    purpose: Purpose
    base_date: date
    valid_until: date
    methods: tuple[Method, ...]
    signers: tuple[str, ...]
    value: Money
    one_method_reason: str | None = None
    statutory: bool = False
    signer_numbers: tuple[str, ...] = ()


def check_report(report: Report, *, on: date, validity_months_max: int) -> None:
    """Let a report be recorded.

    Raises TooFewMethods (art 26), TooFewSigners, SignersNotRegistered (arts 27–28), ValidityTooLong or AppraisalExpired
    (art 32).
    """
    methods_min = 1 if (report.one_method_reason or "").strip() else METHODS_MIN
    if len(set(report.methods)) < methods_min:
        raise TooFewMethods(methods_min)
    if _distinct(report.signers) < SIGNERS_MIN:
        raise TooFewSigners(SIGNERS_MIN)
    if report.statutory and _distinct(report.signer_numbers) < SIGNERS_MIN:
        raise SignersNotRegistered
    if report.value <= ZERO:
        raise ValueError("an appraised value is positive")
    latest = latest_day(report.base_date, validity_months_max)
    if not report.base_date <= report.valid_until <= latest or report.base_date > on:
        raise ValidityTooLong(report.base_date, latest)
    check_valid(report.valid_until, on=on)


def check_valid(valid_until: date, *, on: date) -> None:
    """A report carries a price until its last day. Raises AppraisalExpired."""
    if on > valid_until:
        raise AppraisalExpired(valid_until)


def check_use(report: Report, *, result_id: UUID, purpose: str, on: date) -> None:
    """Let a report be the basis of a price: this result, this purpose, still valid.

    Raises AppraisalOfOtherResult, PurposeDiffers (art 32) or AppraisalExpired.
    """
    if report.result_id != result_id:
        raise AppraisalOfOtherResult
    if report.purpose != purpose:
        raise PurposeDiffers(report.purpose.value, purpose)
    check_valid(report.valid_until, on=on)


def latest_day(base_date: date, validity_months_max: int) -> date:
    """The last day on which a report with this base date can carry a price."""
    return WorkingCalendar("", {}, {}).months_end_on(base_date, validity_months_max)


def retained_until(reported_on: date, years: int) -> date:
    """The day until which the file of a report is kept at least, counted from the day of the report (art 29)."""
    year = reported_on.year + years
    return date(year, reported_on.month, min(reported_on.day, monthrange(year, reported_on.month)[1]))


def _distinct(names: tuple[str, ...]) -> int:
    return len({name.strip() for name in names} - {""})
