"""What an appraisal report must be, beyond the two methods and two signers: exceptions, statutory work, retention."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from kernel.money import Money
from valuation.appraisal import errors
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose, Report, check_report, latest_day, retained_until

TODAY = date(2026, 11, 21)
REPORT = Report(
    result_id=uuid4(),
    purpose=Purpose.EQUITY,
    base_date=date(2026, 6, 30),
    valid_until=date(2027, 6, 29),
    methods=(Method.COST, Method.INCOME),
    signers=("张评估", "李评估"),
    value=Money.wan(60),
)


def check(**changes):
    check_report(replace(REPORT, **changes), on=TODAY, validity_months_max=12)


def test_one_method_is_enough_where_the_rules_of_practice_allow_one_only__appraisal_law_26():
    check(methods=(Method.INCOME,), one_method_reason="无可比交易，重置成本与价值弱相关，依准则只能采用收益法")

    for reason in (None, "", "  "):
        with pytest.raises(errors.TooFewMethods):
            check(methods=(Method.INCOME,), one_method_reason=reason)
    with pytest.raises(errors.TooFewMethods):
        check(methods=(), one_method_reason="无")


def test_statutory_work_is_signed_by_registered_appraisers__appraisal_law_27_28():
    check(statutory=True, signer_numbers=("33150001", "33150002"))

    for numbers in ((), ("33150001",), ("33150001", "33150001"), ("33150001", " ")):
        with pytest.raises(errors.SignersNotRegistered):
            check(statutory=True, signer_numbers=numbers)


def test_files_are_kept_fifteen_years_or_thirty__appraisal_law_29():
    assert retained_until(date(2026, 11, 21), 15) == date(2041, 11, 21)
    assert retained_until(date(2024, 2, 29), 30) == date(2054, 2, 28)


def test_a_report_is_good_for_a_year_from_its_base_date():
    assert latest_day(date(2026, 6, 30), 12) == date(2027, 6, 30)
