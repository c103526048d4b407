"""Offers and counter-offers on an agreed price, until one is accepted: then transferee and price are fixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import finding as auctions
from kernel.audit import record
from kernel.calendar import local_date
from kernel.db import lock, market_now
from kernel.db.locking import fetch
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ListingId, OfferId, new_id
from kernel.money import Money
from market.listings import negotiation
from market.listings.access import offers_visible_to, side_in, visible_to
from market.listings.errors import OfferAnswered, OfferStanding, StaffCannotBuy, WrongMode
from market.listings.events import OfferAccepted
from market.listings.negotiation import Side
from market.listings.regimes import rules_of
from market.listings.relations import relation_of
from market.listings.states import LISTING, OFFER, ListingAction, ListingState, OfferAction, OfferState
from market.listings.tables import Listing, Offer
from market.listings.terms import Mode
from market.listings.trail import note
from parties import queries as parties
from parties.roles import Role

EXPIRED_A_ROUND = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEntry:
    """What an offer states. `firm`: not to be withdrawn before it runs out (民法典 art 476)."""

    price: Money
    payment_terms: str
    note: str
    expires_at: datetime
    firm: bool = False
    related_declared: bool = False
    related_note: str = ""


def offer(session: Session, *, listing_id: ListingId, entry: OfferEntry, actor: Actor, now: datetime) -> Offer:
    """Make an offer on an open listing at an agreed price.

    For buyers of a verified organisation. Raises NotFound, OwnListing, StaffCannotBuy, NotVerified, OfferStanding,
    OfferTooLong, WrongMode, WrongState, MissingRole.
    """
    actor.must_have(Role.BUYER)
    listing = lock(session, Listing, listing_id, within=visible_to(actor))
    buyer_id = actor.organisation()
    if listing.mode is not Mode.AGREED:
        raise WrongMode
    negotiation.check_buyer(buyer_id, seller_id=listing.owner_id)
    if auctions.runs_the_market(session, actor):
        raise StaffCannotBuy
    parties.must_be_verified(session, buyer_id)
    _must_take_offers(listing)
    if _standing(session, listing, buyer_id) is not None:
        raise OfferStanding
    at = market_now(session)
    _check_expiry(session, listing, entry, at)
    made = _row(listing, entry, buyer_id, Side.BUYER, None, actor, at)
    session.add(made)
    session.flush()
    _record(session, actor, "make", made, at)
    return made


def counter(session: Session, *, offer_id: OfferId, entry: OfferEntry, actor: Actor, now: datetime) -> Offer:
    """Answer with other terms: the offer answered is gone, and this one stands in its place (民法典 arts 478, 488).

    Raises NotFound, NotYourOffer, OfferAnswered, OfferExpired, BelowDecision for a seller, OfferTooLong, WrongState.
    """
    listing, answered, side, at = _hold_for_answer(session, offer_id, actor)
    _must_take_offers(listing)
    _check_expiry(session, listing, entry, at)
    if side is Side.SELLER:
        negotiation.check_floor(entry.price, floor=listing.floor)
    _answer(answered, OfferAction.COUNTER, actor, at)
    session.flush()
    made = _row(listing, entry, answered.buyer_id, side, answered.id, actor, at)
    # What the buyer once declared of ties to the seller holds for the whole talk.
    made.related_declared = entry.related_declared or answered.related_declared
    made.related_note = entry.related_note or answered.related_note
    session.add(made)
    session.flush()
    _record(session, actor, "counter", made, at)
    return made


def accept(session: Session, *, offer_id: OfferId, actor: Actor, now: datetime) -> Offer:
    """Accept the other side's offer: transferee and price are fixed, and for a government unit the notice comes next.

    Raises NotFound, NotYourOffer, OfferAnswered, OfferExpired (民法典 art 486), BelowDecision, WrongState.
    """
    listing, accepted, _side, at = _hold_for_answer(session, offer_id, actor)
    listing.state = LISTING.advance(listing.state, ListingAction.ACCEPT)
    negotiation.check_floor(accepted.price, floor=listing.floor)
    _answer(accepted, OfferAction.ACCEPT, actor, at)
    relation = relation_of(
        session,
        seller_id=listing.owner_id,
        result_id=listing.result_id,
        buyer_id=accepted.buyer_id,
        declared=accepted.related_declared,
        note=accepted.related_note,
        on=local_date(at),
    )
    listing.transferee_id, listing.agreed_price, listing.agreed_at = accepted.buyer_id, accepted.price, at
    listing.related_party, listing.related_note = relation.related, relation.note
    session.flush()
    emit(session, OfferAccepted(listing.id, accepted.id, accepted.seller_id, accepted.buyer_id), now=at)
    _record(session, actor, "accept", accepted, at)
    note(session, actor, "accept", listing, at)
    return accepted


def reject(session: Session, *, offer_id: OfferId, actor: Actor, now: datetime) -> Offer:
    """Reject the other side's offer: it is gone (民法典 art 478). Raises NotFound, NotYourOffer, OfferAnswered."""
    _listing, rejected, _side, at = _hold_for_answer(session, offer_id, actor)
    _answer(rejected, OfferAction.REJECT, actor, at)
    session.flush()
    _record(session, actor, "reject", rejected, at)
    return rejected


