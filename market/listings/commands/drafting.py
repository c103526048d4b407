"""Drafting a listing, revising its terms, sending it into the unit's decision, taking it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.db import lock
from kernel.db.locking import fetch
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ListingId, ResultId, new_id
from market.listings.access import owned_by
from market.listings.bases import benchmark_of
from market.listings.commands.clearing import clear
from market.listings.commands.deciding import begin_decision, void_decision
from market.listings.entries import ListingEntry
from market.listings.errors import AlreadyOnOffer
from market.listings.events import ListingEnded
from market.listings.interests import check_conditions
from market.listings.regimes import rules_of
from market.listings.states import LISTING, OVER, ListingAction
from market.listings.tables import Listing
from market.listings.terms import RegimeRules, Terms, check_terms
from market.listings.trail import note
from market.results import titles
from market.results.access import owned_by as results_owned_by
from market.results.guard import Stage
from market.results.tables import Result
from parties import queries as parties
from parties.roles import Role
from parties.tables import Organisation

NAMES_CHECKED_MAX = 20


def draft(session: Session, *, result_id: ResultId, entry: ListingEntry, actor: Actor, now: datetime) -> Listing:
    """Put a result on offer, as a draft that only its owner sees.

    For completers and the transfer office of a verified organisation. Raises NotFound, NotVerified, AlreadyOnOffer,
    MissingRole, and what the rules of the seller's regime refuse.
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE)
    parties.must_be_verified(session, actor.organisation())
    result = lock(session, Result, result_id, within=results_owned_by(actor))
    if session.execute(select(exists().where(Listing.result_id == result_id, Listing.state.not_in(OVER)))).scalar_one():
        raise AlreadyOnOffer
    listing = Listing(
        id=ListingId(new_id()),
        result_id=result_id,
        owner_id=result.owner_id,
        regime=result.regime,
        title=result.title,
        state=LISTING.initial,
        round=1,
        created_by=actor.person_id,
        created_at=now,
        period=0,
        extensions=0,
        related_party=False,
        related_note="",
    )
    _take_terms(session, listing, result, entry, now)
    session.add(listing)
    session.flush()
    note(session, actor, "draft", listing, now)
    return listing


def revise(
    session: Session, *, listing_id: ListingId, entry: ListingEntry, reason: str, actor: Actor, now: datetime
) -> Listing:
    """New terms: the decision is taken anew, offers lapse, and a notice that runs is superseded (条例 art 17).

    Raises NotFound, MissingRole, WrongState while a listing period or a lot runs, and what `draft` refuses.
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.REVISE)
    result = fetch(session, results_owned_by(actor), Result, listing.result_id)
    clear(session, listing, now=now)
    void_decision(session, listing)
    _take_terms(session, listing, result, entry, now)
    listing.round += 1
    listing.approved_at, listing.period_ends_at, listing.reason = None, None, reason
    session.flush()
    note(session, actor, "revise", listing, now, reason=reason)
    return listing


def submit(session: Session, *, listing_id: ListingId, actor: Actor, now: datetime) -> Listing:
    """Send a draft into the unit's decision: the title is guarded first, then the steps of the chain are laid out.

    A chain without steps approves at once (private sellers). Raises RightNotClear, NotFound, MissingRole, WrongState, and
    what `is_signed_off` refuses of an estimate (27号 item 13).
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.SUBMIT)
    result = fetch(session, results_owned_by(actor), Result, listing.result_id)
    kind = listing.licence_kind.value if listing.licence_kind else None
    titles.must_be_clear(
        session, result, way=listing.way.value, licence_kind=kind, stage=Stage.LISTING, on=local_date(now)
    )
    if not begin_decision(session, listing):
        listing.state = LISTING.advance(listing.state, ListingAction.APPROVE)
        listing.approved_at = now
    session.flush()
    note(session, actor, "submit", listing, now)
    return listing


def withdraw(session: Session, *, listing_id: ListingId, reason: str, actor: Actor, now: datetime) -> Listing:
    """Take a listing back before it ends; the reason is public once the listing is. Raises NotFound, WrongState."""
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    withdraw_held(session, listing, reason=reason, now=now)
    note(session, actor, "withdraw", listing, now, reason=reason)
    return listing


def withdraw_held(session: Session, listing: Listing, *, reason: str, now: datetime) -> None:
    """Take back a listing whose lock is held: offers lapse, interests are released, a running notice is superseded."""
    listing.state = LISTING.advance(listing.state, ListingAction.WITHDRAW)
    clear(session, listing, now=now)
    void_decision(session, listing)
    listing.reason = reason
    session.flush()
    emit(session, ListingEnded(listing.id, listing.owner_id, "withdrawn"), now=now)


def _take_terms(session: Session, listing: Listing, result: Result, entry: ListingEntry, now: datetime) -> None:
    """Check the stated terms under the seller's regime and write them into the listing."""
    today = local_date(now)
    rules = rules_of(session, listing.regime, on=today)
    terms = Terms(
        mode=entry.mode,
        way=entry.way,
        licence_kind=entry.licence_kind,
        basis=entry.basis,
        price=entry.price,
        floor=entry.floor or entry.price,
        benchmark=benchmark_of(session, entry, result, on=today),
        deposit=entry.deposit,
        working_days=entry.working_days,
        approved=entry.approval_sha256 is not None,
    )
    check_terms(terms, rules)
    _check_conditions(session, entry, rules)
    for name in ("mode", "way", "licence_kind", "basis", "price", "floor", "benchmark", "deposit", "working_days"):
        setattr(listing, name, getattr(terms, name))
    for name in ("valuation_id", "appraisal_id", "payment_terms", "conditions", "conditions_reason", "disclosures"):
        setattr(listing, name, getattr(entry, name))
    listing.approval_sha256 = entry.approval_sha256


def _check_conditions(session: Session, entry: ListingEntry, rules: RegimeRules) -> None:
    named = select(Organisation.name).where(func.strpos(entry.conditions, Organisation.name) > 0)
    names = session.execute(named.limit(NAMES_CHECKED_MAX)).scalars().all() if entry.conditions else []
    check_conditions(
        entry.conditions,
        known_names=names,
        need_approval=rules.conditions_need_approval,
        approved=entry.approval_sha256 is not None,
    )
