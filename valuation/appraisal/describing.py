"""A calculation for people, in sentences and lines: the value first, then every input with its source, steps, sensitivity."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kernel.money import Money, for_people
from valuation.appraisal.inputs import Input, Origin, Unit, plain
from valuation.appraisal.methods import METHOD_NAMES
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import LABEL, Calculation, Step, Swing

ORIGINS: Final = {
    Origin.STATED: Said("用户填写", "stated by the user"),
    Origin.CONFIGURED: Said("系统配置", "configuration"),
    Origin.DEFAULT: Said("默认值", "default"),
    Origin.COMPUTED: Said("依规则计算", "computed by rule"),
}
UNITS: Final = {
    Unit.YUAN: Said("元", "CNY"),
    Unit.YEARS: Said("年", "years"),
    Unit.RATE: Said("", ""),
    Unit.GROWTH: Said("", ""),
    Unit.FACTOR: Said("", ""),
    Unit.WEIGHT: Said("", ""),
}
HEADS: Final = {
    "inputs": Said("输入项", "Inputs"),
    "conventions": Said("口径", "Conventions"),
    "steps": Said("计算过程", "Steps"),
    "sensitivity": Said("敏感性（按影响由大到小）", "Sensitivity, the strongest first"),
    "warnings": Said("提示", "Warnings"),
}


def lines(done: Calculation, language: str) -> list[str]:
    """The whole calculation as lines of text; `language` is "zh" or "en"."""
    sections = {
        "inputs": [_input_line(one, language) for one in done.sheet.inputs],
        "conventions": [one.in_(language) for one in done.sheet.conventions],
        "steps": [step_line(one, language) for one in done.steps],
        "sensitivity": [_swing_line(one, language) for one in done.swings],
        "warnings": [one.in_(language) for one in done.warnings],
    }
    shown = [headline(done, language), done.sheet.formula_text]
    for name, rows in sections.items():
        if rows:
            shown += ["", HEADS[name].in_(language), *(f"  {row}" for row in rows)]
    version = done.practice.version
    shown += ["", Said(f"参数配置：{version}。", f"Configuration: {version}.").in_(language), LABEL.in_(language)]
    return shown


def headline(done: Calculation, language: str) -> str:
    """The value in a sentence, in two significant digits, with the working paper's own figure behind."""
    method, about = METHOD_NAMES[done.sheet.method].in_(language), for_people(done.value, language)
    said = Said(
        f"{method}测算：约{about}（底稿 {done.value}）。", f"By the {method}: about {about} (paper: {done.value})."
    )
    return said.in_(language)


def input_value(one: Input, number: Decimal, language: str) -> str:
    """A number of an input with its unit; rates also as a percentage."""
    if one.unit is Unit.YUAN:
        return f"{number:,.2f}".removesuffix(".00") + f" {UNITS[one.unit].in_(language)}"
    text = plain(number.quantize(Decimal("0.000001"))) if number.as_tuple().exponent else plain(number)
    if one.unit in (Unit.RATE, Unit.GROWTH):
        return f"{text}（{plain(number * 100)}%）" if language != "en" else f"{text} ({plain(number * 100)} %)"
    return f"{text} {UNITS[one.unit].in_(language)}".strip()


def source_of(one: Input, language: str) -> str:
    """Where an input comes from, with its warning."""
    origin = ORIGINS[one.origin].in_(language)
    source = one.source or (one.warning.in_(language) if one.warning else "")
    return f"{origin}: {source}" if language == "en" else f"{origin}：{source}"


def range_of(one: Input, language: str) -> str:
    """The range, marked where it was only assumed; nothing for a number without one."""
    if one.low is None or one.high is None:
        return ""
    ends = f"{input_value(one, one.low, language)} – {input_value(one, one.high, language)}"
    assumed = Said("（默认幅度）", " (assumed)").in_(language) if one.assumed else ""
    return ends + assumed


def step_line(step: Step, language: str) -> str:
    """An intermediate number."""
    return f"{step.label.in_(language)}: {step.value}" if language == "en" else f"{step.label.zh}：{step.value}"


def money_text(amount: Money, language: str) -> str:
    """A value at an end of a range, for people: two significant digits, its sign kept."""
    return for_people(amount, language)


def _input_line(one: Input, language: str) -> str:
    span = range_of(one, language)
    shown = f"{one.label.in_(language)} = {input_value(one, one.value, language)}"
    shown += f" [{span}]" if span else ""
    return f"{shown} — {source_of(one, language)}"


def _swing_line(swing: Swing, language: str) -> str:
    low, high = money_text(swing.at_low, language), money_text(swing.at_high, language)
    return f"{swing.input.label.in_(language)} [{range_of(swing.input, language)}] → {low} … {high}"
