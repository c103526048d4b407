"""A technology manager judges a valuation: accepts it, sets another price beside it, or gives a price of his own first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import market_now
from kernel.db.locking import hold
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ReviewId, ValuationId, new_id
from valuation.reviewing import queries
from valuation.reviewing.commands.seeing import hold_eyes, was_shown
from valuation.reviewing.errors import ReviewedMeanwhile, ValuationSuperseded
from valuation.reviewing.events import ValuationReviewed
from valuation.reviewing.figures import Figure, judged
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.tables import ValuationReview
from valuation.tables import Valuation


def review(
    session: Session,
    *,
    valuation_id: ValuationId,
    verdict: Verdict,
    stated: Figure | None,
    reason: str = "",
    reviews_seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> ValuationReview:
    """Judge the newest valuation of a result; the valuation stays as it is, and the latest verdict counts.

    `reviews_seen`: how many reviews the reviewer had before him, if he says so; where there are more by now he is told.
    Raises NotFound, MissingRole, NotEngaged, OwnCompletion, ValuationSuperseded, ReviewedMeanwhile and what `judged` raises.
    """
    found = queries.reviewable(session, actor, valuation_id)
    newer = queries.newer_than(session, found)
    if newer is not None:
        raise ValuationSuperseded(newer.id, newer.valued_at)
    return judge(
        session,
        found,
        verdict=verdict,
        stated=stated,
        reason=reason,
        reviews_seen=reviews_seen,
        actor=actor,
        now=now,
    )


def judge(
    session: Session,
    found: Valuation,
    *,
    verdict: Verdict,
    stated: Figure | None,
    reason: str,
    reviews_seen: int | None,
    actor: Actor,
    now: datetime,
) -> ValuationReview:
    """Write what a person who may judge this valuation says of it. Raises ReviewedMeanwhile and what `judged` raises."""
    hold_eyes(session, actor.person_id, found.result_id)
    hold(session, f"valuation-review:{found.id}")
    last = _last(session, found.id)
    if reviews_seen is not None and last is not None and last.ordinal > reviews_seen:
        raise ReviewedMeanwhile(last.ordinal, last.reviewed_at)
    figure = judged(verdict, queries.model_figure(found), stated, reason=reason)
    made = ValuationReview(
        id=ReviewId(new_id()),
        valuation_id=found.id,
        result_id=found.result_id,
        owner_id=found.owner_id,
        ordinal=last.ordinal + 1 if last else 1,
        reviewer_id=actor.person_id,
        organisation_id=actor.organisation(),
        verdict=verdict,
        price=figure.price,
        low=figure.low,
        high=figure.high,
        reason=reason,
        shown_before=was_shown(session, actor.person_id, found.result_id),
        model_price=found.price,
        model_low=found.low,
        model_high=found.high,
        rests_on_generated=found.rests_on_generated,
        reviewed_at=market_now(session),
    )
    session.add(made)
    session.flush()
    _tell(session, made, actor, now)
    return made


def _last(session: Session, valuation_id: ValuationId) -> ValuationReview | None:
    rows = select(ValuationReview).where(ValuationReview.valuation_id == valuation_id)
    return session.execute(rows.order_by(ValuationReview.ordinal.desc()).limit(1)).scalar_one_or_none()


def _tell(session: Session, made: ValuationReview, actor: Actor, now: datetime) -> None:
    emit(session, ValuationReviewed(made.valuation_id, made.id, made.owner_id, made.verdict.value), now=now)
    after = {
        "review": made.id,
        "price": made.price,
        "low": made.low,
        "high": made.high,
        "shown_before": made.shown_before,
        "model_price": made.model_price,
    }
    record(
        session,
        actor=actor,
        action=f"valuation.{made.verdict.value.replace('_', '-')}",
        kind="valuation",
        object_id=made.valuation_id,
        after=after,
        reason=made.reason or None,
        now=now,
    )
