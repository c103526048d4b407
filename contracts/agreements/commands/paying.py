"""What a receipt does to a contract: the instalment is paid, and the last one settles the contract."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements.errors import PaymentStepClosed
from contracts.agreements.events import ContractSettled
from contracts.agreements.states import CONTRACT, ContractAction, step
from contracts.agreements.tables import Contract, Instalment
from kernel import events
from kernel.errors import NotFound
from kernel.ids import InstalmentId
from kernel.money import Money


def note_payment(
    session: Session, *, contract: Contract, instalment_id: InstalmentId, amount: Money, paid_on: date, now: datetime
) -> Contract:
    """Add an amount received to an instalment of the plan that holds; the caller holds the contract's lock.

    Raises NotFound for an instalment of another plan, PaymentStepClosed (Civil Code 502, 846).
    """
    instalments = _instalments(session, contract)
    paid = next((one for one in instalments if one.id == instalment_id), None)
    if paid is None:
        raise NotFound
    contract.state = step(CONTRACT, contract.state, ContractAction.PAY, PaymentStepClosed)
    paid.paid += amount
    if paid.paid == paid.amount:
        paid.paid_on = paid_on
    if all(one.paid == one.amount for one in instalments):
        _settle(session, contract, paid_on, now)
    session.flush()
    return contract


def _instalments(session: Session, contract: Contract) -> list[Instalment]:
    rows = select(Instalment).where(Instalment.contract_id == contract.id, Instalment.plan == contract.plan)
    fresh = rows.with_for_update().execution_options(populate_existing=True)
    return list(session.execute(fresh).scalars())


def _settle(session: Session, contract: Contract, paid_on: date, now: datetime) -> None:
    contract.state = step(CONTRACT, contract.state, ContractAction.SETTLE, PaymentStepClosed)
    contract.settled_on = paid_on
    event = ContractSettled(
        contract_id=contract.id,
        deal_id=contract.deal_id,
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        price=contract.price,
        way=contract.way,
        mode=contract.mode,
        settled_on=paid_on,
        related_party=contract.related_party,
    )
    events.emit(session, event, now=now)
