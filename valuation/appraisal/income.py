"""The income method 收益法: relief from royalty, or excess earnings, over the remaining economic life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from kernel.money import Money
from valuation.appraisal import formulas, royalties
from valuation.appraisal.discounting import (
    Discount,
    check_rate,
    discount_inputs,
    discount_warnings,
    formula_of,
    rate_of,
)
from valuation.appraisal.formulas import Number, Year
from valuation.appraisal.impossible import (
    GrowthReachesDiscount,
    InputMissing,
    PlanBeyondLife,
    TaxBasesDiffer,
    TooManyInputs,
)
from valuation.appraisal.inputs import (
    AMOUNT,
    FACTOR,
    GROWTH,
    SHARE,
    YEARS_MAX,
    Input,
    Stated,
    Unit,
    configured,
    default,
    number,
    plain,
    stated,
)
from valuation.appraisal.lives import Life, check_life, life_inputs
from valuation.appraisal.methods import Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import Calculation, Sheet, Step, Values, evaluate, rate

CHARGES_MAX: Final = 10


class Variant(StrEnum):
    """Relief from royalty 许可费节省, or excess earnings 超额收益."""

    ROYALTY_RELIEF = "royalty_relief"
    EXCESS_EARNINGS = "excess_earnings"


class TaxBasis(StrEnum):
    """Before or after enterprise income tax."""

    BEFORE = "before_tax"
    AFTER = "after_tax"


class Timing(StrEnum):
    """When a year's flow is taken to come in."""

    MID_YEAR = "mid_year"
    END_YEAR = "end_year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Yuan a year: the planned years, then growth. `level` moves all years together; `decay` wears the advantage down."""

    amounts: Sequence[Any]
    source: str = ""
    level: Stated | None = None
    growth: Stated | None = None
    decay: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """On what basis the flows and the discount rate stand; they must be the same. The rate is used after tax only."""

    flows: TaxBasis
    discount: TaxBasis
    rate: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLicence:
    """The terms are meant for an open licence; what is above its caps is explained.

    The royalty rate is held to the cap of shares of net sales; a fixed fee and a share of profit may be declared besides.
    """

    explanation: str = ""
    fixed_fee: Money | None = None
    profit_share: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoyaltyRelief:
    """V = Σ R_t · k_t · (1 − τ) / (1 + r)^(t − 0.5), or at the end of the year."""

    base_date: date
    plan: Plan
    royalty: royalties.Royalty
    discount: Discount
    life: Life
    taxes: Taxes
    timing: Timing = Timing.MID_YEAR
    open_licence: OpenLicence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessEarnings:
    """V = Σ (ΔProfit_t − contributory charges) · (1 − τ) / (1 + r)^t. `charges` are yuan a year, by name."""

    base_date: date
    plan: Plan
    charges: Sequence[tuple[str, Stated]]
    discount: Discount
    life: Life
    taxes: Taxes
    timing: Timing = Timing.END_YEAR


IncomeEntry = RoyaltyRelief | ExcessEarnings


def calculate(entry: IncomeEntry, practice: Practice) -> Calculation:
    """The value by income. Raises the refusals of `impossible`, each with the field."""
    return evaluate(sheet_of(entry, practice), practice)


def sheet_of(entry: IncomeEntry, practice: Practice) -> Sheet:
    """The calculation, not yet done."""
    _check_taxes(entry.taxes)
    lives, said = life_inputs(entry.life, base_date=entry.base_date)
    discount = discount_inputs(entry.discount)
    said += discount_warnings(entry.discount, discount, practice)
    if entry.timing is Timing.MID_YEAR and (note := practice["income.mid_year"].note):
        said.append(note)
    relief = isinstance(entry, RoyaltyRelief)
    own = _royalty(entry, practice, said) if isinstance(entry, RoyaltyRelief) else _charges(entry.charges)
    plan = _plan_inputs(entry.plan, relief=relief)
    if len(entry.plan.amounts) > lives[0].value.to_integral_value("ROUND_CEILING"):
        raise PlanBeyondLife("/plan/amounts", plain(lives[0].value))
    charges = 0 if relief else len(own)
    parts = _Parts(len(entry.plan.amounts), charges, mid_year=entry.timing is Timing.MID_YEAR)
    return Sheet(
        method=Method.INCOME,
        variant=(Variant.ROYALTY_RELIEF if relief else Variant.EXCESS_EARNINGS).value,
        formula_text=_formula_text(entry),
        inputs=(*plan, *own, *_tax_inputs(entry.taxes, practice), *discount, *lives),
        formula=parts.value,
        check=parts.check,
        steps=parts.steps,
        conventions=_conventions(entry, practice),
        warnings=tuple(said),
    )


