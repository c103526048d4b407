"""What no calculator computes with: every impossible input is refused by name, with its field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.support.appraising import BEFORE, comparable, cost_entry, excess, item, life, market_entry, n, relief
from valuation.appraisal import cost, impossible, income, market
from valuation.appraisal.discounting import BuildUp
from valuation.appraisal.lives import Life
from valuation.appraisal.practice import shipped
from valuation.appraisal.royalties import Royalty
from valuation.deals import Kind

PRACTICE = shipped()
NAN, INFINITE = float("nan"), float("inf")
TIRED = cost.ByObsolescence(functional=n("0.7"), economic=n("0.31"))
GROWING = income.Plan(amounts=["1000000"], growth=n("0.15"))
LONG_PLAN = income.Plan(amounts=["1"] * 9)


def discounted(rate, *ends):
    return relief(discount=n(rate, *ends))


def royal(rate, *ends):
    return relief(royalty=Royalty(rate=n(rate, *ends)))


def planned(*amounts, **more):
    return relief(plan=income.Plan(amounts=amounts, **more))


IMPOSSIBLE = [
    # not a number
    (discounted(NAN), "NotANumber", "/discount/rate"),
    (discounted(INFINITE), "NotANumber", "/discount/rate"),
    (discounted(Decimal("NaN")), "NotANumber", "/discount/rate"),
    (discounted("-Infinity"), "NotANumber", "/discount/rate"),
    (discounted("fifteen"), "NotANumber", "/discount/rate"),
    (discounted(True), "NotANumber", "/discount/rate"),
    (discounted(None), "NotANumber", "/discount/rate"),
    (discounted("0.15", NAN, "0.2"), "NotANumber", "/discount/rate/low"),
    (planned("100", NAN), "NotANumber", "/plan/amounts/1"),
    (cost_entry(items=[item("100"), item(INFINITE)]), "NotANumber", "/items/1/amount"),
    # percentages
    (discounted(15), "LooksLikePercent", "/discount/rate"),
    (royal("5"), "LooksLikePercent", "/royalty/rate"),
    (royal("1"), "LooksLikePercent", "/royalty/rate"),
    (relief(taxes=replace(BEFORE, flows=income.TaxBasis.AFTER, discount=income.TaxBasis.AFTER, rate=n(25))),
     "LooksLikePercent", "/taxes/rate"),
    (cost_entry(profit_rate=n(12)), "LooksLikePercent", "/profit_rate"),
    (planned("100", decay=n(8)), "LooksLikePercent", "/plan/decay"),
    (market_entry(comparable(weight=n(50)), comparable(weight=n(30)), comparable(weight=n(20))),
     "LooksLikePercent", "/comparables/0/weight"),
    (relief(discount=BuildUp(**dict.fromkeys(("risk_free", "technical", "market", "funding", "management"), n("0.3")))),
     "LooksLikePercent", "/discount"),
    # outside what can be
    (discounted(0), "OutOfBounds", "/discount/rate"),
    (discounted("-0.05"), "OutOfBounds", "/discount/rate"),
    (discounted(1500), "OutOfBounds", "/discount/rate"),
    (royal("0"), "OutOfBounds", "/royalty/rate"),
    (planned("-1"), "OutOfBounds", "/plan/amounts/0"),
    (planned(10**12), "OutOfBounds", "/plan/amounts/0"),
    (planned("1", level=n(0)), "OutOfBounds", "/plan/level"),
    (relief(life=life(0)), "OutOfBounds", "/life/economic"),
    (relief(life=life(-3)), "OutOfBounds", "/life/economic"),
    (relief(life=life(51, 60)), "OutOfBounds", "/life/economic"),
    (cost_entry(items=[item("-5")]), "OutOfBounds", "/items/0/amount"),
    (cost_entry(development_years=n(-1)), "OutOfBounds", "/development_years"),
    (cost_entry(depreciation=cost.ByAge(used=n(-1), life=life())), "OutOfBounds", "/depreciation/used"),
    (market_entry(comparable("0"), comparable(), comparable()), "OutOfBounds", "/comparables/0/price"),
    (market_entry(comparable(), comparable(factors={"tech": n(0)}), comparable()),
     "OutOfBounds", "/comparables/1/factors/tech"),
    (market_entry(comparable(), comparable(), comparable(factors={"time": n(110)})),
     "OutOfBounds", "/comparables/2/factors/time"),
    # ranges
    (discounted("0.15", "0.2", "0.3"), "RangeUpsideDown", "/discount/rate"),
    (discounted("0.15", "0.2", "0.1"), "RangeUpsideDown", "/discount/rate"),
    (discounted("0.15", "0.1", "1.2"), "LooksLikePercent", "/discount/rate/high"),
    (relief(royalty=Royalty(low=n("0.06"), high=n("0.02"))), "RangeUpsideDown", "/royalty"),
    # what does not stand together
    (relief(life=life(13, 12)), "BeyondLegalLife", "/life/economic"),
    (relief(life=life(n(10, 8, 13), 12)), "BeyondLegalLife", "/life/economic"),
    (cost_entry(depreciation=cost.ByAge(used=n(2), life=life(13, 12))), "BeyondLegalLife", "/depreciation/life/economic"),
    (relief(plan=LONG_PLAN), "PlanBeyondLife", "/plan/amounts"),
    (relief(plan=GROWING), "GrowthReachesDiscount", "/plan/growth"),
    (relief(plan=income.Plan(amounts=["1000000"], growth=n("0.05")), discount=n("0.06", "0.04", "0.08")),
     "GrowthReachesDiscount", "/plan/growth"),
    (relief(taxes=replace(BEFORE, discount=income.TaxBasis.AFTER)), "TaxBasesDiffer", "/taxes"),
    (relief(taxes=replace(BEFORE, rate=n("0.25"))), "TaxBasesDiffer", "/taxes/rate"),
    (cost_entry(depreciation=TIRED), "DepreciationAboveOne", "/depreciation"),
    (market_entry(comparable(), comparable()), "TooFewComparables", "/comparables"),
    (market_entry(comparable(weight=n("0.5")), comparable(weight=n("0.3")), comparable(weight=n("0.3"))),
     "WeightsDoNotSum", "/comparables"),
    (market_entry(comparable(weight=n("0.5")), comparable(), comparable()), "InputMissing", "/comparables/1/weight"),
    # what is missing
    (planned(), "InputMissing", "/plan/amounts"),
    (cost_entry(items=[]), "InputMissing", "/items"),
    (relief(royalty=Royalty()), "InputMissing", "/royalty/rate"),
    (relief(royalty=Royalty(industry="alchemy")), "UnknownIndustry", "/royalty/industry"),
    (relief(life=Life(economic=n(8))), "InputMissing", "/life/legal"),
    (relief(life=Life(economic=n(8), right_kind=Kind.INVENTION, filed_on=date(2006, 10, 31))),
     "NoLifeLeft", "/life/filed_on"),
    (relief(life=Life(economic=n(8), right_kind=Kind.INVENTION, filed_on=date(2027, 1, 1))),
     "NoLifeLeft", "/life/filed_on"),
    # no value
    (planned("0"), "NoPositiveValue", "/value"),
    (excess(charges=[("全部", n("200000"))]), "NoPositiveValue", "/value"),
    (cost_entry(depreciation=cost.ByObsolescence(functional=n(1), economic=n(0))), "NoPositiveValue", "/value"),
    (cost_entry(items=[item(10**11)] * 2), "ValueTooLarge", "/value"),
    # limits
    (cost_entry(items=[item("1")] * 61), "TooManyInputs", "/items"),
    (market_entry(*[comparable()] * 31), "TooManyInputs", "/comparables"),
    (planned(*["1"] * 51), "TooManyInputs", "/plan/amounts"),
    (excess(charges=[("甲", n("1"))] * 11), "TooManyInputs", "/charges"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "name", "field"), IMPOSSIBLE, ids=[f"{name}{field}" for _, name, field in IMPOSSIBLE]
)
def test_an_impossible_input_is_refused_by_name_with_its_field(entry, name, field):
    module = {cost.CostEntry: cost, market.MarketEntry: market}.get(type(entry), income)

    with pytest.raises(getattr(impossible, name)) as refused:
        module.calculate(entry, PRACTICE)

    assert refused.value.field == field
    assert refused.value.status in (409, 422) and refused.value.zh
