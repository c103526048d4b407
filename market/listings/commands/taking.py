"""Interests in a listing period: registered, qualified by their deposits, and counted when the period ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import finding as auctions
from kernel.audit import record
from kernel.calendar import local_date
from kernel.db import lock, market_now
from kernel.db.locking import fetch
from kernel.errors import MissingRole
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import InterestId, ListingId, new_id
from kernel.money import ZERO, Money
from market.listings.access import interests_visible_to, visible_to
from market.listings.errors import (
    AlreadyInterested,
    DepositDiffers,
    PeriodOver,
    RelatedBuyer,
    StaffCannotBuy,
    WrongMode,
)
from market.listings.events import PeriodClosed
from market.listings.interests import check_interest, outcome
from market.listings.negotiation import check_buyer
from market.listings.relations import relation_of
from market.listings.states import INTEREST, LISTING, InterestAction, InterestState, ListingAction, ListingState
from market.listings.tables import Interest, Listing
from market.listings.terms import Mode
from market.listings.trail import note
from parties import queries as parties
from parties.roles import Role

PERIODS_A_ROUND = 50


def register_interest(
    session: Session, *, listing_id: ListingId, price: Money | None, actor: Actor, now: datetime
) -> Interest:
    """Register as a buyer of a listing, at the list price or above; it counts once the deposit has arrived in time.

    For buyers of a verified organisation that has no tie to the seller. Raises NotFound, WrongMode, OwnListing,
    StaffCannotBuy, NotVerified, RelatedBuyer, AlreadyInterested, BelowListPrice, PeriodOver, WrongState, MissingRole.
    """
    actor.must_have(Role.BUYER)
    listing = lock(session, Listing, listing_id, within=visible_to(actor))
    at = market_now(session)
    buyer_id = actor.organisation()
    if listing.mode is not Mode.LISTED:
        raise WrongMode
    check_buyer(buyer_id, seller_id=listing.owner_id)
    ends_at = _must_run(listing)
    check_interest(price or listing.price, list_price=listing.price, ends_at=ends_at, now=at)
    _must_be_free_to_buy(session, listing, actor, at)
    interest = Interest(
        id=InterestId(new_id()),
        listing_id=listing.id,
        period=listing.period,
        seller_id=listing.owner_id,
        buyer_id=buyer_id,
        price=price or listing.price,
        deposit=listing.deposit,
        state=INTEREST.initial,
        registered_by=actor.person_id,
        registered_at=at,
    )
    if listing.deposit == ZERO:
        interest.state = INTEREST.advance(interest.state, InterestAction.QUALIFY)
    session.add(interest)
    session.flush()
    _record(session, actor, "register", interest, at)
    return interest


def record_deposit(
    session: Session,
    *,
    interest_id: InterestId,
    amount: Money,
    bank_reference: str,
    actor: Actor,
    now: datetime,
) -> Interest:
    """A deposit has arrived at the exchange, under the bank's reference, before the period ends.

    For finance and operators of the exchange. Raises DepositDiffers, PeriodOver, NotFound, MissingRole, WrongState.
    """
    actor.must_have(Role.FINANCE, Role.OPERATOR)
    if not auctions.acts_for_exchange(session, actor):
        raise MissingRole((Role.OPERATOR.value,))
    listing, interest = _hold(session, interest_id, actor, keeps_deposits=True)
    at = market_now(session)
    if at >= _must_run(listing):
        raise PeriodOver(_must_run(listing))
    interest.state = INTEREST.advance(interest.state, InterestAction.QUALIFY)
    if amount != interest.deposit:
        raise DepositDiffers(interest.deposit)
    interest.deposit_paid_at, interest.bank_reference = at, bank_reference
    interest.deposit_recorded_by = actor.person_id
    session.flush()
    _record(session, actor, "deposit-paid", interest, at)
    return interest


def withdraw_interest(session: Session, *, interest_id: InterestId, actor: Actor, now: datetime) -> Interest:
    """Step back before the deposit has been paid. Raises NotFound, MissingRole, WrongState."""
    actor.must_have(Role.BUYER)
    _listing, interest = _hold(session, interest_id, actor, keeps_deposits=False)
    if interest.buyer_id != actor.organisation_id:
        raise MissingRole((Role.BUYER.value,))
    at = market_now(session)
    interest.state = INTEREST.advance(interest.state, InterestAction.WITHDRAW)
    session.flush()
    _record(session, actor, "withdraw", interest, at)
    return interest


def close_periods(session: Session, now: datetime) -> int:
    """Count the qualified buyers of the listings whose period is over: 0, 1 or N; returns how many were closed."""
    due = (
        select(Listing)
        .where(Listing.state == ListingState.LISTED, Listing.period_ends_at <= now)
        .order_by(Listing.period_ends_at)
        .limit(PERIODS_A_ROUND)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    listings = session.execute(due).scalars().all()
    for listing in listings:
        _close(session, listing, market_now(session))
    return len(listings)


def _close(session: Session, listing: Listing, at: datetime) -> None:
    rows = select(Interest).where(Interest.listing_id == listing.id, Interest.period == listing.period)
    interests = session.execute(rows.order_by(Interest.registered_at).with_for_update()).scalars().all()
    for interest in interests:
        if interest.state is InterestState.REGISTERED:
            interest.state = INTEREST.advance(interest.state, InterestAction.LAPSE)
    qualified = [interest for interest in interests if interest.state is InterestState.QUALIFIED]
    listing.state, listing.qualified = LISTING.advance(listing.state, outcome(len(qualified))), len(qualified)
    if len(qualified) == 1:
        taker = qualified[0]
        taker.state = INTEREST.advance(taker.state, InterestAction.CHOOSE)
        listing.transferee_id, listing.agreed_price, listing.agreed_at = taker.buyer_id, taker.price, at
    session.flush()
    emit(session, PeriodClosed(listing.id, listing.owner_id, len(qualified)), now=at)
    note(session, None, "close-period", listing, at)


def _must_run(listing: Listing) -> datetime:
    """The end of the period that runs. Raises PeriodOver once there has been one, or WrongState."""
    if listing.state is not ListingState.LISTED:
        if listing.period_ends_at is not None:
            raise PeriodOver(listing.period_ends_at)
        LISTING.advance(listing.state, ListingAction.CLOSE_EMPTY)
    return listing.period_ends_at  # type: ignore[return-value]  # the database: a listed listing has an end


def _must_be_free_to_buy(session: Session, listing: Listing, actor: Actor, at: datetime) -> None:
    buyer_id = actor.organisation()
    if auctions.runs_the_market(session, actor):
        raise StaffCannotBuy
    parties.must_be_verified(session, buyer_id)
    relation = relation_of(
        session,
        seller_id=listing.owner_id,
        result_id=listing.result_id,
        buyer_id=buyer_id,
        on=local_date(at),
    )
    if relation.related:
        raise RelatedBuyer
    same = select(Interest.id).where(
        Interest.listing_id == listing.id, Interest.period == listing.period, Interest.buyer_id == buyer_id
    )
    if session.execute(same).first():
        raise AlreadyInterested


def _hold(session: Session, interest_id: InterestId, actor: Actor, *, keeps_deposits: bool) -> tuple[Listing, Interest]:
    """Listing first, then interest: everybody locks in this order. Raises NotFound."""
    rows = interests_visible_to(actor, keeps_deposits=keeps_deposits)
    seen = fetch(session, rows, Interest, interest_id)
    return lock(session, Listing, seen.listing_id), lock(session, Interest, interest_id)


def _record(session: Session, actor: Actor, action: str, interest: Interest, at: datetime) -> None:
    after = {"state": interest.state.value, "price": interest.price, "listing": interest.listing_id}
    record(
        session,
        actor=actor,
        action=f"interest.{action}",
        kind="interest",
        object_id=interest.id,
        after=after,
        now=at,
    )