def _royalty(entry: RoyaltyRelief, practice: Practice, said: list[Said]) -> list[Input]:
    """The royalty's inputs; what an open licence makes of them is added to what has to be said."""
    own = royalties.royalty_inputs(entry.royalty, practice)
    if entry.open_licence is not None:
        share = Decimal(royalties.rate_of({one.name: one.value for one in own}))
        terms = entry.open_licence
        profit = None if terms.profit_share is None else number("/open_licence/profit_share", terms.profit_share)
        said += royalties.check_open_licence(
            practice,
            fixed_fee=terms.fixed_fee,
            sales_share=share,
            profit_share=profit,
            explanation=terms.explanation,
        )
    return own


def _check_taxes(taxes: Taxes) -> None:
    if taxes.flows is not taxes.discount:
        raise TaxBasesDiffer("/taxes")
    if taxes.flows is TaxBasis.BEFORE and taxes.rate is not None:
        raise TaxBasesDiffer("/taxes/rate")


def _plan_inputs(plan: Plan, *, relief: bool) -> list[Input]:
    if not plan.amounts:
        raise InputMissing("/plan/amounts")
    if len(plan.amounts) > YEARS_MAX:
        raise TooManyInputs("/plan/amounts", YEARS_MAX)
    noun = Said("预测销售收入", "planned revenue") if relief else Said("预测超额收益", "planned excess profit")
    found = [
        stated(
            f"plan/amounts/{place}",
            Said(f"第{place + 1}年{noun.zh}", f"{noun.en}, year {place + 1}"),
            Unit.YUAN,
            AMOUNT,
            Stated(value=amount, source=plan.source),
            ranged=False,
        )
        for place, amount in enumerate(plan.amounts)
    ]
    level = Said("收入水平（各年同比例）", "level of the plan, all years alike")
    growth, decay = Said("预测期后年增长率", "growth after the plan, a year"), Said("技术贡献年衰减率", "decay a year")
    found.append(_level(level, plan.level))
    found.append(_or_none("plan/growth", growth, Unit.GROWTH, plan.growth, "假设不增长", "no growth is assumed"))
    found.append(_or_none("plan/decay", decay, Unit.RATE, plan.decay, "假设不衰减", "no decay is assumed"))
    return found


def _level(label: Said, said: Stated | None) -> Input:
    """All years of the plan at once; where nobody states how far the plan may miss, the default range stands in."""
    if said is not None:
        return stated("plan/level", label, Unit.FACTOR, FACTOR, said)
    why = Said("未填写，按计划本身（系数 1）。", "Not stated; the plan itself (factor 1).")
    return replace(default("plan/level", label, Unit.FACTOR, FACTOR, 1, why=why), ranged=True)


def _or_none(name: str, label: Said, unit: Unit, said: Stated | None, zh: str, en: str) -> Input:
    bounds = GROWTH if unit is Unit.GROWTH else SHARE
    if said is not None:
        return stated(name, label, unit, bounds, said)
    return default(name, label, unit, bounds, 0, why=Said(f"未填写，{zh}。", f"Not stated; {en}."))


def _charges(charges: Sequence[tuple[str, Stated]]) -> list[Input]:
    if len(charges) > CHARGES_MAX:
        raise TooManyInputs("/charges", CHARGES_MAX)
    return [
        stated(
            f"charges/{place}/amount",
            Said(f"贡献资产费用：{name.strip()}", f"contributory charge: {name.strip()}"),
            Unit.YUAN,
            AMOUNT,
            amount,
        )
        for place, (name, amount) in enumerate(charges)
    ]


