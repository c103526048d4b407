"""The cost method 成本法: V = C_re × (1 − d), every item of cost listed, and depreciation stated in one of two ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from valuation.appraisal import formulas
from valuation.appraisal.formulas import Number
from valuation.appraisal.impossible import DepreciationAboveOne, InputMissing, TooManyInputs
from valuation.appraisal.inputs import (
    AGE,
    AMOUNT,
    FACTOR,
    SHARE,
    WHOLE_SHARE,
    Input,
    Stated,
    Unit,
    default,
    plain,
    stated,
)
from valuation.appraisal.lives import Life, check_life, life_inputs
from valuation.appraisal.methods import Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import Calculation, Sheet, Step, Values, evaluate, rate, yuan

ITEMS_MAX: Final = 60


class CostKind(StrEnum):
    """What money was spent on."""

    LABOUR = "labour"
    MATERIALS = "materials"
    TESTING = "testing"
    EQUIPMENT = "equipment"
    PATENT_FEES = "patent_fees"
    OTHER = "other"
    INDIRECT = "indirect"


KINDS: Final = {
    CostKind.LABOUR: Said("研发人工", "research labour"),
    CostKind.MATERIALS: Said("材料", "materials"),
    CostKind.TESTING: Said("试验检测", "testing"),
    CostKind.EQUIPMENT: Said("设备使用", "use of equipment"),
    CostKind.PATENT_FEES: Said("专利规费与代理", "patent fees"),
    CostKind.OTHER: Said("其他直接成本", "other direct cost"),
    CostKind.INDIRECT: Said("间接成本", "indirect cost"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One item of cost in yuan; `price_index` brings an amount of earlier years to the prices of the base date."""

    kind: CostKind
    amount: Stated
    name: str = ""
    price_index: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByAge:
    """d = used / (used + remaining economic life), in years."""

    used: Stated
    life: Life


@dataclass(frozen=True, slots=True, kw_only=True)
class ByObsolescence:
    """d = functional + economic obsolescence, as shares of one."""

    functional: Stated
    economic: Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEntry:
    """What a calculation by cost is made of."""

    base_date: date
    items: Sequence[CostItem]
    development_years: Stated
    capital_rate: Stated
    profit_rate: Stated
    depreciation: ByAge | ByObsolescence


def calculate(entry: CostEntry, practice: Practice) -> Calculation:
    """The value by cost. Raises the refusals of `impossible`, each with the field."""
    return evaluate(sheet_of(entry), practice)


def sheet_of(entry: CostEntry) -> Sheet:
    """The calculation, not yet done."""
    if not entry.items:
        raise InputMissing("/items")
    if len(entry.items) > ITEMS_MAX:
        raise TooManyInputs("/items", ITEMS_MAX)
    by_age = isinstance(entry.depreciation, ByAge)
    aged, said = _depreciation_inputs(entry)
    inputs = (*_item_inputs(entry.items), *_rate_inputs(entry), *aged)
    parts = _Parts(len(entry.items), by_age=by_age)
    return Sheet(
        method=Method.COST,
        variant="by_age" if by_age else "by_obsolescence",
        formula_text="V = C_re × (1 − d)",
        inputs=inputs,
        formula=parts.value,
        check=parts.check,
        steps=parts.steps,
        conventions=_conventions(by_age=by_age),
        warnings=tuple(said),
    )


def _item_inputs(items: Sequence[CostItem]) -> list[Input]:
    found = []
    for place, item in enumerate(items):
        kind, name = KINDS[item.kind], item.name.strip()
        label = Said(f"{kind.zh}（{name}）", f"{kind.en} ({name})") if name else kind
        found.append(stated(f"items/{place}/amount", label, Unit.YUAN, AMOUNT, item.amount))
        if item.price_index is not None:
            index = Said(f"{label.zh}价格指数", f"price index, {label.en}")
            found.append(stated(f"items/{place}/price_index", index, Unit.FACTOR, FACTOR, item.price_index))
    if all(item.price_index is None for item in items):
        label = Said("价格指数", "price index")
        why = Said("未填写，视为各项均已按基准日价格计。", "Not stated; amounts are taken at prices of the base date.")
        found.append(default("price_index", label, Unit.FACTOR, FACTOR, 1, why=why))
    return found


