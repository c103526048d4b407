"""Valuations over HTTP: for the owner unit, the asker, and those who were given sight of one; for others they are not there."""

from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response

from kernel.http.context import CurrentActor, Db
from kernel.http.routing import Router
from kernel.ids import ValuationId
from valuation import queries
from valuation.picturing import waterfall_svg
from valuation.reviewing.commands import open_valuation
from valuation.schemas import ValuationOut, shape

router = Router(prefix="/v1/valuations", tags=["valuations"])


@router.get("/{valuation_id}", operation_id="get_valuation")
def get_valuation(valuation_id: ValuationId, db: Db, actor: CurrentActor) -> ValuationOut:
    """A valuation with its range, reasons, evidence and nearest past transactions."""
    found = open_valuation(db, actor, valuation_id)
    return shape(found, queries.model_id(db, found))


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
) -> Response:
    """The reasons as a picture in yuan, with a title and a description in words."""
    found = open_valuation(db, actor, valuation_id)
    headers = {"Cache-Control": "private, no-store"}
    return Response(waterfall_svg(found, language=lang), media_type="image/svg+xml", headers=headers)