def _tax_inputs(taxes: Taxes, practice: Practice) -> list[Input]:
    label = Said("企业所得税税率", "enterprise income tax rate")
    if taxes.flows is TaxBasis.BEFORE:
        return []
    if taxes.rate is not None:
        return [stated("taxes/rate", label, Unit.RATE, SHARE, taxes.rate, ranged=False)]
    figure = practice["tax.enterprise_income"]
    value = practice.value("tax.enterprise_income")
    return [configured("taxes/rate", label, Unit.RATE, SHARE, figure, value)]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The formula on numbers by name."""

    planned: int
    charges: int
    mid_year: bool

    def years(self, values: Values) -> Iterator[Year]:
        level = values["plan/level"]
        incomes = [values[f"plan/amounts/{place}"] * level for place in range(self.planned)]
        life = values["life/economic"]
        if "life/legal" in values:
            life = formulas.least(life, values["life/legal"])
        # Before tax nothing is taken off; the zero has the kind of the other numbers.
        common = {
            "growth": values["plan/growth"],
            "decay": values["plan/decay"],
            "tax": values.get("taxes/rate", 0),
            "life": life,
            "discount": rate_of(values),
            "mid_year": self.mid_year,
        }
        if "royalty/rate" in values or "royalty/low" in values:
            return formulas.royalty_years(incomes, royalty=royalties.rate_of(values), **common)
        charges = sum(values[f"charges/{place}/amount"] for place in range(self.charges))
        return formulas.excess_years(incomes, charges=charges, **common)

    def value(self, values: Values) -> Number:
        return formulas.present_value(self.years(values))

    def check(self, values: Mapping[str, Decimal]) -> None:
        check_life(values)
        discount = Decimal(rate_of(values))
        check_rate(discount)
        growth = (1 + values["plan/growth"]) * (1 - values["plan/decay"]) - 1
        if growth >= discount:
            raise GrowthReachesDiscount("/plan/growth", plain(growth), plain(discount))

    def steps(self, values: Mapping[str, Decimal]) -> list[Step]:
        shown = [rate(Said("折现率 r", "discount rate r"), Decimal(rate_of(values)))]
        if "royalty/low" in values:
            shown.append(rate(royalties.RATE, Decimal(royalties.rate_of(values))))
        for year in self.years(values):
            told = f"{_two(year.flow)} × {year.factor:.6f} = {_two(year.present)}"
            shown.append(
                Step(
                    Said(f"第{year.number}年：净流量 × 折现系数 = 现值", f"year {year.number}: flow × factor = present value"),
                    told,
                    "yuan",
                )
            )  # fmt: skip
        return shown


def _two(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def _formula_text(entry: IncomeEntry) -> str:
    power = "(t−0.5)" if entry.timing is Timing.MID_YEAR else "t"
    after = " · (1 − τ)" if entry.taxes.flows is TaxBasis.AFTER else ""
    flow = "R_t · k · (1 − δ)^(t−1)" if isinstance(entry, RoyaltyRelief) else "(ΔP_t · (1 − δ)^(t−1) − C)"
    return f"V = Σ {flow}{after} / (1 + r)^{power}{formula_of(entry.discount)}"


def _conventions(entry: IncomeEntry, practice: Practice) -> tuple[Said, ...]:
    after = entry.taxes.flows is TaxBasis.AFTER
    mid = practice["income.mid_year"].source
    timing = (
        Said(f"期中折现（{mid}）。", f"Discounted from the middle of each year ({mid}).")
        if entry.timing is Timing.MID_YEAR
        else Said("期末折现。", "Discounted from the end of each year.")
    )
    taxes = (
        Said("现金流与折现率均为税后口径。", "Flows and discount rate are both after tax.")
        if after
        else Said("现金流与折现率均为税前口径。", "Flows and discount rate are both before tax.")
    )
    ends = Said(
        "寿命不足整年的，最后一年按比例计，并按该部分的中点（或末点）折现。",
        "A last year that is not whole counts for its part, discounted from the middle (or end) of that part.",
    )
    return timing, taxes, ends
