"""Auctions and competitive bidding: a lot is announced from a listing, its bidders are carried over, its end comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import commands as auctions
from auctions.commands.announcing import session_document
from auctions.events import LotAnnounced, LotSold, LotUnsold
from auctions.rules import LegalBasis, read
from auctions.tables import Lot
from auctions.terms import LotTerms, earliest_opening
from kernel.calendar import local_date
from kernel.db import lock
from kernel.errors import NotFound, Problem
from kernel.events import emit
from kernel.http.auth import Actor, roles_of
from kernel.ids import ListingId, OrganisationId
from kernel.money import ZERO, Money
from kernel.rules import whole_number
from market.listings.access import visible_to
from market.listings.commands.dealing import make_deal
from market.listings.commands.opening import make_public
from market.listings.entries import LotEntry
from market.listings.errors import WrongMode
from market.listings.events import ListingEnded
from market.listings.interests import check_cut
from market.listings.negotiation import check_floor
from market.listings.regimes import rules_of
from market.listings.states import INTEREST, LISTING, InterestAction, InterestState, ListingAction, ListingState
from market.listings.tables import Deal, Interest, Listing
from market.listings.terms import Mode, check_against_benchmark
from market.listings.trail import note
from market.results.errors import RightNotClear
from parties import queries as parties
from parties.roles import Role

log = structlog.get_logger("market.listings")


def announce_lot(session: Session, *, listing_id: ListingId, entry: LotEntry, actor: Actor, now: datetime) -> Lot:
    """Announce the lot of an auction, or the competitive bidding of a listing with several buyers.

    What the entry leaves out follows from the listing and the trading rules: nothing is entered twice. For the seller's
    transfer office, or the exchange's auctioneer or operator. Raises WrongMode, BelowDecision, CutTooDeep, ApprovalWanted,
    RightNotClear, NotFound, MissingRole, WrongState, and what `auctions.terms.check` refuses.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.AUCTIONEER, Role.OPERATOR)
    listing = lock(session, Listing, listing_id, within=visible_to(actor))
    if actor.organisation_id != listing.owner_id and not actor.has(Role.AUCTIONEER, Role.OPERATOR):
        raise NotFound
    if listing.mode is Mode.AGREED:
        raise WrongMode
    again = listing.state is ListingState.UNSOLD
    after = LISTING.advance(listing.state, ListingAction.ANNOUNCE)
    _check_start(session, listing, entry, again=again, now=now)
    make_public(session, listing, actor=actor, now=now)
    lot = auctions.announce(session, terms=_terms(session, listing, entry, now), actor=actor, now=now)
    listing.state, listing.lot_id, listing.price, listing.deposit = after, lot.id, lot.start, lot.deposit
    session.flush()
    note(session, actor, "announce", listing, now)
    return lot


def carry_bidders(session: Session, told: LotAnnounced, now: datetime) -> int:
    """The buyers who were qualified on the listing are bidders of its lot, their deposits with them; returns how many.

    They registered and paid once; the registration and the receipt are entered in their names again.
    """
    listing = _of_subject(session, told)
    if listing is None:
        return 0
    rows = select(Interest).where(Interest.listing_id == listing.id, Interest.state == InterestState.QUALIFIED)
    interests = session.execute(rows.order_by(Interest.registered_at).with_for_update()).scalars().all()
    exchange = parties.exchange(session).id if interests else None
    for interest in interests:
        try:
            with session.begin_nested():
                _carry(session, told, interest, exchange, now)
        except Problem as problem:
            log.warning("interest.not_carried", interest=str(interest.id), reason=problem.slug())
            interest.state = INTEREST.advance(interest.state, InterestAction.RELEASE)
    session.flush()
    return len(interests)


