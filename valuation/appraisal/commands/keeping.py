"""Keeping a calculation as a working paper of the unit: the inputs as stated, and the outcome as it was shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.http.auth import Actor
from kernel.ids import WorkingPaperId, new_id
from valuation.appraisal.sheets import Calculation
from valuation.appraisal.tables import WorkingPaper


def keep(
    session: Session,
    *,
    done: Calculation,
    entry: dict[str, Any],
    subject: str,
    base_date: date,
    actor: Actor,
    now: datetime,
) -> WorkingPaper:
    """Keep a calculation for the unit acted for. Raises NoOrganisation."""
    made = WorkingPaper(
        id=WorkingPaperId(new_id()),
        organisation_id=actor.organisation(),
        made_by=actor.person_id,
        method=done.sheet.method,
        subject=subject,
        base_date=base_date,
        value=done.value,
        entry=entry,
        outcome=done.to_json(),
        practice_version=done.practice.version,
        made_at=now,
    )
    session.add(made)
    session.flush()
    after = {"method": made.method.value, "value": made.value}
    record(session, actor=actor, action="paper.keep", kind="working_paper", object_id=made.id, after=after, now=now)
    return made
