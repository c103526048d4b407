"""Valuations over HTTP: for the owner unit, the asker, and those who were given sight of one; for others they are not there."""

from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from kernel.errors import NotFound
from kernel.http.context import CurrentActor, Db
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ValuationId
from valuation.picturing import End, overridden_end, reasoned_end, waterfall_svg
from valuation.reviewing.commands import open_valuation
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.queries import standing_review
from valuation.schemas import ValuationOut, shape
from valuation.spreadsheet import contributions_csv
from valuation.supposing.changes import (
    NoModelToAsk,
    NotChangeable,
    NothingChanged,
    NotLearnt,
    OutsideLearnt,
    UnknownFeature,
)
from valuation.supposing.queries import limits_of, suppose
from valuation.supposing.schemas import LimitsOut, WhatIfIn, WhatIfOut, shape_limits, shape_what_if
from valuation.tables import Valuation

router = Router(prefix="/v1/valuations", tags=["valuations"])


@router.get("/{valuation_id}", operation_id="get_valuation")
def get_valuation(valuation_id: ValuationId, db: Db, actor: CurrentActor) -> ValuationOut:
    """A valuation with its range, reasons, evidence and nearest past transactions."""
    found = open_valuation(db, actor, valuation_id)
    return shape(found)


@router.get(
    "/{valuation_id}/waterfall.svg",
    operation_id="get_valuation_waterfall",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
def get_waterfall(
    valuation_id: ValuationId,
    db: Db,
    actor: CurrentActor,
    lang: Annotated[Literal["zh", "en"], Query(description="language of the picture")] = "zh",
    end: Annotated[
        Literal["model", "reasoned", "set"], Query(description="the price at which the picture ends")
    ] = "model",
) -> Response:
    """The reasons as a picture in yuan, with a title and a description in words.

    It ends at the model's price, at the reasoned price of several methods, or at the price that a person set in its place;
    the latter two are not found where there is no such price.
    """
    found = open_valuation(db, actor, valuation_id)
    last = None if end == "model" else _end(db, found, end)
    headers = {"Cache-Control": "private, no-store"}
    return Response(waterfall_svg(found, language=lang, end=last), media_type="image/svg+xml", headers=headers)


def _end(session: Session, found: Valuation, end: Literal["reasoned", "set"]) -> End:
    """Raises NotFound where no such price stands."""
    if end == "reasoned":
        last = reasoned_end(found)
    else:
        standing = standing_review(session, found)
        overrides = standing is not None and standing.verdict is Verdict.OVERRIDE
        last = overridden_end(found, standing.price) if standing is not None and overrides else None
    if last is None:
        raise NotFound
    return last


@router.get(
    "/{valuation_id}/contributions.csv",
    operation_id="get_valuation_contributions",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_contributions(
    valuation_id: ValuationId,
    db: Db,
    actor: CurrentActor,
    lang: Annotated[Literal["zh", "en"], Query(description="language of the table")] = "zh",
) -> Response:
    """The reasons as a spreadsheet, by group with subtotals: UTF-8 with BOM."""
    found = open_valuation(db, actor, valuation_id)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="contributions-{valuation_id}.csv"',
    }
    return Response(contributions_csv(found, language=lang).encode(), 200, headers, "text/csv; charset=utf-8")


@router.get("/{valuation_id}/what-if", operation_id="get_valuation_what_if")
def get_what_if(valuation_id: ValuationId, db: Db, actor: CurrentActor) -> LimitsOut:
    """What a person could still change of the result, within what the model has met."""
    return shape_limits(limits_of(db, open_valuation(db, actor, valuation_id)))


@router.post(
    "/{valuation_id}/what-if",
    operation_id="ask_valuation_what_if",
    responses=problems(NotFound, UnknownFeature, NotChangeable, NotLearnt, OutsideLearnt, NoModelToAsk, NothingChanged),
)
def ask_what_if(valuation_id: ValuationId, body: WhatIfIn, db: Db, actor: CurrentActor) -> WhatIfOut:
    """What the model that made this valuation would say of a changed result: its behaviour, not cause. Nothing is stored."""
    found = open_valuation(db, actor, valuation_id)
    return shape_what_if(found.id, suppose(db, found, body.changes))
