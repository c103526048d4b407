"""Due work of the listing desk: notices that have run, offers that have run out, listing periods that are over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.due import due_work
from market.listings import commands


@due_work("market.close_notices")
def close_notices(session: Session, now: datetime) -> int:
    """Close the public notices whose days have run."""
    return commands.close_due(session, now)


@due_work("market.expire_offers")
def expire_offers(session: Session, now: datetime) -> int:
    """Offers whose time is over are gone."""
    return commands.expire_due(session, now)


@due_work("market.close_periods")
def close_periods(session: Session, now: datetime) -> int:
    """Listing periods that are over end with nobody, one or many."""
    return commands.close_periods(session, now)
