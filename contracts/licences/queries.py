"""What may be asked about the pool, trials, conversion and rewards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contracts.agreements.signing import PartySide
from contracts.agreements.tables import Contract
from contracts.licences import rewards
from contracts.licences.access import pool_in_force, visible_to
from contracts.licences.errors import NoRewardDue
from contracts.licences.rewards import Receipt, Regime, RewardOfReceipt
from contracts.licences.states import TrialState
from contracts.licences.tables import ContractCost, PoolEntry, TrialReport
from contracts.licences.trying import conversion_rate_bp
from contracts.settlement import queries as settlement
from kernel.http.auth import Actor
from kernel.ids import TrialId
from kernel.money import ZERO, Money, total
from parties.roles import Role

__all__ = ["conversion_figures", "pool_in_force", "reports_of", "reward_of", "reward_visible_to", "visible_to"]

_BY_STATE = text("SELECT state, trials FROM trials_by_state()")


@dataclass(frozen=True, slots=True)
class ConversionFigures:
    """How the pool does. `rate_bp` is converted ÷ (converted + returned + expired), None before any trial has ended."""

    pooled: int
    trials: int
    active: int
    converted: int
    returned: int
    expired: int
    rate_bp: int | None


@dataclass(frozen=True, slots=True)
class RewardDue:
    """The minimum reward on a contract so far, receipt by receipt."""

    regime: Regime
    received: Money
    deducted: Money
    by_receipt: list[RewardOfReceipt]

    def sum(self, share: str) -> Money:
        """One of the shares over all receipts: net_income, reward, main_contributors or transfer_staff."""
        return total([getattr(one.reward, share) for one in self.by_receipt])


def conversion_figures(session: Session) -> ConversionFigures:
    """Counts over the whole market, whoever asks: the database counts all trials and tells nothing else of them."""
    pooled = session.execute(select(func.count()).select_from(PoolEntry)).scalar_one()
    by_state = {TrialState(row.state): int(row.trials) for row in session.execute(_BY_STATE)}
    ended = {state: by_state.get(state, 0) for state in (TrialState.CONVERTED, TrialState.RETURNED, TrialState.EXPIRED)}
    converted, returned, expired = ended.values()
    return ConversionFigures(
        pooled=pooled,
        trials=sum(by_state.values()),
        active=by_state.get(TrialState.TRIAL, 0),
        converted=converted,
        returned=returned,
        expired=expired,
        rate_bp=conversion_rate_bp(converted=converted, returned=returned, expired=expired),
    )


def reports_of(session: Session, trial_id: TrialId) -> list[TrialReport]:
    """What the firm has reported, in order."""
    rows = select(TrialReport).where(TrialReport.trial_id == trial_id).order_by(TrialReport.seq)
    return list(session.execute(rows).scalars())


def reward_visible_to(contract: Contract, actor: Actor) -> bool:
    """The seller's own people and the supervisor; what a unit pays its inventors is no business of the buyer."""
    return actor.organisation_id == contract.seller_id or actor.has(Role.SUPERVISOR)


def reward_of(session: Session, contract: Contract) -> RewardDue:
    """The minimum reward on what has been received (条例 arts 37, 40). Raises NoRewardDue."""
    seller = next(party for party in contract.parties if party.side == PartySide.SELLER)
    if not rewards.is_due(way=contract.way, is_gov_run=seller.is_gov_run):
        raise NoRewardDue
    newest = select(ContractCost).where(ContractCost.contract_id == contract.id).order_by(ContractCost.seq.desc())
    costs = session.execute(newest.limit(1)).scalar_one_or_none()
    deducted = ZERO if costs is None else rewards.deductible(cost=costs.cost, fiscal=costs.fiscal, tax=costs.tax)
    receipts = [
        Receipt(claim.amount, claim.received_on) for claim in settlement.claims_of_contract(session, contract.id)
    ]
    regime = rewards.regime_of(seller.region_code)
    due = rewards.by_receipt(receipts, deducted=deducted, regime=regime)
    return RewardDue(regime, total([receipt.received for receipt in receipts]), deducted, due)
