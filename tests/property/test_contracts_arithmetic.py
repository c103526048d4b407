"""Laws of arithmetic: plans, income and rewards sum exactly; the books balance whatever happens."""

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.agreements.errors import LicenceConflict
from contracts.agreements.licensing import Granted, LicenceKind, add_months, check_conflict
from contracts.agreements.plans import check_plan, equal_parts
from contracts.agreements.registering import income_of_receipts
from contracts.licences.rewards import NATIONAL, ZHEJIANG, Receipt, by_receipt, reward_due
from contracts.settlement.ledger import (
    Account,
    Leg,
    Purpose,
    Side,
    balance,
    check_balanced,
    claim_legs,
    receipt_legs,
    reversed_legs,
)
from kernel.ids import LicenceId, OrganisationId, new_id
from kernel.money import FEN_MAX, ZERO, Money, total
from tests.support.counting import counts, seeded

FEN = st.integers(1, FEN_MAX).map(Money)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
ORGANISATIONS = [OrganisationId(new_id()) for _ in range(3)]


def fen(chance: random.Random, least: int = 1) -> Money:
    """An amount, as often small or huge as anything between."""
    return Money(
        chance.choice(
            [chance.randint(least, least + 300), chance.randint(least, FEN_MAX), FEN_MAX - chance.randint(0, 3)]
        )
    )


@given(price=st.integers(240, FEN_MAX).map(Money), parts=st.integers(1, 240), start=DAYS)
@settings(max_examples=counts(3_000))
def test_equal_instalments_always_sum_to_the_price(price: Money, parts: int, start: date):
    sums_to_the_price(price, parts, start)


def test_equal_instalments_sum_to_the_price_in_bulk():
    for _, chance in seeded(100_000):
        sums_to_the_price(fen(chance, least=240), chance.randint(1, 240), date(2026, 1, 1))


def sums_to_the_price(price: Money, parts: int, start: date):
    plan = equal_parts(price, due_on=[start + timedelta(days=n) for n in range(parts)])

    check_plan(plan, price=price, agreed_on=start)
    assert max(one.amount for one in plan) - min(one.amount for one in plan) <= Money(1)


@given(
    receipts=st.lists(FEN, min_size=1, max_size=12),
    technology_bp=st.integers(0, 10_000),
)
@settings(max_examples=counts(3_000))
def test_the_income_of_all_receipts_is_the_technology_value(receipts: list[Money], technology_bp: int):
    income_is_the_technology_value(receipts, technology_bp)


def test_the_income_of_all_receipts_is_the_technology_value_in_bulk():
    for _, chance in seeded(100_000):
        income_is_the_technology_value(
            [fen(chance) for _ in range(chance.randint(1, 12))], chance.choice([0, 10_000, chance.randint(0, 10_000)])
        )


def income_is_the_technology_value(receipts: list[Money], technology_bp: int):
    contract_value = total(receipts)
    technology_value = contract_value.share(technology_bp)

    income = income_of_receipts(receipts, contract_value=contract_value, technology_value=technology_value)

    assert total(income) == technology_value
    assert all(ZERO <= part <= receipt for part, receipt in zip(income, receipts, strict=True))


@given(
    receipts=st.lists(st.builds(Receipt, FEN, DAYS), min_size=1, max_size=12),
    deducted=st.integers(0, FEN_MAX).map(Money),
    regime=st.sampled_from([ZHEJIANG, NATIONAL]),
)
@settings(max_examples=counts(3_000))
def test_the_rewards_of_all_receipts_are_the_reward_on_the_whole(receipts, deducted, regime):
    rewards_are_the_reward_on_the_whole(receipts, deducted, regime)


def test_the_rewards_of_all_receipts_are_the_reward_on_the_whole_in_bulk():
    for _, chance in seeded(100_000):
        receipts = [
            Receipt(fen(chance), date(2026, 1, 1) + timedelta(days=chance.randint(0, 900)))
            for _ in range(chance.randint(1, 12))
        ]
        deducted = chance.choice([ZERO, fen(chance)])
        rewards_are_the_reward_on_the_whole(receipts, deducted, chance.choice([ZHEJIANG, NATIONAL]))


