"""Reviews over HTTP: the desk, the blind view, and what a technology manager says of a valuation."""

from __future__ import annotations

from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ValuationId
from kernel.paging import Page, PageQuery, page_of
from parties.roles import Role
from valuation.reviewing import commands, errors, queries
from valuation.reviewing.commands.seeing import was_shown
from valuation.reviewing.routes.shaping import Shaper
from valuation.reviewing.schemas.blind import BlindOut, TaskOut, blind_out, task_out
from valuation.reviewing.schemas.judging import ReviewIn, ReviewOut
from valuation.reviewing.tables import ValuationReview

router = Router(prefix="/v1/valuations", tags=["valuation reviews"])

JUDGING = (errors.NotEngaged, errors.OwnCompletion)
FIGURES = (errors.PriceOrRange, errors.ReasonWanted, errors.NothingToAccept, errors.OutsideRange)


@router.get("/review-desk", operation_id="get_review_desk")
def get_desk(db: Db, actor: CurrentActor) -> list[TaskOut]:
    """The newest valuation of each result that awaits the actor's judgement; no prices are told. For technology managers."""
    actor.must_have(Role.TECHNOLOGY_MANAGER)
    return [task_out(task) for task in queries.tasks(db, actor)]


@router.get("/{valuation_id}/blind", operation_id="get_blind_valuation", responses=problems(*JUDGING))
def get_blind(valuation_id: ValuationId, db: Db, actor: CurrentActor) -> BlindOut:
    """The facts and the comparable deals without the model's price, for pricing independently. For who may review it."""
    found = queries.reviewable(db, actor, valuation_id)
    return blind_out(found, already_shown=was_shown(db, actor.person_id, found.result_id))


@router.post(
    "/{valuation_id}/reviews",
    status_code=201,
    operation_id="review_valuation",
    responses=problems(*JUDGING, *FIGURES, errors.ValuationSuperseded, errors.ReviewedMeanwhile),
)
def review(valuation_id: ValuationId, body: ReviewIn, db: Db, actor: CurrentActor, now: Now) -> ReviewOut:
    """Accept, override with a reason, or give an own price; the valuation stays as it is and the latest verdict counts.

    The answer shows the model's figures: from here on they are recorded as seen.
    """
    made = commands.review(
        db,
        valuation_id=valuation_id,
        verdict=body.verdict,
        stated=body.figure(),
        reason=body.reason,
        reviews_seen=body.reviews_seen,
        actor=actor,
        now=now,
    )
    return Shaper(db, commands.open_valuation(db, actor, valuation_id)).review(made)


@router.get("/{valuation_id}/reviews", operation_id="list_valuation_reviews")
def list_reviews(valuation_id: ValuationId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[ReviewOut]:
    """What technology managers said of a valuation, the latest first, each beside the model's figures."""
    shaper = Shaper(db, commands.open_valuation(db, actor, valuation_id))
    return page_of(db, queries.reviews_of(shaper.found), ValuationReview.id, asked, shaper.review)
