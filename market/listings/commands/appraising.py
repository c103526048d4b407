"""An appraisal report comes to a result: whoever may see the result hands it down to the register."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId
from market.results.access import visible_to
from market.results.tables import Result
from parties.roles import Role
from valuation.appraisal.commands import reporting
from valuation.appraisal.commands.reporting import ReportEntry
from valuation.appraisal.objects import Appraised
from valuation.appraisal.tables import Appraisal


def record_report(
    session: Session, *, result_id: ResultId, entry: ReportEntry, actor: Actor, now: datetime
) -> Appraisal:
    """Put an appraisal report on a result on file. Raises NotFound, MissingRole, and what the register refuses."""
    actor.must_have(Role.APPRAISER, Role.TRANSFER_OFFICE)
    result = fetch(session, visible_to(actor), Result, result_id)
    appraised = Appraised(result.id, result.owner_id)
    return reporting.record_report(session, appraised=appraised, entry=entry, actor=actor, now=now)
