"""Opening a decided listing to the public, and how a period that brought nobody goes on: extended, relisted, ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.calendar import WorkingCalendar, local_date
from kernel.db import lock, market_now
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ListingId
from kernel.money import Money
from market.listings.access import owned_by
from market.listings.bases import must_be_benchmark, must_still_carry
from market.listings.commands.clearing import clear
from market.listings.commands.deciding import decision_time
from market.listings.errors import WrongMode
from market.listings.events import ListingEnded, ListingPublished
from market.listings.interests import check_cut, check_extension
from market.listings.negotiation import check_floor
from market.listings.regimes import rules_of
from market.listings.states import LISTING, ListingAction
from market.listings.tables import Listing
from market.listings.terms import Mode, check_against_benchmark
from market.listings.trail import note
from market.results import commands as results
from market.results import titles
from market.results.guard import Stage
from market.results.tables import Result
from parties.roles import Role


def publish(session: Session, *, listing_id: ListingId, actor: Actor, now: datetime) -> Listing:
    """Open a decided listing: an agreed price takes offers, a listing begins its period. An auction announces a lot instead.

    For the transfer office. Raises NotFound, MissingRole, WrongMode, WrongState before the decision is complete,
    RightNotClear, AppraisalExpired, and what `may_be_benchmark` refuses of an estimate (27号 item 13).
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    if listing.mode is Mode.AUCTION:
        raise WrongMode
    action = ListingAction.OPEN if listing.mode is Mode.AGREED else ListingAction.LIST
    opened = LISTING.advance(listing.state, action)
    make_public(session, listing, actor=actor, now=now)
    if listing.mode is Mode.LISTED:
        _begin_period(session, listing, listing.working_days or 0)
    # State and period change in one statement: a listing that runs has an end, at every moment.
    listing.state = opened
    session.flush()
    note(session, actor, "publish", listing, now)
    return listing


def make_public(session: Session, listing: Listing, *, actor: Actor, now: datetime) -> None:
    """The title is guarded, the basis still carries the price, and the result is published with its listing."""
    today = local_date(now)
    result = lock(session, Result, listing.result_id)
    kind = listing.licence_kind.value if listing.licence_kind else None
    titles.must_be_clear(session, result, way=listing.way.value, licence_kind=kind, stage=Stage.LISTING, on=today)
    must_still_carry(session, listing, on=today)
    must_be_benchmark(session, listing, decided_at=decision_time(session, listing), told=actor.organisation_id)
    results.publish(session, result=result, now=now)
    listing.published_at = now
    emit(session, ListingPublished(listing.id, listing.result_id, listing.owner_id, listing.mode.value), now=now)


def extend(session: Session, *, listing_id: ListingId, actor: Actor, now: datetime) -> Listing:
    """Go on on the same terms for one step of the rule. Raises ExtensionsUsedUp, NotFound, MissingRole, WrongState."""
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.EXTEND)
    rules = rules_of(session, listing.regime, on=local_date(now))
    check_extension(listing.extensions, extensions_max=rules.extensions_max)
    listing.extensions += 1
    _begin_period(session, listing, rules.extension_working_days)
    session.flush()
    note(session, actor, "extend", listing, now)
    return listing


def relist(
    session: Session,
    *,
    listing_id: ListingId,
    price: Money,
    approval_sha256: str | None,
    actor: Actor,
    now: datetime,
) -> Listing:
    """List again at a lower price, for a whole new period, as far as the decision and the regime's bounds reach.

    Raises CutTooDeep, BelowDecision (decide anew by revising), ApprovalWanted (17号), NotFound, MissingRole, WrongState.
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.RELIST)
    rules = rules_of(session, listing.regime, on=local_date(now))
    check_cut(price, before=listing.price, cut_bp_max=rules.cut_bp_max)
    check_floor(price, floor=listing.floor)
    listing.approval_sha256 = approval_sha256 or listing.approval_sha256
    check_against_benchmark(price, listing.benchmark, rules, approved=listing.approval_sha256 is not None)
    listing.deposit = Money(listing.deposit.fen * price.fen // listing.price.fen)
    listing.price, listing.extensions = price, 0
    _begin_period(session, listing, listing.working_days or 0)
    session.flush()
    note(session, actor, "relist", listing, now)
    return listing


def end(session: Session, *, listing_id: ListingId, reason: str, actor: Actor, now: datetime) -> Listing:
    """End a listing that has closed without a deal. Raises NotFound, MissingRole, WrongState."""
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.END)
    clear(session, listing, now=now)
    listing.reason = reason
    session.flush()
    emit(session, ListingEnded(listing.id, listing.owner_id, "ended"), now=now)
    note(session, actor, "end", listing, now, reason=reason)
    return listing


def _begin_period(session: Session, listing: Listing, working_days: int) -> None:
    """A listing period begins now: its first day does not count, it ends at 24:00 in Shanghai (Civil Code 201, 203)."""
    listing.period += 1
    listing.period_ends_at = WorkingCalendar.shipped().working_days_end_at(market_now(session), working_days)
