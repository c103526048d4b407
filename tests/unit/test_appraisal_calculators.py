"""The three methods against answers worked by hand: closed forms, exact fractions, and what every input has to say."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from kernel.money import FEN_MAX, Money
from tests.support.appraising import (
    AFTER,
    BASE_DATE,
    annuity,
    comparable,
    cost_entry,
    excess,
    fen,
    growing_annuity,
    item,
    life,
    market_entry,
    n,
    relief,
)
from valuation.appraisal import cost, impossible, income, market
from valuation.appraisal.discounting import BuildUp, Capm
from valuation.appraisal.inputs import Origin, Stated
from valuation.appraisal.lives import Life, legal_years
from valuation.appraisal.practice import shipped
from valuation.appraisal.royalties import Royalty, check_open_licence
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import to_money
from valuation.deals import Kind, PriceType

PRACTICE = shipped()


def value_of(entry):
    module = {cost.CostEntry: cost, market.MarketEntry: market}.get(type(entry), income)
    return module.calculate(entry, PRACTICE).value


def by_name(done):
    return {one.name: one for one in done.sheet.inputs}


def texts(done):
    return " ".join(said.zh for said in done.warnings)


# Income: relief from royalty.


def test_a_level_royalty_is_an_annuity():
    assert value_of(relief()) == Money(fen(50_000 * annuity(0.15, 8)))


def test_from_the_middle_of_the_year_it_is_worth_half_a_year_of_interest_more():
    assert value_of(relief(timing=income.Timing.MID_YEAR)) == Money(fen(50_000 * annuity(0.15, 8) * 1.15**0.5))


def test_growth_less_decay_is_a_growing_annuity():
    plan = income.Plan(amounts=["1000000"], growth=n("0.06"), decay=n("0.10"))

    expected = 50_000 * growing_annuity(0.15, 1.06 * 0.90 - 1, 8)

    assert value_of(relief(plan=plan)) == Money(fen(expected))


def test_planned_years_come_as_planned_and_the_last_goes_on():
    plan = income.Plan(amounts=["1000000", "2000000"], growth=n("0.10"))

    by_hand = 50_000 / 1.15 + 100_000 / 1.15**2 + 110_000 / 1.15**3 + 121_000 / 1.15**4

    assert value_of(relief(plan=plan, life=life(4))) == Money(fen(by_hand))


def test_a_last_year_that_is_not_whole_counts_for_its_part():
    by_hand = 50_000 / 1.15 + 25_000 / 1.15**1.5
    from_the_middle = 50_000 / 1.15**0.5 + 25_000 / 1.15**1.25

    assert value_of(relief(life=life("1.5"))) == Money(fen(by_hand))
    assert value_of(relief(life=life("1.5"), timing=income.Timing.MID_YEAR)) == Money(fen(from_the_middle))


def test_after_tax_the_flows_carry_the_tax():
    taxed = income.calculate(relief(taxes=dataclasses.replace(AFTER, rate=n("0.15"))), PRACTICE)
    by_default = income.calculate(relief(taxes=AFTER), PRACTICE)

    assert taxed.value == Money(fen(42_500 * annuity(0.15, 8)))
    assert by_default.value == Money(fen(37_500 * annuity(0.15, 8)))
    assert by_name(by_default)["taxes/rate"].origin is Origin.CONFIGURED
    assert "企业所得税法 art 4" in texts(by_default)
    assert "税后口径" in " ".join(said.zh for said in by_default.sheet.conventions)


def test_a_royalty_range_is_entered_by_score():
    royalty = Royalty(low=n("0.02"), high=n("0.06"), score=n("0.75"))

    assert value_of(relief(royalty=royalty)) == Money(fen(50_000 * annuity(0.15, 8)))


def test_an_industrys_prior_is_shown_as_low_confidence():
    done = income.calculate(relief(royalty=Royalty(industry="machinery")), PRACTICE)

    inputs = by_name(done)
    assert done.value == Money(fen(22_500 * annuity(0.15, 8)))
    assert (inputs["royalty/low"].value, inputs["royalty/high"].value) == (Decimal("0.015"), Decimal("0.03"))
    assert inputs["royalty/low"].origin is Origin.CONFIGURED
    assert "低可信度" in texts(done) and "取区间中点" in texts(done)


def test_the_discount_rate_is_built_up_from_its_premia():
    parts = {"technical": n("0.05"), "market": n("0.04"), "funding": n("0.03"), "management": n("0.01")}
    built = BuildUp(risk_free=n("0.02"), **parts)

    assert value_of(relief(discount=built)) == value_of(relief(discount=n("0.15")))


def test_the_discount_rate_by_capm():
    capm = Capm(
        risk_free=n("0.02"),
        beta=n("1.2"),
        equity_premium=n("0.07"),
        size_premium=n("0.03"),
        specific_premium=n("0.016"),
    )

    assert value_of(relief(discount=capm)) == value_of(relief(discount=n("0.15")))


def test_unusual_rates_are_computed_and_marked():
    built = BuildUp(risk_free=n("0.02"), technical=n("0.20"), market=n("0.04"), funding=n("0.03"), management=n("0.02"))

    done = income.calculate(relief(discount=built), PRACTICE)

    assert "技术风险报酬率 0.2 不在常见区间 0–0.05 内" in texts(done)
    assert "折现率 0.31 不在常见区间 0.12–0.25 内" in texts(done)


# Income: excess earnings.


def test_excess_earnings_are_what_the_charges_leave():
    assert value_of(excess()) == Money(fen(70_000 * annuity(0.15, 8)))


def test_excess_earnings_that_the_charges_eat_up_are_no_value():
    with pytest.raises(impossible.NoPositiveValue):
        value_of(excess(charges=[("其他资产", n("100000"))]))


# Cost.


def test_cost_is_replacement_cost_less_depreciation():
    done = cost.calculate(cost_entry(), PRACTICE)

    assert done.value == Money.yuan("862500")  # (1,000,000 + 50,000 + 100,000) × (1 − 2/8)
    steps = {step.label.zh: step.value for step in done.steps}
    assert steps["资金成本"] == "50000.00" and steps["重置成本 C_re"] == "1150000.00" and steps["贬值率 d"] == "0.25"


def test_depreciation_may_be_stated_as_obsolescence():
    lost = cost.ByObsolescence(functional=n("0.15"), economic=n("0.05"))

    assert value_of(cost_entry(depreciation=lost)) == Money.yuan("920000")


def test_an_index_brings_old_amounts_to_todays_prices():
    items = [item("500000", price_index=n("1.2")), item("400000")]

    done = cost.calculate(cost_entry(items=items), PRACTICE)

    assert done.value == Money.yuan("862500")
    assert "均已按基准日价格计" not in texts(done)


def test_half_a_fen_is_rounded_away_from_zero_once():
    items = [item("1000.01")]
    half = cost.ByObsolescence(functional=n("0.5"), economic=n("0"))
    entry = cost_entry(items=items, capital_rate=n("0"), profit_rate=n("0"), depreciation=half)

    assert value_of(entry) == Money.yuan("500.01")
    assert to_money(Decimal("0.005")) == Money(1) and to_money(Decimal("-0.005")) == Money(-1)


# Market.


def test_the_market_value_is_the_weighted_sum_of_adjusted_prices():
    adjusted = Decimal("500000") * Decimal("1.1") * Decimal("0.9") * Decimal("1.2") * Decimal("0.8") * Decimal("1.05")
    by_hand = adjusted / 2 + Decimal("120000") + Decimal("60000")

    assert value_of(market_entry()) == Money.yuan(by_hand.quantize(Decimal("0.01")))


def test_without_weights_the_comparables_weigh_the_same_and_that_is_said():
    done = market.calculate(market_entry(*(comparable(one) for one in ("300000", "400000", "500000"))), PRACTICE)

    assert done.value == Money.yuan("400000")
    assert "各案例权重相等" in texts(done) and "不作修正" in texts(done)


def test_no_multiple_between_kinds_of_licence_is_built_in():
    kinds = [comparable("400000", licence_kind=kind) for kind in ("exclusive", "sole", "ordinary")]

    assert value_of(market_entry(*kinds)) == Money.yuan("400000")


def test_asks_and_related_deals_are_no_comparables__rulebook_12_7():
    rest = [comparable(), comparable()]

    with pytest.raises(impossible.NotADeal):
        value_of(market_entry(*rest, comparable(price_type=PriceType.ASK)))
    with pytest.raises(impossible.RelatedDeal):
        value_of(market_entry(*rest, comparable(related_party=True)))
    with pytest.raises(impossible.AfterBaseDate):
        value_of(market_entry(*rest, comparable(traded_on=date(2026, 11, 1))))


# What is shown.


def test_every_input_says_where_it_comes_from():
    done = income.calculate(relief(royalty=Royalty(rate=Stated(value="0.05"))), PRACTICE)

    shown = done.to_json()["inputs"]
    assert all(one["source"] or one["warning_zh"] for one in shown)
    assert {one["name"]: one["warning_zh"] for one in shown}["royalty/rate"] == "由用户填写，未注明出处。"


def test_the_tornado_begins_with_what_moves_the_value_most():
    discount, royalty = n("0.15", "0.12", "0.20"), Royalty(rate=n("0.05", "0.03", "0.07"))

    done = income.calculate(relief(discount=discount, royalty=royalty), PRACTICE)

    assert done.swings[0].input.name == "royalty/rate"
    widths = [swing.width.fen for swing in done.swings]
    assert widths == sorted(widths, reverse=True)
    assert done.swings[0].at_high == Money(fen(70_000 * annuity(0.15, 8)))


def test_an_assumed_range_draws_back_at_the_legal_life():
    done = income.calculate(relief(life=life(12, 12)), PRACTICE)

    swing = next(one for one in done.swings if one.input.name == "life/economic")
    assert swing.input.assumed and swing.input.high == 12 and swing.at_high == done.value
    assert "±10%" in texts(done)


def test_the_legal_life_follows_from_kind_and_filing_day__patent_law_42():
    known = Life(economic=n(8), right_kind=Kind.INVENTION, filed_on=date(2020, 10, 31))

    legal = by_name(income.calculate(relief(life=known), PRACTICE))["life/legal"]

    assert legal.origin is Origin.COMPUTED and "专利法 art 42" in legal.source
    assert Decimal("13.99") <= legal.value <= Decimal("14.01")
    assert legal_years(Kind.DESIGN, date(2021, 5, 31), on=BASE_DATE) < 5
    assert legal_years(Kind.DESIGN, date(2021, 6, 1), on=BASE_DATE) > 9


def test_know_how_has_no_term_but_says_why():
    done = income.calculate(relief(life=Life(economic=n(8), no_term="技术秘密，无法定期限")), PRACTICE)

    assert "技术秘密" in texts(done)


# Open licences.


def test_an_open_licence_keeps_its_caps_or_explains__cnipa_open_licence():
    within = check_open_licence(PRACTICE, fixed_fee=Money.wan(2000), sales_share=Decimal("0.2"))

    assert within == []
    for stated in (
        {"fixed_fee": Money(Money.wan(2000).fen + 1)},
        {"sales_share": Decimal("0.2001")},
        {"profit_share": Decimal("0.41")},
    ):
        with pytest.raises(impossible.AboveOpenLicenceCap):
            check_open_licence(PRACTICE, **stated)
        assert isinstance(check_open_licence(PRACTICE, **stated, explanation="独家配套服务")[0], Said)


def test_a_calculation_for_an_open_licence_is_held_to_the_caps():
    high, licence = Royalty(rate=n("0.25")), income.OpenLicence()

    with pytest.raises(impossible.AboveOpenLicenceCap):
        value_of(relief(royalty=high, open_licence=licence))

    fee = relief(open_licence=income.OpenLicence(fixed_fee=Money.wan(2001)))
    profit = relief(open_licence=income.OpenLicence(profit_share="0.5"))
    for above in (fee, profit):
        with pytest.raises(impossible.AboveOpenLicenceCap):
            value_of(above)
    with pytest.raises(impossible.NotANumber):
        value_of(relief(open_licence=income.OpenLicence(profit_share=float("nan"))))
    explained = relief(royalty=high, open_licence=income.OpenLicence(explanation="包含技术服务"))
    assert "包含技术服务" in texts(income.calculate(explained, PRACTICE))


def test_every_configured_number_has_a_source_and_a_certainty():
    assert PRACTICE.figures
    for figure in PRACTICE.figures.values():
        assert figure.source and figure.label.zh and figure.label.en
        assert (figure.certainty.value == "verified") == (figure.warning is None)
    assert all(PRACTICE[f"royalty.{one}"].low_confidence for one in PRACTICE.industries)


def test_a_value_above_every_price_is_refused():
    huge = income.Plan(amounts=[Decimal(FEN_MAX) / 100])

    with pytest.raises(impossible.ValueTooLarge):
        value_of(relief(plan=huge, royalty=Royalty(rate=n("0.9"))))
