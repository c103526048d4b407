"""Rewards over HTTP: what a contract makes due to the people behind the result, for their own unit to see."""

from __future__ import annotations

from contracts.agreements.errors import NotYourSide
from contracts.agreements.queries import visible_to as contracts_visible_to
from contracts.agreements.tables import Contract
from contracts.licences import commands, queries
from contracts.licences.errors import FiscalAboveCost, NoRewardDue
from contracts.licences.schemas import RewardOut, StateCosts
from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId
from kernel.money import Money

router = Router(prefix="/v1/contracts", tags=["rewards"])


@router.get("/{contract_id}/reward", operation_id="reward_get", responses=problems(NoRewardDue))
def get_reward(contract_id: ContractId, db: Db, actor: CurrentActor) -> RewardOut:
    """The minimum reward due so far, receipt by receipt with its six months (seller's people, SUPERVISOR)."""
    contract = fetch(db, contracts_visible_to(actor), Contract, contract_id)
    if not queries.reward_visible_to(contract, actor):
        raise NotFound
    return RewardOut.of(queries.reward_of(db, contract))


@router.post(
    "/{contract_id}/costs",
    operation_id="reward_state_costs",
    status_code=201,
    responses=problems(FiscalAboveCost, NotYourSide),
)
def state_costs(contract_id: ContractId, body: StateCosts, db: Db, actor: CurrentActor, now: Now) -> RewardOut:
    """State cost and tax of a contract so far (seller's FINANCE); the newest statement holds for the reward."""
    commands.state_costs(
        db,
        contract_id=contract_id,
        cost=Money(body.cost_fen),
        fiscal=Money(body.fiscal_fen),
        tax=Money(body.tax_fen),
        actor=actor,
        now=now,
    )
    contract = fetch(db, contracts_visible_to(actor), Contract, contract_id)
    return RewardOut.of(queries.reward_of(db, contract))
