"""What may be asked about contracts: the only way to a contract is `visible_to(actor)`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from contracts.agreements.access import STAFF, visible_to
from contracts.agreements.tables import Contract, Instalment, Licence, Registration, Signature
from kernel.http.auth import Actor
from kernel.ids import ContractId
from kernel.money import Money, total

__all__ = ["instalments_of", "licences_visible_to", "registration_of", "signatures_of", "total_paid", "visible_to"]


def by_deal(session: Session, deal_id: UUID) -> Contract | None:
    """The contract drafted from a deal, if any. For the rooms above; callers check who may see it."""
    return session.execute(select(Contract).where(Contract.deal_id == deal_id)).scalar_one_or_none()


def instalments_of(session: Session, contract: Contract) -> list[Instalment]:
    """The instalments of the plan that holds, in order."""
    rows = select(Instalment).where(Instalment.contract_id == contract.id, Instalment.plan == contract.plan)
    return list(session.execute(rows.order_by(Instalment.seq)).scalars())


def total_paid(instalments: list[Instalment]) -> Money:
    """What has been received on the contract."""
    return total([instalment.paid for instalment in instalments])


def signatures_of(session: Session, contract_id: ContractId) -> list[Signature]:
    """The signatures recorded, oldest first, refused scans included."""
    rows = select(Signature).where(Signature.contract_id == contract_id).order_by(Signature.id)
    return list(session.execute(rows).scalars())


def registration_of(session: Session, contract_id: ContractId) -> Registration | None:
    """The registration that stands, or else the newest cancelled one."""
    rows = (
        select(Registration)
        .where(Registration.contract_id == contract_id)
        .order_by(Registration.cancelled_on.is_(None).desc(), Registration.id.desc())
        .limit(1)
    )
    return session.execute(rows).scalar_one_or_none()


def licences_visible_to(actor: Actor) -> Select[Licence]:
    """The licences that one's organisation gave or took; all for the exchange's staff."""
    rows = select(Licence)
    if actor.has(*STAFF):
        return rows
    return rows.where(or_(Licence.licensor_id == actor.organisation_id, Licence.licensee_id == actor.organisation_id))


def filings_due(session: Session, *, until: date) -> list[Licence]:
    """Licences in force, not yet filed, whose three months end by a day (实施细则 art 15)."""
    rows = select(Licence).where(Licence.filed_on.is_(None), Licence.ended_on.is_(None), Licence.filing_due_on <= until)
    return list(session.execute(rows.order_by(Licence.filing_due_on)).scalars())
