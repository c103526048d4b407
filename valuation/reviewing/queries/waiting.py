"""What waits at the review desk for the person who looks: valuations to judge, human decisions to make, reviews to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kernel.http.auth import Actor
from kernel.ids import ResultId, ValuationId
from valuation.reviewing.kinds import SIGNING, Capacity, Verdict
from valuation.reviewing.states import WAITING
from valuation.reviewing.tables import (
    HumanDecision,
    PriceSight,
    ReviewInvitation,
    ThirdPartyReview,
    ValuationPart,
    ValuationReview,
)
from valuation.tables import Valuation

SHOWN_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Task:
    """A valuation that awaits a technology manager. It carries no price: the desk is read before the judging."""

    valuation_id: ValuationId
    result_id: ResultId
    title: str
    kind: str
    trade: str
    valued_at: datetime
    has_own_price: bool
    """The person has given an independent price, and has still to accept or override."""
    was_shown: bool
    """The person has been shown a price of this result already."""


def tasks(session: Session, actor: Actor) -> list[Task]:
    """The newest valuation of each result and trade that the person may judge and nobody has signed, newest first."""
    signed = exists().where(ValuationReview.valuation_id == Valuation.id, ValuationReview.verdict.in_(SIGNING))
    own = ValuationReview.verdict == Verdict.OWN_PRICE, ValuationReview.reviewer_id == actor.person_id
    given = exists().where(ValuationReview.valuation_id == Valuation.id, *own)
    shown = exists().where(PriceSight.result_id == Valuation.result_id, PriceSight.person_id == actor.person_id)
    rows = (
        select(
            Valuation.id,
            Valuation.result_id,
            Valuation.subject["title"].astext,
            Valuation.subject["kind"].astext,
            Valuation.subject["trade"].astext,
            Valuation.valued_at,
            given,
            shown,
        )
        .where(_to_judge(actor), ~signed, ~_is_superseded())
        .order_by(Valuation.valued_at.desc(), Valuation.id.desc())
        .limit(SHOWN_MAX)
    )
    return [Task(*row) for row in session.execute(rows)]


def decisions_waiting(actor: Actor) -> Select[HumanDecision]:
    """The requests for a human decision that the person may take up or has taken up, the most urgent first."""
    mine = or_(HumanDecision.taken_by.is_(None), HumanDecision.taken_by == actor.person_id)
    rows = select(HumanDecision).join(Valuation, Valuation.id == HumanDecision.valuation_id)
    rows = rows.where(
        _to_judge(actor), HumanDecision.state.in_(WAITING), mine, HumanDecision.asked_by != actor.person_id
    )
    return rows.order_by(HumanDecision.due_at, HumanDecision.id).limit(SHOWN_MAX)


def invitations_waiting(actor: Actor) -> Select[ReviewInvitation]:
    """The invitations that the person's organisation has not answered, the oldest first."""
    answered = exists().where(ThirdPartyReview.invitation_id == ReviewInvitation.id)
    rows = select(ReviewInvitation).where(
        ReviewInvitation.organisation_id == actor.organisation_id, ReviewInvitation.withdrawn_at.is_(None), ~answered
    )
    return rows.order_by(ReviewInvitation.id).limit(SHOWN_MAX)


def _to_judge(actor: Actor) -> ColumnElement[bool]:
    """The owner's valuations and those one is engaged for, but none of one's own result."""
    part = ValuationPart.valuation_id == Valuation.id, ValuationPart.person_id == actor.person_id
    engaged = exists().where(
        *part,
        ValuationPart.capacity == Capacity.ENGAGED,
        ValuationPart.organisation_id == actor.organisation_id,
    )
    completed = exists().where(*part, ValuationPart.capacity == Capacity.COMPLETER)
    return or_(Valuation.owner_id == actor.organisation_id, engaged) & ~completed


def _is_superseded() -> ColumnElement[bool]:
    newer = aliased(Valuation)
    return exists().where(
        newer.result_id == Valuation.result_id,
        newer.owner_id == Valuation.owner_id,
        newer.subject["trade"].astext == Valuation.subject["trade"].astext,
        func.row(newer.valued_at, newer.id) > func.row(Valuation.valued_at, Valuation.id),
    )
