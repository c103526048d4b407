"""What valuation tells the house above: a result was valued. The price is not told; it is not public."""

from dataclasses import dataclass

from kernel.events import Event
from kernel.ids import OrganisationId, ResultId, ValuationId


@dataclass(frozen=True)
class ResultValued(Event):
    """A valuation was made, with or without a price."""

    valuation_id: ValuationId
    result_id: ResultId
    owner_id: OrganisationId
    has_price: bool