def rewards_are_the_reward_on_the_whole(receipts, deducted, regime):
    due = by_receipt(receipts, deducted=deducted, regime=regime)

    whole = reward_due(total([one.received for one in receipts]), cost=deducted, tax=ZERO, regime=regime)
    assert total([one.reward.reward for one in due]) == whole.reward
    assert total([one.reward.main_contributors for one in due]) == whole.main_contributors
    assert total([one.reward.transfer_staff for one in due]) == whole.transfer_staff
    assert all(one.reward.reward >= ZERO for one in due)


@given(received=FEN, cost=FEN, tax=FEN)
@settings(max_examples=counts(3_000))
def test_no_minimum_is_ever_missed(received: Money, cost: Money, tax: Money):
    keeps_the_minima(received, cost, tax)


def test_no_minimum_is_ever_missed_in_bulk():
    for _, chance in seeded(100_000):
        keeps_the_minima(fen(chance), fen(chance), fen(chance))


def keeps_the_minima(received: Money, cost: Money, tax: Money):
    reward = reward_due(received, cost=cost, tax=tax, regime=ZHEJIANG)

    assert reward.reward.fen * 10_000 >= reward.net_income.fen * 7_000
    assert reward.main_contributors.fen * 10_000 >= reward.reward.fen * 7_000
    assert reward.transfer_staff.fen * 10_000 >= reward.reward.fen * 500
    assert reward.reward <= max(reward.net_income, ZERO) or reward.net_income == ZERO


@st.composite
def postings(draw: st.DrawFn) -> list[list[Leg]]:
    """Receipts, claims of part of them, and reversals of some of these, in any order that books could see."""
    made: list[list[Leg]] = []
    for _ in range(draw(st.integers(1, 20))):
        holder, seller = draw(st.sampled_from(ORGANISATIONS)), draw(st.sampled_from(ORGANISATIONS))
        amount = draw(FEN)
        what = draw(st.sampled_from(["receipt", "claim", "reverse"]))
        if what == "reverse" and made:
            made.append(reversed_legs(draw(st.sampled_from(made))))
        else:
            made.append(claim_legs(holder, seller, amount) if what == "claim" else receipt_legs(holder, amount))
    return made


@given(postings())
@settings(max_examples=counts(5_000))
def test_debits_equal_credits_and_assets_equal_claims_after_any_postings(made: list[list[Leg]]):
    for legs in made:
        check_balanced(legs)
    everything = [leg for legs in made for leg in legs]

    debits = total([leg.amount for leg in everything if leg.side == Side.DEBIT])
    assets = total([balance(Account(Purpose.BANK, one), everything) for one in ORGANISATIONS])
    owed = total(
        [
            balance(Account(purpose, one), everything)
            for one in ORGANISATIONS
            for purpose in (Purpose.SUSPENSE, Purpose.SELLER_PAYABLE, Purpose.SALE_PROCEEDS)
        ]
    )
    assert debits == total([leg.amount for leg in everything if leg.side == Side.CREDIT])
    assert assets == owed


GRANTS = st.builds(
    lambda kind, start, length: Granted(
        LicenceId(new_id()), kind, start, None if length is None else start + timedelta(days=length)
    ),
    st.sampled_from(list(LicenceKind)),
    st.dates(date(2026, 1, 1), date(2026, 2, 28)),
    st.none() | st.integers(0, 40),
)


@given(wanted=GRANTS, in_force=st.lists(GRANTS, max_size=6))
@settings(max_examples=counts(5_000))
def test_the_conflict_check_equals_a_look_at_every_single_day(wanted: Granted, in_force: list[Granted]):
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(120)]

    def holds(licence: Granted, day: date) -> bool:
        return licence.starts_on <= day and (licence.ends_on is None or day <= licence.ends_on)

    clash = any(
        holds(wanted, day) and holds(other, day)
        for day in days
        for other in in_force
        if LicenceKind.ORDINARY not in (wanted.kind, other.kind) or wanted.kind != other.kind
    )
    try:
        check_conflict(wanted, in_force)
    except LicenceConflict:
        assert clash
    else:
        assert not clash


@given(day=DAYS, months=st.integers(0, 600))
@settings(max_examples=counts(5_000))
def test_months_end_on_the_same_day_or_on_the_last(day: date, months: int):
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
