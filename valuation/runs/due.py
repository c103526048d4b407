"""What is due of model runs: one look a day at whether the world has drifted from the run that serves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.due import due_work
from valuation.runs.tables import ModelWatch
from valuation.runs.watching import watch_once
from valuation.tables import ModelPromotion


@due_work("valuation.drift")
def watch_the_serving_run(session: Session, now: datetime) -> int:
    """Take today's look; returns 1 when it was taken just now. Cheap where there is nothing to do, for it is asked all day."""
    newest = select(ModelPromotion.decided_at).where(ModelPromotion.promoted).order_by(ModelPromotion.decided_at.desc())
    promoted = session.execute(newest.limit(1)).scalar_one_or_none()
    if promoted is None:
        return 0
    looks = select(ModelWatch.watched_at).order_by(ModelWatch.watched_at.desc()).limit(1)
    last = session.execute(looks).scalar_one_or_none()
    if last is not None and last >= promoted and local_date(last) >= local_date(now):
        return 0
    return int(watch_once(session, now=now) is not None)
