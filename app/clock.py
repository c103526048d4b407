"""Moving market time, in a demo or test environment only: waiting periods pass, rules are not skipped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StrictInt

from kernel.audit import record
from kernel.db.clock import advance
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.fields import Wire
from kernel.http.routing import Router
from parties.roles import Role

router = Router(prefix="/v1/clock", tags=["clock"])


class MoveClock(Wire):
    """How far to move."""

    seconds: Annotated[StrictInt, Field(ge=1, le=366 * 86_400)]


class ClockOut(Wire):
    """Market time."""

    now: datetime


@router.get("", operation_id="clock_get")
def get_clock(now: Now) -> ClockOut:
    """Market time now."""
    return ClockOut(now=now)


@router.post("/advance", operation_id="clock_advance")
def advance_clock(body: MoveClock, db: Db, actor: CurrentActor, now: Now) -> ClockOut:
    """Move market time forward. OPERATOR or ADMIN of the exchange; the database refuses it in production."""
    actor.must_have(Role.OPERATOR, Role.ADMIN)
    moved = advance(db, timedelta(seconds=body.seconds))
    record(
        db,
        actor=actor,
        action="clock.advance",
        kind="clock",
        object_id="market",
        after={"seconds": body.seconds},
        now=now,
    )
    return ClockOut(now=moved)
