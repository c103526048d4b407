"""Payment plans and licences as rules: what sums, what runs forward, what fits beside what."""

from datetime import date

import pytest

from contracts.agreements.errors import (
    DueDatesOutOfOrder,
    LicenceConflict,
    LicenceOutlivesPatent,
    LicenceTermEmpty,
    PlanDoesNotSum,
    TooManyInstalments,
)
from contracts.agreements.kinds import ContractKind, UnknownContractType, contract_type, kind_of
from contracts.agreements.licensing import (
    Granted,
    LicenceKind,
    add_months,
    check_conflict,
    check_term,
    filing_due,
    kind_or_ordinary,
)
from contracts.agreements.plans import PlannedPayment, check_plan, equal_parts, lump_sum
from kernel.ids import LicenceId, new_id
from kernel.money import ZERO, Money

AGREED = date(2026, 11, 21)
PRICE = Money.yuan(1_000_000)


def pay(day: date, yuan: str) -> PlannedPayment:
    return PlannedPayment(day, Money.yuan(yuan))


def licence(kind: LicenceKind, starts: date = AGREED, ends: date | None = None) -> Granted:
    return Granted(LicenceId(new_id()), kind, starts, ends)


def test_instalments_that_sum_to_the_price_are_a_plan__civil_code_846():
    check_plan([pay(date(2026, 12, 1), "300000"), pay(date(2027, 6, 1), "700000")], price=PRICE, agreed_on=AGREED)


def test_instalments_that_miss_the_price_by_a_fen_are_refused__civil_code_846():
    plan = [pay(date(2026, 12, 1), "300000"), pay(date(2027, 6, 1), "699999.99")]

    with pytest.raises(PlanDoesNotSum) as refused:
        check_plan(plan, price=PRICE, agreed_on=AGREED)

    assert refused.value.planned == PRICE - Money(1)


def test_a_negative_part_does_not_help_a_plan_to_its_sum():
    plan = [pay(date(2026, 12, 1), "1000001"), PlannedPayment(date(2027, 1, 1), Money.yuan("-1"))]

    with pytest.raises(PlanDoesNotSum):
        check_plan(plan, price=PRICE, agreed_on=AGREED)


def test_two_instalments_cannot_fall_due_on_one_day():
    with pytest.raises(DueDatesOutOfOrder):
        check_plan([pay(AGREED, "1"), pay(AGREED, "999999")], price=PRICE, agreed_on=AGREED)


def test_no_instalment_falls_due_before_the_deal():
    with pytest.raises(DueDatesOutOfOrder):
        check_plan(lump_sum(PRICE, due_on=date(2026, 11, 20)), price=PRICE, agreed_on=AGREED)


def test_more_than_240_instalments_are_refused():
    days = [add_months(AGREED, month) for month in range(1, 242)]

    with pytest.raises(TooManyInstalments):
        check_plan(equal_parts(PRICE, due_on=days), price=PRICE, agreed_on=AGREED)


def test_silence_about_the_kind_means_an_ordinary_licence__interpretation_25():
    assert kind_or_ordinary(None) is LicenceKind.ORDINARY


def test_a_licence_longer_than_the_patent_is_refused__civil_code_865():
    with pytest.raises(LicenceOutlivesPatent):
        check_term(starts_on=AGREED, ends_on=date(2031, 1, 2), patent_expires_on=date(2031, 1, 1))


def test_a_licence_of_an_expired_patent_is_refused__civil_code_865():
    with pytest.raises(LicenceOutlivesPatent):
        check_term(starts_on=AGREED, ends_on=None, patent_expires_on=AGREED)


def test_a_licence_without_a_term_lasts_as_long_as_the_patent__civil_code_865():
    assert check_term(starts_on=AGREED, ends_on=None, patent_expires_on=date(2031, 1, 1)) == date(2031, 1, 1)


def test_a_licence_does_not_end_before_it_begins():
    with pytest.raises(LicenceTermEmpty):
        check_term(starts_on=AGREED, ends_on=date(2026, 11, 20), patent_expires_on=None)


@pytest.mark.parametrize("kind", [LicenceKind.EXCLUSIVE, LicenceKind.SOLE])
def test_an_exclusive_or_sole_licence_suffers_nobody_beside_it(kind: LicenceKind):
    with pytest.raises(LicenceConflict):
        check_conflict(licence(LicenceKind.ORDINARY), [licence(kind)])


def test_an_exclusive_licence_is_refused_while_an_ordinary_one_runs():
    with pytest.raises(LicenceConflict):
        check_conflict(licence(LicenceKind.EXCLUSIVE), [licence(LicenceKind.ORDINARY)])


def test_ordinary_licences_stand_beside_each_other():
    check_conflict(licence(LicenceKind.ORDINARY), [licence(LicenceKind.ORDINARY), licence(LicenceKind.ORDINARY)])


def test_exclusive_licences_that_follow_each_other_do_not_conflict():
    first = licence(LicenceKind.EXCLUSIVE, AGREED, date(2027, 11, 20))

    check_conflict(licence(LicenceKind.EXCLUSIVE, date(2027, 11, 21)), [first])


def test_a_licence_is_filed_within_three_months__patent_rules_15():
    assert filing_due(date(2026, 11, 30)) == date(2027, 2, 28)


def test_a_transfer_of_a_patent_is_a_technology_transfer_contract__civil_code_862():
    assert contract_type("transfer", "invention") == "transfer.patent_right"
    assert kind_of("transfer.patent_right") is ContractKind.TRANSFER


def test_a_licence_of_a_patent_is_a_technology_licence_contract__civil_code_862():
    assert contract_type("licence", "utility_model") == "licence.patent"


def test_technology_given_for_equity_counts_as_transfer__zhejiang_market_19():
    assert contract_type("equity", "invention") == "transfer.equity"


def test_a_kind_named_alone_is_completed_by_the_right():
    assert contract_type("licence", "software", "licence") == "licence.software"


def test_a_sub_kind_named_by_the_caller_stands():
    assert contract_type("transfer", "invention", "transfer.patent_application") == "transfer.patent_application"


def test_a_contract_type_of_no_code_table_is_refused():
    with pytest.raises(UnknownContractType):
        contract_type("transfer", "invention", "barter")


def test_nothing_is_planned_of_nothing():
    with pytest.raises(TooManyInstalments):
        check_plan([], price=ZERO, agreed_on=AGREED)
