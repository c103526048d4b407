"""Indications of value on the wire: stated inputs by cost or income, and the range that they give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from kernel.errors import Problem
from kernel.http.fields import Prose, Wire
from kernel.ids import IndicationId, OrganisationId, PersonId, PoolingReviewId, ResultId
from valuation.appraisal import cost, income
from valuation.appraisal.impossible import InputMissing, OfAField, OneWayOnly
from valuation.appraisal.methods import Method
from valuation.appraisal.practice import Practice
from valuation.appraisal.schemas.calculations import CalculationOut
from valuation.appraisal.schemas.entries import CostIn, IncomeIn
from valuation.appraisal.sheets import Sheet
from valuation.appraisal.tables import IndicationRow, PoolingReview
from valuation.indications import Way


class IndicationIn(Wire):
    """The inputs of one method, by cost or by income. Every stated number says where it comes from."""

    cost: CostIn | None = None
    income: IncomeIn | None = None

    def body(self) -> CostIn | IncomeIn:
        """The one that is given. Raises OneWayOnly or InputMissing."""
        if self.cost is not None and self.income is not None:
            raise OneWayOnly("/", ("cost", "income"))
        given = self.cost or self.income
        if given is None:
            raise InputMissing("/income")
        return given

    def sheet(self, practice: Practice) -> Sheet:
        """The calculation, not yet done. Raises the refusals of `impossible`, the fields under the method's name."""
        body = self.body()
        with self.fields_under():
            if isinstance(body, CostIn):
                return cost.sheet_of(body.entry())
            return income.sheet_of(body.entry(), practice)

    @contextmanager
    def fields_under(self) -> Iterator[None]:
        """Refusals name their field from the top of this body."""
        try:
            yield
        except Problem as problem:
            if isinstance(problem, OfAField):
                problem.field = f"/{'income' if self.cost is None else 'cost'}{problem.field}"
            raise


class IndicationOut(Wire):
    """An indication: from P10 to P90 in fen, what it was made of, and the calculation at the stated values."""

    id: IndicationId
    result_id: ResultId
    recorded_for: OrganisationId
    method: Method
    base_date: date
    low_fen: int
    likely_fen: int
    high_fen: int
    level_bp: int
    indication: dict[str, Any]
    calculation: CalculationOut
    recorded_at: datetime


def indication_out(row: IndicationRow) -> IndicationOut:
    """An indication on the wire."""
    other = {
        "low_fen": row.low.fen,
        "likely_fen": row.likely.fen,
        "high_fen": row.high.fen,
        "calculation": CalculationOut.model_validate(row.outcome),
    }
    same = {name: getattr(row, name) for name in IndicationOut.model_fields if name not in other}
    return IndicationOut(**same, **other)


class PoolingReviewIn(Wire):
    """Why ranges that do not meet may be pooled, and which methods are left out of the pool."""

    reason: Annotated[str, Prose(5000)]
    left_out: Annotated[list[Way], Field(max_length=len(Way), default_factory=list)]


class PoolingReviewOut(Wire):
    """A review of how a result's indications are pooled; a later indication or report wants another one."""

    id: PoolingReviewId
    result_id: ResultId
    reviewer_id: PersonId
    organisation_id: OrganisationId
    reviewer: str
    reason: str
    left_out: list[Way]
    reviewed_at: datetime


def pooling_review_out(row: PoolingReview) -> PoolingReviewOut:
    """A review of the pool on the wire."""
    return PoolingReviewOut(**{name: getattr(row, name) for name in PoolingReviewOut.model_fields})
