"""What may be asked about results; the only way to one is `visible_to(actor)`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId
from market.results.access import must_own, owned_by, sees_inside, visible_to
from market.results.tables import Result, ResultGrant
from market.results.titles import expires_on, findings

__all__ = ["expires_on", "findings", "grants_of", "must_own", "owned_by", "result", "sees_inside", "visible_to"]


def result(session: Session, actor: Actor | None, result_id: ResultId) -> Result:
    """One result that the actor may see. Raises NotFound."""
    return fetch(session, visible_to(actor), Result, result_id)


def grants_of(session: Session, result_id: ResultId) -> list[ResultGrant]:
    """Who was let see a result before it is public."""
    rows = select(ResultGrant).where(ResultGrant.result_id == result_id).order_by(ResultGrant.granted_at)
    return list(session.execute(rows).scalars())
