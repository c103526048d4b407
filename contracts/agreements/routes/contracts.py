"""Contracts over HTTP: read, plan, set licence terms, cancel. Hidden contracts are not found."""

from __future__ import annotations

from contracts.agreements import commands, queries
from contracts.agreements.access import STAFF
from contracts.agreements.errors import (
    CancelStepClosed,
    DueDatesOutOfOrder,
    LicenceOutlivesPatent,
    LicenceTermEmpty,
    NotALicence,
    NotYourSide,
    PlanAlreadySigned,
    PlanDoesNotSum,
    PlanStepClosed,
    StillRegistered,
    TooManyInstalments,
)
from contracts.agreements.routes.answers import answer
from contracts.agreements.schemas import (
    Cancel,
    ContractLine,
    ContractOut,
    PlanPayments,
    SetLicenceTerms,
)
from contracts.agreements.tables import Contract
from kernel import audit
from kernel.db.locking import fetch
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId
from kernel.paging import Page, PageQuery, page_of

router = Router(prefix="/v1/contracts", tags=["contracts"])


@router.get("", operation_id="contract_list")
def list_contracts(db: Db, actor: CurrentActor, page: PageQuery, now: Now) -> Page[ContractLine]:
    """The contracts of your organisation, newest first; the exchange's registrar, operator and supervisor see all (audited)."""
    if actor.has(*STAFF):
        audit.record(db, actor=actor, action="contract.list", kind="contract", object_id="*", now=now)
    return page_of(db, queries.visible_to(actor), Contract.id, page, ContractLine.of)


@router.get("/{contract_id}", operation_id="contract_get")
def get_contract(contract_id: ContractId, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """One contract. A read by the exchange's staff is audited."""
    contract = fetch(db, queries.visible_to(actor), Contract, contract_id)
    if actor.has(*STAFF):
        audit.record(db, actor=actor, action="contract.read", kind="contract", object_id=contract.id, now=now)
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/instalments",
    operation_id="contract_plan",
    responses=problems(
        PlanDoesNotSum, TooManyInstalments, DueDatesOutOfOrder, PlanAlreadySigned, PlanStepClosed, NotYourSide
    ),
)
def plan_payments(contract_id: ContractId, body: PlanPayments, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Set the payment plan (seller's TRANSFER_OFFICE, before anybody has signed); the amounts sum to the price exactly."""
    plan = [one.planned() for one in body.instalments]
    contract = commands.plan_payments(db, contract_id=contract_id, plan=plan, actor=actor, now=now)
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/licence-terms",
    operation_id="contract_licence_terms",
    responses=problems(LicenceOutlivesPatent, LicenceTermEmpty, NotALicence, PlanAlreadySigned, PlanStepClosed),
)
def set_licence_terms(
    contract_id: ContractId, body: SetLicenceTerms, db: Db, actor: CurrentActor, now: Now
) -> ContractOut:
    """Set term and territory of a licence (seller's TRANSFER_OFFICE, before anybody has signed)."""
    contract = commands.set_licence_terms(
        db, contract_id=contract_id, ends_on=body.ends_on, territory=body.territory, actor=actor, now=now
    )
    return answer(db, contract, actor)


@router.post(
    "/{contract_id}/cancellation",
    operation_id="contract_cancel",
    responses=problems(CancelStepClosed, StillRegistered, NotYourSide),
)
def cancel(contract_id: ContractId, body: Cancel, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Undo a draft (either side) or a contract in force on which no money has moved (REGISTRAR, OPERATOR)."""
    contract = commands.cancel(db, contract_id=contract_id, reason=body.reason, actor=actor, now=now)
    return answer(db, contract, actor)
