"""Appraisal reports over HTTP: put on file, and read by the owner and the agency."""

from __future__ import annotations

from kernel.db.locking import fetch
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import AppraisalId
from kernel.paging import Page, PageQuery, page_of
from market.listings import commands, errors, queries
from market.listings.schemas.selling import AppraisalIn, AppraisalOut, appraisal_out
from market.listings.tables import Appraisal

router = Router(prefix="/v1/appraisals", tags=["appraisals"])


@router.post(
    "",
    status_code=201,
    operation_id="record_appraisal",
    responses=problems(
        errors.TooFewMethods,
        errors.TooFewSigners,
        errors.ValidityTooLong,
        errors.AppraisalExpired,
        errors.AgencyUnknown,
        errors.ReportKnown,
    ),
)
def record(body: AppraisalIn, db: Db, actor: CurrentActor, now: Now) -> AppraisalOut:
    """Put a report on file. For appraisers of the agency, or for the transfer office of the owner."""
    return appraisal_out(commands.record_report(db, result_id=body.result_id, entry=body.entry(), actor=actor, now=now))


@router.get("", operation_id="list_appraisals")
def list_appraisals(db: Db, actor: CurrentActor, asked: PageQuery) -> Page[AppraisalOut]:
    """The reports on one's own results, and those that one's agency recorded."""
    return page_of(db, queries.appraisals_visible_to(actor), Appraisal.id, asked, appraisal_out)


@router.get("/{appraisal_id}", operation_id="get_appraisal")
def get_appraisal(appraisal_id: AppraisalId, db: Db, actor: CurrentActor) -> AppraisalOut:
    """One report, for the owner and the agency."""
    return appraisal_out(fetch(db, queries.appraisals_visible_to(actor), Appraisal, appraisal_id))
