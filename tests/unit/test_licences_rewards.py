"""The inventors' reward: the minimums of Zhejiang and of the nation, receipt by receipt."""

from datetime import date

from contracts.licences.rewards import (
    NATIONAL,
    ZHEJIANG,
    Receipt,
    by_receipt,
    deductible,
    is_due,
    regime_of,
    reward_due,
)
from kernel.money import ZERO, Money


def test_a_million_less_cost_and_tax_makes_630_000_due__zhejiang_37():
    reward = reward_due(Money.yuan(1_000_000), cost=Money.yuan(60_000), tax=Money.yuan(40_000), regime=ZHEJIANG)

    assert reward.net_income == Money.yuan(900_000)
    assert reward.reward == Money.yuan(630_000)
    assert reward.main_contributors == Money.yuan(441_000)
    assert reward.transfer_staff == Money.yuan(31_500)


def test_the_national_minimum_is_half__transformation_law_45():
    reward = reward_due(Money.yuan(900_000), cost=ZERO, tax=ZERO, regime=NATIONAL)

    assert reward.reward == Money.yuan(450_000)
    assert reward.main_contributors == Money.yuan(225_000)
    assert reward.transfer_staff == ZERO


def test_fiscal_research_money_is_not_cost__zhejiang_37():
    assert deductible(cost=Money(100), fiscal=Money(80), tax=Money(5)) == Money(25)


def test_a_minimum_is_reached_and_never_missed_by_a_part_of_a_fen():
    reward = reward_due(Money(1), cost=ZERO, tax=ZERO, regime=ZHEJIANG)

    assert reward.reward == Money(1)


def test_a_loss_makes_nothing_due():
    assert reward_due(Money(10), cost=Money(11), tax=ZERO, regime=ZHEJIANG).reward == ZERO


def test_each_receipt_starts_its_own_six_months__zhejiang_40():
    receipts = [Receipt(Money.yuan(300_000), date(2026, 8, 31)), Receipt(Money.yuan(700_000), date(2027, 1, 15))]

    due = by_receipt(receipts, deducted=Money.yuan(100_000), regime=ZHEJIANG)

    assert [one.due_on for one in due] == [date(2027, 2, 28), date(2027, 7, 15)]
    assert [one.reward.reward for one in due] == [Money.yuan(140_000), Money.yuan(490_000)]


def test_costs_come_out_of_the_first_money():
    receipts = [Receipt(Money(50), date(2026, 1, 1)), Receipt(Money(150), date(2026, 2, 1))]

    due = by_receipt(receipts, deducted=Money(100), regime=ZHEJIANG)

    assert due[0].reward.reward == ZERO
    assert due[1].reward.net_income == Money(100)


def test_only_government_run_bodies_are_bound_and_only_for_their_results__zhejiang_37():
    assert is_due(way="licence", is_gov_run=True)
    assert not is_due(way="licence", is_gov_run=False)
    assert not is_due(way="service", is_gov_run=True)


def test_a_units_seat_decides_which_minimums_bind_it():
    assert regime_of("330302") is ZHEJIANG
    assert regime_of("310104") is NATIONAL
