"""What the parties' room forgets when its time has come: failed attempts after a day, reset links after a week."""

from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from kernel.due import due_work
from parties.tables import PasswordReset, SignInAttempt

ROWS_AT_ONCE_MAX = 1000


@due_work("parties.forget")
def forget_attempts_and_resets(session: Session, now: datetime) -> int:  # these run on wall time
    """Take out what is old by wall time; returns how many rows went."""
    gone = 0
    for table, instant, age in (
        (SignInAttempt, SignInAttempt.failed_at, "1 day"),
        (PasswordReset, PasswordReset.asked_at, "7 days"),
    ):
        old = select(table.id).where(instant < func.now() - text(f"interval '{age}'")).limit(ROWS_AT_ONCE_MAX)
        ids = session.execute(old.with_for_update(skip_locked=True)).scalars().all()
        if ids:
            session.execute(delete(table).where(table.id.in_(ids)).execution_options(synchronize_session=False))
        gone += len(ids)
    return gone
