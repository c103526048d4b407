"""Clearing the table when a listing goes another way: offers lapse, interests are let go, a running notice is superseded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.listings.states import (
    INTEREST,
    NOTICE,
    OBJECTION,
    OFFER,
    InterestAction,
    InterestState,
    NoticeAction,
    NoticeState,
    ObjectionAction,
    ObjectionState,
    OfferAction,
    OfferState,
)
from market.listings.tables import Interest, Listing, Notice, Objection, Offer


def clear(session: Session, listing: Listing, *, now: datetime) -> None:
    """The listing's lock is held. Nothing that was said on it stands any longer; what was said is kept."""
    lapse_offers(session, listing, OfferState.STANDING, OfferState.ACCEPTED, now=now)
    release_interests(session, listing)
    supersede_notice(session, listing)
    listing.transferee_id, listing.agreed_price, listing.agreed_at = None, None, None
    listing.related_party, listing.related_note = False, ""
    session.flush()


def lapse_offers(session: Session, listing: Listing, *states: OfferState, now: datetime) -> None:
    """Offers in these states lapse."""
    rows = select(Offer).where(Offer.listing_id == listing.id, Offer.state.in_(states)).with_for_update()
    for offer in session.execute(rows).scalars():
        offer.state, offer.answered_at = OFFER.advance(offer.state, OfferAction.LAPSE), offer.answered_at or now


def release_interests(session: Session, listing: Listing) -> None:
    """Buyers who were registered are let go; paid deposits are owed back."""
    waiting = (InterestState.REGISTERED, InterestState.QUALIFIED)
    rows = select(Interest).where(Interest.listing_id == listing.id, Interest.state.in_(waiting)).with_for_update()
    for interest in session.execute(rows).scalars():
        paid = interest.state is InterestState.QUALIFIED
        interest.state = INTEREST.advance(interest.state, InterestAction.RELEASE if paid else InterestAction.LAPSE)


def supersede_notice(session: Session, listing: Listing) -> None:
    """A notice of terms that stand no longer is superseded; objections to it are moot."""
    live = (NoticeState.RUNNING, NoticeState.OBJECTED, NoticeState.CLOSED)
    rows = select(Notice).where(Notice.listing_id == listing.id, Notice.state.in_(live)).with_for_update()
    for notice in session.execute(rows).scalars():
        notice.state = NOTICE.advance(notice.state, NoticeAction.SUPERSEDE)
        set_objections_aside(session, notice)


def set_objections_aside(session: Session, notice: Notice) -> None:
    """Objections that wait for a decision need none any more."""
    rows = select(Objection).where(Objection.notice_id == notice.id, Objection.state == ObjectionState.RECEIVED)
    for objection in session.execute(rows.with_for_update()).scalars():
        objection.state = OBJECTION.advance(objection.state, ObjectionAction.SET_ASIDE)
