"""先用后转 as rules: prices, silence, terms, and how conversion is counted."""

from datetime import date

import pytest

from contracts.licences.errors import (
    ConversionAboveCeiling,
    GainNotMeasured,
    PriceAbovePool,
    PurchaseNeedsPrice,
    TrialOutlivesPatent,
    TrialTermOutOfRange,
)
from contracts.licences.states import TRIAL, TrialAction, TrialState
from contracts.licences.trying import (
    PriceTerms,
    SilenceEffect,
    capped,
    check_conversion,
    check_silence,
    conversion_ceiling,
    conversion_rate_bp,
    trial_period,
)
from kernel.errors import WrongState
from kernel.money import Money

FIXED = PriceTerms(Money.yuan(50_000))
FORMULA = PriceTerms(Money.yuan(10_000), gain_bp=500, cap=Money.yuan(80_000))


def test_no_conversion_costs_more_than_was_agreed__trial_rule():
    with pytest.raises(ConversionAboveCeiling):
        check_conversion(Money.yuan("50000.01"), ceiling=conversion_ceiling(FIXED, measured_gain=None))


def test_a_formula_asks_base_and_share_of_the_gain_up_to_its_cap():
    assert conversion_ceiling(FORMULA, measured_gain=Money.yuan(1_000_000)) == Money.yuan(60_000)
    assert conversion_ceiling(FORMULA, measured_gain=Money.yuan(9_000_000)) == Money.yuan(80_000)
    assert conversion_ceiling(FORMULA, measured_gain=Money.yuan("-5")) == Money.yuan(10_000)


def test_a_formula_needs_its_measured_gain():
    with pytest.raises(GainNotMeasured):
        conversion_ceiling(FORMULA, measured_gain=None)


def test_no_trial_is_agreed_above_what_the_pool_publishes():
    with pytest.raises(PriceAbovePool):
        capped(FORMULA, pool_ceiling=Money.yuan(79_999))


def test_a_formula_without_a_cap_is_capped_by_the_pool():
    agreed = capped(PriceTerms(Money.yuan(10_000), gain_bp=500), pool_ceiling=Money.yuan(60_000))

    assert conversion_ceiling(agreed, measured_gain=Money.yuan(90_000_000)) == Money.yuan(60_000)


def test_silence_can_buy_only_at_a_fixed_price__civil_code_638():
    check_silence(SilenceEffect.PURCHASE, FIXED)
    with pytest.raises(PurchaseNeedsPrice):
        check_silence(SilenceEffect.PURCHASE, FORMULA)


def test_a_trial_of_a_year_ends_on_the_same_day():
    assert trial_period(date(2026, 11, 21), 12, months_max=24, patent_expires_on=None)[1] == date(2027, 11, 21)


def test_a_trial_ends_with_the_patent_at_the_latest__civil_code_865():
    with pytest.raises(TrialOutlivesPatent):
        trial_period(date(2026, 11, 21), 12, months_max=24, patent_expires_on=date(2027, 11, 20))


@pytest.mark.parametrize("months", [0, -1, 25])
def test_a_trial_of_no_months_or_too_many_is_refused(months: int):
    with pytest.raises(TrialTermOutOfRange):
        trial_period(date(2026, 11, 21), months, months_max=24, patent_expires_on=None)


def test_the_conversion_rate_counts_trials_that_have_ended():
    assert conversion_rate_bp(converted=1, returned=1, expired=1) == 3333
    assert conversion_rate_bp(converted=2, returned=1, expired=0) == 6667
    assert conversion_rate_bp(converted=0, returned=0, expired=0) is None


@pytest.mark.parametrize("state", [TrialState.CONVERTED, TrialState.RETURNED, TrialState.INTENT, TrialState.PUBLICITY])
def test_a_trial_converts_once_and_only_while_it_runs(state: TrialState):
    with pytest.raises(WrongState):
        TRIAL.advance(state, TrialAction.CONVERT)
