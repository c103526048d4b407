"""The unit's decision: its chain in versions, the steps of a listing laid out from it, and each step taken once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ListingId, new_id
from market.listings.access import visible_to
from market.listings.bases import must_be_benchmark, must_be_signed_off
from market.listings.chains import chain_of
from market.listings.deciding import (
    MANAGER,
    SIGN_OFF,
    Step,
    check_chain,
    check_decider,
    decided_together,
    read_chain,
    steps_for,
    write_chain,
)
from market.listings.errors import WrongDecider
from market.listings.states import (
    DECISION,
    LISTING,
    DecisionAction,
    DecisionState,
    ListingAction,
)
from market.listings.tables import Decision, DecisionChain, Listing
from market.listings.trail import note
from parties import queries as parties
from parties.roles import Role
from valuation.reviewing import queries as reviewing
from valuation.reviewing.tables import ValuationReview


def set_chain(session: Session, *, steps: Sequence[Step], source: str, actor: Actor, now: datetime) -> DecisionChain:
    """A new version of the unit's decision chain; listings already in decision keep theirs. Raises ChainTooThin."""
    actor.must_have(Role.UNIT_APPROVER, Role.ADMIN)
    unit = parties.organisation(session, actor.organisation())
    check_chain(steps, regime=unit.regime.value)
    newest = select(func.coalesce(func.max(DecisionChain.version), 0)).where(DecisionChain.organisation_id == unit.id)
    chain = DecisionChain(
        id=new_id(),
        organisation_id=unit.id,
        regime=unit.regime,
        version=session.execute(newest).scalar_one() + 1,
        steps=write_chain(steps),
        source=source,
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(chain)
    session.flush()
    return chain


def begin_decision(session: Session, listing: Listing) -> int:
    """Lay out the steps that this listing takes; returns how many are still to be taken. The listing's lock is held.

    The sign-off of an estimate was given at the review desk: it is the first step, taken already, and absent where a seller
    who needs none has none. Raises what `must_be_signed_off` raises.
    """
    must_be_signed_off(session, listing)
    signed = reviewing.signed(session, listing.valuation_id) if listing.valuation_id else None
    chain = chain_of(session, listing.owner_id, listing.regime)
    steps = steps_for(read_chain(chain.steps), listing.matter)
    listing.chain_id = chain.id
    session.flush()
    wanted = [step for step in steps if step.name != SIGN_OFF or signed is not None]
    for ordinal, step in enumerate(wanted, start=1):
        decision = Decision(
            id=new_id(),
            listing_id=listing.id,
            round=listing.round,
            ordinal=ordinal,
            step=step.name,
            role=step.role,
            state=DECISION.initial,
        )
        if step.name == SIGN_OFF and signed is not None:
            _take_over(decision, signed)
        session.add(decision)
    session.flush()
    return sum(step.name != SIGN_OFF for step in wanted)


def decision_time(session: Session, listing: Listing) -> datetime | None:
    """When the unit's collective decision on this round was complete; None if it is not, or was not collective."""
    rows = select(Decision).where(Decision.listing_id == listing.id, Decision.round == listing.round)
    return decided_together(
        [
            (row.step, row.decided_by, row.decided_at)
            if row.state is DecisionState.APPROVED
            else (row.step, None, None)
            for row in session.execute(rows).scalars()
        ]
    )


def void_decision(session: Session, listing: Listing) -> None:
    """What was decided on this round stands no longer; it is kept, and void."""
    for decision in _steps(session, listing):
        if decision.state in (DecisionState.PENDING, DecisionState.APPROVED):
            decision.state = DECISION.advance(decision.state, DecisionAction.SET_ASIDE)
    session.flush()


def decide(
    session: Session,
    *,
    listing_id: ListingId,
    step: str,
    agrees: bool,
    opinion: str,
    minutes_sha256: str,
    actor: Actor,
    now: datetime,
) -> Listing:
    """Take the next step of the decision; with the last one approved the listing may be published.

    A refusal sends the listing back to its draft. Raises NotFound, NotTheNextStep, WrongDecider, SamePersonDecides,
    WrongState (条例 art 19), and with the last step what `may_be_benchmark` refuses (27号 item 13).
    """
    listing = lock(session, Listing, listing_id, within=visible_to(actor))
    after = LISTING.advance(listing.state, ListingAction.APPROVE if agrees else ListingAction.REJECT)
    steps = _steps(session, listing)
    waiting = next(one for one in steps if one.state is DecisionState.PENDING)
    _must_decide(listing, waiting, step, [one.decided_by for one in steps if one.decided_by], actor)
    waiting.state = DECISION.advance(waiting.state, DecisionAction.APPROVE if agrees else DecisionAction.REJECT)
    waiting.opinion, waiting.minutes_sha256 = opinion, minutes_sha256
    waiting.decided_by, waiting.decided_at = actor.person_id, now
    session.flush()
    if not agrees:
        void_decision(session, listing)
        listing.state, listing.round = after, listing.round + 1
    elif waiting is steps[-1]:
        decided_at = decision_time(session, listing)
        must_be_benchmark(session, listing, decided_at=decided_at, told=actor.organisation_id)
        listing.state, listing.approved_at = after, now
    session.flush()
    note(session, actor, f"decide.{waiting.state.value}", listing, now, reason=opinion)
    return listing


def _take_over(decision: Decision, signed: ValuationReview) -> None:
    """What the technology manager said at the review desk, with its hash, as the step of the decision that it is."""
    decision.state = DECISION.advance(decision.state, DecisionAction.APPROVE)
    decision.opinion, decision.minutes_sha256 = signed.reason, reviewing.review_sha256(signed)
    decision.decided_by, decision.decided_at = signed.reviewer_id, signed.reviewed_at


def _must_decide(listing: Listing, waiting: Decision, named: str, before: Sequence[object], actor: Actor) -> None:
    """The unit's own people decide; of an engaged outsider only the technology manager's sign-off is wanted."""
    if actor.organisation_id != listing.owner_id and waiting.role != MANAGER:
        raise WrongDecider(waiting.step, waiting.role)
    check_decider(
        Step(waiting.step, waiting.role), named=named, roles=actor.roles, person=actor.person_id, before=before
    )


def _steps(session: Session, listing: Listing) -> list[Decision]:
    rows = select(Decision).where(Decision.listing_id == listing.id, Decision.round == listing.round)
    return list(session.execute(rows.order_by(Decision.ordinal).with_for_update()).scalars())
