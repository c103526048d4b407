"""What falls due in the pool: trials whose last day is over end as their agreement says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.licences.commands import end_silent_trials
from kernel.due import due_work


@due_work("contracts.trials_ended")
def trials_ended(session: Session, now: datetime) -> int:
    """End the trials that have run out (Civil Code 638–640)."""
    return end_silent_trials(session, now)