def withdraw_offer(session: Session, *, offer_id: OfferId, actor: Actor, now: datetime) -> Offer:
    """Take one's own offer back before it is accepted. Raises OfferIsFirm (民法典 art 476), NotYourOffer, OfferAnswered."""
    _listing, withdrawn, side, at = _hold(session, offer_id, actor)
    negotiation.check_withdrawal(
        made_by=withdrawn.side, by=side, firm=withdrawn.firm, expires_at=withdrawn.expires_at, now=at
    )
    _answer(withdrawn, OfferAction.WITHDRAW, actor, at)
    session.flush()
    _record(session, actor, "withdraw", withdrawn, at)
    return withdrawn


def expire_due(session: Session, now: datetime) -> int:
    """Offers whose time is over are gone (民法典 art 478); returns how many. Several workers may ask at once."""
    due = (
        select(Offer)
        .where(Offer.state == OfferState.STANDING, Offer.expires_at <= now)
        .order_by(Offer.expires_at)
        .limit(EXPIRED_A_ROUND)
        .with_for_update(skip_locked=True)
    )
    expired = session.execute(due).scalars().all()
    for one in expired:
        one.state, one.answered_at = OFFER.advance(one.state, OfferAction.EXPIRE), now
    session.flush()
    return len(expired)


def _hold(session: Session, offer_id: OfferId, actor: Actor) -> tuple[Listing, Offer, Side, datetime]:
    """Listing first, then offer: everybody locks in this order. Raises NotFound, MissingRole, OfferAnswered."""
    seen = fetch(session, offers_visible_to(actor), Offer, offer_id)
    side = side_in(seen, actor)
    listing = lock(session, Listing, seen.listing_id)
    held = lock(session, Offer, offer_id)
    if held.state is not OfferState.STANDING:
        raise OfferAnswered(held.state.value)
    return listing, held, side, market_now(session)


def _hold_for_answer(session: Session, offer_id: OfferId, actor: Actor) -> tuple[Listing, Offer, Side, datetime]:
    listing, held, side, at = _hold(session, offer_id, actor)
    negotiation.check_answer(made_by=held.side, answered_by=side, expires_at=held.expires_at, now=at)
    return listing, held, side, at


def _must_take_offers(listing: Listing) -> None:
    """Raises WrongState unless offers are open."""
    if listing.state is not ListingState.OPEN:
        LISTING.advance(listing.state, ListingAction.ACCEPT)


def _check_expiry(session: Session, listing: Listing, entry: OfferEntry, at: datetime) -> None:
    rules = rules_of(session, listing.regime, on=local_date(at))
    negotiation.check_expiry(entry.expires_at, now=at, days_max=rules.offer_days_max)


def _answer(answered: Offer, action: OfferAction, actor: Actor, at: datetime) -> None:
    answered.state = OFFER.advance(answered.state, action)
    answered.answered_by, answered.answered_at = actor.person_id, at


def _standing(session: Session, listing: Listing, buyer_id: object) -> Offer | None:
    rows = select(Offer).where(
        Offer.listing_id == listing.id, Offer.buyer_id == buyer_id, Offer.state == OfferState.STANDING
    )
    return session.execute(rows).scalar_one_or_none()


def _row(
    listing: Listing,
    entry: OfferEntry,
    buyer_id: object,
    side: Side,
    answers_id: OfferId | None,
    actor: Actor,
    at: datetime,
) -> Offer:
    return Offer(
        id=OfferId(new_id()),
        listing_id=listing.id,
        seller_id=listing.owner_id,
        buyer_id=buyer_id,
        side=side,
        answers_id=answers_id,
        price=entry.price,
        payment_terms=entry.payment_terms,
        note=entry.note,
        firm=entry.firm,
        related_declared=entry.related_declared,
        related_note=entry.related_note,
        expires_at=entry.expires_at,
        state=OFFER.initial,
        made_by=actor.person_id,
        made_at=at,
    )


def _record(session: Session, actor: Actor, action: str, made: Offer, at: datetime) -> None:
    after = {"state": made.state.value, "side": made.side.value, "price": made.price, "listing": made.listing_id}
    record(session, actor=actor, action=f"offer.{action}", kind="offer", object_id=made.id, after=after, now=at)
