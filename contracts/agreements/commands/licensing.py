"""What a licence contract grants when it takes effect, and its filing with CNIPA."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contracts.agreements.access import must_stand_on, visible_to
from contracts.agreements.errors import AlreadyTransferred, NoLicenceToFile
from contracts.agreements.kinds import PATENT_KINDS
from contracts.agreements.licensing import (
    Granted,
    LicenceKind,
    check_conflict,
    check_term,
    filing_due,
    kind_or_ordinary,
)
from contracts.agreements.signing import PartySide
from contracts.agreements.tables import Contract, Licence
from kernel import audit
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ContractId, LicenceId, new_id
from parties.roles import Role

EVERYWHERE = "中国"

_HOLD_RESULT = text("SELECT pg_advisory_xact_lock(hashtextextended('rights in ' || :result_id, 0))")
# A party does not see the contracts of third parties; the rules must. The functions tell them kinds and dates, no names.
_TRANSFERRED = text("SELECT result_is_transferred(:result_id)")
_IN_FORCE = text("SELECT id, kind, starts_on, ends_on FROM licences_in_force(:result_id)")


def grant(session: Session, contract: Contract, *, on: date) -> Licence:
    """The licence of a contract that takes effect, if no other licence stands in its way.

    Raises LicenceConflict, AlreadyTransferred, LicenceOutlivesPatent or LicenceTermEmpty.
    """
    wanted = Granted(
        LicenceId(new_id()),
        kind_or_ordinary(contract.licence_kind),
        on,
        check_term(starts_on=on, ends_on=contract.licence_ends_on, patent_expires_on=contract.patent_expires_on),
    )
    must_not_conflict(session, contract.result_id, wanted)
    licence = Licence(
        id=wanted.id,
        contract_id=contract.id,
        result_id=contract.result_id,
        licensor_id=contract.seller_id,
        licensee_id=contract.buyer_id,
        kind=wanted.kind,
        territory=contract.territory or EVERYWHERE,
        starts_on=on,
        ends_on=wanted.ends_on,
        filing_due_on=filing_due(on) if contract.ip_kind in PATENT_KINDS else None,
    )
    session.add(licence)
    session.flush()
    return licence


def must_be_the_sellers(session: Session, result_id: UUID) -> None:
    """Hold the rights in a result until the transaction ends; nobody disposes of what he has transferred before.

    Raises AlreadyTransferred (Patent Law 专利法 art 10).
    """
    session.execute(_HOLD_RESULT, {"result_id": str(result_id)})
    if session.execute(_TRANSFERRED, {"result_id": result_id}).scalar_one():
        raise AlreadyTransferred


def must_not_conflict(session: Session, result_id: UUID, wanted: Granted) -> None:
    """Hold the rights in a result until the transaction ends and check a licence against those in force.

    Raises LicenceConflict or AlreadyTransferred.
    """
    must_be_the_sellers(session, result_id)
    rows = session.execute(_IN_FORCE, {"result_id": result_id})
    check_conflict(wanted, [Granted(row.id, LicenceKind(row.kind), row.starts_on, row.ends_on) for row in rows])


def file_licence(
    session: Session, *, contract_id: ContractId, filing_number: str, filed_on: date, actor: Actor, now: datetime
) -> Licence:
    """Enter that the licence has been filed with CNIPA (实施细则 art 15). Raises NoLicenceToFile or NotYourSide."""
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    must_stand_on(contract, PartySide.SELLER, actor, Role.TRANSFER_OFFICE)
    waiting = select(Licence).where(
        Licence.contract_id == contract_id, Licence.filed_on.is_(None), Licence.ended_on.is_(None)
    )
    licence = session.execute(waiting).scalar_one_or_none()
    if licence is None:
        raise NoLicenceToFile
    licence.filed_on, licence.filing_number = filed_on, filing_number
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="licence.file",
        kind="licence",
        object_id=licence.id,
        after={"filing_number": filing_number, "filed_on": filed_on},
        now=now,
    )
    return licence
