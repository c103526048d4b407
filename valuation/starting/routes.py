"""Guidance on start prices over HTTP: for those who may see the valuation; for others it is not there."""

from kernel.calendar import local_date
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.routing import Router
from kernel.ids import ValuationId
from valuation.reviewing.commands import open_valuation
from valuation.starting import queries
from valuation.starting.schemas import StartPriceOut, shape

router = Router(prefix="/v1/valuations", tags=["valuations"])


@router.get("/{valuation_id}/start-price", operation_id="get_start_price_guidance")
def get_start_price(valuation_id: ValuationId, db: Db, actor: CurrentActor, now: Now) -> StartPriceOut:
    """The chance of a sale and what it brings against the start price, from past lots, sold and unsold."""
    found = open_valuation(db, actor, valuation_id)
    guidance = queries.guidance_for(db, found, on=local_date(now))
    return shape(found.id, guidance, generated=found.rests_on_generated)
