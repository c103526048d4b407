"""Registration (认定登记) over HTTP: what went to the registry and what it decided, entered back."""

from __future__ import annotations

from contracts.agreements import commands
from contracts.agreements.errors import (
    NotInForce,
    NotYourSide,
    RegisteredTooEarly,
    RegistrationNumberMalformed,
    RegistrationNumberTaken,
    RegistrationStepClosed,
    TechnologyValueTooHigh,
)
from contracts.agreements.routes.answers import answer, answer_by_id
from contracts.agreements.schemas import (
    Cancel,
    ContractOut,
    RefuseRegistration,
    Register,
    RegistrationAmounts,
)
from kernel.errors import Problem
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId
from kernel.money import Money

router = Router(prefix="/v1/contracts", tags=["contracts"])

REGISTERING: tuple[type[Problem], ...] = (NotInForce, NotYourSide, RegistrationStepClosed, TechnologyValueTooHigh)


@router.post(
    "/{contract_id}/registration/application", operation_id="registration_apply", responses=problems(*REGISTERING)
)
def apply_for_registration(contract_id: ContractId, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Note that the file is at the registry: REGISTRAR, or the seller's TRANSFER_OFFICE."""
    contract = commands.apply_for_registration(db, contract_id=contract_id, actor=actor, now=now)
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/registration",
    operation_id="registration_enter",
    status_code=201,
    responses=problems(*REGISTERING, RegistrationNumberMalformed, RegistrationNumberTaken, RegisteredTooEarly),
)
def register(contract_id: ContractId, body: Register, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Enter what the registry decided: REGISTRAR, or the seller's TRANSFER_OFFICE. The contract counts from then on."""
    commands.register(
        db,
        contract_id=contract_id,
        number=body.number,
        contract_value=Money(body.contract_value_fen),
        technology_value=Money(body.technology_value_fen),
        technology_income=Money(body.technology_income_fen),
        registered_on=body.registered_on,
        actor=actor,
        now=now,
    )
    return answer_by_id(db, contract_id, actor)


@router.post(
    "/{contract_id}/registration/changes", operation_id="registration_change", responses=problems(*REGISTERING)
)
def change_registration(
    contract_id: ContractId, body: RegistrationAmounts, db: Db, actor: CurrentActor, now: Now
) -> ContractOut:
    """Enter amounts that the registry has changed; the figures change by the difference, today."""
    commands.change_registration(
        db,
        contract_id=contract_id,
        contract_value=Money(body.contract_value_fen),
        technology_value=Money(body.technology_value_fen),
        technology_income=Money(body.technology_income_fen),
        actor=actor,
        now=now,
    )
    return answer_by_id(db, contract_id, actor)


@router.post(
    "/{contract_id}/registration/refusal", operation_id="registration_refuse", responses=problems(*REGISTERING)
)
def refuse_registration(
    contract_id: ContractId, body: RefuseRegistration, db: Db, actor: CurrentActor, now: Now
) -> ContractOut:
    """Enter that the registry did not register the contract (未予登记)."""
    contract = commands.refuse_registration(db, contract_id=contract_id, ground=body.ground, actor=actor, now=now)
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/registration/cancellation", operation_id="registration_cancel", responses=problems(*REGISTERING)
)
def cancel_registration(contract_id: ContractId, body: Cancel, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Enter that the registry has cancelled the registration; the figures are taken back today."""
    commands.cancel_registration(db, contract_id=contract_id, reason=body.reason, actor=actor, now=now)
    return answer_by_id(db, contract_id, actor)
