"""The pool of results that may be tried first and paid for later (先用后转), and how the pool does."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.responses import Response

from app.web import forms
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from contracts.licences import commands, queries
from contracts.licences.schemas import AskForTrial
from contracts.licences.tables import PoolEntry, Trial
from kernel.db.locking import fetch
from kernel.errors import Problem
from kernel.ids import PoolEntryId
from kernel.paging import PageAsked
from parties import queries as parties
from parties.roles import Role

ROWS: Final = 20

router = PageRouter()


@router.get("/pool")
def pool(visit: Visit, after: UUID | None = None) -> Response:
    """What is in the pool, newest first."""
    entries, next_after = visit.rows(queries.pool_in_force(), PoolEntry.id, PageAsked(ROWS, after))
    owners = parties.names(visit.db, {entry.owner_id for entry in entries})
    figures = queries.conversion_figures(visit.db)
    return visit.show("pool.html", entries=entries, next_after=next_after, owners=owners, figures=figures)


@router.get("/pool/{entry_id}")
def entry(visit: Visit, entry_id: PoolEntryId) -> Response:
    """One entry, and asking to try it."""
    return _entry(visit, entry_id)


@router.post("/pool/{entry_id}/trials")
def ask(visit: Visit, entry_id: PoolEntryId) -> Response:
    """Ask to try it, for one's own firm."""
    actor, typed = visit.member(), visit.form

    def step() -> Trial:
        body = forms.as_body(
            AskForTrial, pool_entry_id=entry_id, purpose=typed.get("purpose", ""), place=typed.get("place", "")
        )
        return commands.ask_for_trial(
            visit.db, pool_entry_id=entry_id, purpose=body.purpose, place=body.place, actor=actor, now=visit.now
        )

    made = visit.attempt(step)
    return _entry(visit, entry_id, problem=made) if isinstance(made, Problem) else go(f"/pool/{entry_id}")


def _entry(visit: Visiting, entry_id: PoolEntryId, *, problem: Problem | None = None) -> Response:
    row = fetch(visit.db, queries.pool_in_force(), PoolEntry, entry_id)
    trials: list[Trial] = []
    if visit.actor is not None and visit.actor.organisation_id is not None:
        mine = queries.visible_to(visit.actor).where(
            Trial.pool_entry_id == entry_id, Trial.licensee_id == visit.actor.organisation_id
        )
        trials, _ = visit.rows(mine, Trial.id, PageAsked(ROWS, None))
    return visit.show(
        "pool_entry.html",
        status=problem.status if problem else 200,
        here=f"/pool/{entry_id}",
        entry=row,
        owner=parties.names(visit.db, [row.owner_id])[row.owner_id],
        trials=trials,
        may_ask=_may_ask(visit, row),
        problem=problem,
        typed=visit.form if problem else {},
    )


def _may_ask(visit: Visiting, row: PoolEntry) -> bool:
    """Decided for the eye only; the command decides by the rules."""
    home = visit.actor.organisation_id if visit.actor else None
    return visit.has(Role.BUYER) and home not in (None, row.owner_id)
