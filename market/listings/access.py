"""Who may see a listing and what hangs on it. What is hidden is, for the actor, not there."""

from __future__ import annotations

from sqlalchemy import Select, false, or_, select

from kernel.errors import NotFound
from kernel.http.auth import Actor
from market.listings.negotiation import Side, side_of
from market.listings.states import PRIVATE_STATES, ListingState, NoticeState
from market.listings.tables import Deal, Decision, Interest, Listing, Notice, Objection, Offer
from market.results.access import granted_to
from parties.roles import Role

STAFF = (Role.OPERATOR, Role.REGISTRAR, Role.AUCTIONEER, Role.SUPERVISOR)
"""Held in the exchange only."""
PUBLIC_NOTICES = tuple(state for state in NoticeState if state is not NoticeState.DRAFT)


def visible_to(actor: Actor | None) -> Select[Listing]:
    """Published listings for everybody; one's own, and those of results one is engaged for; approved ones for the exchange."""
    public = Listing.state.not_in(PRIVATE_STATES) & Listing.published_at.is_not(None)
    if actor is None or actor.organisation_id is None:
        return select(Listing).where(public)
    approved = Listing.state == ListingState.APPROVED if actor.has(*STAFF) else false()
    own = Listing.owner_id == actor.organisation_id
    return select(Listing).where(or_(public, own, approved, granted_to(actor, Listing.result_id)))


def owned_by(actor: Actor) -> Select[Listing]:
    """The listings of the organisation acted for. Raises NoOrganisation."""
    return select(Listing).where(Listing.owner_id == actor.organisation())


def offers_visible_to(actor: Actor) -> Select[Offer]:
    """The offers that one's organisation made or received, and nobody else's."""
    return select(Offer).where(or_(Offer.seller_id == actor.organisation_id, Offer.buyer_id == actor.organisation_id))


def interests_visible_to(actor: Actor, *, keeps_deposits: bool) -> Select[Interest]:
    """One's own; the seller's once the period is over, so that nobody is talked to before; all for who keeps deposits."""
    if keeps_deposits:
        return select(Interest)
    over = select(Listing.id).where(Listing.owner_id == actor.organisation_id, Listing.state != ListingState.LISTED)
    return select(Interest).where(
        or_(Interest.buyer_id == actor.organisation_id, Interest.listing_id.in_(over)),
    )


def notices_visible_to(actor: Actor | None) -> Select[Notice]:
    """Notices are public; a draft is the unit's own."""
    public = Notice.state.in_(PUBLIC_NOTICES) & Notice.content.is_not(None)
    own = false() if actor is None or actor.organisation_id is None else Notice.owner_id == actor.organisation_id
    return select(Notice).where(or_(public, own))


def objections_visible_to(actor: Actor) -> Select[Objection]:
    """The objector's own; those to the notices of one's unit; all for the exchange's operators and supervisors."""
    if actor.has(Role.OPERATOR, Role.SUPERVISOR):
        return select(Objection)
    own = Objection.owner_id == actor.organisation_id if actor.organisation_id else false()
    return select(Objection).where(or_(Objection.objector_id == actor.person_id, own))


def decisions_visible_to(actor: Actor) -> Select[Decision]:
    """The steps of decisions on listings of one's unit, or of results one is engaged for."""
    listings = select(Listing.id).where(
        or_(Listing.owner_id == actor.organisation_id, granted_to(actor, Listing.result_id))
    )
    return select(Decision).where(Decision.listing_id.in_(listings))


def deals_visible_to(actor: Actor) -> Select[Deal]:
    """The deals of one's organisation; all for the exchange."""
    if actor.has(*STAFF):
        return select(Deal)
    return select(Deal).where(or_(Deal.seller_id == actor.organisation_id, Deal.buyer_id == actor.organisation_id))


def sees_inside(listing: Listing, actor: Actor | None) -> bool:
    """The actor may see floor, basis documents and decisions: the unit's own people."""
    return actor is not None and actor.organisation_id == listing.owner_id


def side_in(offer: Offer, actor: Actor) -> Side:
    """The side on which the actor negotiates, with the role for it. Raises NotFound or MissingRole."""
    if actor.organisation_id not in (offer.seller_id, offer.buyer_id):
        raise NotFound
    side = side_of(actor.organisation_id, seller_id=offer.seller_id)
    actor.must_have(Role.TRANSFER_OFFICE if side is Side.SELLER else Role.BUYER)
    return side