def _rate_inputs(entry: CostEntry) -> list[Input]:
    return [
        stated("development_years", Said("研发周期（年）", "years of development"), Unit.YEARS, AGE, entry.development_years),
        stated("capital_rate", Said("资金成本率", "capital cost rate"), Unit.RATE, SHARE, entry.capital_rate),
        stated("profit_rate", Said("成本利润率", "profit on cost"), Unit.RATE, SHARE, entry.profit_rate),
    ]  # fmt: skip


def _depreciation_inputs(entry: CostEntry) -> tuple[list[Input], list[Said]]:
    way = entry.depreciation
    if isinstance(way, ByAge):
        used = stated("depreciation/used", Said("已使用年限", "years used"), Unit.YEARS, AGE, way.used)
        lives, said = life_inputs(way.life, base_date=entry.base_date, under="depreciation/life")
        return [used, *lives], said
    functional, economic = (
        Said("功能性贬值率", "functional obsolescence"),
        Said("经济性贬值率", "economic obsolescence"),
    )
    return [
        stated("depreciation/functional", functional, Unit.RATE, WHOLE_SHARE, way.functional),
        stated("depreciation/economic", economic, Unit.RATE, WHOLE_SHARE, way.economic),
    ], []


@dataclass(frozen=True, slots=True)
class _Parts:
    """The formula on numbers by name."""

    items: int
    by_age: bool

    def cost(self, values: Values) -> Number:
        amounts = [values[f"items/{place}/amount"] for place in range(self.items)]
        indices = [values.get(f"items/{place}/price_index", 1) for place in range(self.items)]
        return formulas.spent(amounts, indices)

    def replacement(self, values: Values) -> Number:
        return formulas.replacement_cost(
            self.cost(values),
            capital_rate=values["capital_rate"],
            years=values["development_years"],
            profit_rate=values["profit_rate"],
        )

    def depreciation(self, values: Values) -> Number:
        if self.by_age:
            return formulas.depreciation_by_age(values["depreciation/used"], values["depreciation/life/economic"])
        return formulas.depreciation_by_obsolescence(values["depreciation/functional"], values["depreciation/economic"])

    def value(self, values: Values) -> Number:
        return self.replacement(values) * (1 - self.depreciation(values))

    def check(self, values: Mapping[str, Decimal]) -> None:
        if self.by_age:
            check_life(values, under="depreciation/life")
            return
        total = values["depreciation/functional"] + values["depreciation/economic"]
        if total > 1:
            raise DepreciationAboveOne("/depreciation", plain(total))

    def steps(self, values: Mapping[str, Decimal]) -> list[Step]:
        cost = self.cost(values)
        capital = formulas.capital_cost(cost, values["capital_rate"], values["development_years"])
        return [
            yuan(Said("直接与间接成本", "direct and indirect cost"), cost),
            yuan(Said("资金成本", "capital cost"), capital),
            yuan(Said("合理利润", "reasonable profit"), cost * values["profit_rate"]),
            yuan(Said("重置成本 C_re", "replacement cost C_re"), self.replacement(values)),
            rate(Said("贬值率 d", "depreciation d"), self.depreciation(values)),
        ]


def _conventions(*, by_age: bool) -> tuple[Said, ...]:
    d = (
        Said("贬值率 = 已使用年限 ÷（已使用年限 + 剩余经济寿命）。", "d = years used ÷ (years used + remaining economic life).")
        if by_age
        else Said("贬值率 = 功能性贬值率 + 经济性贬值率。", "d = functional + economic obsolescence.")
    )  # fmt: skip
    return (
        Said(
            "重置成本 = 直接成本 + 间接成本 + 资金成本 + 合理利润。",
            "Replacement cost = direct + indirect + capital cost + reasonable profit.",
        ),
        Said(
            "资金成本按研发期内均匀投入、复利计算（计息期为研发周期的一半）；利润按直接与间接成本计。",
            "Capital cost is compound interest on money spent evenly (for half the time of development); profit is a share of "
            "direct and indirect cost.",
        ),
        d,
    )
