"""A deal in the words of the contract room: every fact copied, so that nothing that changes later changes the contract."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.agreements.facts import DealFacts
from kernel.ids import NoticeId, OrganisationId
from kernel.money import Money
from market.listings.tables import Listing
from market.results.kinds import contract_type, contracted_as
from market.results.tables import Result
from market.results.titles import expires_on, number_of


def facts_of(
    listing: Listing,
    result: Result,
    *,
    deal_id: UUID,
    buyer_id: OrganisationId,
    price: Money,
    notice_id: NoticeId | None,
    estimated: Money | None,
    agreed_on: date,
) -> DealFacts:
    """The facts from which the contract is drafted; mode and basis stay two things (定价方式, 定价依据)."""
    return DealFacts(
        deal_id=deal_id,
        seller_id=listing.owner_id,
        buyer_id=buyer_id,
        title=result.title,
        result_id=result.id,
        way=listing.way.value,
        licence_kind=listing.licence_kind.value if listing.licence_kind else None,
        contract_type=contract_type(result.kind, listing.way.value),
        price=price,
        mode=listing.mode.value,
        basis=listing.basis.value,
        related_party=listing.related_party,
        tech_field=result.tech_field,
        ip_kind=contracted_as(result.kind, number_of(result)),
        application_numbers=(result.number,) if result.number else (),
        valuation_id=listing.valuation_id,
        estimated=estimated,
        list_price=listing.price,
        notice_id=notice_id,
        agreed_on=agreed_on,
        patent_expires_on=expires_on(result),
        plan_source=result.plan_source.value,
    )
