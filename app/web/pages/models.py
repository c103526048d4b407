"""Model runs and their cards, for everybody who is signed in."""

from __future__ import annotations

from starlette.responses import Response

from app.web.routing import PageRouter
from app.web.visits import Visit
from kernel.ids import ModelRunId
from kernel.paging import PageQuery
from valuation.runs import queries
from valuation.runs.cards import card
from valuation.runs.shelving import facts_of
from valuation.runs.words import CANDIDATES, named
from valuation.tables import ModelRun

router = PageRouter()


@router.get("/models")
def models(visit: Visit, asked: PageQuery) -> Response:
    """Every training that was kept, newest first."""
    visit.member()
    rows, after = visit.rows(queries.all_runs(), ModelRun.id, asked)
    place = visit.t.either(0, 1)
    return visit.show(
        "models.html",
        models=queries.standings(visit.db, rows),
        after=after,
        candidate=lambda name: named(CANDIDATES, name, place),
    )


@router.get("/models/{run_id}")
def model(visit: Visit, run_id: ModelRunId) -> Response:
    """The model card of one run."""
    visit.member()
    standing = queries.standing(visit.db, queries.run(visit.db, run_id))
    return visit.show("model.html", here="/models", run_id=run_id, card=card(facts_of(standing), visit.t.language))
