"""Calculations as they are asked for: the inputs of each method, with the sources of every number."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from kernel.http.fields import Day, Flag, Name, ShortText, Wire
from kernel.money import Money
from valuation.appraisal import cost, income
from valuation.appraisal import market as comparing
from valuation.appraisal.discounting import BuildUp, Capm, Discount
from valuation.appraisal.impossible import InputMissing, OneWayOnly
from valuation.appraisal.practice import Practice
from valuation.appraisal.royalties import Royalty
from valuation.appraisal.schemas.numbers import Amount, AmountIn, DecimalText, LifeIn, Note, QuantityIn, maybe
from valuation.appraisal.sheets import Calculation
from valuation.deals import Kind, PriceType


class CostItemIn(Wire):
    """One item of cost; an index brings amounts of earlier years to the prices of the base date."""

    kind: cost.CostKind
    name: Name | None = None
    amount: AmountIn
    price_index: QuantityIn | None = None

    def item(self) -> cost.CostItem:
        """As the calculator takes it."""
        amount, index = self.amount.stated(), maybe(self.price_index)
        return cost.CostItem(kind=self.kind, name=self.name or "", amount=amount, price_index=index)


class DepreciationIn(Wire):
    """By age: `used` and `life`. Or by obsolescence: `functional` and `economic`."""

    used: QuantityIn | None = None
    life: LifeIn | None = None
    functional: QuantityIn | None = None
    economic: QuantityIn | None = None

    def way(self) -> cost.ByAge | cost.ByObsolescence:
        """As the calculator takes it. Raises OneWayOnly or InputMissing."""
        by_age, by_obsolescence = (self.used, self.life), (self.functional, self.economic)
        if any(by_age) and any(by_obsolescence):
            raise OneWayOnly("/depreciation", ("used + life", "functional + economic"))
        if self.used is not None and self.life is not None:
            return cost.ByAge(used=self.used.stated(), life=self.life.life())
        if self.functional is not None and self.economic is not None:
            return cost.ByObsolescence(functional=self.functional.stated(), economic=self.economic.stated())
        names = {"used": self.used, "life": self.life} if any(by_age) else {"functional": self.functional}
        missing = next((name for name, given in names.items() if given is None), "economic")
        raise InputMissing(f"/depreciation/{missing}" if any((*by_age, *by_obsolescence)) else "/depreciation")


class CostIn(Wire):
    """The cost method: V = C_re × (1 − d)."""

    subject: ShortText | None = None
    base_date: Day
    items: Annotated[list[CostItemIn], Field(min_length=1, max_length=cost.ITEMS_MAX)]
    development_years: QuantityIn
    capital_rate: QuantityIn
    profit_rate: QuantityIn
    depreciation: DepreciationIn

    def entry(self) -> cost.CostEntry:
        """As the calculator takes it."""
        return cost.CostEntry(
            base_date=self.base_date,
            items=[one.item() for one in self.items],
            development_years=self.development_years.stated(),
            capital_rate=self.capital_rate.stated(),
            profit_rate=self.profit_rate.stated(),
            depreciation=self.depreciation.way(),
        )


class FactorsIn(Wire):
    """Adjustment factors k; what is left out adjusts nothing. No law fixes multiples between kinds of licence."""

    time: QuantityIn | None = None
    life: QuantityIn | None = None
    tech: QuantityIn | None = None
    scope: QuantityIn | None = None
    other: QuantityIn | None = None


class ComparableIn(Wire):
    """A comparable deal and its facts."""

    title: ShortText
    price: AmountIn
    traded_on: Day
    price_type: PriceType = PriceType.DEAL
    related_party: Flag = False
    weight: QuantityIn | None = None
    factors: FactorsIn = FactorsIn()
    right_kind: Kind | None = None
    number: Name | None = None
    holder: Name | None = None
    filed_on: Day | None = None
    market: Name | None = None
    licence_kind: Name | None = None
    term: Name | None = None

    def comparable(self) -> comparing.Comparable:
        """As the calculator takes it."""
        factors = {name: getattr(self.factors, name) for name in comparing.FACTORS}
        return comparing.Comparable(
            title=self.title,
            price=self.price.stated(),
            traded_on=self.traded_on,
            price_type=self.price_type,
            related_party=self.related_party,
            weight=maybe(self.weight),
            factors={name: given.stated() for name, given in factors.items() if given is not None},
            right_kind=self.right_kind or "",
            number=self.number or "",
            holder=self.holder or "",
            filed_on=self.filed_on,
            market=self.market or "",
            licence_kind=self.licence_kind or "",
            term=self.term or "",
        )


class MarketIn(Wire):
    """The market method: V = Σ w · P · k over comparable deals."""

    subject: ShortText | None = None
    base_date: Day
    comparables: Annotated[list[ComparableIn], Field(min_length=1, max_length=comparing.COMPARABLES_MAX)]

    def entry(self) -> comparing.MarketEntry:
        """As the calculator takes it."""
        return comparing.MarketEntry(
            base_date=self.base_date, comparables=[one.comparable() for one in self.comparables]
        )  # fmt: skip


class PlanIn(Wire):
    """Fen a year, year by year (revenue, or excess profit); then growth. `level` moves all years together."""

    amounts_fen: Annotated[list[Amount], Field(min_length=1, max_length=50)]
    source: ShortText | None = None
    level: QuantityIn | None = None
    growth: QuantityIn | None = None
    decay: QuantityIn | None = None

    def plan(self) -> income.Plan:
        """As the calculator takes it, in yuan."""
        return income.Plan(
            amounts=[Decimal(one) / 100 for one in self.amounts_fen],
            source=self.source or "",
            level=maybe(self.level),
            growth=maybe(self.growth),
            decay=maybe(self.decay),
        )


class RoyaltyIn(Wire):
    """The rate; or a range `low`–`high`, or an `industry`'s prior range (low confidence), entered by `score` 0–1."""

    rate: QuantityIn | None = None
    low: QuantityIn | None = None
    high: QuantityIn | None = None
    industry: Name | None = None
    score: QuantityIn | None = None

    def royalty(self) -> Royalty:
        """As the calculator takes it. Raises OneWayOnly."""
        given = {
            "rate": self.rate is not None,
            "low + high": self.low is not None or self.high is not None,
            "industry": self.industry is not None,
        }
        if sum(given.values()) > 1 or (given["rate"] and self.score is not None):
            raise OneWayOnly("/royalty", tuple(given))
        return Royalty(
            rate=maybe(self.rate),
            low=maybe(self.low),
            high=maybe(self.high),
            industry=self.industry,
            score=maybe(self.score),
        )


