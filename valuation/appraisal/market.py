"""The market method 市场法: V = Σ w · P · k_time · k_life · k_tech · k_scope · k_other over comparable deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from valuation.appraisal import formulas
from valuation.appraisal.formulas import Number
from valuation.appraisal.impossible import (
    AfterBaseDate,
    InputMissing,
    NotADeal,
    RelatedDeal,
    TooFewComparables,
    TooManyInputs,
    WeightsDoNotSum,
)
from valuation.appraisal.inputs import FACTOR, PRICE, WHOLE_SHARE, Input, Origin, Stated, Unit, default, plain, stated
from valuation.appraisal.methods import Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import Calculation, Sheet, Step, Values, evaluate, yuan
from valuation.deals import PriceType

COMPARABLES_MAX: Final = 30
SUMS_WITHIN: Final = Decimal("0.000001")
"""Thirds written to six decimals still sum to one."""

FACTORS: Final = {
    "time": Said("交易时间修正 k_time", "time k_time"),
    "life": Said("剩余寿命修正 k_life", "remaining life k_life"),
    "tech": Said("技术修正 k_tech", "technology k_tech"),
    "scope": Said("权利范围修正 k_scope", "scope of the right k_scope"),
    "other": Said("其他修正 k_other", "other k_other"),
}
UNADJUSTED: Final = Said("未填写，不作修正（系数为 1）。", "Not stated; no adjustment is made (factor 1).")
EQUAL: Final = Said("未填写，各案例权重相等。", "Not stated; the comparables weigh the same.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """A past deal: what was traded, by whom, where, when, for how much; `factors` by time, life, tech, scope, other."""

    title: str
    price: Stated
    traded_on: date
    price_type: PriceType = PriceType.DEAL
    related_party: bool = False
    weight: Stated | None = None
    factors: Mapping[str, Stated] = field(default_factory=dict)
    right_kind: str = ""
    number: str = ""
    holder: str = ""
    filed_on: date | None = None
    market: str = ""
    licence_kind: str = ""
    term: str = ""

    def facts(self) -> dict[str, Any]:
        """What is shown of the deal beside its numbers."""
        return {
            "title": self.title,
            "right_kind": self.right_kind,
            "number": self.number,
            "holder": self.holder,
            "filed_on": self.filed_on.isoformat() if self.filed_on else None,
            "market": self.market,
            "traded_on": self.traded_on.isoformat(),
            "licence_kind": self.licence_kind,
            "term": self.term,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEntry:
    """What a calculation by comparable deals is made of. Either all weights are stated, or none."""

    base_date: date
    comparables: Sequence[Comparable]


def calculate(entry: MarketEntry, practice: Practice) -> Calculation:
    """The value by comparable deals. Raises the refusals of `impossible`, each with the field."""
    return evaluate(sheet_of(entry, practice), practice)


def sheet_of(entry: MarketEntry, practice: Practice) -> Sheet:
    """The calculation, not yet done."""
    _check_comparables(entry, practice)
    number = len(entry.comparables)
    inputs: list[Input] = []
    for place, one in enumerate(entry.comparables):
        inputs += _inputs(place, one, number)
    parts = _Parts(number)
    return Sheet(
        method=Method.MARKET,
        variant="comparables",
        formula_text="V = Σ w · P · k_time · k_life · k_tech · k_scope · k_other",
        inputs=tuple(inputs),
        formula=parts.value,
        check=parts.check,
        steps=parts.steps,
        conventions=(
            Said(
                "各项修正系数由填写人判断；许可方式之间没有法定倍数，本测算不预设任何倍数。",
                "The adjustment factors are the author's judgement; no law fixes multiples between kinds of licence, "
                "and none is assumed.",
            ),
        ),
        warnings=tuple(_warnings(inputs, practice)),
        facts=tuple(one.facts() for one in entry.comparables),
    )


def _check_comparables(entry: MarketEntry, practice: Practice) -> None:
    needed = int(practice.value("market.comparables_min"))
    if len(entry.comparables) < needed:
        raise TooFewComparables("/comparables", needed, len(entry.comparables))
    if len(entry.comparables) > COMPARABLES_MAX:
        raise TooManyInputs("/comparables", COMPARABLES_MAX)
    weighed = any(one.weight is not None for one in entry.comparables)
    for place, one in enumerate(entry.comparables):
        if weighed and one.weight is None:
            raise InputMissing(f"/comparables/{place}/weight")
        if one.price_type is not PriceType.DEAL:
            raise NotADeal(f"/comparables/{place}/price_type", one.price_type.value)
        if one.related_party:
            raise RelatedDeal(f"/comparables/{place}/related_party")
        if one.traded_on > entry.base_date:
            raise AfterBaseDate(f"/comparables/{place}/traded_on")


def _inputs(place: int, one: Comparable, number: int) -> list[Input]:
    under, at = f"comparables/{place}", place + 1

    def label(said: Said) -> Said:
        return Said(f"案例{at}{said.zh}", f"comparable {at}, {said.en}")

    weight_label = label(Said("权重", "weight"))
    priced = label(Said(f"成交价（{one.title}）", f"price ({one.title})"))
    found = [stated(f"{under}/price", priced, Unit.YUAN, PRICE, one.price, ranged=False)]
    if one.weight is None:
        equal = Decimal(1) / Decimal(number)
        found.append(default(f"{under}/weight", weight_label, Unit.WEIGHT, WHOLE_SHARE, equal, why=EQUAL))
    else:
        found.append(
            stated(f"{under}/weight", weight_label, Unit.WEIGHT, WHOLE_SHARE, _point(one.weight), ranged=False)
        )
    for name, said in FACTORS.items():
        given = one.factors.get(name)
        path = f"{under}/factors/{name}"
        if given is None:
            found.append(default(path, label(said), Unit.FACTOR, FACTOR, 1, why=UNADJUSTED))
        else:
            found.append(stated(path, label(said), Unit.FACTOR, FACTOR, given))
    return found


def _point(weight: Stated) -> Stated:
    """A weight has no range of its own: the weights sum to one together."""
    return Stated(value=weight.value, source=weight.source)


def _warnings(inputs: Sequence[Input], practice: Practice) -> list[Said]:
    note = practice["market.comparables_min"].note
    said = [note] if note else []
    low, high = practice.span("market.factor")
    said += [
        Said(
            f"{one.label.zh}超出常见区间 {plain(low)}–{plain(high)}，请复核。",
            f"{one.label.en} is outside the usual {plain(low)}–{plain(high)}; look at it again.",
        )
        for one in inputs
        if one.unit is Unit.FACTOR and one.origin is Origin.STATED and not low <= one.value <= high
    ]
    return said


@dataclass(frozen=True, slots=True)
class _Parts:
    """The formula on numbers by name."""

    number: int

    def prices(self, values: Values) -> list[Number]:
        return [
            formulas.adjusted(
                values[f"comparables/{place}/price"],
                [values[f"comparables/{place}/factors/{name}"] for name in FACTORS],
            )
            for place in range(self.number)
        ]

    def weights(self, values: Values) -> list[Number]:
        return [values[f"comparables/{place}/weight"] for place in range(self.number)]

    def value(self, values: Values) -> Number:
        return formulas.weighted(self.weights(values), self.prices(values))

    def check(self, values: Mapping[str, Decimal]) -> None:
        total = Decimal(sum(self.weights(values)))
        if abs(total - 1) > SUMS_WITHIN:
            raise WeightsDoNotSum("/comparables", plain(total.quantize(SUMS_WITHIN)))

    def steps(self, values: Mapping[str, Decimal]) -> list[Step]:
        prices = self.prices(values)
        shown = [
            yuan(Said(f"案例{place + 1}修正后价格", f"comparable {place + 1}, adjusted price"), price)
            for place, price in enumerate(prices)
        ]
        shown.append(yuan(Said("修正后最低价", "lowest adjusted price"), min(prices)))
        shown.append(yuan(Said("修正后最高价", "highest adjusted price"), max(prices)))
        return shown
