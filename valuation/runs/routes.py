"""Model runs over HTTP: for everybody who is signed in; nothing in them is of a single party."""

from kernel.http.context import CurrentActor, Db
from kernel.http.routing import Router
from kernel.ids import ModelRunId
from kernel.paging import Page, PageQuery, page_of
from valuation.runs import queries
from valuation.runs.schemas import ModelOut, ModelWithCardOut, shape, shape_with_card
from valuation.tables import ModelRun

router = Router(prefix="/v1/models", tags=["models"])


@router.get("", operation_id="list_models")
def list_models(db: Db, _actor: CurrentActor, asked: PageQuery) -> Page[ModelOut]:
    """Every training that was kept, newest first."""
    page = page_of(db, queries.all_runs(), ModelRun.id, asked, lambda run: run)
    shown = [shape(one) for one in queries.standings(db, page.items)]
    return Page(items=shown, has_more=page.has_more, next_after=page.next_after)


@router.get("/{run_id}", operation_id="get_model")
def get_model(run_id: ModelRunId, db: Db, _actor: CurrentActor) -> ModelWithCardOut:
    """A run with its manifest, its drift and its card."""
    return shape_with_card(queries.standing(db, queries.run(db, run_id)))
