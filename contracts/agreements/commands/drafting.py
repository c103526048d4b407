"""From the deal to the draft: the contract with its parties and one lump sum, then the plan and terms the seller sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contracts.agreements import licensing, plans
from contracts.agreements.access import CHECKING_STAFF, SIGNING_ROLES, must_stand_on, side_of, visible_to
from contracts.agreements.errors import (
    AlreadyDrafted,
    CancelStepClosed,
    NotALicence,
    NotYourSide,
    PlanAlreadySigned,
    PlanStepClosed,
    StillRegistered,
)
from contracts.agreements.events import ContractCancelled
from contracts.agreements.facts import DealFacts
from contracts.agreements.kinds import contract_type
from contracts.agreements.plans import PlannedPayment
from contracts.agreements.signing import PartySide, SignatureState
from contracts.agreements.states import (
    CONTRACT,
    REGISTRATION,
    ContractAction,
    ContractState,
    RegistrationState,
    step,
)
from contracts.agreements.tables import Contract, ContractParty, Instalment, Licence, Signature
from kernel import audit, events, rules
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ContractId, InstalmentId, OrganisationId, new_id
from kernel.money import ZERO
from parties import queries as parties
from parties.roles import Role

NO_PLAN_SOURCE = "05"
"""计划外: outside any plan."""

_NEXT_NUMBER = text("SELECT next_contract_number(:year)")


def draft(session: Session, *, facts: DealFacts, now: datetime, actor: Actor | None = None) -> Contract:
    """Draft the technology contract of a deal, with one lump sum due after the days of rule `contracts.lump_sum_days`.

    Raises AlreadyDrafted, LicenceOutlivesPatent or LicenceTermEmpty (Civil Code 865); NotFound for unknown parties.
    """
    if existing := session.execute(select(Contract).where(Contract.deal_id == facts.deal_id)).scalar_one_or_none():
        raise AlreadyDrafted(existing.number)
    contract = _contract(session, facts, now)
    session.add(contract)
    session.flush()
    contract.parties = [
        party_of(session, contract.id, side, organisation_id)
        for side, organisation_id in ((PartySide.SELLER, facts.seller_id), (PartySide.BUYER, facts.buyer_id))
    ]
    days = rules.whole_number(session, "contracts.lump_sum_days", on=facts.agreed_on)
    due_on = facts.agreed_on + timedelta(days=days)
    _write_plan(session, contract, plans.lump_sum(facts.price, due_on=due_on))
    _record(session, actor, "contract.draft", contract, now)
    return contract


def plan_payments(
    session: Session, *, contract_id: ContractId, plan: Sequence[PlannedPayment], actor: Actor, now: datetime
) -> Contract:
    """Replace the payment plan by a new version, before anybody has signed (Civil Code 846).

    Raises PlanDoesNotSum, TooManyInstalments, DueDatesOutOfOrder, PlanAlreadySigned or PlanStepClosed.
    """
    contract = _open_terms(session, contract_id, actor)
    plans.check_plan(plan, price=contract.price, agreed_on=contract.agreed_on)
    contract.plan += 1
    _write_plan(session, contract, plan)
    _record(session, actor, "contract.plan", contract, now)
    return contract


def set_licence_terms(
    session: Session,
    *,
    contract_id: ContractId,
    ends_on: date | None,
    territory: str | None,
    actor: Actor,
    now: datetime,
) -> Contract:
    """Set term and territory of a licence, before anybody has signed. Raises LicenceOutlivesPatent or NotALicence."""
    contract = _open_terms(session, contract_id, actor)
    if contract.licence_kind is None:
        raise NotALicence
    contract.licence_ends_on = licensing.check_term(
        starts_on=local_date(now), ends_on=ends_on, patent_expires_on=contract.patent_expires_on
    )
    contract.territory = territory
    session.flush()
    _record(session, actor, "contract.licence-terms", contract, now)
    return contract


def cancel(session: Session, *, contract_id: ContractId, reason: str, actor: Actor, now: datetime) -> Contract:
    """Undo a contract on which no money has moved: a draft by either side, one in force by the exchange's staff.

    Raises StillRegistered, CancelStepClosed (Civil Code 562) or NotYourSide.
    """
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    side = side_of(contract, actor)
    if side is None or contract.state != ContractState.DRAFT:
        if not actor.has(*CHECKING_STAFF):
            raise NotYourSide
    else:
        actor.must_have(*SIGNING_ROLES[side])
    _undo(session, contract, now)
    _record(session, actor, "contract.cancel", contract, now, reason=reason)
    return contract


def call_off(session: Session, *, deal_id: UUID, reason: str, now: datetime) -> Contract | None:
    """The deal behind a draft has fallen through (a winner's default, say): the market itself cancels its contract.

    None if no contract was drafted or it is cancelled already. Raises CancelStepClosed or StillRegistered.
    """
    rows = select(Contract).where(Contract.deal_id == deal_id).with_for_update()
    contract = session.execute(rows.execution_options(populate_existing=True)).scalar_one_or_none()
    if contract is None or contract.state == ContractState.CANCELLED:
        return None
    _undo(session, contract, now)
    _record(session, None, "contract.call-off", contract, now, reason=reason)
    return contract


def _undo(session: Session, contract: Contract, now: datetime) -> None:
    today = local_date(now)
    if contract.registration_state in (RegistrationState.REGISTERED, RegistrationState.REG_APPLIED):
        raise StillRegistered
    contract.state = step(CONTRACT, contract.state, ContractAction.CANCEL, CancelStepClosed)
    contract.cancelled_on = today
    licence = session.execute(select(Licence).where(Licence.contract_id == contract.id)).scalar_one_or_none()
    if licence is not None:
        licence.ended_on = today
    session.flush()
    event = ContractCancelled(contract_id=contract.id, deal_id=contract.deal_id, cancelled_on=today)
    events.emit(session, event, now=now)


def party_of(
    session: Session, contract_id: ContractId, side: PartySide, organisation_id: OrganisationId
) -> ContractParty:
    """A copy of who the party is now."""
    found = parties.organisation(session, organisation_id)
    return ContractParty(
        contract_id=contract_id,
        side=side,
        organisation_id=found.id,
        name=found.name,
        uscc=found.uscc,
        region_code=found.region_code,
        party_type_code=found.party_type_code,
        kind=found.kind.value,
        regime=found.regime.value,
        is_gov_run=found.is_gov_run,
        size=found.size.value if found.size else None,
    )


def _contract(session: Session, facts: DealFacts, now: datetime) -> Contract:
    is_licence = facts.way == "licence"
    ends_on = facts.licence_ends_on
    if is_licence:
        ends_on = licensing.check_term(
            starts_on=facts.agreed_on, ends_on=ends_on, patent_expires_on=facts.patent_expires_on
        )
    return Contract(
        id=ContractId(new_id()),
        number=session.execute(_NEXT_NUMBER, {"year": local_date(now).year}).scalar_one(),
        deal_id=facts.deal_id,
        title=facts.title,
        result_id=facts.result_id,
        seller_id=facts.seller_id,
        buyer_id=facts.buyer_id,
        way=facts.way,
        licence_kind=licensing.kind_or_ordinary(facts.licence_kind) if is_licence else None,
        licence_ends_on=ends_on if is_licence else None,
        contract_type=contract_type(facts.way, facts.ip_kind, facts.contract_type),
        price=facts.price,
        mode=facts.mode,
        basis=facts.basis,
        related_party=facts.related_party,
        tech_field=facts.tech_field,
        ip_kind=facts.ip_kind,
        application_numbers=list(facts.application_numbers),
        patent_expires_on=facts.patent_expires_on,
        plan_source=facts.plan_source or NO_PLAN_SOURCE,
        valuation_id=facts.valuation_id,
        estimated=facts.estimated,
        list_price=facts.list_price,
        notice_id=facts.notice_id,
        trial_id=facts.trial_id,
        agreed_on=facts.agreed_on,
        state=CONTRACT.initial,
        registration_state=REGISTRATION.initial,
        plan=1,
        drafted_at=now,
    )


def _open_terms(session: Session, contract_id: ContractId, actor: Actor) -> Contract:
    """The contract, locked, while the seller's transfer office may still change its terms."""
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    must_stand_on(contract, PartySide.SELLER, actor, Role.TRANSFER_OFFICE)
    contract.state = step(CONTRACT, contract.state, ContractAction.PLAN, PlanStepClosed)
    recorded = select(Signature.side).where(
        Signature.contract_id == contract_id, Signature.state != SignatureState.REFUSED
    )
    if side := session.execute(recorded.limit(1)).scalar_one_or_none():
        raise PlanAlreadySigned(side.value)
    return contract


def _write_plan(session: Session, contract: Contract, plan: Sequence[PlannedPayment]) -> None:
    for seq, payment in enumerate(plan, start=1):
        session.add(
            Instalment(
                id=InstalmentId(new_id()),
                contract_id=contract.id,
                plan=contract.plan,
                seq=seq,
                due_on=payment.due_on,
                amount=payment.amount,
                paid=ZERO,
            )
        )
    session.flush()


def _record(
    session: Session, actor: Actor | None, action: str, contract: Contract, now: datetime, reason: str | None = None
) -> None:
    after = {"state": contract.state.value, "plan": contract.plan, "price": contract.price}
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
