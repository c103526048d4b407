"""The rules of 先用后转: what may be agreed for a free trial, what the conversion may cost at most, how trials are counted. Pure.

Source: 浙政办发〔2025〕27号 item 13; 省科技厅 操作指引 2023; Civil Code 民法典 arts 638–640 by 646.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from contracts.agreements.licensing import add_months
from contracts.licences.errors import (
    ConversionAboveCeiling,
    GainNotMeasured,
    PriceAbovePool,
    PurchaseNeedsPrice,
    TrialOutlivesPatent,
    TrialTermOutOfRange,
)
from kernel.money import ZERO, Money


class SilenceEffect(StrEnum):
    """What silence at the end of a trial means. Civil Code 638 makes it a purchase unless agreed otherwise."""

    RETURN = "return"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What the conversion may cost: a fixed price, or base + a share of the measured gain, up to a cap.

    `gain_bp` is in basis points of the licensee's gain (新增效益) measured by the agreed acceptance criteria.
    """

    base: Money
    gain_bp: int = 0
    cap: Money | None = None

    @property
    def is_fixed(self) -> bool:
        """No measuring is needed."""
        return self.gain_bp == 0

    @property
    def most(self) -> Money:
        """The most that can ever be asked; a formula without a cap has its base only."""
        return self.base if self.is_fixed else self.cap or self.base


def capped(agreed: PriceTerms, *, pool_ceiling: Money) -> PriceTerms:
    """The price terms, a formula without a cap capped by the ceiling published in the pool.

    No trial may be agreed above that ceiling. Raises PriceAbovePool.
    """
    if not agreed.is_fixed and agreed.cap is None:
        agreed = replace(agreed, cap=pool_ceiling)
    if max(agreed.most, agreed.base) > pool_ceiling:
        raise PriceAbovePool(max(agreed.most, agreed.base), pool_ceiling)
    return agreed


def check_silence(effect: SilenceEffect, price: PriceTerms) -> None:
    """Silence can buy only at a price that needs no measuring (Civil Code 638). Raises PurchaseNeedsPrice."""
    if effect == SilenceEffect.PURCHASE and not price.is_fixed:
        raise PurchaseNeedsPrice


def trial_period(starts_on: date, months: int, *, months_max: int, patent_expires_on: date | None) -> tuple[date, date]:
    """First and last day of the trial. Raises TrialTermOutOfRange or TrialOutlivesPatent (Civil Code 865)."""
    if not 1 <= months <= months_max:
        raise TrialTermOutOfRange(months, months_max)
    ends_on = add_months(starts_on, months)
    if patent_expires_on is not None and ends_on > patent_expires_on:
        raise TrialOutlivesPatent(patent_expires_on)
    return starts_on, ends_on


def conversion_ceiling(agreed: PriceTerms, *, measured_gain: Money | None) -> Money:
    """The most that conversion may cost. Raises GainNotMeasured if the formula needs a gain and none is given."""
    if agreed.is_fixed:
        return agreed.base
    if measured_gain is None:
        raise GainNotMeasured
    by_formula = agreed.base + max(measured_gain, ZERO).share(agreed.gain_bp)
    return by_formula if agreed.cap is None else min(by_formula, agreed.cap)


def check_conversion(price: Money, *, ceiling: Money) -> None:
    """The price of conversion never exceeds what was agreed beforehand. Raises ConversionAboveCeiling."""
    if price > ceiling:
        raise ConversionAboveCeiling(price, ceiling)


def conversion_rate_bp(*, converted: int, returned: int, expired: int) -> int | None:
    """Converted ÷ (converted + returned + expired) in basis points, half up; None before any trial has ended."""
    ended = converted + returned + expired
    return None if ended == 0 else (2 * converted * 10_000 + ended) // (2 * ended)
