"""What the market brought in the words of valuation: a settled contract is a past deal, an unsold lot an upper bound."""

from __future__ import annotations

from auctions.tables import Lot
from contracts.agreements.tables import Contract
from kernel.calendar import local_date
from market.results.kinds import valued_as
from market.results.tables import Result
from market.results.titles import number_of
from valuation.deals import ABSTRACT_LENGTH_MAX, PastDeal, PriceType, party_key

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
        abstract=result.summary[:ABSTRACT_LENGTH_MAX],
        seller=party_key(str(contract.seller_id)),
        buyer=party_key(str(contract.buyer_id)),
    )


def unsold_of(lot: Lot, result: Result, *, trade: str) -> PastDeal:
    """A lot that nobody took at its start: the price of such a result is at most that."""
    return PastDeal(
        source="lot",
        source_id=str(lot.id),
        title=result.title,
        kind=valued_as(result.kind, number_of(result)),
        application_number=result.number,
        trade=trade,
        price=lot.start,
        dealt_on=local_date(lot.ends_at),
        price_type=PriceType.UNSOLD,
        tech_field=result.tech_field,
        filed_on=result.filed_on,
        abstract=result.summary[:ABSTRACT_LENGTH_MAX],
        seller=party_key(str(result.owner_id)),
    )
