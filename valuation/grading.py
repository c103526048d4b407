"""How much evidence stands behind an answer: grades, and the rule that too few deals give no price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from valuation.discounts import DiscountPrior


class Grade(StrEnum):
    """The grade of the evidence. Only A and G carry a point price, and G says that no market has seen its deals."""

    A = "A"
    """Enough real arm's-length deals of this kind and trade."""
    B = "B"
    """Some real deals: a range, no price."""
    C = "C"
    """Asking prices only: a range of what sellers ask. 「挂牌价参考，非价值」."""
    D = "D"
    """Not enough evidence. 「样本不足，不予估价」."""
    G = "G"
    """Enough deals only with generated reference data: for trying out, not for deciding."""


class Reason(StrEnum):
    """Why no point price is given."""

    NO_MODEL = "no-model"
    TOO_FEW_DEALS = "too-few-deals"
    ASKS_ONLY = "asks-only"
    TOO_LITTLE = "too-little"
    RANGE_TOO_WIDE = "range-too-wide"


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts as enough; a versioned trading rule with its source, never a constant."""

    deals_for_price_min: int
    deals_for_range_min: int
    asks_for_range_min: int
    range_ratio_max: int
    ask_discount: DiscountPrior
    seller_share_max_bp: int
    champion_packages_min: int
    generated_allowed: bool
    version: str
    source: str

    @classmethod
    def from_rule(cls, value: Mapping[str, Any], *, version: str, source: str) -> Policy:
        """Read the rule's value. Raises KeyError or ValueError where it is not complete or not sensible."""
        policy = cls(
            deals_for_price_min=int(value["deals_for_price_min"]),
            deals_for_range_min=int(value["deals_for_range_min"]),
            asks_for_range_min=int(value["asks_for_range_min"]),
            range_ratio_max=int(value["range_ratio_max"]),
            ask_discount=DiscountPrior.from_rule(value["ask_discount"], source=value["sources"]["ask_discount"]),
            seller_share_max_bp=int(value["seller_share_max_bp"]),
            champion_packages_min=int(value["champion_packages_min"]),
            generated_allowed=bool(value["generated_allowed"]),
            version=version,
            source=source,
        )
        if not (
            1 <= policy.deals_for_range_min <= policy.deals_for_price_min and 0 < policy.seller_share_max_bp <= 10_000
        ):
            raise ValueError("the valuation policy contradicts itself")
        return policy


@dataclass(frozen=True, slots=True)
class Evidence:
    """Packages in the training set of the same kind and trade: real deals, generated deals in use, real asks."""

    deals: int = 0
    generated: int = 0
    asks: int = 0


def grade(evidence: Evidence, policy: Policy) -> Grade:
    """Grade the evidence. Real deals go before generated ones, deals before asks; an ask never becomes a price."""
    if evidence.deals >= policy.deals_for_price_min:
        return Grade.A
    if (
        policy.generated_allowed
        and evidence.generated
        and evidence.deals + evidence.generated >= policy.deals_for_price_min
    ):
        return Grade.G
    if evidence.deals >= policy.deals_for_range_min:
        return Grade.B
    if evidence.asks >= policy.asks_for_range_min:
        return Grade.C
    return Grade.D


NO_PRICE_BECAUSE = {Grade.B: Reason.TOO_FEW_DEALS, Grade.C: Reason.ASKS_ONLY, Grade.D: Reason.TOO_LITTLE}
