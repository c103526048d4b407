"""Market time: the database's clock plus an offset that only a demo or test environment may move, and only forward."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

_NOW = text("SELECT market_now()")
_ADVANCE = text("SELECT market_clock_advance(make_interval(secs => :seconds))")


def market_now(session: Session) -> datetime:
    """The instant that decides deadlines, aware UTC.

    Call it in a statement of its own after the lock is held: in the locking statement it can be the time before the wait.
    """
    instant: datetime = session.execute(_NOW).scalar_one()
    return instant


def advance(session: Session, by: timedelta) -> datetime:
    """Move market time forward. The database refuses it in production and refuses a step back."""
    instant: datetime = session.execute(_ADVANCE, {"seconds": by.total_seconds()}).scalar_one()
    return instant