def take_sale(session: Session, told: LotSold, now: datetime) -> Deal | None:
    """The hammer has fallen: the deal is made and its contract drafted, once.

    If the title has become unclear meanwhile the listing is held, with the reason, until it is cured.
    """
    listing = _of_subject(session, told)
    if listing is None or listing.state is not ListingState.BIDDING:
        return None
    listing.transferee_id, listing.agreed_price, listing.agreed_at = told.winner_id, told.price, now
    try:
        with session.begin_nested():
            return make_deal(
                session,
                listing,
                after=LISTING.advance(listing.state, ListingAction.SELL),
                buyer_id=told.winner_id,
                price=told.price,
                actor=None,
                at=now,
            )
    except RightNotClear as unclear:
        listing.state = LISTING.advance(ListingState.BIDDING, ListingAction.HOLD)
        listing.reason = "；".join(finding["why_zh"] for finding in unclear.findings)
        session.flush()
        note(session, None, "hold", listing, now, reason=listing.reason)
        return None


def take_failure(session: Session, told: LotUnsold, now: datetime) -> None:
    """The lot was not sold: the seller may announce again, revise, or end. A second telling changes nothing."""
    listing = _of_subject(session, told)
    if listing is None or listing.state is not ListingState.BIDDING:
        return
    listing.state = LISTING.advance(listing.state, ListingAction.LAPSE)
    listing.reason = told.outcome
    session.flush()
    emit(session, ListingEnded(listing.id, listing.owner_id, told.outcome), now=now)
    note(session, None, "lapse", listing, now, reason=told.outcome)


def _check_start(session: Session, listing: Listing, entry: LotEntry, *, again: bool, now: datetime) -> None:
    """The decision covers the start price; a second attempt is cut within the rule (法释〔2016〕18号 art 26)."""
    start = entry.start or listing.price
    check_floor(start, floor=listing.floor)
    rules = rules_of(session, listing.regime, on=local_date(now))
    if again:
        check_cut(start, before=listing.price, cut_bp_max=rules.cut_bp_max)
    check_against_benchmark(start, listing.benchmark, rules, approved=listing.approval_sha256 is not None)


def _terms(session: Session, listing: Listing, entry: LotEntry, now: datetime) -> LotTerms:
    today, start = local_date(now), entry.start or listing.price
    basis = LegalBasis(entry.legal_basis)
    opens_at = entry.opens_at or earliest_opening(read(session_document(session, basis, now)), now)
    hours = whole_number(session, "bidding.open_hours", on=today)
    return LotTerms(
        subject_id=listing.id,
        seller_id=listing.owner_id,
        title=listing.title,
        legal_basis=basis,
        start=start,
        reserve=entry.reserve,
        step=entry.step or _usual_step(start, whole_number(session, "bidding.step_bp", on=today)),
        deposit=listing.deposit if entry.deposit is None else entry.deposit,
        opens_at=opens_at,
        ends_at=entry.ends_at or opens_at + timedelta(hours=hours),
        defects_disclosed=entry.defects or listing.disclosures,
    )


def _usual_step(start: Money, step_bp: int) -> Money:
    """A share of the start price in whole yuan, at least one."""
    return Money(max(start.share(step_bp).fen // 100, 1) * 100)


def _carry(
    session: Session, told: LotAnnounced, interest: Interest, exchange: OrganisationId | None, now: datetime
) -> None:
    buyer = Actor(interest.registered_by, interest.buyer_id, roles_of([Role.BUYER]))
    carried = auctions.register(
        session, lot_id=told.lot_id, conflicts=f"由挂牌意向登记转入 {interest.id}", actor=buyer, now=now
    )
    recorder = interest.deposit_recorded_by
    if interest.deposit != ZERO and carried.deposit == interest.deposit and interest.bank_reference and recorder:
        keeper = Actor(recorder, exchange, roles_of([Role.FINANCE]))
        auctions.mark_deposit_paid(
            session,
            registration_id=carried.id,
            amount=interest.deposit,
            bank_reference=interest.bank_reference,
            actor=keeper,
        )
    interest.state = INTEREST.advance(interest.state, InterestAction.CARRY)
    interest.lot_registration_id = carried.id
    session.flush()


def _of_subject(session: Session, told: LotAnnounced | LotSold | LotUnsold) -> Listing | None:
    """The listing that the lot was announced from, locked; None if it is another's or has gone on to another lot."""
    rows = select(Listing).where(Listing.id == told.subject_id, Listing.lot_id == told.lot_id)
    return session.execute(rows.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
