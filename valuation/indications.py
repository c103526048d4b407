"""Indications of value: what one method says of a result, as a range with its evidence grade, its source and its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kernel.money import Money
from valuation.appraisal.impossible import NoPositiveValue, SourceMissing
from valuation.appraisal.inputs import Origin
from valuation.appraisal.methods import Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said
from valuation.appraisal.sheets import Calculation, Sheet, evaluate, to_money
from valuation.grading import Grade
from valuation.simulating import Draws, simulate

P10_TO_P90: Final = 8_000


class Way(StrEnum):
    """By what an indication is made: one of the three methods, or an appraisal report that is on file."""

    MARKET = "market"
    INCOME = "income"
    COST = "cost"
    APPRAISAL = "appraisal"


WAYS: Final = {
    Way.MARKET: Said("市场法", "market"),
    Way.INCOME: Said("收益法", "income"),
    Way.COST: Said("成本法", "cost"),
    Way.APPRAISAL: Said("评估报告", "appraisal report"),
}


class NotAnIndication(ValueError):
    """Low, likely and high of an indication are positive and in order, and its level lies between 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """One method's answer. `level_bp` says how often the range is meant to hold (8000: from P10 to P90).

    Grade A rests on enough deals, B on some, or on stated inputs with sources; C on asks only: it is an upper bound and no
    value; D abstains; G rests on generated deals. Raises NotAnIndication.
    """

    method: Way
    low: Money
    likely: Money
    high: Money
    grade: Grade
    source: Said
    level_bp: int = P10_TO_P90
    inputs: Sequence[Mapping[str, Any]] = ()
    base_date: date | None = None
    warnings: tuple[Said, ...] = field(default=())

    def __post_init__(self) -> None:
        ordered = 0 < self.low.fen <= self.likely.fen <= self.high.fen
        if not ordered or not 0 < self.level_bp < 10_000:
            raise NotAnIndication(f"{self.low} ≤ {self.likely} ≤ {self.high} at {self.level_bp} bp")

    def to_json(self) -> dict[str, Any]:
        """As it is kept and sent."""
        return {
            "method": self.method.value,
            "grade": self.grade.value,
            "low_fen": self.low.fen,
            "likely_fen": self.likely.fen,
            "high_fen": self.high.fen,
            "level_bp": self.level_bp,
            "source_zh": self.source.zh,
            "source_en": self.source.en,
            "base_date": self.base_date.isoformat() if self.base_date else None,
            "inputs": [dict(one) for one in self.inputs],
            "warnings": [one.to_json() for one in self.warnings],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Indication:
        """As it was kept. Raises KeyError, ValueError or NotAnIndication."""
        day = document["base_date"]
        return cls(
            method=Way(document["method"]),
            low=Money(document["low_fen"]),
            likely=Money(document["likely_fen"]),
            high=Money(document["high_fen"]),
            grade=Grade(document["grade"]),
            source=Said(document["source_zh"], document["source_en"]),
            level_bp=document["level_bp"],
            inputs=document["inputs"],
            base_date=None if day is None else date.fromisoformat(day),
            warnings=tuple(Said(one["zh"], one["en"]) for one in document["warnings"]),
        )


def market_indication(
    *, low: Money, likely: Money, high: Money, level_bp: int, grade: Grade, source: Said, on: date | None = None
) -> Indication:
    """What past deals (or, at grade C, asks) say, as the model's estimate gives it."""
    return Indication(
        method=Way.MARKET,
        low=low,
        likely=likely,
        high=high,
        grade=grade,
        source=source,
        level_bp=level_bp,
        base_date=on,
    )


def simulated(
    sheet: Sheet, practice: Practice, *, base_date: date, draws: int, seed: int = 0
) -> tuple[Indication, Calculation]:
    """The range that the stated ranges of the inputs give: P10, P50 and P90 by Monte Carlo; and the calculation itself.

    Every number that a person states must say where it comes from. Raises SourceMissing, NoPositiveValue where one draw
    in ten gives nothing, and what `evaluate` raises.
    """
    for one in sheet.inputs:
        if one.origin is Origin.STATED and not one.source:
            raise SourceMissing(f"/{one.name}")
    done = evaluate(sheet, practice)
    found = simulate(done.sheet, draws=draws, seed=seed)
    low, likely, high = (to_money(number) for number in (found.p10, found.p50, found.p90))
    if low.fen < 1:
        raise NoPositiveValue("/value/low")
    indication = Indication(
        method=Way(sheet.method.value),
        low=low,
        likely=likely,
        high=high,
        grade=Grade.B,
        source=_source(sheet.method, found),
        inputs=[one.to_json() for one in done.sheet.inputs],
        base_date=base_date,
        warnings=done.warnings,
    )
    return indication, done


def _source(method: Method, found: Draws) -> Said:
    name = WAYS[Way(method.value)]
    return Said(
        f"{name.zh}，对所填区间作蒙特卡洛模拟（{found.draws:,}次，种子 {found.seed}，各输入项相互独立）",
        f"{name.en} method, Monte Carlo over the stated ranges ({found.draws:,} draws, seed {found.seed}, inputs independent)",
    )
