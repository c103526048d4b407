"""Public notices 公示: the frozen page, the days it runs, and how to object to it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.responses import Response

from app.web import forms, naming
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from kernel.errors import Problem
from kernel.ids import NoticeId
from kernel.paging import PageAsked
from market.listings import commands, queries
from market.listings.schemas.buying import ObjectionIn, notice_out
from market.listings.states import NOTICE_UNDER_WAY
from market.listings.tables import Notice, Objection

ROWS: Final = 20

router = PageRouter()


@router.get("/notices")
def notices(visit: Visit, running: bool = False, after: UUID | None = None) -> Response:
    """The notices, newest first; drafts are nobody's but their unit's and do not stand here."""
    rows = queries.notices_visible_to(None)
    if running:
        rows = rows.where(Notice.state.in_(NOTICE_UNDER_WAY))
    found, next_after = visit.rows(rows, Notice.id, PageAsked(ROWS, after))
    names = naming.organisations(visit, {row.owner_id for row in found} | {row.transferee_id for row in found})
    return visit.show("notices.html", notices=found, names=names, running=running, next_after=next_after)


@router.get("/notices/{notice_id}")
def notice(visit: Visit, notice_id: NoticeId) -> Response:
    """One notice."""
    return _notice(visit, notice_id)


@router.post("/notices/{notice_id}/objections")
def object_to(visit: Visit, notice_id: NoticeId) -> Response:
    """Object, under one's own name."""
    actor = visit.member()

    def step() -> Objection:
        body = forms.as_body(ObjectionIn, reason=visit.form.get("reason", ""), evidence=visit.form.get("evidence", ""))
        return commands.object_to(
            visit.db,
            notice_id=notice_id,
            reason=body.reason,
            evidence=body.evidence,
            evidence_sha256=None,
            actor=actor,
            now=visit.now,
        )

    made = visit.attempt(step)
    return _notice(visit, notice_id, problem=made) if isinstance(made, Problem) else go(f"/notices/{notice_id}")


def _notice(visit: Visiting, notice_id: NoticeId, *, problem: Problem | None = None) -> Response:
    row = queries.notice(visit.db, visit.actor, notice_id)
    mine: list[Objection] = []
    if visit.actor is not None:
        seen = queries.objections_visible_to(visit.actor).where(Objection.notice_id == notice_id)
        mine, _ = visit.rows(seen, Objection.id, PageAsked(ROWS, None))
    return visit.show(
        "notice.html",
        status=problem.status if problem else 200,
        here=f"/notices/{notice_id}",
        notice=notice_out(row),
        names=naming.organisations(visit, [row.owner_id, row.transferee_id]),
        under_way=row.state in NOTICE_UNDER_WAY and row.ends_at is not None and visit.now < row.ends_at,
        objections=mine,
        problem=problem,
        typed=visit.form if problem else {},
    )
