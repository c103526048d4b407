"""The human decision in place of the automated one: asked for by the seller, taken up and made by a technology manager.

个人信息保护法 art 24: whoever an automated decision weighs on may have it explained and may refuse that it alone decides.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import WorkingCalendar, local_date
from kernel.db import lock, market_now
from kernel.db.locking import fetch, hold
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import HumanDecisionId, ValuationId, new_id
from parties.roles import Role
from valuation.reviewing import queries
from valuation.reviewing.commands.judging import judge
from valuation.reviewing.errors import AlreadyAsked, OwnRequest, TakenByAnother, ValuationSuperseded
from valuation.reviewing.events import HumanDecisionAsked, HumanDecisionMade
from valuation.reviewing.figures import Figure
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.policy import review_policy_on
from valuation.reviewing.states import HUMAN_DECISION, WAITING, HumanDecisionAction
from valuation.reviewing.tables import HumanDecision
from valuation.tables import Valuation

ASKERS = (Role.COMPLETER, Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)


def ask(session: Session, *, valuation_id: ValuationId, grounds: str, actor: Actor, now: datetime) -> HumanDecision:
    """Ask that a person decides. For the seller's people; the day by which it is due comes from the trading rules.

    Raises NotFound, MissingRole, ValuationSuperseded, or AlreadyAsked while an earlier request waits.
    """
    actor.must_have(*ASKERS)
    found = fetch(session, queries.owned_by(actor), Valuation, valuation_id)
    newer = queries.newer_than(session, found)
    if newer is not None:
        raise ValuationSuperseded(newer.id, newer.valued_at)
    hold(session, f"human-decision:{found.id}")
    waiting = exists().where(HumanDecision.valuation_id == found.id, HumanDecision.state.in_(WAITING))
    if session.execute(select(waiting)).scalar_one():
        raise AlreadyAsked
    at = market_now(session)
    policy = review_policy_on(session, local_date(at))
    made = HumanDecision(
        id=HumanDecisionId(new_id()),
        valuation_id=found.id,
        result_id=found.result_id,
        owner_id=found.owner_id,
        state=HUMAN_DECISION.initial,
        grounds=grounds,
        asked_by=actor.person_id,
        asked_at=at,
        due_at=WorkingCalendar.shipped().working_days_end_at(at, policy.human_decision_working_days),
        rule_version=policy.version,
    )
    session.add(made)
    session.flush()
    emit(session, HumanDecisionAsked(found.id, made.id, found.owner_id, made.due_at), now=now)
    _note(session, "ask", made, actor, now, reason=grounds)
    return made


def take_up(
    session: Session, *, valuation_id: ValuationId, decision_id: HumanDecisionId, actor: Actor, now: datetime
) -> HumanDecision:
    """A technology manager who may judge the valuation takes the request up.

    Raises NotFound, MissingRole, NotEngaged, OwnCompletion, OwnRequest or WrongState.
    """
    decision = _for_judging(session, actor, valuation_id, decision_id)
    decision.state = HUMAN_DECISION.advance(decision.state, HumanDecisionAction.TAKE_UP)
    decision.taken_by, decision.taken_at = actor.person_id, now
    session.flush()
    _note(session, "take-up", decision, actor, now)
    return decision


def decide(
    session: Session,
    *,
    valuation_id: ValuationId,
    decision_id: HumanDecisionId,
    verdict: Verdict,
    stated: Figure | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> HumanDecision:
    """Decide: a review that accepts or overrides, always with its reason; from then on the automated price does not bind.

    A newer valuation does not end the duty to answer. Raises NotFound, MissingRole, NotEngaged, OwnCompletion, OwnRequest,
    TakenByAnother, WrongState and what `judge` raises.
    """
    decision = _for_judging(session, actor, valuation_id, decision_id)
    after = HUMAN_DECISION.advance(decision.state, HumanDecisionAction.DECIDE)
    if decision.taken_by != actor.person_id:
        raise TakenByAnother
    found = session.get_one(Valuation, valuation_id)
    made = judge(session, found, verdict=verdict, stated=stated, reason=reason, reviews_seen=None, actor=actor, now=now)
    # State and answer change in one statement: what is decided has its review, at every moment.
    decision.state, decision.review_id, decision.decided_at = after, made.id, made.reviewed_at
    session.flush()
    emit(session, HumanDecisionMade(valuation_id, decision.id, decision.owner_id, made.id), now=now)
    _note(session, "decide", decision, actor, now, reason=reason)
    return decision


def withdraw(
    session: Session, *, valuation_id: ValuationId, decision_id: HumanDecisionId, actor: Actor, now: datetime
) -> HumanDecision:
    """The seller takes the request back. Raises NotFound, MissingRole, or WrongState once it is answered."""
    actor.must_have(*ASKERS)
    own = select(HumanDecision).where(
        HumanDecision.owner_id == actor.organisation(), HumanDecision.valuation_id == valuation_id
    )
    decision = lock(session, HumanDecision, decision_id, within=own)
    decision.state = HUMAN_DECISION.advance(decision.state, HumanDecisionAction.WITHDRAW)
    decision.withdrawn_at = now
    session.flush()
    _note(session, "withdraw", decision, actor, now)
    return decision


def _for_judging(
    session: Session, actor: Actor, valuation_id: ValuationId, decision_id: HumanDecisionId
) -> HumanDecision:
    """The request, locked, for a technology manager who may judge its valuation and did not ask himself."""
    queries.reviewable(session, actor, valuation_id)
    asked = select(HumanDecision).where(HumanDecision.valuation_id == valuation_id)
    decision = lock(session, HumanDecision, decision_id, within=asked)
    if decision.asked_by == actor.person_id:
        raise OwnRequest
    return decision


def _note(
    session: Session, action: str, decision: HumanDecision, actor: Actor, now: datetime, *, reason: str | None = None
) -> None:
    after = {"decision": decision.id, "state": decision.state.value, "review": decision.review_id}
    record(
        session,
        actor=actor,
        action=f"human-decision.{action}",
        kind="valuation",
        object_id=decision.valuation_id,
        after=after,
        reason=reason,
        now=now,
    )
