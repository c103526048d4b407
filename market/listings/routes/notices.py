"""Public notices over HTTP: put up, read by everybody, objected to, decided upon."""

from __future__ import annotations

from kernel.errors import WrongState
from kernel.http.context import CurrentActor, Db, MaybeActor, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ListingId, NoticeId, ObjectionId
from kernel.paging import Page, PageQuery, page_of
from market.listings import commands, errors, queries
from market.listings.schemas.buying import (
    DecideObjection,
    NoticeIn,
    NoticeOut,
    ObjectionIn,
    ObjectionOut,
    notice_out,
    objection_out,
)
from market.listings.states import NoticeState
from market.listings.tables import Notice, Objection

router = Router(tags=["notices"])


@router.post(
    "/v1/listings/{listing_id}/notices",
    status_code=201,
    operation_id="give_notice",
    responses=problems(errors.NoticeNotRequired, errors.ChannelsWanted, WrongState),
)
def give_notice(listing_id: ListingId, body: NoticeIn, db: Db, actor: CurrentActor, now: Now) -> NoticeOut:
    """Put up the public notice of an agreed price. For the transfer office; its page is frozen and hashed."""
    made = commands.give_notice(
        db,
        listing_id=listing_id,
        unit_url=body.unit_url,
        market_url=body.market_url,
        objection_contact=body.objection_contact,
        actor=actor,
        now=now,
    )
    return notice_out(made)


@router.get("/v1/notices", operation_id="list_notices")
def list_notices(db: Db, actor: MaybeActor, asked: PageQuery, state: NoticeState | None = None) -> Page[NoticeOut]:
    """Public notices, newest first; one's own drafts besides."""
    rows = queries.notices_visible_to(actor)
    if state is not None:
        rows = rows.where(Notice.state == state)
    return page_of(db, rows, Notice.id, asked, notice_out)


@router.get("/v1/notices/{notice_id}", operation_id="get_notice")
def get_notice(notice_id: NoticeId, db: Db, actor: MaybeActor) -> NoticeOut:
    """One public notice: its frozen page, its hash, and until when objections are taken."""
    return notice_out(queries.notice(db, actor, notice_id))


@router.post(
    "/v1/notices/{notice_id}/publication",
    operation_id="publish_notice",
    responses=problems(errors.ChannelsWanted, WrongState),
)
def publish_notice(notice_id: NoticeId, body: NoticeIn, db: Db, actor: CurrentActor, now: Now) -> NoticeOut:
    """Put up the drafted notice that a trial waits for. For the transfer office."""
    published = commands.publish_notice(
        db,
        notice_id=notice_id,
        unit_url=body.unit_url,
        market_url=body.market_url,
        objection_contact=body.objection_contact,
        actor=actor,
        now=now,
    )
    return notice_out(published)


@router.post(
    "/v1/notices/{notice_id}/objections",
    status_code=201,
    operation_id="object_to_notice",
    responses=problems(errors.NoticeOver, errors.AlreadyObjected, WrongState),
)
def object_to(notice_id: NoticeId, body: ObjectionIn, db: Db, actor: CurrentActor, now: Now) -> ObjectionOut:
    """Object under one's own name, with reasons and evidence, until the notice ends. For anybody who is signed in."""
    made = commands.object_to(
        db,
        notice_id=notice_id,
        reason=body.reason,
        evidence=body.evidence,
        evidence_sha256=body.evidence_sha256,
        actor=actor,
        now=now,
    )
    return objection_out(made)


@router.get("/v1/notices/{notice_id}/objections", operation_id="list_objections")
def list_objections(notice_id: NoticeId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[ObjectionOut]:
    """Objections to a notice: one's own; all of them for the unit and the exchange."""
    queries.notice(db, actor, notice_id)
    rows = queries.objections_visible_to(actor).where(Objection.notice_id == notice_id)
    return page_of(db, rows, Objection.id, asked, objection_out)


@router.post(
    "/v1/objections/{objection_id}/decision",
    operation_id="decide_objection",
    responses=problems(errors.OwnObjection, WrongState),
)
def decide_objection(
    objection_id: ObjectionId, body: DecideObjection, db: Db, actor: CurrentActor, now: Now
) -> ObjectionOut:
    """Uphold, and the sale is withdrawn; or reject, and the notice goes on. For the unit's approver or the exchange."""
    decided = commands.decide_objection(
        db, objection_id=objection_id, uphold=body.uphold, decision=body.decision, actor=actor, now=now
    )
    return objection_out(decided)
