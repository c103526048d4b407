"""A contract for its parties: price, plan, signatures, registration, and for the seller the reward that is due."""

from __future__ import annotations

from starlette.responses import Response

from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting
from contracts.agreements.kinds import SUB_KIND_NAMES
from contracts.agreements.routes.contracts import get_contract
from contracts.agreements.tables import Contract
from contracts.licences import queries as licences
from contracts.licences.errors import NoRewardDue
from contracts.licences.queries import RewardDue
from kernel.ids import ContractId

router = PageRouter()


@router.get("/contracts/{contract_id}")
def contract(visit: Visit, contract_id: ContractId) -> Response:
    """One contract. The interface's own answer, so that a page never tells more, and staff's reading is on record alike."""
    actor = visit.member()
    seen = get_contract(contract_id, visit.db, actor, visit.now)
    row = visit.db.get_one(Contract, contract_id)
    due = _reward(visit, row) if licences.reward_visible_to(row, actor) else None
    return visit.show(
        "contract.html", contract=seen, kind=visit.t.either(*SUB_KIND_NAMES[row.contract_type]), reward=due
    )


def _reward(visit: Visiting, row: Contract) -> RewardDue | None:
    try:
        return licences.reward_of(visit.db, row)
    except NoRewardDue:
        return None
