"""A calculation for people, in sentences and lines: the value first, then every input with its source, steps, sensitivity.

It reads a calculation as it is kept and sent (`Calculation.to_json`), so that a working paper reads years later as it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.money import Money, for_people
from valuation.appraisal.inputs import Origin, Unit, plain
from valuation.appraisal.saying import Said

ORIGINS: Final = {
    Origin.STATED: Said("用户填写", "stated by the user"),
    Origin.CONFIGURED: Said("系统配置", "configuration"),
    Origin.DEFAULT: Said("默认值", "default"),
    Origin.COMPUTED: Said("依规则计算", "computed by rule"),
}
UNITS: Final = {Unit.YUAN: Said("元", "CNY"), Unit.YEARS: Said("年", "years")}
HEADS: Final = {
    "facts": Said("可比交易案例", "Comparable deals"),
    "inputs": Said("输入项", "Inputs"),
    "conventions": Said("口径", "Conventions"),
    "steps": Said("计算过程", "Steps"),
    "sensitivity": Said("敏感性（按影响由大到小）", "Sensitivity, the strongest first"),
    "warnings": Said("提示", "Warnings"),
}

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InputRow:
    """An input for people: what it is, its value and range, where it comes from, and what has to be said of it."""

    label: str
    value: str
    span: str
    source: str
    warning: str


@dataclass(frozen=True, slots=True)
class SwingRow:
    """A row of the sensitivity table: the range of one input, and the value at either end in two significant digits."""

    label: str
    span: str
    at_low: str
    at_high: str


def lines(told: Told, language: str) -> list[str]:
    """The whole calculation as lines of text; `language` is "zh" or "en"."""
    sections: dict[str, list[str]] = {
        "facts": fact_lines(told, language),
        "inputs": [_input_line(one, language) for one in input_rows(told, language)],
        "conventions": said(told["conventions"], language),
        "steps": [_step_line(one, language) for one in told["steps"]],
        "sensitivity": [f"{one.label} [{one.span}] → {one.at_low} … {one.at_high}" for one in swing_rows(told, language)],
        "warnings": said(told["warnings"], language),
    }  # fmt: skip
    shown = [headline(told, language), told["formula"]]
    for name, rows in sections.items():
        if rows:
            shown += ["", HEADS[name].in_(language), *(f"  {row}" for row in rows)]
    version = told["practice"]["version"]
    shown += ["", Said(f"参数配置：{version}。", f"Configuration: {version}.").in_(language)]
    return [*shown, told["label_en" if language == "en" else "label_zh"]]


def headline(told: Told, language: str) -> str:
    """The value in a sentence, in two significant digits, with the working paper's own figure behind."""
    value = Money(told["value_fen"])
    zh = f"{told['method_zh']}测算：约{for_people(value)}（底稿 {value}）。"
    en = f"By the {told['method_en']}: about {for_people(value, 'en')} (paper: {value})."
    return Said(zh, en).in_(language)


def input_rows(told: Told, language: str) -> list[InputRow]:
    """Every input, in the order of the calculation."""
    return [
        InputRow(
            label=_label(one, language),
            value=_number(one["unit"], one["value"], language),
            span=_span(one["unit"], one, language),
            source=_source(one, language),
            warning=one[f"warning_{'en' if language == 'en' else 'zh'}"] or "",
        )
        for one in told["inputs"]
    ]


def swing_rows(told: Told, language: str) -> list[SwingRow]:
    """The sensitivity table, in the order of a tornado."""
    units = {one["name"]: one["unit"] for one in told["inputs"]}
    return [
        SwingRow(
            label=_label(one, language),
            span=_span(units[one["input"]], one, language),
            at_low=for_people(Money(one["value_at_low_fen"]), language),
            at_high=for_people(Money(one["value_at_high_fen"]), language),
        )
        for one in told["sensitivity"]
    ]


FACTS: Final = {
    "title": Said("", ""),
    "right_kind": Said("权利类型", "kind"),
    "number": Said("专利号", "number"),
    "holder": Said("权利人", "holder"),
    "filed_on": Said("申请日", "filed"),
    "market": Said("市场", "market"),
    "traded_on": Said("交易日期", "traded"),
    "licence_kind": Said("许可方式", "licence"),
    "term": Said("期限", "term"),
}


def fact_lines(told: Told, language: str) -> list[str]:
    """The facts of each comparable deal, as far as they were stated."""
    shown = []
    for place, one in enumerate(told["facts"], start=1):
        named = [(FACTS[name].in_(language), one[name]) for name in FACTS if one.get(name)]
        shown.append(f"{place}. " + " · ".join(f"{label} {text}".strip() for label, text in named))
    return shown


def said(sentences: Sequence[Told], language: str) -> list[str]:
    """Sentences in one language."""
    return [one["en" if language == "en" else "zh"] for one in sentences]


def _label(one: Told, language: str) -> str:
    label: str = one["label_en" if language == "en" else "label_zh"]
    return label


def _number(unit: str, text: str, language: str) -> str:
    """A number with its unit; rates also as a percentage."""
    number = Decimal(text)
    if unit == Unit.YUAN:
        return f"{number:,.2f}".removesuffix(".00") + f" {UNITS[Unit.YUAN].in_(language)}"
    shown = plain(round(number, 6))
    if unit in (Unit.RATE, Unit.GROWTH):
        percent = plain(round(number * 100, 4))
        return f"{shown} ({percent} %)" if language == "en" else f"{shown}（{percent}%）"
    return f"{shown} {UNITS[Unit.YEARS].in_(language)}" if unit == Unit.YEARS else shown


def _span(unit: str, one: Told, language: str) -> str:
    """The range, marked where it was only assumed; nothing for a number without one."""
    if one["low"] is None or one["high"] is None:
        return ""
    ends = " – ".join(_number(unit, one[end], language) for end in ("low", "high"))
    return ends + (Said("（默认幅度）", " (assumed)").in_(language) if one["assumed_range"] else "")


def _source(one: Told, language: str) -> str:
    origin = ORIGINS[Origin(one["origin"])].in_(language)
    if not one["source"]:
        return origin
    return f"{origin}: {one['source']}" if language == "en" else f"{origin}：{one['source']}"


def _input_line(row: InputRow, language: str) -> str:
    span = f" [{row.span}]" if row.span else ""
    warning = f" ({row.warning})" if row.warning and language == "en" else f"（{row.warning}）" if row.warning else ""
    return f"{row.label} = {row.value}{span} — {row.source}{warning}"


def _step_line(step: Told, language: str) -> str:
    label = _label(step, language)
    return f"{label}: {step['value']}" if language == "en" else f"{label}：{step['value']}"
