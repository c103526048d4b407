"""What may be asked about listings and what hangs on them; the only way to one is `visible_to(actor)`."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auctions.finding import acts_for_exchange
from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ListingId, NoticeId
from market.listings import access
from market.listings.access import (
    deals_visible_to,
    decisions_visible_to,
    interests_visible_to,
    notices_visible_to,
    objections_visible_to,
    offers_visible_to,
    owned_by,
    visible_to,
)
from market.listings.chains import chain_of
from market.listings.tables import Deal, Decision, DecisionChain, Interest, Listing, Notice
from market.results.access import granted_to
from parties import queries as parties
from parties.roles import Role

__all__ = [
    "chain",
    "deal_of",
    "deals_visible_to",
    "decisions",
    "interests",
    "listing",
    "notice",
    "notices_visible_to",
    "objections_visible_to",
    "offers_visible_to",
    "owned_by",
    "sees_inside",
    "visible_to",
]


def listing(session: Session, actor: Actor | None, listing_id: ListingId) -> Listing:
    """One listing that the actor may see. Raises NotFound."""
    return fetch(session, visible_to(actor), Listing, listing_id)


def sees_inside(session: Session, listing: Listing, actor: Actor | None) -> bool:
    """The seller's people, and those engaged for the result, who must know what they sign."""
    if actor is None or access.sees_inside(listing, actor):
        return actor is not None
    engaged = select(Listing.id).where(Listing.id == listing.id, granted_to(actor, Listing.result_id))
    return session.execute(engaged).first() is not None


def deal_of(session: Session, actor: Actor | None, listing: Listing) -> Deal | None:
    """The deal of a listing, if there is one and the actor may see it."""
    if actor is None:
        return None
    return session.execute(deals_visible_to(actor).where(Deal.listing_id == listing.id)).scalar_one_or_none()


def decisions(session: Session, actor: Actor, listing_id: ListingId) -> list[Decision]:
    """The steps of every round, the newest round first. Raises NotFound for a listing that one may not see."""
    listing(session, actor, listing_id)
    rows = decisions_visible_to(actor).where(Decision.listing_id == listing_id)
    return list(session.execute(rows.order_by(Decision.round.desc(), Decision.ordinal)).scalars())


def interests(session: Session, actor: Actor) -> Select[Interest]:
    """The interests that the actor may see; finance and operators of the exchange see all."""
    keeps = actor.has(Role.FINANCE, Role.OPERATOR, Role.SUPERVISOR) and acts_for_exchange(session, actor)
    return interests_visible_to(actor, keeps_deposits=keeps)


def notice(session: Session, actor: Actor | None, notice_id: NoticeId) -> Notice:
    """One notice that the actor may see. Raises NotFound."""
    return fetch(session, notices_visible_to(actor), Notice, notice_id)


def chain(session: Session, actor: Actor) -> DecisionChain:
    """The decision chain in force for the actor's unit."""
    unit = parties.organisation(session, actor.organisation())
    return chain_of(session, unit.id, unit.regime)
