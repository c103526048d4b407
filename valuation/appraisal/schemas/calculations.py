"""Calculations done, on the wire, and the working papers that a unit keeps of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kernel.http.fields import Flag, Wire
from kernel.ids import WorkingPaperId
from valuation.appraisal.methods import Method
from valuation.appraisal.schemas.entries import CostIn, IncomeIn, MarketIn
from valuation.appraisal.sheets import Calculation
from valuation.appraisal.tables import WorkingPaper


class CostToDo(CostIn):
    """A calculation by cost; with `keep` it becomes a working paper of the unit."""

    keep: Flag = False


class MarketToDo(MarketIn):
    """A calculation by comparable deals; with `keep` it becomes a working paper of the unit."""

    keep: Flag = False


class IncomeToDo(IncomeIn):
    """A calculation by income; with `keep` it becomes a working paper of the unit."""

    keep: Flag = False


ToDo = CostToDo | MarketToDo | IncomeToDo


class SaidOut(Wire):
    """A sentence in both languages."""

    zh: str
    en: str


class InputOut(Wire):
    """An input: value, range, origin, source, and the warning that goes with it. Numbers are decimal text."""

    name: str
    label_zh: str
    label_en: str
    unit: str
    value: str
    low: str | None
    high: str | None
    origin: str
    source: str
    certainty: str | None
    assumed_range: bool
    shape: str
    warning_zh: str | None
    warning_en: str | None


class StepOut(Wire):
    """An intermediate number."""

    label_zh: str
    label_en: str
    value: str
    unit: str


class SwingOut(Wire):
    """What the value becomes when one input goes to an end of its range."""

    input: str
    label_zh: str
    label_en: str
    low: str | None
    high: str | None
    assumed_range: bool
    value_at_low_fen: int
    value_at_high_fen: int
    width_fen: int


class PracticeOut(Wire):
    """The version of the configured numbers."""

    version: str
    sha256: str


class CalculationOut(Wire):
    """A calculation: a working paper of a method, not an appraisal report. `sensitivity` is in the order of a tornado."""

    method: Method
    method_zh: str
    method_en: str
    variant: str
    label_zh: str
    label_en: str
    formula: str
    value_fen: int
    inputs: list[InputOut]
    facts: list[dict[str, Any]]
    conventions: list[SaidOut]
    steps: list[StepOut]
    sensitivity: list[SwingOut]
    warnings: list[SaidOut]
    practice: PracticeOut
    paper_id: WorkingPaperId | None = None


class PaperOut(Wire):
    """A working paper: the inputs as stated and the outcome as it was shown."""

    id: WorkingPaperId
    method: Method
    subject: str
    base_date: date
    made_at: datetime
    entry: dict[str, Any]
    calculation: CalculationOut


def calculation_out(done: Calculation, paper_id: WorkingPaperId | None = None) -> CalculationOut:
    """A calculation on the wire."""
    return CalculationOut.model_validate({**done.to_json(), "paper_id": paper_id})


def paper_out(paper: WorkingPaper) -> PaperOut:
    """A working paper on the wire."""
    same = {name: getattr(paper, name) for name in PaperOut.model_fields if name != "calculation"}
    return PaperOut(**same, calculation=CalculationOut.model_validate({**paper.outcome, "paper_id": paper.id}))
