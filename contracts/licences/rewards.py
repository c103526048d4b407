"""The reward due to the people behind a result, receipt by receipt. Pure.

Source: 促进科技成果转化法 (2015) arts 44–45; 浙江省促进科技成果转化条例 arts 37, 39, 40; 国发〔2016〕16号. Net income is what was
received less cost and tax; fiscal research money is not cost (条例 art 37). The minimums bind government-run bodies and the
transfer, licence or equity of results, not contract research (横向). They are minimums: parts of a fen are rounded up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.agreements.licensing import add_months
from kernel.money import ZERO, Money

REWARD_MONTHS: Final = 6
"""条例 art 40: paid within six months of the income; each receipt starts its own six months."""


@dataclass(frozen=True, slots=True)
class Regime:
    """The minimum shares of a jurisdiction, in basis points, with their articles."""

    name: str
    of_net_income_bp: int
    contributors_bp: int
    staff_bp: int
    articles: tuple[str, ...]


ZHEJIANG: Final = Regime(
    "zhejiang",
    7_000,
    7_000,
    500,
    ("浙江省促进科技成果转化条例 art 37", "浙江省促进科技成果转化条例 art 40"),
)
NATIONAL: Final = Regime("national", 5_000, 5_000, 0, ("促进科技成果转化法 art 45", "国发〔2016〕16号"))

REWARDED_WAYS: Final = frozenset({"transfer", "licence", "equity"})


@dataclass(frozen=True, slots=True)
class Reward:
    """Minimums: of the net income to all, of that to the main contributors, and to the transfer office's staff."""

    net_income: Money
    reward: Money
    main_contributors: Money
    transfer_staff: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received on a contract, and when."""

    received: Money
    received_on: date


@dataclass(frozen=True, slots=True)
class RewardOfReceipt:
    """What one receipt makes due, and by when."""

    received: Money
    received_on: date
    due_on: date
    reward: Reward


NOTHING: Final = Reward(ZERO, ZERO, ZERO, ZERO)


def regime_of(region_code: str) -> Regime:
    """The regime of a unit by its seat: Zhejiang (33…) has minimums of its own."""
    return ZHEJIANG if region_code.startswith("33") else NATIONAL


def is_due(*, way: str, is_gov_run: bool) -> bool:
    """Only government-run bodies, and only for transfer, licence or equity (条例 art 37; 横向 contracts are excluded)."""
    return is_gov_run and way in REWARDED_WAYS


def deductible(*, cost: Money, fiscal: Money, tax: Money) -> Money:
    """What is taken off the income: cost without its fiscally funded part, and tax (条例 art 37)."""
    return max(cost - fiscal, ZERO) + tax


def reward_due(received: Money, *, cost: Money, tax: Money, regime: Regime) -> Reward:
    """The minimums on an amount received. Cost is without fiscal money. A loss makes nothing due."""
    net = max(received - cost - tax, ZERO)
    reward = net.share_up(regime.of_net_income_bp)
    return Reward(net, reward, reward.share_up(regime.contributors_bp), reward.share_up(regime.staff_bp))


def by_receipt(receipts: Sequence[Receipt], *, deducted: Money, regime: Regime) -> list[RewardOfReceipt]:
    """What each receipt makes due, in order of arrival, so that together they give the reward on the whole.

    Cost and tax come out of the first money: as long as they are not covered there is no net income.
    """
    due, received, before = [], ZERO, NOTHING
    for receipt in receipts:
        received += receipt.received
        after = reward_due(received, cost=deducted, tax=ZERO, regime=regime)
        due_on = add_months(receipt.received_on, REWARD_MONTHS)
        due.append(RewardOfReceipt(receipt.received, receipt.received_on, due_on, _difference(after, before)))
        before = after
    return due


def _difference(after: Reward, before: Reward) -> Reward:
    return Reward(
        after.net_income - before.net_income,
        after.reward - before.reward,
        after.main_contributors - before.main_contributors,
        after.transfer_staff - before.transfer_staff,
    )
