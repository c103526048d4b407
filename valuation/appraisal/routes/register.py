"""Appraisal reports over HTTP: read by the owner and the agency, and their documents received and given out."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from kernel.db.locking import fetch
from kernel.files import BYTES_MAX, FileMissing, FileTooLarge, MediaTypeRefused, NotWhatItClaims
from kernel.http.context import CurrentActor, Db, Files, Now
from kernel.http.problems import problems
from kernel.http.routing import MarketRoute, Router
from kernel.ids import AppraisalId
from kernel.paging import Page, PageQuery, page_of
from kernel.sniffing import PDF
from valuation.appraisal import errors, queries
from valuation.appraisal.commands import filing
from valuation.appraisal.schemas.reports import AppraisalOut, appraisal_out
from valuation.appraisal.tables import Appraisal

router = Router(prefix="/v1/appraisals", tags=["appraisals"])

DOCUMENT: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}


class UploadRoute(MarketRoute):
    """A route that takes a document."""

    body_bytes_max = BYTES_MAX


documents = Router(prefix="/v1/appraisals", tags=["appraisals"], route_class=UploadRoute)


async def _content(request: Request) -> bytes:
    return await request.body()


@router.get("", operation_id="list_appraisals")
def list_appraisals(db: Db, actor: CurrentActor, asked: PageQuery) -> Page[AppraisalOut]:
    """The reports on one's own results, and those that one's agency recorded."""
    return page_of(db, queries.reports_visible_to(actor), Appraisal.id, asked, appraisal_out)


@router.get("/{appraisal_id}", operation_id="get_appraisal")
def get_appraisal(appraisal_id: AppraisalId, db: Db, actor: CurrentActor) -> AppraisalOut:
    """One report, for the owner and the agency."""
    return appraisal_out(fetch(db, queries.reports_visible_to(actor), Appraisal, appraisal_id))


@documents.post(
    "/{appraisal_id}/file",
    operation_id="receive_appraisal_file",
    openapi_extra=DOCUMENT,
    responses=problems(errors.FileDiffers, errors.FileReceived, FileTooLarge, MediaTypeRefused, NotWhatItClaims),
)
def receive(
    appraisal_id: AppraisalId,
    request: Request,
    content: Annotated[bytes, Depends(_content)],
    db: Db,
    actor: CurrentActor,
    store: Files,
    now: Now,
) -> AppraisalOut:
    """Take in the report's document (PDF), if its SHA-256 is the one recorded. For whoever records reports."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    report = filing.receive_file(
        db,
        appraisal_id=appraisal_id,
        content=content,
        media_type=media_type,
        store=store,
        actor=actor,
        now=now,
    )
    return appraisal_out(report)


@router.get(
    "/{appraisal_id}/file",
    operation_id="get_appraisal_file",
    response_class=Response,
    responses={200: {"content": {PDF: {}}}, **problems(FileMissing)},
)
def get_file(appraisal_id: AppraisalId, db: Db, actor: CurrentActor, store: Files, now: Now) -> Response:
    """The report's document, compared with its hash; the reading is on record."""
    report, content = filing.read_file(db, appraisal_id=appraisal_id, store=store, actor=actor, now=now)
    disposition = {"Content-Disposition": f'attachment; filename="appraisal-{report.id}.pdf"'}
    return Response(content, media_type=PDF, headers=disposition)
