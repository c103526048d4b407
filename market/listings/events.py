"""What the listing desk tells the house."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.ids import ContractId, DealId, ListingId, NoticeId, OfferId, OrganisationId, ResultId, TrialId
from kernel.money import Money


@dataclass(frozen=True)
class ListingPublished(Event):
    """A listing is open to the public."""

    listing_id: ListingId
    result_id: ResultId
    owner_id: OrganisationId
    mode: str


@dataclass(frozen=True)
class OfferAccepted(Event):
    """Seller and buyer agree on a price; for a government unit the public notice comes next."""

    listing_id: ListingId
    offer_id: OfferId
    seller_id: OrganisationId
    buyer_id: OrganisationId


@dataclass(frozen=True)
class NoticePublished(Event):
    """A public notice has gone up."""

    notice_id: NoticeId
    owner_id: OrganisationId
    listing_id: ListingId | None
    trial_id: TrialId | None


@dataclass(frozen=True)
class NoticeClosed(Event):
    """A public notice has run its days without an objection that holds."""

    notice_id: NoticeId
    owner_id: OrganisationId
    listing_id: ListingId | None
    trial_id: TrialId | None


@dataclass(frozen=True)
class NoticeFailed(Event):
    """An objection to a public notice was upheld: what it announced does not take place."""

    notice_id: NoticeId
    owner_id: OrganisationId
    listing_id: ListingId | None
    trial_id: TrialId | None


@dataclass(frozen=True)
class PeriodClosed(Event):
    """A listing period is over: so many buyers were qualified."""

    listing_id: ListingId
    owner_id: OrganisationId
    qualified: int


@dataclass(frozen=True)
class DealMade(Event):
    """A listing has ended in a deal, and its contract is drafted."""

    deal_id: DealId
    listing_id: ListingId
    contract_id: ContractId
    result_id: ResultId
    seller_id: OrganisationId
    buyer_id: OrganisationId
    price: Money
    mode: str
    basis: str


@dataclass(frozen=True)
class ListingEnded(Event):
    """A listing has ended without a deal."""

    listing_id: ListingId
    owner_id: OrganisationId
    outcome: str
