"""Human decisions over HTTP: the seller asks, a technology manager takes up and decides (个人信息保护法 art 24)."""

from __future__ import annotations

from kernel.errors import NotFound, WrongState
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import HumanDecisionId, ValuationId
from kernel.paging import Page, PageQuery, page_of
from valuation.reviewing import commands, errors, queries
from valuation.reviewing.routes.judging import FIGURES, JUDGING
from valuation.reviewing.routes.shaping import Shaper
from valuation.reviewing.schemas.judging import AskIn, DecisionIn, HumanDecisionOut
from valuation.reviewing.tables import HumanDecision

router = Router(prefix="/v1/valuations/{valuation_id}/human-decisions", tags=["valuation reviews"])


@router.post(
    "",
    status_code=201,
    operation_id="ask_for_human_decision",
    responses=problems(errors.AlreadyAsked, errors.ValuationSuperseded),
)
def ask(valuation_id: ValuationId, body: AskIn, db: Db, actor: CurrentActor, now: Now) -> HumanDecisionOut:
    """Ask that a person decides in place of the model. For the seller's people; the due date comes with the answer."""
    made = commands.ask(db, valuation_id=valuation_id, grounds=body.grounds, actor=actor, now=now)
    return Shaper(db, commands.open_valuation(db, actor, valuation_id)).decision(made, now=now)


@router.get("", operation_id="list_human_decisions")
def list_decisions(
    valuation_id: ValuationId, db: Db, actor: CurrentActor, now: Now, asked: PageQuery
) -> Page[HumanDecisionOut]:
    """The requests and their answers. For the owner's people and those who were given sight; not for third parties."""
    found = commands.open_valuation(db, actor, valuation_id)
    if not queries.is_inside(db, actor, found):
        raise NotFound
    shaper = Shaper(db, found)
    return page_of(db, queries.decisions_of(found), HumanDecision.id, asked, lambda row: shaper.decision(row, now=now))


@router.post(
    "/{decision_id}/taking-up",
    operation_id="take_up_human_decision",
    responses=problems(*JUDGING, errors.OwnRequest, WrongState),
)
def take_up(
    valuation_id: ValuationId, decision_id: HumanDecisionId, db: Db, actor: CurrentActor, now: Now
) -> HumanDecisionOut:
    """Take a request up. For a technology manager who may judge the valuation and did not ask himself."""
    taken = commands.take_up(db, valuation_id=valuation_id, decision_id=decision_id, actor=actor, now=now)
    return Shaper(db, queries.reviewable(db, actor, valuation_id)).decision(taken, now=now)


@router.post(
    "/{decision_id}/decision",
    operation_id="make_human_decision",
    responses=problems(*JUDGING, *FIGURES, errors.OwnRequest, errors.TakenByAnother, WrongState),
)
def decide(
    valuation_id: ValuationId, decision_id: HumanDecisionId, body: DecisionIn, db: Db, actor: CurrentActor, now: Now
) -> HumanDecisionOut:
    """Decide, with the reason; from then on the automated price does not bind. For who has taken the request up."""
    made = commands.decide(
        db,
        valuation_id=valuation_id,
        decision_id=decision_id,
        verdict=body.verdict,
        stated=body.figure(),
        reason=body.reason,
        actor=actor,
        now=now,
    )
    return Shaper(db, commands.open_valuation(db, actor, valuation_id)).decision(made, now=now)


@router.post("/{decision_id}/withdrawal", operation_id="withdraw_human_decision", responses=problems(WrongState))
def withdraw(
    valuation_id: ValuationId, decision_id: HumanDecisionId, db: Db, actor: CurrentActor, now: Now
) -> HumanDecisionOut:
    """Take the request back. For the seller's people."""
    gone = commands.withdraw(db, valuation_id=valuation_id, decision_id=decision_id, actor=actor, now=now)
    return Shaper(db, commands.open_valuation(db, actor, valuation_id)).decision(gone, now=now)
