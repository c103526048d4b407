"""The three methods of appraisal: 成本法, 市场法, 收益法 (资产评估法 art 26)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from valuation.appraisal.saying import Said


class Method(StrEnum):
    """成本法, 市场法, 收益法."""

    COST = "cost"
    MARKET = "market"
    INCOME = "income"


METHOD_NAMES: Final = {
    Method.COST: Said("成本法", "cost method"),
    Method.MARKET: Said("市场法", "market method"),
    Method.INCOME: Said("收益法", "income method"),
}
