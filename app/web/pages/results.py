"""A result: what the public may read of it, and what its owner's people see besides, with its valuations."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.web import forms, naming
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from contracts.licences import queries as pools
from contracts.licences.tables import PoolEntry
from kernel.errors import Problem
from kernel.ids import ResultId
from kernel.paging import PageAsked
from market.listings import queries as listings
from market.listings.tables import Listing
from market.results import commands, queries
from market.results.schemas import ResultOut, ValueIn, result_out
from parties.roles import Role
from valuation import queries as valuations
from valuation.reviewing import queries as reviewing
from valuation.reviewing.commands import seen as record_sight
from valuation.reviewing.commands.seeing import was_shown
from valuation.tables import Valuation

VALUERS = (Role.COMPLETER, Role.TRANSFER_OFFICE, Role.TECHNOLOGY_MANAGER, Role.UNIT_APPROVER)
SHOWN = 20

router = PageRouter()


@router.get("/results/{result_id}")
def result(visit: Visit, result_id: ResultId) -> Response:
    """One result, as far as the visitor may see it."""
    return _result(visit, result_id)


@router.post("/results/{result_id}/valuations")
def value(visit: Visit, result_id: ResultId) -> Response:
    """Ask for an initial price, and go on to the answer."""
    actor = visit.member()

    def step() -> Valuation:
        body = forms.as_body(ValueIn, trade=visit.form.get("trade", "transfer"))
        return commands.value(visit.db, result_id=result_id, trade=body.trade, actor=actor, now=visit.now)

    made = visit.attempt(step)
    return _result(visit, result_id, problem=made) if isinstance(made, Problem) else go(f"/valuations/{made.id}")


def _result(visit: Visiting, result_id: ResultId, *, problem: Problem | None = None) -> Response:
    seen = result_out(queries.result(visit.db, visit.actor, result_id), visit.actor)
    return visit.show(
        "result.html",
        status=problem.status if problem else 200,
        here=f"/results/{result_id}",
        result=seen,
        owner=naming.organisations(visit, [seen.owner_id])[seen.owner_id],
        field=naming.fields(visit)[seen.tech_field],
        problem=problem,
        **_around(visit, seen),
    )


def _around(visit: Visiting, seen: ResultOut) -> dict[str, Any]:
    """The listings of a result, its place in the pool, and its valuations: of each what the visitor may see."""
    offered = listings.visible_to(visit.actor).where(Listing.result_id == seen.id)
    pooled = pools.pool_in_force().where(PoolEntry.result_id == seen.id)
    mine = visit.actor is not None and visit.actor.organisation_id == seen.owner_id
    values, blind = _values(visit, seen)
    return {
        "listings": visit.rows(offered, Listing.id, PageAsked(SHOWN, None))[0],
        "pooled": visit.db.execute(pooled).scalar_one_or_none(),
        "values": values,
        "blind": blind,
        "may_value": mine and visit.has(*VALUERS),
        "inside": seen.inside is not None or bool(values) or blind is not None,
    }


def _values(visit: Visiting, seen: ResultOut) -> tuple[list[Valuation], Valuation | None]:
    """The valuations with their prices, which are on record as seen from here on.

    For who may judge them and has seen none yet, the newest without its price instead: it is better priced blind first.
    """
    if visit.actor is None:
        return [], None
    values, _ = visit.rows(valuations.of_result(visit.actor, ResultId(seen.id)), Valuation.id, PageAsked(SHOWN, None))
    judges = bool(values) and reviewing.may_judge(visit.db, visit.actor, values[0])
    if judges and not was_shown(visit.db, visit.actor.person_id, ResultId(seen.id)):
        return [], values[0]
    record_sight(visit.db, visit.actor, values)
    return values, None
