"""Who may bid for a lot: not the seller, nobody tied to it, and nobody who runs the market."""

from dataclasses import dataclass

from auctions.errors import AffiliateBarred, OwnLot, StaffCannotBid
from kernel.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that wants to bid. `is_staff`: it runs the market, or the person acting for it does."""

    organisation_id: OrganisationId
    is_staff: bool
    affiliated: bool
    barred: bool


def admit(candidate: Candidate, *, seller_id: OrganisationId) -> None:
    """Let a candidate bid. Raises StaffCannotBid, OwnLot or AffiliateBarred (拍卖法 arts 22, 30)."""
    if candidate.is_staff:
        raise StaffCannotBid
    if candidate.organisation_id == seller_id:
        raise OwnLot
    if candidate.affiliated or candidate.barred:
        raise AffiliateBarred
