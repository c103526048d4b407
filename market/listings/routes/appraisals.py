"""Putting an appraisal report on file: the result is the market's, the register is valuation's."""

from __future__ import annotations

from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from market.listings import commands
from valuation.appraisal import errors
from valuation.appraisal.schemas.reports import AppraisalIn, AppraisalOut, appraisal_out

router = Router(prefix="/v1/appraisals", tags=["appraisals"])


@router.post(
    "",
    status_code=201,
    operation_id="record_appraisal",
    responses=problems(
        errors.TooFewMethods,
        errors.TooFewSigners,
        errors.SignersNotRegistered,
        errors.ValidityTooLong,
        errors.AppraisalExpired,
        errors.ReportDayWrong,
        errors.AgencyUnknown,
        errors.ReportKnown,
    ),
)
def record(body: AppraisalIn, db: Db, actor: CurrentActor, now: Now) -> AppraisalOut:
    """Put a report on file. For appraisers of the agency, or for the transfer office of the owner."""
    return appraisal_out(commands.record_report(db, result_id=body.result_id, entry=body.entry(), actor=actor, now=now))
