"""A settled contract in the words of valuation: a past deal that later prices are measured by."""

from __future__ import annotations

from contracts.agreements.tables import Contract
from market.results.kinds import valued_as
from market.results.tables import Result
from market.results.titles import number_of
from valuation.deals import PastDeal

SOURCE = "contract"


def past_deal_of(contract: Contract, result: Result) -> PastDeal:
    """The deal as valuation keeps it, under the contract's number; the day is the one of agreement."""
    return PastDeal(
        source=SOURCE,
        source_id=contract.number,
        title=contract.title,
        kind=valued_as(result.kind, number_of(result)),
        application_number=result.number,
        trade=contract.way,
        price=contract.price,
        dealt_on=contract.agreed_on,
        price_type="deal",
        related_party=contract.related_party,
        tech_field=contract.tech_field,
        filed_on=result.filed_on,
        licence_kind=contract.licence_kind.value if contract.licence_kind else None,
    )
