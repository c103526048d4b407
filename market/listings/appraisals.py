"""What an appraisal report must be to carry a price. Pure.

Source: 资产评估法 (2016): art 26 at least two methods, arts 27–28 at least two appraisers sign, art 32 for the stated purpose
only. Reports are usually good for a year from their base date; the number is a trading rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from kernel.calendar import WorkingCalendar
from kernel.money import ZERO, Money
from market.listings.errors import (
    AppraisalExpired,
    AppraisalOfOtherResult,
    PurposeDiffers,
    TooFewMethods,
    TooFewSigners,
    ValidityTooLong,
)


class Method(StrEnum):
    """成本法, 市场法, 收益法."""

    COST = "cost"
    MARKET = "market"
    INCOME = "income"


class Purpose(StrEnum):
    """What a report was made for."""

    TRANSFER = "transfer"
    LICENCE = "licence"
    EQUITY = "equity"


METHODS_MIN = 2
SIGNERS_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An appraisal report: for which result and purpose, as of when, until when, how, by whom, how much."""

    result_id: UUID
    purpose: Purpose
    base_date: date
    valid_until: date
    methods: tuple[Method, ...]
    signers: tuple[str, ...]
    value: Money


def check_report(report: Report, *, on: date, validity_months_max: int) -> None:
    """Let a report be recorded.

    Raises TooFewMethods (art 26), TooFewSigners (arts 27–28), ValidityTooLong or AppraisalExpired (art 32).
    """
    if len(set(report.methods)) < METHODS_MIN:
        raise TooFewMethods(METHODS_MIN)
    if len({signer.strip() for signer in report.signers} - {""}) < SIGNERS_MIN:
        raise TooFewSigners(SIGNERS_MIN)
    if report.value <= ZERO:
        raise ValueError("an appraised value is positive")
    latest = _months_after(report.base_date, validity_months_max)
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


def _months_after(day: date, months: int) -> date:
    return WorkingCalendar("", {}, {}).months_end_on(day, months)
