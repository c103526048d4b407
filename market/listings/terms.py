"""The terms of a listing and the regime that binds its seller: how it may be sold, on what basis, in which bounds. Pure.

定价方式 (mode) and 定价依据 (basis) are two things: an appraisal is never a way of sale, it is what a price in any mode rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kernel.money import FEN_MAX, ZERO, Money
from market.listings.errors import (
    AppraisalRequired,
    ApprovalWanted,
    BasisNotShown,
    BenchmarkMissing,
    DepositOutOfRange,
    FloorAbovePrice,
    ModeNotOpen,
    PeriodOutOfRange,
    WayUnclear,
)


class Mode(StrEnum):
    """定价方式: how the price is found."""

    AGREED = "agreed"
    LISTED = "listed"
    AUCTION = "auction"


class Basis(StrEnum):
    """定价依据: what the price rests on."""

    AGREEMENT = "agreement"
    APPRAISAL = "appraisal"
    AI_ESTIMATE_REVIEWED = "ai_estimate_reviewed"


class Way(StrEnum):
    """转化方式: what the buyer gets."""

    TRANSFER = "transfer"
    LICENCE = "licence"


class LicenceKind(StrEnum):
    """独占, 排他, 普通."""

    EXCLUSIVE = "exclusive"
    SOLE = "sole"
    ORDINARY = "ordinary"


WORKING_DAYS_WITHOUT_PERIOD: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRules:
    """The numbers that bind a seller of one regime on one day, out of the versioned trading rules.

    Shares in basis points; periods in natural days where the name says days, in working days where it says so.
    `notice_days` 0: no public notice is required. `approval_below_bp` 0: a price cut needs no written approval.
    """

    regime: str
    modes: frozenset[str]
    benchmark_modes: frozenset[str]
    appraisal_required: bool
    notice_days: int
    working_days_min: int
    working_days_max: int
    extension_working_days: int
    extensions_max: int
    deposit_bp_min: int
    deposit_bp_max: int
    cut_bp_max: int
    approval_below_bp: int
    conditions_need_approval: bool
    offer_days_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a seller offers. `price` is the asking, list or start price; `floor` the lowest price the decision covers.

    `benchmark` 基准价格 is what the price is measured against; `deposit` ZERO asks for none.
    """

    mode: Mode
    way: Way
    licence_kind: LicenceKind | None
    basis: Basis
    price: Money
    floor: Money
    benchmark: Money | None
    deposit: Money
    working_days: int | None
    approved: bool
    """A written approval of the competent body is on file."""


def check_terms(terms: Terms, rules: RegimeRules) -> None:
    """Let the terms go into decision.

    Raises WayUnclear, ModeNotOpen, AppraisalRequired, BasisNotShown, BenchmarkMissing, FloorAbovePrice, DepositOutOfRange,
    PeriodOutOfRange or ApprovalWanted.
    """
    if (terms.way is Way.LICENCE) != (terms.licence_kind is not None):
        raise WayUnclear
    if terms.mode not in rules.modes:
        raise ModeNotOpen(terms.mode.value, rules.regime, tuple(sorted(rules.modes)))
    if rules.appraisal_required and terms.basis is not Basis.APPRAISAL:
        raise AppraisalRequired(rules.regime)
    if terms.basis is not Basis.AGREEMENT and terms.benchmark is None:
        raise BasisNotShown(terms.basis.value)
    if terms.benchmark is None and terms.mode in rules.benchmark_modes:
        raise BenchmarkMissing(terms.mode.value)
    if not ZERO < terms.floor <= terms.price <= Money(FEN_MAX):
        raise FloorAbovePrice(terms.floor, terms.price)
    check_deposit(terms, rules)
    check_period(terms, rules)
    check_against_benchmark(terms.floor, terms.benchmark, rules, approved=terms.approved)


def check_deposit(terms: Terms, rules: RegimeRules) -> None:
    """A deposit is a bounded share of the price, or none. Raises DepositOutOfRange."""
    least, most = terms.price.share(rules.deposit_bp_min), terms.price.share(rules.deposit_bp_max)
    if terms.deposit != ZERO and not least <= terms.deposit <= most:
        raise DepositOutOfRange(terms.deposit, least, most)


def check_period(terms: Terms, rules: RegimeRules) -> None:
    """A listing has a period within the rule; the other modes have none. Raises PeriodOutOfRange."""
    if terms.mode is not Mode.LISTED:
        if terms.working_days is not None:
            raise PeriodOutOfRange(terms.working_days, WORKING_DAYS_WITHOUT_PERIOD, WORKING_DAYS_WITHOUT_PERIOD)
        return
    days = terms.working_days or 0
    if not rules.working_days_min <= days <= rules.working_days_max:
        raise PeriodOutOfRange(days, rules.working_days_min, rules.working_days_max)


def check_against_benchmark(price: Money, benchmark: Money | None, rules: RegimeRules, *, approved: bool) -> None:
    """Below the regime's share of the benchmark a written approval is needed. Raises ApprovalWanted (17号)."""
    if benchmark is None or rules.approval_below_bp == 0 or approved:
        return
    least = benchmark.share_up(rules.approval_below_bp)
    if price < least:
        raise ApprovalWanted(price, benchmark, least)
