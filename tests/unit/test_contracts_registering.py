"""Registration as a rule: the number, the order of the three amounts, and the income of each receipt."""

import pytest

from contracts.agreements.errors import (
    RegistrationNumberMalformed,
    SamePersonChecks,
    ScanDiffers,
    SigningStepClosed,
    TechnologyValueTooHigh,
)
from contracts.agreements.registering import check_amounts, check_number, income_of_receipts
from contracts.agreements.signing import PartySide, both_signed, check_scan
from contracts.agreements.states import CONTRACT, ContractAction, ContractState, step
from kernel.ids import PersonId, new_id
from kernel.money import ZERO, Money, total


@pytest.mark.parametrize("number", ["20263303000001", "2026330300000123"])
def test_a_registration_number_has_14_or_16_digits(number: str):
    assert check_number(number) == number


@pytest.mark.parametrize(
    "number", ["", "123", "202633030000012", "２０２６３３０３０００００１", "2026-3303-0000", "20263303000001\n"]
)
def test_another_registration_number_is_malformed(number: str):
    with pytest.raises(RegistrationNumberMalformed):
        check_number(number)


def test_the_technology_value_cannot_exceed_the_contract_value__zhejiang_market_18():
    with pytest.raises(TechnologyValueTooHigh) as refused:
        check_amounts(contract_value=Money(100), technology_value=Money(101), technology_income=ZERO)

    assert refused.value.amount == "technology_value"


def test_the_technology_income_cannot_exceed_the_technology_value__zhejiang_market_18():
    with pytest.raises(TechnologyValueTooHigh) as refused:
        check_amounts(contract_value=Money(100), technology_value=Money(90), technology_income=Money(91))

    assert refused.value.amount == "technology_income"


def test_receipts_carry_technology_income_by_their_share_and_sum_to_the_technology_value():
    receipts = [Money(333), Money(333), Money(334)]

    income = income_of_receipts(receipts, contract_value=Money(1000), technology_value=Money(700))

    assert income == [Money(233), Money(233), Money(234)]
    assert total(income) == Money(700)


def test_money_beyond_the_contract_value_carries_no_technology_income():
    income = income_of_receipts([Money(1000), Money(50)], contract_value=Money(1000), technology_value=Money(700))

    assert income[1] == ZERO


def test_nobody_checks_his_own_scan():
    clerk = PersonId(new_id())

    with pytest.raises(SamePersonChecks):
        check_scan(recorded_by=clerk, checked_by=clerk, recorded_sha256="a", seen_sha256="a")


def test_a_scan_that_differs_from_the_recorded_one_is_not_checked():
    with pytest.raises(ScanDiffers):
        check_scan(recorded_by=PersonId(new_id()), checked_by=PersonId(new_id()), recorded_sha256="a", seen_sha256="b")


def test_one_side_alone_makes_no_contract__civil_code_490():
    assert not both_signed([PartySide.SELLER])
    assert both_signed([PartySide.BUYER, PartySide.SELLER])


def test_a_draft_cannot_be_paid_and_the_refusal_names_the_article__civil_code_863():
    with pytest.raises(SigningStepClosed) as refused:
        step(CONTRACT, ContractState.DRAFT, ContractAction.PAY, SigningStepClosed)

    assert refused.value.article == "民法典 art 863"
    assert "sign" in refused.value.allowed
