"""The books as rules: what balances, what a claim may take."""

import pytest

from contracts.settlement.claiming import amount_to_claim
from contracts.settlement.errors import ClaimTooLarge, InstalmentPaid, NothingLeft, Unbalanced
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
from kernel.ids import OrganisationId, new_id
from kernel.money import ZERO, Money

EXCHANGE, SELLER = OrganisationId(new_id()), OrganisationId(new_id())


def test_money_that_nobody_has_explained_stands_in_suspense():
    legs = receipt_legs(EXCHANGE, Money(100))

    assert balance(Account(Purpose.SUSPENSE, EXCHANGE), legs) == Money(100)
    assert balance(Account(Purpose.BANK, EXCHANGE), legs) == Money(100)


def test_a_claim_on_the_exchanges_account_is_a_debt_to_the_seller():
    legs = receipt_legs(EXCHANGE, Money(100)) + claim_legs(EXCHANGE, SELLER, Money(60))

    assert balance(Account(Purpose.SELLER_PAYABLE, SELLER), legs) == Money(60)
    assert balance(Account(Purpose.SUSPENSE, EXCHANGE), legs) == Money(40)


def test_a_claim_on_the_sellers_own_account_is_his_proceeds():
    legs = claim_legs(SELLER, SELLER, Money(60))

    assert balance(Account(Purpose.SALE_PROCEEDS, SELLER), legs) == Money(60)


def test_a_reversal_brings_every_account_back_to_where_it_was():
    legs = receipt_legs(EXCHANGE, Money(100))

    both = legs + reversed_legs(legs)

    assert {balance(leg.account, both) for leg in legs} == {ZERO}


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [Leg(Account(Purpose.BANK, EXCHANGE), Side.DEBIT, Money(1))],
        [
            Leg(Account(Purpose.BANK, EXCHANGE), Side.DEBIT, Money(2)),
            Leg(Account(Purpose.SUSPENSE, EXCHANGE), Side.CREDIT, Money(1)),
        ],
        [
            Leg(Account(Purpose.BANK, EXCHANGE), Side.DEBIT, ZERO),
            Leg(Account(Purpose.SUSPENSE, EXCHANGE), Side.CREDIT, ZERO),
        ],
    ],
)
def test_legs_that_do_not_balance_are_not_posted(legs: list[Leg]):
    with pytest.raises(Unbalanced):
        check_balanced(legs)


def test_a_claim_without_an_amount_takes_what_both_sides_allow():
    assert amount_to_claim(None, left=Money(100), open_=Money(60)) == Money(60)
    assert amount_to_claim(None, left=Money(40), open_=Money(60)) == Money(40)


def test_a_claim_beyond_either_side_is_refused_and_never_trimmed():
    with pytest.raises(ClaimTooLarge):
        amount_to_claim(Money(61), left=Money(100), open_=Money(60))


def test_nothing_is_claimed_of_an_exhausted_receipt_or_for_a_paid_instalment():
    with pytest.raises(NothingLeft):
        amount_to_claim(None, left=ZERO, open_=Money(60))
    with pytest.raises(InstalmentPaid):
        amount_to_claim(None, left=Money(60), open_=ZERO)
