"""The unit's decision over HTTP: its chain, and the steps of each listing."""

from __future__ import annotations

from kernel.errors import WrongState
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ListingId
from market.listings import commands, errors, queries
from market.listings.schemas.selling import (
    ChainIn,
    ChainOut,
    DecideIn,
    DecisionOut,
    ListingOut,
    chain_out,
    decision_out,
    listing_out,
)
from valuation.reviewing import errors as review_refusals

router = Router(tags=["decisions"])


@router.post(
    "/v1/listings/{listing_id}/decisions",
    status_code=201,
    operation_id="decide_listing",
    responses=problems(
        errors.NotTheNextStep,
        errors.WrongDecider,
        errors.SamePersonDecides,
        review_refusals.NotSignedOff,
        review_refusals.RestsOnGenerated,
        review_refusals.BenchmarkDiffers,
        review_refusals.SignOffChanged,
        review_refusals.NotDecidedTogether,
        review_refusals.DissentUnread,
        WrongState,
    ),
)
def decide(listing_id: ListingId, body: DecideIn, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Take the next step of the decision, with opinion and minutes; the last one approved opens the way to publication."""
    decided = commands.decide(
        db,
        listing_id=listing_id,
        step=body.step,
        agrees=body.agrees,
        opinion=body.opinion,
        minutes_sha256=body.minutes_sha256,
        actor=actor,
        now=now,
    )
    return listing_out(decided, actor)


@router.get("/v1/listings/{listing_id}/decisions", operation_id="list_decisions")
def list_decisions(listing_id: ListingId, db: Db, actor: CurrentActor) -> list[DecisionOut]:
    """The steps of every round, for the unit's people and those engaged for the result."""
    return [decision_out(row) for row in queries.decisions(db, actor, listing_id)]


@router.post(
    "/v1/decision-chains", status_code=201, operation_id="set_decision_chain", responses=problems(errors.ChainTooThin)
)
def set_chain(body: ChainIn, db: Db, actor: CurrentActor, now: Now) -> ChainOut:
    """Lay down a new version of the unit's decision chain. For approvers and administrators of the unit."""
    steps = [one.step() for one in body.steps]
    return chain_out(commands.set_chain(db, steps=steps, source=body.source, actor=actor, now=now))


@router.get("/v1/decision-chains/current", operation_id="get_decision_chain")
def get_chain(db: Db, actor: CurrentActor) -> ChainOut:
    """The decision chain in force for one's unit; the default of its regime if it has laid down none."""
    return chain_out(queries.chain(db, actor))
