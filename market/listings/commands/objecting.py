"""Objections to a notice by people under their own name, and the decision on each: the notice goes on, or the sale is withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock, market_now
from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import NoticeId, ObjectionId, new_id
from market.listings.access import notices_visible_to, objections_visible_to
from market.listings.commands.clearing import set_objections_aside
from market.listings.commands.drafting import withdraw_held
from market.listings.commands.noticing import hold, open_objections
from market.listings.errors import AlreadyObjected, OwnObjection
from market.listings.events import NoticeFailed
from market.listings.noticing import check_objection
from market.listings.states import (
    NOTICE,
    OBJECTION,
    NoticeAction,
    ObjectionAction,
    ObjectionState,
)
from market.listings.tables import Listing, Notice, Objection
from market.listings.trail import note
from parties.roles import Role

UPHELD = "异议成立，撤回本次交易"


def object_to(
    session: Session,
    *,
    notice_id: NoticeId,
    reason: str,
    evidence: str,
    evidence_sha256: str | None,
    actor: Actor,
    now: datetime,
) -> Objection:
    """Anybody who is signed in may object until the notice ends (条例 art 17). Raises NoticeOver, AlreadyObjected, NotFound."""
    seen = fetch(session, notices_visible_to(actor), Notice, notice_id)
    _listing, notice = hold(session, seen)
    at = market_now(session)
    check_objection(ends_at=notice.ends_at or at, now=at)
    notice.state = NOTICE.advance(notice.state, NoticeAction.OBJECT)
    mine = exists().where(
        Objection.notice_id == notice_id,
        Objection.objector_id == actor.person_id,
        Objection.state == ObjectionState.RECEIVED,
    )
    if session.execute(select(mine)).scalar_one():
        raise AlreadyObjected
    objection = Objection(
        id=ObjectionId(new_id()),
        notice_id=notice_id,
        owner_id=notice.owner_id,
        objector_id=actor.person_id,
        organisation_id=actor.organisation_id,
        reason=reason,
        evidence=evidence,
        evidence_sha256=evidence_sha256,
        received_at=at,
        state=OBJECTION.initial,
    )
    session.add(objection)
    session.flush()
    _record(session, actor, "receive", objection, at)
    return objection


def decide_objection(
    session: Session,
    *,
    objection_id: ObjectionId,
    uphold: bool,
    decision: str,
    actor: Actor,
    now: datetime,
) -> Objection:
    """Decide on an objection: upheld, the sale is withdrawn; rejected, the notice goes on once none is open.

    For the unit's approver, or the exchange's supervisor or operator; never for the objector. Raises NotFound, MissingRole,
    OwnObjection, WrongState.
    """
    actor.must_have(Role.UNIT_APPROVER, Role.SUPERVISOR, Role.OPERATOR)
    seen = fetch(session, objections_visible_to(actor), Objection, objection_id)
    if actor.organisation_id != seen.owner_id and not actor.has(Role.SUPERVISOR, Role.OPERATOR):
        raise NotFound
    if actor.person_id == seen.objector_id:
        raise OwnObjection
    listing, notice = hold(session, session.get_one(Notice, seen.notice_id))
    objection = lock(session, Objection, objection_id)
    at = market_now(session)
    action = ObjectionAction.UPHOLD if uphold else ObjectionAction.REJECT
    objection.state = OBJECTION.advance(objection.state, action)
    objection.decision, objection.decided_by, objection.decided_at = decision, actor.person_id, at
    session.flush()
    if uphold:
        _withdraw(session, listing, notice, actor, at)
    elif open_objections(session, notice.id) == 0:
        notice.state = NOTICE.advance(notice.state, NoticeAction.RESUME)
    session.flush()
    _record(session, actor, action.value, objection, at)
    return objection


def _withdraw(session: Session, listing: Listing | None, notice: Notice, actor: Actor, at: datetime) -> None:
    notice.state = NOTICE.advance(notice.state, NoticeAction.UPHOLD)
    set_objections_aside(session, notice)
    session.flush()
    if listing is not None:
        withdraw_held(session, listing, reason=UPHELD, now=at)
        note(session, actor, "withdraw", listing, at, reason=UPHELD)
    emit(session, NoticeFailed(notice.id, notice.owner_id, notice.listing_id, notice.trial_id), now=at)


def _record(session: Session, actor: Actor, action: str, objection: Objection, at: datetime) -> None:
    after = {"state": objection.state.value, "notice": objection.notice_id, "decision": objection.decision}
    record(
        session,
        actor=actor,
        action=f"objection.{action}",
        kind="objection",
        object_id=objection.id,
        after=after,
        now=at,
    )
