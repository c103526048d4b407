"""The indicator tree of GB/T 42748-2023, and the weights that a unit lays down for its scenes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from kernel.http.context import CurrentActor, Db, Now
from kernel.http.routing import Router
from kernel.paging import Page, PageQuery, page_of
from valuation.appraisal import queries
from valuation.appraisal.commands import weighing
from valuation.appraisal.indicators import Scene, tree
from valuation.appraisal.schemas.assessing import WeightSetIn, WeightSetOut, example_out, own_weights_out
from valuation.appraisal.tables import WeightRow
from valuation.appraisal.weighing import examples

router = Router(prefix="/v1/appraisals", tags=["appraisals"])


@router.get("/indicators", operation_id="list_indicators")
def indicators(actor: CurrentActor) -> dict[str, Any]:
    """The indicators of the standard, each level with its mark of certainty, and the scenes."""
    return tree().to_json()


@router.get("/example-weights", operation_id="list_example_weights")
def example_weights(actor: CurrentActor) -> list[WeightSetOut]:
    """The labelled example weights, one set a scene: neither the standard's nor anybody's own."""
    return [example_out(one) for one in examples().values()]


@router.get("/weight-sets", operation_id="list_weight_sets")
def weight_sets(
    db: Db,
    actor: CurrentActor,
    asked: PageQuery,
    scene: Annotated[Scene | None, Query(description="of one scene")] = None,
) -> Page[WeightSetOut]:
    """The weights that one's unit has laid down, newest first."""
    rows = queries.weight_sets_of(actor)
    if scene is not None:
        rows = rows.where(WeightRow.scene == scene)
    return page_of(db, rows, WeightRow.id, asked, own_weights_out)


@router.post("/weight-sets", status_code=201, operation_id="lay_down_weights")
def lay_down(body: WeightSetIn, db: Db, actor: CurrentActor, now: Now) -> WeightSetOut:
    """Lay down a new version of the unit's weights. For the transfer office, appraisers and technology managers."""
    return own_weights_out(weighing.lay_down(db, weights=body.weights(), actor=actor, now=now))
