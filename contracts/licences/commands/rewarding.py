"""The costs and taxes that come off the income of a contract before the reward is reckoned."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.agreements.access import must_stand_on
from contracts.agreements.access import visible_to as contracts_visible_to
from contracts.agreements.signing import PartySide
from contracts.agreements.tables import Contract
from contracts.licences.errors import FiscalAboveCost
from contracts.licences.tables import ContractCost
from kernel import audit
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ContractId
from kernel.money import Money
from parties.roles import Role


def state_costs(
    session: Session,
    *,
    contract_id: ContractId,
    cost: Money,
    fiscal: Money,
    tax: Money,
    actor: Actor,
    now: datetime,
) -> ContractCost:
    """The seller's finance people state cost (with its fiscally funded part) and tax; the newest statement holds.

    Raises FiscalAboveCost, NotYourSide or MissingRole.
    """
    contract = lock(session, Contract, contract_id, within=contracts_visible_to(actor))
    must_stand_on(contract, PartySide.SELLER, actor, Role.FINANCE)
    if fiscal > cost:
        raise FiscalAboveCost(fiscal, cost)
    before = select(func.count()).select_from(ContractCost).where(ContractCost.contract_id == contract_id)
    row = ContractCost(
        id=uuid4(),
        contract_id=contract_id,
        seq=session.execute(before).scalar_one() + 1,
        cost=cost,
        fiscal=fiscal,
        tax=tax,
        stated_by=actor.person_id,
        stated_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="contract.state-costs",
        kind="contract",
        object_id=contract_id,
        after={"cost": cost, "fiscal": fiscal, "tax": tax},
        now=now,
    )
    return row
