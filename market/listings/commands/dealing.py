"""Concluding: a listing ends in one deal, and in the same transaction the contract is drafted from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements import commands as agreements
from kernel.calendar import local_date
from kernel.db import lock, market_now
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import DealId, ListingId, NoticeId, OfferId, OrganisationId, new_id
from kernel.money import Money
from kernel.rules import rule
from market.listings.access import owned_by
from market.listings.bases import must_still_carry
from market.listings.commands.clearing import lapse_offers, release_interests
from market.listings.commands.noticing import RULE, open_objections
from market.listings.deals import facts_of
from market.listings.errors import NoticeMissing
from market.listings.events import DealMade
from market.listings.noticing import check_closed
from market.listings.states import DEAL, LISTING, ListingAction, ListingState, NoticeState, OfferState
from market.listings.tables import Deal, Listing, Notice, Offer
from market.listings.terms import Mode, Way
from market.listings.trail import note
from market.results import commands as results
from market.results import titles
from market.results.guard import Stage
from market.results.tables import Result
from parties.roles import Role
from valuation.tables import Valuation


def conclude(session: Session, *, listing_id: ListingId, actor: Actor, now: datetime) -> Deal:
    """Make the deal that a listing has come to, at the agreed price or with the one buyer of its period.

    For the transfer office. For a government unit's agreed price not before its notice has closed (条例 art 17). After a
    listing with one buyer no second notice is needed. Raises NoticeMissing, NoticeNotClosed, ObjectionOpen, RightNotClear,
    AppraisalExpired, NotFound, MissingRole, WrongState.
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    at = market_now(session)
    # A sale by bidding that was held for its title is completed in the same way.
    action = ListingAction.SELL if listing.state is ListingState.HELD else ListingAction.CONCLUDE
    notice_id, offer_id = None, None
    if listing.mode is Mode.AGREED:
        notice_id, offer_id = _notice_of(session, listing, at), _accepted(session, listing)
    after = LISTING.advance(listing.state, action)
    return make_deal(
        session,
        listing,
        after=after,
        buyer_id=listing.transferee_id,  # type: ignore[arg-type]  # the database: transferee and price come together
        price=listing.agreed_price,  # type: ignore[arg-type]  # as above
        notice_id=notice_id,
        offer_id=offer_id,
        actor=actor,
        at=at,
    )


def make_deal(
    session: Session,
    listing: Listing,
    *,
    after: ListingState,
    buyer_id: OrganisationId,
    price: Money,
    notice_id: NoticeId | None = None,
    offer_id: OfferId | None = None,
    actor: Actor | None,
    at: datetime,
) -> Deal:
    """The title is guarded once more; then deal and draft contract are written together. The listing's lock is held."""
    result, today = lock(session, Result, listing.result_id), local_date(at)
    guard(session, listing, result, at)
    must_still_carry(session, listing, on=today)
    deal_id = DealId(new_id())
    valued = session.get(Valuation, listing.valuation_id) if listing.valuation_id else None
    facts = facts_of(
        listing,
        result,
        deal_id=deal_id,
        buyer_id=buyer_id,
        price=price,
        notice_id=notice_id,
        estimated=valued.price if valued else None,
        agreed_on=local_date(listing.agreed_at or at),
    )
    contract = agreements.draft(session, facts=facts, now=at, actor=actor)
    deal = Deal(
        id=deal_id,
        listing_id=listing.id,
        result_id=result.id,
        seller_id=listing.owner_id,
        buyer_id=buyer_id,
        price=price,
        mode=listing.mode,
        basis=listing.basis,
        related_party=listing.related_party,
        offer_id=offer_id,
        notice_id=notice_id,
        lot_id=listing.lot_id,
        contract_id=contract.id,
        state=DEAL.initial,
        made_at=at,
    )
    session.add(deal)
    listing.state = after
    lapse_offers(session, listing, OfferState.STANDING, now=at)
    release_interests(session, listing)
    if listing.way is Way.TRANSFER:
        results.mark_sold(session, result=result)
    session.flush()
    _tell(session, deal, at)
    note(session, actor, "deal", listing, at)
    return deal


def guard(session: Session, listing: Listing, result: Result, at: datetime) -> None:
    """Raises RightNotClear if the title has become unclear since the listing."""
    kind = listing.licence_kind.value if listing.licence_kind else None
    titles.must_be_clear(session, result, way=listing.way.value, licence_kind=kind, stage=Stage.DEAL, on=local_date(at))


def _tell(session: Session, deal: Deal, at: datetime) -> None:
    event = DealMade(
        deal_id=deal.id,
        listing_id=deal.listing_id,
        contract_id=deal.contract_id,
        result_id=deal.result_id,
        seller_id=deal.seller_id,
        buyer_id=deal.buyer_id,
        price=deal.price,
        mode=deal.mode.value,
        basis=deal.basis.value,
    )
    emit(session, event, now=at)


def _notice_of(session: Session, listing: Listing, at: datetime) -> NoticeId | None:
    """The closed notice of this price and transferee; None where the regime asks for none.

    Raises NoticeMissing, NoticeNotClosed or ObjectionOpen (条例 art 17).
    """
    agreed = (ListingState.AGREED, ListingState.NOTICE, ListingState.CLEARED)
    needed = rule(session, RULE, on=local_date(at), regime=listing.regime.value).value != 0
    if listing.state not in agreed or (not needed and listing.state is ListingState.AGREED):
        return None
    live = (NoticeState.RUNNING, NoticeState.OBJECTED, NoticeState.CLOSED)
    rows = select(Notice).where(Notice.listing_id == listing.id, Notice.state.in_(live)).with_for_update()
    notice = session.execute(rows).scalar_one_or_none()
    same = notice is not None and (notice.transferee_id, notice.price, notice.way) == (
        listing.transferee_id,
        listing.agreed_price,
        listing.way.value,
    )
    if notice is None or not same:
        raise NoticeMissing
    check_closed(
        closed=notice.state is NoticeState.CLOSED,
        ends_at=notice.ends_at or at,
        now=at,
        open_objections=open_objections(session, notice.id),
    )
    return notice.id


def _accepted(session: Session, listing: Listing) -> OfferId | None:
    rows = select(Offer.id).where(Offer.listing_id == listing.id, Offer.state == OfferState.ACCEPTED)
    found: OfferId | None = session.execute(rows).scalar_one_or_none()
    return found
