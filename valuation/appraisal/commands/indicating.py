"""Adding an indication by cost or income to a result: the stated inputs, the simulated range, and the calculation behind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.http.auth import Actor
from kernel.ids import IndicationId, new_id
from parties.roles import Role
from valuation.appraisal.errors import BaseDateTooOld
from valuation.appraisal.objects import Appraised
from valuation.appraisal.practice import Practice
from valuation.appraisal.reports import latest_day
from valuation.appraisal.sheets import Calculation, Sheet
from valuation.appraisal.tables import IndicationRow
from valuation.indications import Indication, simulated
from valuation.pooling_policy import pooling_policy_on

STATERS = (Role.APPRAISER, Role.TECHNOLOGY_MANAGER, Role.TRANSFER_OFFICE, Role.COMPLETER)


def indicate(
    session: Session,
    *,
    appraised: Appraised,
    sheet: Sheet,
    entry: dict[str, Any],
    base_date: date,
    practice: Practice,
    actor: Actor,
    now: datetime,
) -> IndicationRow:
    """Keep an indication; the next valuation pools the newest of each method. `entry` is the inputs as they were sent.

    Raises MissingRole, BaseDateTooOld, SourceMissing, and the refusals of `impossible`.
    """
    actor.must_have(*STATERS)
    today = local_date(now)
    policy = pooling_policy_on(session, today)
    if not base_date <= today <= latest_day(base_date, policy.months_max):
        raise BaseDateTooOld(base_date, policy.months_max)
    made, done = simulated(sheet, practice, base_date=base_date, draws=policy.draws)
    row = _row(appraised, made, done, entry, base_date, actor, now)
    session.add(row)
    session.flush()
    after = {"method": row.method.value, "low": row.low, "likely": row.likely, "high": row.high}
    record(session, actor=actor, action="indication.state", kind="indication", object_id=row.id, after=after, now=now)
    return row


def _row(
    appraised: Appraised,
    made: Indication,
    done: Calculation,
    entry: dict[str, Any],
    base_date: date,
    actor: Actor,
    now: datetime,
) -> IndicationRow:
    return IndicationRow(
        id=IndicationId(new_id()),
        result_id=appraised.result_id,
        owner_id=appraised.owner_id,
        recorded_for=actor.organisation(),
        recorded_by=actor.person_id,
        method=done.sheet.method,
        base_date=base_date,
        low=made.low,
        likely=made.likely,
        high=made.high,
        level_bp=made.level_bp,
        entry=entry,
        indication=made.to_json(),
        outcome=done.to_json(),
        recorded_at=now,
    )
