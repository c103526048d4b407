"""Public notices: put up, objected to, decided upon, and closed by market time once their days have run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.licences.events import TrialAgreed
from kernel.audit import record
from kernel.calendar import WorkingCalendar, local_date
from kernel.db import lock, market_now
from kernel.db.locking import fetch
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ListingId, NoticeId, OfferId, new_id
from kernel.rules import rule
from market.listings.access import owned_by
from market.listings.errors import NoticeNotRequired
from market.listings.events import NoticeClosed, NoticePublished
from market.listings.noticing import Page, check_channels, may_close, page_sha256, period
from market.listings.relations import relation_of
from market.listings.states import (
    LISTING,
    NOTICE,
    ListingAction,
    NoticeAction,
    NoticeState,
    ObjectionState,
    OfferState,
)
from market.listings.tables import Listing, Notice, Objection, Offer
from market.listings.trail import note
from market.results.tables import Result
from parties import queries as parties
from parties.kinds import Regime
from parties.roles import Role

NOTICES_A_ROUND = 100
RULE = "notice.days"


def give_notice(
    session: Session,
    *,
    listing_id: ListingId,
    unit_url: str,
    market_url: str,
    objection_contact: str,
    actor: Actor,
    now: datetime,
) -> Notice:
    """Put up the public notice of an agreed price, in the unit and in the market; its page is frozen with its hash.

    For the transfer office. Raises NoticeNotRequired, ChannelsWanted, NotFound, MissingRole, WrongState (条例 art 17).
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    at = market_now(session)
    if rule(session, RULE, on=local_date(at), regime=listing.regime.value).value == 0:
        raise NoticeNotRequired
    listing.state = LISTING.advance(listing.state, ListingAction.GIVE_NOTICE)
    notice = _of_listing(session, listing, at)
    _put_up(session, notice, listing.regime, listing.payment_terms, unit_url, market_url, objection_contact, at)
    _record(session, actor, "publish", notice, at)
    note(session, actor, "give-notice", listing, at)
    return notice


def publish_notice(
    session: Session,
    *,
    notice_id: NoticeId,
    unit_url: str,
    market_url: str,
    objection_contact: str,
    actor: Actor,
    now: datetime,
) -> Notice:
    """Put up the notice that a trial of a government unit waits for; the draft was made when the trial was agreed."""
    actor.must_have(Role.TRANSFER_OFFICE)
    mine = select(Notice).where(Notice.owner_id == actor.organisation())
    notice = lock(session, Notice, notice_id, within=mine)
    unit = parties.organisation(session, notice.owner_id)
    at = market_now(session)
    _put_up(session, notice, unit.regime, "", unit_url, market_url, objection_contact, at)
    _record(session, actor, "publish", notice, at)
    return notice


def draft_trial_notice(session: Session, told: TrialAgreed, now: datetime) -> Notice | None:
    """A trial of a government unit's result was agreed: its notice is drafted, once. None if it was.

    None, too, for a result that is not of this register: there is nothing to publish of it.
    """
    drafted = session.execute(select(Notice.id).where(Notice.trial_id == told.trial_id)).first()
    if drafted is not None or session.get(Result, told.result_id) is None:
        return None
    relation = relation_of(
        session,
        seller_id=told.owner_id,
        result_id=told.result_id,
        buyer_id=told.licensee_id,
        on=told.agreed_on,
    )
    notice = Notice(
        id=NoticeId(new_id()),
        trial_id=told.trial_id,
        result_id=told.result_id,
        owner_id=told.owner_id,
        transferee_id=told.licensee_id,
        title=told.title,
        way=told.way,
        price=told.ceiling,
        related_party=relation.related,
        related_note=relation.note,
        days=0,
        state=NOTICE.initial,
        created_at=now,
    )
    session.add(notice)
    session.flush()
    return notice


def close_due(session: Session, now: datetime) -> int:
    """Close the notices whose days have run without an open objection; returns how many. Several workers may ask at once."""
    due = select(Notice.id, Notice.listing_id).where(Notice.state == NoticeState.RUNNING, Notice.ends_at <= now)
    closed = 0
    for notice_id, listing_id in session.execute(due.order_by(Notice.ends_at).limit(NOTICES_A_ROUND)).all():
        listing = _try_lock(session, listing_id) if listing_id else None
        if listing_id is None or listing is not None:
            closed += _close(session, notice_id, listing)
    return closed


