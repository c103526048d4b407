"""The formulas of the three methods, on plain numbers: exact decimals for one answer, arrays of draws for many.

Every function takes Decimals, floats or numpy arrays alike, so that a simulation computes with the very formula that the
calculation shows. Amounts are in yuan, rates are shares of one, times are years.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Number = Any
"""A Decimal, a float, or an array of floats with one value a draw."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a plan: which share of it lies within the life, what it brings, and what that is worth today."""

    number: int
    share: Number
    income: Number
    flow: Number
    factor: Number

    @property
    def present(self) -> Number:
        """The present value of the year's flow."""
        return self.flow * self.factor


def clipped(number: Number, low: int, high: int) -> Number:
    """The number, kept within two whole bounds."""
    if hasattr(number, "clip"):
        return number.clip(low, high)
    return type(number)(min(max(number, low), high))


def least(first: Number, second: Number) -> Number:
    """The smaller of two numbers, draw by draw."""
    return first + clipped_above(second - first)


def clipped_above(number: Number) -> Number:
    """The number where it is below zero, else zero."""
    if hasattr(number, "clip"):
        return number.clip(None, 0)
    return type(number)(min(number, 0))


# --- Cost: V = C_re × (1 − d) ----------------------------------------------------------------------------------------


def spent(amounts: Sequence[Number], indices: Sequence[Number]) -> Number:
    """Direct and indirect cost at today's prices: each amount times its price index."""
    return sum(amount * index for amount, index in zip(amounts, indices, strict=True))


def capital_cost(cost: Number, rate: Number, years: Number) -> Number:
    """资金成本: compound interest on cost that is spent evenly, so for half of the time that development took."""
    return cost * ((1 + rate) ** (years / 2) - 1)


def replacement_cost(cost: Number, *, capital_rate: Number, years: Number, profit_rate: Number) -> Number:
    """C_re = direct + indirect + 资金成本 + 合理利润, the profit being a share of direct and indirect cost."""
    return cost + capital_cost(cost, capital_rate, years) + cost * profit_rate


def depreciation_by_age(used: Number, remaining: Number) -> Number:
    """d = used / (used + remaining economic life)."""
    return used / (used + remaining)


def depreciation_by_obsolescence(functional: Number, economic: Number) -> Number:
    """d = functional + economic obsolescence, at most the whole."""
    return clipped(functional + economic, 0, 1)


# --- Market: V = Σ w · P · k_time · k_life · k_tech · k_scope · k_other ----------------------------------------------


def adjusted(price: Number, factors: Sequence[Number]) -> Number:
    """A comparable price times its adjustment factors."""
    for factor in factors:
        price = price * factor
    return price


def weighted(weights: Sequence[Number], prices: Sequence[Number]) -> Number:
    """The weighted sum of adjusted prices."""
    return sum(weight * price for weight, price in zip(weights, prices, strict=True))


# --- Income ----------------------------------------------------------------------------------------------------------


def royalty_by_score(low: Number, high: Number, score: Number) -> Number:
    """k = k_min + (k_max − k_min) · s, with a score s from 0 to 1."""
    return low + (high - low) * score


def built_up(parts: Sequence[Number]) -> Number:
    """r = r_f + 技术风险 + 市场风险 + 资金风险 + 管理风险."""
    return sum(parts)


def capm(risk_free: Number, beta: Number, equity_premium: Number, size: Number, specific: Number) -> Number:
    """r = r_f + β·ERP + size premium + specific premium."""
    return risk_free + beta * equity_premium + size + specific


def royalty_years(
    incomes: Sequence[Number],
    *,
    growth: Number,
    royalty: Number,
    decay: Number,
    tax: Number,
    life: Number,
    discount: Number,
    mid_year: bool,
) -> Iterator[Year]:
    """Royalty relief: the flow of year t is R_t · k · (1 − δ)^(t−1) · (1 − τ)."""
    for number, income in _incomes(incomes, growth, life):
        flow = income * royalty * (1 - decay) ** (number - 1) * (1 - tax)
        yield _year(number, income, flow, life, discount, mid_year)


def excess_years(
    increments: Sequence[Number],
    *,
    charges: Number,
    growth: Number,
    decay: Number,
    tax: Number,
    life: Number,
    discount: Number,
    mid_year: bool,
) -> Iterator[Year]:
    """Excess earnings: the flow of year t is (ΔProfit_t · (1 − δ)^(t−1) − contributory charges) · (1 − τ)."""
    for number, increment in _incomes(increments, growth, life):
        flow = (increment * (1 - decay) ** (number - 1) - charges) * (1 - tax)
        yield _year(number, increment, flow, life, discount, mid_year)


def present_value(years: Iterator[Year]) -> Number:
    """V = Σ flow_t / (1 + r)^t."""
    return sum(year.present for year in years)


def _incomes(planned: Sequence[Number], growth: Number, life: Number) -> Iterator[tuple[int, Number]]:
    """The plan year by year; after its last year it goes on growing at the rate stated, until the life ends."""
    longest = life.max() if hasattr(life, "clip") else life
    for number in range(1, math.ceil(longest) + 1):
        if number <= len(planned):
            yield number, planned[number - 1]
        else:
            yield number, planned[-1] * (1 + growth) ** (number - len(planned))


def _year(number: int, income: Number, flow: Number, life: Number, discount: Number, mid_year: bool) -> Year:
    """A year that the life ends within counts for its part; mid-year means the middle of that part."""
    share = clipped(life - (number - 1), 0, 1)
    elapsed = (number - 1) + (share / 2 if mid_year else share)
    return Year(number, share, income * share, flow * share, (1 + discount) ** -elapsed)
