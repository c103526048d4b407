"""Signing over HTTP: record the stamped scan of a side, and check it as a second person."""

from __future__ import annotations

from contracts.agreements import commands
from contracts.agreements.errors import (
    AlreadySigned,
    AlreadyTransferred,
    LicenceConflict,
    NoSignatureToCheck,
    NotYourSide,
    SamePersonChecks,
    ScanDiffers,
    SigningStepClosed,
)
from contracts.agreements.routes.answers import answer
from contracts.agreements.schemas import (
    CheckSignature,
    ContractOut,
    RecordSignature,
)
from contracts.agreements.signing import PartySide
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId

router = Router(prefix="/v1/contracts", tags=["contracts"])


@router.post(
    "/{contract_id}/signatures",
    operation_id="contract_sign",
    status_code=201,
    responses=problems(AlreadySigned, NotYourSide, SigningStepClosed),
)
def record_signature(
    contract_id: ContractId, body: RecordSignature, db: Db, actor: CurrentActor, now: Now
) -> ContractOut:
    """Record the stamped scan of your side: seller TRANSFER_OFFICE or UNIT_APPROVER, buyer BUYER or UNIT_APPROVER."""
    contract = commands.record_signature(
        db,
        contract_id=contract_id,
        side=body.side,
        scan_sha256=body.scan_sha256,
        signed_by_name=body.signed_by_name,
        actor=actor,
        now=now,
    )
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/signatures/{side}/check",
    operation_id="contract_check_signature",
    responses=problems(
        NoSignatureToCheck,
        SamePersonChecks,
        ScanDiffers,
        NotYourSide,
        SigningStepClosed,
        LicenceConflict,
        AlreadyTransferred,
    ),
)
def check_signature(
    contract_id: ContractId, side: PartySide, body: CheckSignature, db: Db, actor: CurrentActor, now: Now
) -> ContractOut:
    """Check the scan as a second person, of that side or of the exchange (REGISTRAR, OPERATOR); both checked: in force."""
    contract = commands.check_signature(
        db,
        contract_id=contract_id,
        side=side,
        scan_sha256=body.scan_sha256,
        agrees=body.agrees,
        actor=actor,
        now=now,
    )
    return answer(db, contract, actor)
