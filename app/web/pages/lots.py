"""The auction pages: lots, one lot with its bids, registering as a bidder, and bidding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy import or_
from starlette.responses import JSONResponse, Response

from app.web import forms
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from auctions import commands, finding, queries, shapes
from auctions.schemas import BidIn, LotOut, RegisterIn
from auctions.states import BIDDING, LotState
from auctions.tables import Lot, Registration
from kernel.errors import Problem
from kernel.ids import LotId, OrganisationId
from kernel.money import Money
from kernel.paging import PageAsked, page_of
from parties import queries as parties
from parties.roles import Role

BIDS_SHOWN: Final = 20
ROWS: Final = 20
PHASES: Final = {
    "live": tuple(sorted(BIDDING | {LotState.SUSPENDED})),
    "soon": (LotState.ANNOUNCED,),
    "over": tuple(sorted(set(LotState) - BIDDING - {LotState.SUSPENDED, LotState.ANNOUNCED})),
}
"""The states behind each heading of the list."""

router = PageRouter()


@dataclass(frozen=True, slots=True)
class Mine:
    """What the visitor's own organisation has to do with a lot."""

    registration: Registration | None
    may_bid: bool
    may_register: bool
    leads: bool


@router.get("/lots")
def lots(visit: Visit, phase: str = "", after: UUID | None = None) -> Response:
    """The lots, newest first."""
    rows = finding.visible_to(visit.actor)
    if phase in PHASES:
        rows = rows.where(or_(*(queries.in_phase(state, visit.now) for state in PHASES[phase])))
    page = page_of(visit.db, rows, Lot.id, PageAsked(ROWS, after), lambda row: shapes.lot(row, visit.now))
    return visit.show("lots.html", page=page, phase=phase if phase in PHASES else "", phases=list(PHASES))


@router.get("/clock")
def clock(visit: Visit) -> Response:
    """Market time in milliseconds, for countdowns."""
    return JSONResponse({"now_ms": round(visit.now.timestamp() * 1000)})


@router.get("/lots/{lot_id}")
def lot(visit: Visit, lot_id: LotId, placed: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None) -> Response:
    """One lot. `placed` is the line of one's own bid, to be shown as a receipt."""
    return _lot(visit, lot_id, placed=placed)


@router.get("/lots/{lot_id}/standing")
def standing(visit: Visit, lot_id: LotId, seen: str = "") -> Response:
    """The part of the page that moves; nothing (204) while it is as the reader has seen it."""
    facts = _standing(visit, finding.lot(visit.db, lot_id))
    if facts["mark"] == seen:
        return Response(status_code=204)
    if "hx-request" not in visit.request.headers:
        return go(f"/lots/{lot_id}")
    return visit.show("lot_standing.html", **facts)


@router.post("/lots/{lot_id}/registrations")
def register(visit: Visit, lot_id: LotId) -> Response:
    """Register one's organisation as a bidder."""
    actor = visit.member()

    def step() -> Registration:
        body = forms.as_body(RegisterIn, conflicts=visit.form.get("conflicts", ""))
        return commands.register(visit.db, lot_id=lot_id, conflicts=body.conflicts, actor=actor, now=visit.now)

    done = visit.attempt(step)
    return _lot(visit, lot_id, problem=done) if isinstance(done, Problem) else go(f"/lots/{lot_id}")


@router.post("/lots/{lot_id}/bids")
def bid(visit: Visit, lot_id: LotId) -> Response:
    """Bid. A bid that breaks a rule of bidding is a line of the book as well, so it is answered and committed."""
    actor, typed = visit.member(), visit.form.get("amount", "")

    def step() -> commands.Decision:
        body = forms.as_body(BidIn, amount_fen=forms.fen(typed))
        return commands.place_bid(visit.db, lot_id=lot_id, amount=Money(body.amount_fen), actor=actor, now=visit.now)

    decision = visit.attempt(step)
    if isinstance(decision, Problem):
        return _lot(visit, lot_id, problem=decision, typed=typed)
    if decision.refusal is not None:
        return _lot(visit, lot_id, problem=decision.refusal, typed=typed)
    return go(f"/lots/{lot_id}?placed={decision.line.seq}")


def _lot(
    visit: Visiting,
    lot_id: LotId,
    *,
    problem: Problem | None = None,
    typed: str | None = None,
    placed: int | None = None,
) -> Response:
    row = finding.lot(visit.db, lot_id)
    facts = _standing(visit, row)
    award = finding.award(visit.db, lot_id)
    confirmed = queries.confirmation(visit.db, lot_id)
    return visit.show(
        "lot.html",
        status=problem.status if problem else 200,
        here=f"/lots/{lot_id}",
        rules=row.session_rules,
        seller=parties.names(visit.db, [row.seller_id])[row.seller_id],
        receipt=_receipt(facts, placed),
        award=award,
        confirmed=confirmed,
        root=row.book.root().hex() if facts["lot"].reserve_met is not None or award else None,
        problem=problem,
        typed=typed,
        **facts,
    )


def _standing(visit: Visiting, row: Lot) -> dict[str, Any]:
    seen = shapes.lot(row, visit.now)
    bids = [shapes.bid(line) for line in queries.bids(visit.db, row.id, before=None, limit=BIDS_SHOWN)]
    ends_ms = round(seen.ends_at.timestamp() * 1000)
    return {
        "lot": seen,
        "bids": bids,
        "ends_ms": ends_ms,
        "mark": f"{seen.state.value}.{seen.bids}.{ends_ms}",
        "mine": _mine(visit, seen),
    }


def _mine(visit: Visiting, seen: LotOut) -> Mine:
    """Decided for the eye only: the commands decide again, by the rules."""
    home = visit.actor.organisation_id if visit.actor else None
    if home is None or not visit.has(Role.BUYER):
        return Mine(None, False, False, False)
    own = finding.registration_of(visit.db, LotId(seen.id), OrganisationId(home))
    running = seen.next_minimum_fen is not None
    return Mine(
        own,
        may_bid=own is not None and running,
        may_register=own is None and running and home != seen.seller_id,
        leads=own is not None and seen.leader == own.number,
    )


def _receipt(facts: dict[str, Any], placed: int | None) -> Any:
    own = facts["mine"].registration
    if placed is None or own is None:
        return None
    return next((bid for bid in facts["bids"] if bid.seq == placed and bid.bidder == own.number), None)
