"""Laws of the three methods: linear in revenue, decreasing in the rate, sensitivity is recomputation, cost never exceeds C_re."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from tests.support.appraising import comparable, cost_entry, item, life, market_entry, n, relief
from tests.support.counting import counts
from valuation.appraisal import cost, income, market
from valuation.appraisal.practice import shipped
from valuation.appraisal.royalties import Royalty

PRACTICE = shipped()
MID, END = income.Timing.MID_YEAR, income.Timing.END_YEAR


def decimals(low: str, high: str, places: int = 4) -> Any:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


RATES = decimals("0.05", "0.60")
ROYALTIES = decimals("0.005", "0.30")
DECAYS = decimals("0", "0.40")
LIVES = decimals("0.5", "20", 1)
AMOUNTS = decimals("1000", "100000000", 2)
PLANS = st.lists(AMOUNTS, min_size=1, max_size=1)


def valued(entry: Any) -> Money:
    return income.calculate(entry, PRACTICE).value


def entry_of(amount: Decimal, rate: Decimal, royalty: Decimal, decay: Decimal, years: Decimal, **more: Any) -> Any:
    plan = income.Plan(amounts=[amount], decay=n(decay))
    return relief(plan=plan, discount=n(rate), royalty=Royalty(rate=n(royalty)), life=life(years, 20), **more)


@settings(max_examples=counts(1_000))
@given(AMOUNTS, RATES, ROYALTIES, DECAYS, LIVES, st.integers(2, 9))
def test_income_is_linear_in_revenue(amount, rate, royalty, decay, years, times) -> None:
    once = valued(entry_of(amount, rate, royalty, decay, years))

    many = valued(entry_of(amount * times, rate, royalty, decay, years))

    assert abs(many.fen - once.fen * times) <= times


@settings(max_examples=counts(1_000))
@given(AMOUNTS, RATES, ROYALTIES, DECAYS, LIVES, decimals("0.001", "0.2"))
def test_income_falls_as_the_rate_rises_and_as_the_decay_does(amount, rate, royalty, decay, years, more) -> None:
    value = valued(entry_of(amount, rate, royalty, decay, years))

    assert valued(entry_of(amount, rate + more, royalty, decay, years)) <= value
    assert valued(entry_of(amount, rate, royalty, decay + more, years)) <= value
    assert valued(entry_of(amount, rate, royalty + more, decay, years)) >= value


@settings(max_examples=counts(1_000))
@given(AMOUNTS, RATES, ROYALTIES, DECAYS, LIVES)
def test_the_middle_of_the_year_is_worth_more_than_its_end(amount, rate, royalty, decay, years) -> None:
    early = valued(entry_of(amount, rate, royalty, decay, years, timing=MID))
    late = valued(entry_of(amount, rate, royalty, decay, years, timing=END))

    assert early > late or late.fen < 100


@settings(max_examples=counts(1_000))
@given(AMOUNTS, RATES, ROYALTIES, DECAYS, decimals("0.5", "19", 1), decimals("0.1", "1", 1))
def test_a_longer_life_is_never_worth_less(amount, rate, royalty, decay, years, more) -> None:
    shorter = valued(entry_of(amount, rate, royalty, decay, years))

    assert valued(entry_of(amount, rate, royalty, decay, years + more)) >= shorter


@settings(max_examples=counts(1_000))
@given(AMOUNTS, RATES, ROYALTIES, DECAYS, LIVES)
def test_each_end_of_the_sensitivity_table_is_the_calculation_done_again(amount, rate, royalty, decay, years) -> None:
    low, high = rate * Decimal("0.9"), rate * Decimal("1.2")
    entry = replace(entry_of(amount, rate, royalty, decay, years), discount=n(rate, low, high))

    swings = {swing.input.name: swing for swing in income.calculate(entry, PRACTICE).swings}

    again = [valued(replace(entry, discount=n(end))) for end in (low, high)]
    assert [swings["discount/rate"].at_low, swings["discount/rate"].at_high] == again
    order = [swing.width.fen for swing in swings.values()]
    assert order == sorted(order, reverse=True)


@settings(max_examples=counts(1_000))
@given(
    st.lists(AMOUNTS, min_size=1, max_size=6),
    decimals("0", "0.3"),
    decimals("0", "0.5"),
    decimals("0", "20", 1),
    decimals("0.1", "20", 1),
)
def test_value_by_cost_never_exceeds_replacement_cost(amounts, capital, profit, used, remaining) -> None:
    depreciation = cost.ByAge(used=n(used), life=life(remaining, 20))
    items = [item(amount) for amount in amounts]

    done = cost.calculate(
        cost_entry(items=items, capital_rate=n(capital), profit_rate=n(profit), depreciation=depreciation), PRACTICE
    )

    replacement = next(Decimal(step.value) for step in done.steps if "C_re" in step.label.zh)
    assert sum(amounts) <= replacement + Decimal("0.01")
    assert done.value.as_yuan() <= replacement


@settings(max_examples=counts(1_000))
@given(st.lists(AMOUNTS, min_size=3, max_size=8))
def test_unadjusted_comparables_give_a_value_within_their_prices(prices) -> None:
    done = market.calculate(market_entry(*(comparable(price) for price in prices)), PRACTICE)

    assert min(prices) - Decimal("0.01") <= done.value.as_yuan() <= max(prices) + Decimal("0.01")
