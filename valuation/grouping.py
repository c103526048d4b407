"""Reasons by what they speak of: the three values of GB/T 42748-2023, the terms, the market, and what comes after the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from valuation import features
from valuation.features import Value
from valuation.model import NEAREST, SEGMENT, TIME

MARKET, AFTER = "market", "after"

GROUPS: Final = {
    MARKET: ("同类行情", "the market of its like"),
    Value.LEGAL.value: ("法律价值", "legal value"),
    Value.TECHNICAL.value: ("技术价值", "technical value"),
    Value.ECONOMIC.value: ("经济价值", "economic value"),
    Value.TERMS.value: ("交易条件", "terms of the trade"),
    AFTER: ("模型之后的调整", "adjustments after the model"),
}
"""In the order in which people read them: where such results stand, what this one is, what is done with it, what came after."""


def group_of(name: str) -> str:
    """The group of a reason: a feature's own value, else the market or what came after the model."""
    feature = features.BY_NAME.get(name)
    if feature is not None:
        return feature.value.value
    return MARKET if name in (SEGMENT, TIME, NEAREST) else AFTER


def subtotals(contributions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry a group that has a reason, in the order of GROUPS: its factor, its yuan where every reason has yuan.

    Takes contributions as they are kept. The product of the factors and the sum of the yuan are those of all reasons.
    """
    made = []
    for group, (zh, en) in GROUPS.items():
        members = [one for one in contributions if group_of(one["feature"]) == group]
        if members:
            yuan = [one["yuan_fen"] for one in members]
            made.append(
                {
                    "group": group,
                    "label_zh": zh,
                    "label_en": en,
                    "factor": math.exp(math.fsum(math.log(one["factor"]) for one in members)),
                    "yuan_fen": None if None in yuan else sum(yuan),
                    "features": [one["feature"] for one in members],
                }
            )
    return made