class BuildUpIn(Wire):
    """The risk-free rate and the four risk premia."""

    risk_free: QuantityIn
    technical: QuantityIn
    market: QuantityIn
    funding: QuantityIn
    management: QuantityIn


class CapmIn(Wire):
    """r_f + β·ERP + size + specific premium."""

    risk_free: QuantityIn
    beta: QuantityIn
    equity_premium: QuantityIn
    size_premium: QuantityIn
    specific_premium: QuantityIn


class DiscountIn(Wire):
    """The discount rate as it is, built up, or by CAPM."""

    rate: QuantityIn | None = None
    build_up: BuildUpIn | None = None
    capm: CapmIn | None = None

    def discount(self) -> Discount:
        """As the calculator takes it. Raises OneWayOnly or InputMissing."""
        given = [name for name in ("rate", "build_up", "capm") if getattr(self, name) is not None]
        if len(given) > 1:
            raise OneWayOnly("/discount", ("rate", "build_up", "capm"))
        if self.build_up is not None:
            parts = self.build_up
            return BuildUp(**{name: getattr(parts, name).stated() for name in BuildUpIn.model_fields})
        if self.capm is not None:
            terms = self.capm
            return Capm(**{name: getattr(terms, name).stated() for name in CapmIn.model_fields})
        if self.rate is None:
            raise InputMissing("/discount")
        return self.rate.stated()


class TaxesIn(Wire):
    """The basis of the flows and of the discount rate, which must be the same; the tax rate is used after tax only."""

    flows: income.TaxBasis
    discount: income.TaxBasis
    rate: QuantityIn | None = None

    def taxes(self) -> income.Taxes:
        """As the calculator takes it."""
        return income.Taxes(flows=self.flows, discount=self.discount, rate=maybe(self.rate))


class OpenLicenceIn(Wire):
    """The terms are meant for an open licence 开放许可; what is above its caps is explained."""

    explanation: Note = ""
    fixed_fee_fen: Amount | None = None
    profit_share: DecimalText | None = None

    def terms(self) -> income.OpenLicence:
        """As the calculator takes it."""
        fee = None if self.fixed_fee_fen is None else Money(self.fixed_fee_fen)
        return income.OpenLicence(explanation=self.explanation, fixed_fee=fee, profit_share=self.profit_share)


class ChargeIn(Wire):
    """A contributory charge in fen a year: what other assets earn of the profit."""

    name: Name
    amount: AmountIn


class IncomeIn(Wire):
    """The income method: relief from royalty (with `royalty`), or excess earnings (with `charges`)."""

    subject: ShortText | None = None
    base_date: Day
    variant: income.Variant = income.Variant.ROYALTY_RELIEF
    timing: income.Timing = income.Timing.MID_YEAR
    plan: PlanIn
    royalty: RoyaltyIn | None = None
    charges: Annotated[tuple[ChargeIn, ...], Field(max_length=income.CHARGES_MAX)] = ()
    discount: DiscountIn
    life: LifeIn
    taxes: TaxesIn
    open_licence: OpenLicenceIn | None = None

    def entry(self) -> income.IncomeEntry:
        """As the calculator takes it. Raises InputMissing or OneWayOnly."""
        plan, discount, life = self.plan.plan(), self.discount.discount(), self.life.life()
        taxes = self.taxes.taxes()
        if self.variant is income.Variant.EXCESS_EARNINGS:
            if self.royalty is not None or self.open_licence is not None:
                raise OneWayOnly("/royalty", ("royalty_relief: royalty", "excess_earnings: charges"))
            return income.ExcessEarnings(
                base_date=self.base_date,
                plan=plan,
                charges=[(one.name, one.amount.stated()) for one in self.charges],
                discount=discount,
                life=life,
                taxes=taxes,
                timing=self.timing,
            )
        if self.charges:
            raise OneWayOnly("/charges", ("royalty_relief: royalty", "excess_earnings: charges"))
        if self.royalty is None:
            raise InputMissing("/royalty")
        return income.RoyaltyRelief(
            base_date=self.base_date,
            plan=plan,
            royalty=self.royalty.royalty(),
            discount=discount,
            life=life,
            taxes=taxes,
            timing=self.timing,
            open_licence=self.open_licence.terms() if self.open_licence else None,
        )


EntryIn = CostIn | MarketIn | IncomeIn
ENTRIES: Final[dict[str, type[CostIn] | type[MarketIn] | type[IncomeIn]]] = {
    "cost": CostIn,
    "market": MarketIn,
    "income": IncomeIn,
}


def calculated(body: EntryIn, practice: Practice) -> Calculation:
    """The calculation that a body asks for. Raises the refusals of `impossible`."""
    match body:
        case CostIn():
            return cost.calculate(body.entry(), practice)
        case MarketIn():
            return comparing.calculate(body.entry(), practice)
        case IncomeIn():
            return income.calculate(body.entry(), practice)
