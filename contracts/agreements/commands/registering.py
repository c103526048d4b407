"""Registration (认定登记) entered back: what the registry decided, and in the same transaction what it adds to the figures."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contracts.agreements import registering
from contracts.agreements.access import must_be_registrar_or_seller, visible_to
from contracts.agreements.errors import (
    NotInForce,
    RegisteredTooEarly,
    RegistrationNumberTaken,
    RegistrationStepClosed,
)
from contracts.agreements.events import ContractRegistered
from contracts.agreements.signing import PartySide
from contracts.agreements.states import IN_FORCE, REGISTRATION, RegistrationAction, step
from contracts.agreements.tables import Contract, Registration
from contracts.statistics import commands as statistics
from contracts.statistics.counting import CountedContract
from kernel import audit, events
from kernel.calendar import local_date
from kernel.db import lock
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import ContractId
from kernel.money import Money


def apply_for_registration(session: Session, *, contract_id: ContractId, actor: Actor, now: datetime) -> Contract:
    """Note that the file has been handed in at the registry. Raises NotInForce or RegistrationStepClosed."""
    contract = _in_force(session, contract_id, actor)
    _advance(contract, RegistrationAction.APPLY)
    _record(session, actor, "contract.apply-for-registration", contract, None, now)
    return contract


def refuse_registration(
    session: Session, *, contract_id: ContractId, ground: str, actor: Actor, now: datetime
) -> Contract:
    """Enter that the registry did not register the contract (未予登记), and on which ground."""
    contract = _in_force(session, contract_id, actor)
    _advance(contract, RegistrationAction.REFUSE)
    _record(session, actor, "contract.refuse-registration", contract, None, now, reason=ground)
    return contract


def register(
    session: Session,
    *,
    contract_id: ContractId,
    number: str,
    contract_value: Money,
    technology_value: Money,
    technology_income: Money,
    registered_on: date,
    actor: Actor,
    now: datetime,
) -> Registration:
    """Enter number and amounts as the registry decided; the contract counts from its registration date on.

    Raises RegistrationNumberMalformed (422), TechnologyValueTooHigh, RegisteredTooEarly, RegistrationNumberTaken,
    NotInForce or RegistrationStepClosed.
    """
    contract = _in_force(session, contract_id, actor)
    registering.check_number(number)
    registering.check_amounts(
        contract_value=contract_value, technology_value=technology_value, technology_income=technology_income
    )
    _check_date(contract, registered_on, local_date(now))
    _advance(contract, RegistrationAction.REGISTER)
    registration = Registration(
        id=uuid4(),
        contract_id=contract_id,
        number=number,
        contract_value=contract_value,
        technology_value=technology_value,
        technology_income=technology_income,
        registered_on=registered_on,
        entered_by=actor.person_id,
        entered_at=now,
    )
    _insert(session, registration)
    statistics.count(session, counted=_counted(contract, registration, registered_on), now=now)
    event = ContractRegistered(
        contract_id=contract_id,
        deal_id=contract.deal_id,
        registration_number=number,
        registered_on=registered_on,
        contract_value=contract_value,
        technology_value=technology_value,
    )
    events.emit(session, event, now=now)
    _record(session, actor, "contract.register", contract, registration, now)
    return registration


def change_registration(
    session: Session,
    *,
    contract_id: ContractId,
    contract_value: Money,
    technology_value: Money,
    technology_income: Money,
    actor: Actor,
    now: datetime,
) -> Registration:
    """Enter amounts that the registry has changed; the figures change by the difference, in the period of the change."""
    contract = _in_force(session, contract_id, actor)
    registering.check_amounts(
        contract_value=contract_value, technology_value=technology_value, technology_income=technology_income
    )
    _advance(contract, RegistrationAction.CHANGE)
    registration, today = _standing(session, contract_id), local_date(now)
    registration.contract_value, registration.technology_value = contract_value, technology_value
    registration.technology_income, registration.changed_on = technology_income, today
    session.flush()
    statistics.take_back(session, contract_id=contract_id, counted_on=today, now=now)
    statistics.count(session, counted=_counted(contract, registration, today), now=now)
    _record(session, actor, "contract.change-registration", contract, registration, now)
    return registration


def cancel_registration(
    session: Session, *, contract_id: ContractId, reason: str, actor: Actor, now: datetime
) -> Registration:
    """Enter that the registry has cancelled the registration; its figures are taken back on this day."""
    contract = _in_force(session, contract_id, actor)
    _advance(contract, RegistrationAction.CANCEL)
    registration, today = _standing(session, contract_id), local_date(now)
    registration.cancelled_on, registration.cancel_reason = today, reason
    session.flush()
    statistics.take_back(session, contract_id=contract_id, counted_on=today, now=now)
    _record(session, actor, "contract.cancel-registration", contract, registration, now, reason=reason)
    return registration


def _in_force(session: Session, contract_id: ContractId, actor: Actor) -> Contract:
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    must_be_registrar_or_seller(contract, actor)
    if contract.state not in IN_FORCE:
        raise NotInForce(contract.state.value)
    return contract


def _advance(contract: Contract, action: RegistrationAction) -> None:
    contract.registration_state = step(REGISTRATION, contract.registration_state, action, RegistrationStepClosed)


def _check_date(contract: Contract, registered_on: date, today: date) -> None:
    earliest = contract.effective_on or today
    if not earliest <= registered_on <= today:
        raise RegisteredTooEarly(earliest, today)


def _insert(session: Session, registration: Registration) -> None:
    """Only the database can see whether another's contract has the number."""
    try:
        with session.begin_nested():
            session.add(registration)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") == "uq_contract_registration_number":
            raise RegistrationNumberTaken from None
        raise


def _standing(session: Session, contract_id: ContractId) -> Registration:
    rows = select(Registration).where(Registration.contract_id == contract_id, Registration.cancelled_on.is_(None))
    registration = session.execute(rows).scalar_one_or_none()
    if registration is None:
        raise NotFound
    return registration


def _counted(contract: Contract, registration: Registration, counted_on: date) -> CountedContract:
    party = {one.side: one for one in contract.parties}
    seller, buyer = party[PartySide.SELLER], party[PartySide.BUYER]
    return CountedContract(
        contract_id=contract.id,
        registration_number=registration.number,
        counted_on=counted_on,
        contract_value=registration.contract_value,
        technology_value=registration.technology_value,
        contract_type=contract.contract_type,
        tech_field=contract.tech_field,
        ip_kind=contract.ip_kind,
        plan_source=contract.plan_source,
        mode=contract.mode,
        basis=contract.basis,
        related_party=contract.related_party,
        seller_unit=seller.uscc,
        buyer_unit=buyer.uscc,
        seller_region=seller.region_code,
        buyer_region=buyer.region_code,
        seller_party_type=seller.party_type_code,
        buyer_party_type=buyer.party_type_code,
    )


def _record(
    session: Session,
    actor: Actor,
    action: str,
    contract: Contract,
    registration: Registration | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    after: dict[str, object] = {"registration_state": contract.registration_state.value}
    if registration is not None:
        after |= {
            "number": registration.number,
            "contract_value": registration.contract_value,
            "technology_value": registration.technology_value,
        }
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="contract",
        object_id=contract.id,
        after=after,
        reason=reason,
        now=now,
    )
