"""Reviewing why the methods' ranges do not meet: until somebody has, they are not pooled and no price is given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.http.auth import Actor
from kernel.ids import PoolingReviewId, ResultId, new_id
from parties.roles import Role
from valuation import queries as valuations
from valuation.appraisal.errors import NothingLeftToPool, NothingToReview, OwnIndication
from valuation.appraisal.objects import Appraised
from valuation.appraisal.queries import pooled_rows
from valuation.appraisal.tables import PoolingReview
from valuation.indications import Way
from valuation.reconciling import REVIEWABLE
from valuation.tables import Valuation

REVIEWERS = (Role.TECHNOLOGY_MANAGER, Role.APPRAISER)


def review_pool(
    session: Session,
    *,
    appraised: Appraised,
    left_out: Collection[Way],
    reason: str,
    actor: Actor,
    now: datetime,
) -> PoolingReview:
    """Say why ranges that do not meet may be pooled, and which methods are left out; the next valuation follows it.

    It speaks of what the newest valuation pooled: a later indication or report wants another review. Whoever stated one of
    them does not review them. Raises MissingRole, NothingToReview, OwnIndication or NothingLeftToPool.
    """
    actor.must_have(*REVIEWERS)
    if not _wants_review(session, actor, appraised.result_id):
        raise NothingToReview
    stated, reports = pooled_rows(session, appraised.result_id, on=None)
    if actor.person_id in {one.recorded_by for one in stated} | {one.recorded_by for one in reports}:
        raise OwnIndication
    if not set(Way) - set(left_out):
        raise NothingLeftToPool
    row = PoolingReview(
        id=PoolingReviewId(new_id()),
        result_id=appraised.result_id,
        owner_id=appraised.owner_id,
        reviewer_id=actor.person_id,
        organisation_id=actor.organisation(),
        reviewer=actor.name or str(actor.person_id),
        reason=reason.strip(),
        left_out=sorted(set(left_out)),
        reviewed_at=now,
    )
    session.add(row)
    session.flush()
    after = {"left_out": row.left_out, "reason": row.reason}
    kind = "pooling_review"
    record(session, actor=actor, action="pooling.review", kind=kind, object_id=row.id, after=after, now=now)
    return row


def _wants_review(session: Session, actor: Actor, result_id: ResultId) -> bool:
    """The newest valuation is held because its ranges do not meet, or was freed by a review that may be thought over."""
    newest = valuations.of_result(actor, result_id).order_by(Valuation.id.desc()).limit(1)
    found = session.execute(newest).scalar_one_or_none()
    pooled = found.explanation.get("indications") if found is not None else None
    if not pooled:
        return False
    return pooled["held"] in REVIEWABLE or pooled["review"] is not None
