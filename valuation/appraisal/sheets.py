"""A sheet is a calculation before it is done: inputs, formula, joint rules. Evaluated, it is a value with all its reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, Final

from kernel.errors import Problem
from kernel.money import FEN_MAX, Money
from valuation.appraisal.formulas import Number
from valuation.appraisal.impossible import NoPositiveValue, ValueTooLarge
from valuation.appraisal.inputs import Input, plain, within
from valuation.appraisal.methods import METHOD_NAMES, Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said

DIGITS: Final = 40
"""Significant digits of the decimals inside; far more than a fen needs, so that rounding happens once, at the end."""

LABEL: Final = Said("方法测算底稿，非资产评估报告", "Working paper of a method, not an appraisal report")

Values = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Step:
    """An intermediate number of the calculation, as decimal text with its unit."""

    label: Said
    value: str
    unit: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept and sent."""
        return {"label_zh": self.label.zh, "label_en": self.label.en, "value": self.value, "unit": self.unit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A calculation to be done. `formula` gives yuan; `check` raises where inputs cannot stand together."""

    method: Method
    variant: str
    formula_text: str
    inputs: tuple[Input, ...]
    formula: Callable[[Values], Number]
    check: Callable[[Mapping[str, Decimal]], None]
    steps: Callable[[Mapping[str, Decimal]], list[Step]]
    conventions: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    facts: tuple[Mapping[str, Any], ...] = ()

    @property
    def values(self) -> dict[str, Decimal]:
        """The numbers by name."""
        return {one.name: one.value for one in self.inputs}


@dataclass(frozen=True, slots=True)
class Swing:
    """What the value becomes when one input goes to an end of its range and all others stay."""

    input: Input
    at_low: Money
    at_high: Money

    @property
    def width(self) -> Money:
        """How far the value moves."""
        return Money(abs(self.at_high.fen - self.at_low.fen))

    def to_json(self) -> dict[str, Any]:
        """As it is kept and sent."""
        low, high = self.input.low, self.input.high
        return {
            "input": self.input.name,
            "label_zh": self.input.label.zh,
            "label_en": self.input.label.en,
            "low": None if low is None else plain(low),
            "high": None if high is None else plain(high),
            "assumed_range": self.input.assumed,
            "value_at_low_fen": self.at_low.fen,
            "value_at_high_fen": self.at_high.fen,
            "width_fen": self.width.fen,
        }


@dataclass(frozen=True, slots=True)
class Calculation:
    """A calculation done: the value, and everything that a reader needs to do it again."""

    sheet: Sheet
    value: Money
    steps: tuple[Step, ...]
    swings: tuple[Swing, ...]
    warnings: tuple[Said, ...]
    practice: Practice

    def to_json(self) -> dict[str, Any]:
        """As it is kept and sent; money in fen, other numbers as decimal text."""
        return {
            "method": self.sheet.method.value,
            "method_zh": METHOD_NAMES[self.sheet.method].zh,
            "method_en": METHOD_NAMES[self.sheet.method].en,
            "variant": self.sheet.variant,
            "label_zh": LABEL.zh,
            "label_en": LABEL.en,
            "formula": self.sheet.formula_text,
            "value_fen": self.value.fen,
            "inputs": [one.to_json() for one in self.sheet.inputs],
            "facts": [dict(one) for one in self.sheet.facts],
            "conventions": [one.to_json() for one in self.sheet.conventions],
            "steps": [one.to_json() for one in self.steps],
            "sensitivity": [one.to_json() for one in self.swings],
            "warnings": [one.to_json() for one in self.warnings],
            "practice": {"version": self.practice.version, "sha256": self.practice.sha256},
        }


def evaluate(sheet: Sheet, practice: Practice) -> Calculation:
    """Do a calculation. Raises what the sheet's rules raise, NoPositiveValue or ValueTooLarge."""
    sheet = ranged(sheet, practice)
    with localcontext(Context(prec=DIGITS)):
        value = to_money(sheet.formula(sheet.values))
        if value.fen < 1:
            raise NoPositiveValue("/value")
        steps = tuple(sheet.steps(sheet.values))
        swings = tuple(sensitivity(sheet))
    return Calculation(sheet, value, steps, swings, warnings_of(sheet, practice), practice)


def ranged(sheet: Sheet, practice: Practice) -> Sheet:
    """The sheet with a range on every uncertain input, each end checked against the rules.

    A stated end that the rules refuse is refused; an end that was only assumed draws back to the value.
    """
    share = practice.value("sensitivity.default_range")
    with localcontext(Context(prec=DIGITS)):
        sheet.check(sheet.values)
        return replace(sheet, inputs=tuple(_checked(sheet, within(one, share)) for one in sheet.inputs))


def sensitivity(sheet: Sheet) -> list[Swing]:
    """Every input that has a range, alone at either end; the strongest first (the order of a tornado), then by name.

    Raises ValueTooLarge where an end gives more than any price.
    """
    values = sheet.values
    swings = [
        Swing(
            one,
            to_money(sheet.formula({**values, one.name: one.low}), field=f"/{one.name}/low"),
            to_money(sheet.formula({**values, one.name: one.high}), field=f"/{one.name}/high"),
        )
        for one in sheet.inputs
        if one.low is not None and one.high is not None
    ]
    return sorted(swings, key=lambda swing: (-swing.width.fen, swing.input.name))


def to_money(yuan: Number, *, field: str = "/value") -> Money:
    """The one rounding of a calculation: to the nearest fen, halves away from zero. Raises ValueTooLarge."""
    if abs(yuan) * 100 > FEN_MAX:
        raise ValueTooLarge(field, FEN_MAX)
    with localcontext(Context(prec=DIGITS)):
        return Money(int((Decimal(yuan) * 100).quantize(Decimal(1), ROUND_HALF_UP)))


def warnings_of(sheet: Sheet, practice: Practice) -> tuple[Said, ...]:
    """The sheet's own warnings, then each input's with its name, and whether ranges were assumed."""
    said = list(sheet.warnings)
    said += [
        Said(f"{one.label.zh}：{one.warning.zh}", f"{one.label.en}: {one.warning.en}")
        for one in sheet.inputs
        if one.warning is not None
    ]
    if assumed := [one for one in sheet.inputs if one.assumed]:
        share = plain(practice.value("sensitivity.default_range") * 100)
        zh, en = "、".join(one.label.zh for one in assumed), ", ".join(one.label.en for one in assumed)
        said.append(Said(f"未填写区间，按±{share}%测算：{zh}。", f"No range stated, ±{share} % is assumed for: {en}."))
    return tuple(said)


def yuan(label: Said, amount: Decimal) -> Step:
    """An intermediate amount, shown to the fen."""
    return Step(label, f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}", "yuan")


def rate(label: Said, number: Decimal) -> Step:
    """An intermediate rate or factor, shown to six decimals."""
    return Step(label, plain(number.quantize(Decimal("0.000001"), ROUND_HALF_UP)), "rate")


def _checked(sheet: Sheet, one: Input) -> Input:
    for end in ("low", "high"):
        at = getattr(one, end)
        if at is None:
            continue
        try:
            sheet.check({**sheet.values, one.name: at})
        except Problem:
            if not one.assumed:
                raise
            one = replace(one, low=one.value) if end == "low" else replace(one, high=one.value)
    return one