def _close(session: Session, notice_id: NoticeId, listing: Listing | None) -> int:
    rows = select(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.RUNNING)
    notice = session.execute(rows.with_for_update(skip_locked=True)).scalar_one_or_none()
    at = market_now(session)
    if notice is None or notice.ends_at is None:
        return 0
    if not may_close(ends_at=notice.ends_at, now=at, open_objections=open_objections(session, notice_id)):
        return 0
    notice.state, notice.closed_at = NOTICE.advance(notice.state, NoticeAction.CLOSE), at
    if listing is not None:
        listing.state = LISTING.advance(listing.state, ListingAction.CLEAR)
        note(session, None, "clear", listing, at)
    session.flush()
    emit(session, NoticeClosed(notice.id, notice.owner_id, notice.listing_id, notice.trial_id), now=at)
    _record(session, None, "close", notice, at)
    return 1


def open_objections(session: Session, notice_id: NoticeId) -> int:
    """How many objections to a notice wait for a decision."""
    rows = select(func.count()).select_from(Objection)
    waiting = rows.where(Objection.notice_id == notice_id, Objection.state == ObjectionState.RECEIVED)
    return session.execute(waiting).scalar_one()


def hold(session: Session, notice: Notice) -> tuple[Listing | None, Notice]:
    """Listing first, then notice: everybody locks in this order."""
    listing = lock(session, Listing, notice.listing_id) if notice.listing_id else None
    return listing, lock(session, Notice, notice.id)


def _of_listing(session: Session, listing: Listing, at: datetime) -> Notice:
    accepted = select(Offer.id).where(Offer.listing_id == listing.id, Offer.state == OfferState.ACCEPTED)
    offer_id: OfferId = session.execute(accepted).scalar_one()
    return Notice(
        id=NoticeId(new_id()),
        listing_id=listing.id,
        offer_id=offer_id,
        result_id=listing.result_id,
        owner_id=listing.owner_id,
        transferee_id=listing.transferee_id,
        title=listing.title,
        way=listing.way.value,
        licence_kind=listing.licence_kind.value if listing.licence_kind else None,
        price=listing.agreed_price,
        related_party=listing.related_party,
        related_note=listing.related_note,
        days=0,
        state=NOTICE.initial,
        created_at=at,
    )


def _put_up(
    session: Session,
    notice: Notice,
    regime: Regime,
    payment_terms: str,
    unit_url: str,
    market_url: str,
    objection_contact: str,
    at: datetime,
) -> None:
    """Freeze the page and let the days run from this instant."""
    check_channels(unit_url, market_url)
    days = rule(session, RULE, on=local_date(at), regime=regime.value)
    runs = period(at, int(days.value), WorkingCalendar.shipped())
    notice.state = NOTICE.advance(notice.state, NoticeAction.PUBLISH)
    notice.unit_url, notice.market_url, notice.objection_contact = unit_url, market_url, objection_contact
    notice.days, notice.rule_version = runs.days, f"{days.name} {days.version}"
    notice.starts_at, notice.ends_on, notice.ends_at = runs.starts_at, runs.ends_on, runs.ends_at
    # The page is whole or it is not there: nothing of it is written while its names are looked up.
    with session.no_autoflush:
        notice.content = _page(session, notice, payment_terms).as_json()
    notice.content_sha256 = page_sha256(notice.content)
    session.add(notice)
    session.flush()
    emit(session, NoticePublished(notice.id, notice.owner_id, notice.listing_id, notice.trial_id), now=at)


def _page(session: Session, notice: Notice, payment_terms: str) -> Page:
    result = session.get_one(Result, notice.result_id)
    names = parties.names(session, [notice.owner_id, notice.transferee_id])
    listing = fetch(session, select(Listing), Listing, notice.listing_id) if notice.listing_id else None
    return Page(
        unit=names[notice.owner_id],
        title=result.title,
        summary=result.summary,
        way=notice.way,
        licence_kind=notice.licence_kind,
        price_fen=notice.price.fen,
        payment_terms=payment_terms,
        transferee=names[notice.transferee_id],
        related_party=notice.related_party,
        related_note=notice.related_note,
        completers=tuple(completer.name for completer in result.completers),
        basis=listing.basis.value if listing else "agreement",
        unit_url=str(notice.unit_url),
        market_url=str(notice.market_url),
        starts_on=local_date(notice.starts_at).isoformat() if notice.starts_at else "",
        ends_on=notice.ends_on.isoformat() if notice.ends_on else "",
        days=notice.days,
        objection_contact=str(notice.objection_contact),
    )


def _try_lock(session: Session, listing_id: ListingId) -> Listing | None:
    rows = select(Listing).where(Listing.id == listing_id).with_for_update(skip_locked=True)
    return session.execute(rows.execution_options(populate_existing=True)).scalar_one_or_none()


def _record(session: Session, actor: Actor | None, action: str, notice: Notice, at: datetime) -> None:
    after = {"state": notice.state.value, "sha256": notice.content_sha256, "ends_at": notice.ends_at}
    record(session, actor=actor, action=f"notice.{action}", kind="notice", object_id=notice.id, after=after, now=at)
