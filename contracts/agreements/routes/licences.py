"""Licences over HTTP: those in force, and their filing at CNIPA."""

from __future__ import annotations

from contracts.agreements import commands, queries
from contracts.agreements.errors import (
    NoLicenceToFile,
    NotYourSide,
)
from contracts.agreements.schemas import (
    FileLicence,
    LicenceOut,
)
from contracts.agreements.tables import Licence
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId
from kernel.paging import Page, PageQuery, page_of

router = Router(prefix="/v1", tags=["licences"])


@router.get("/licences", operation_id="licence_list")
def list_licences(db: Db, actor: CurrentActor, page: PageQuery) -> Page[LicenceOut]:
    """The licences that your organisation gave or took, newest first."""
    return page_of(db, queries.licences_visible_to(actor), Licence.id, page, LicenceOut.of)


@router.post(
    "/contracts/{contract_id}/licence/filing",
    operation_id="licence_file",
    responses=problems(NoLicenceToFile, NotYourSide),
)
def file_licence(contract_id: ContractId, body: FileLicence, db: Db, actor: CurrentActor, now: Now) -> LicenceOut:
    """Enter the filing of the licence at CNIPA (seller's TRANSFER_OFFICE)."""
    licence = commands.file_licence(
        db,
        contract_id=contract_id,
        filing_number=body.filing_number,
        filed_on=body.filed_on,
        actor=actor,
        now=now,
    )
    return LicenceOut.of(licence)
