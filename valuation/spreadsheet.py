"""The reasons of a stored valuation as a spreadsheet: the same numbers as its table, its picture and its sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kernel.csv_text import Value, csv_text
from valuation.grouping import GROUPS, group_of, subtotals
from valuation.tables import Valuation
from valuation.words import ALLOCATION, BASE, LABEL

HEADER: Final = {
    "zh": ("类别", "因素", "取值", "倍数", "金额（元）", "国家标准指标", "特征代码"),
    "en": ("group", "factor", "value", "times", "yuan", "GB/T 42748 indicator", "feature code"),
}
SUBTOTAL: Final = ("小计", "subtotal")
PRICE: Final = ("参考价", "suggested price")
PRODUCT: Final = ("全部因素之积", "product of all factors")


def contributions_csv(found: Valuation, *, language: str) -> str:
    """Base, reasons by group with subtotals, and the price; UTF-8 with BOM. Factors in full, yuan to the fen."""
    place = 1 if language == "en" else 0
    code = ("zh", "en")[place]
    explanation = found.explanation
    reasons = [] if explanation["withheld"] else explanation["contributions"]
    rows: list[tuple[Value, ...]] = [("", BASE[place], "", "", _yuan(explanation["base_fen"]), "", "")]
    total = 1.0
    for group in subtotals(reasons):
        label = GROUPS[group["group"]][place]
        for one in reasons:
            if group_of(one["feature"]) == group["group"]:
                named = (label, one[f"label_{code}"], one[f"value_{code}"])
                rows.append(
                    (*named, _factor(one["factor"]), _yuan(one["yuan_fen"]), one["indicator"] or "", one["feature"])
                )
        rows.append(
            (label, SUBTOTAL[place], "", _factor(group["factor"]), _yuan(group["yuan_fen"]), "", group["group"])
        )
        total *= group["factor"]
    rows.append(("", PRICE[place] if found.price else PRODUCT[place], "", _factor(total), _yuan(_fen(found)), "", ""))
    rows += [("", text[place], "", "", "", "", "") for text in (ALLOCATION, LABEL)]
    return csv_text(HEADER[code], rows)


def _fen(found: Valuation) -> int | None:
    return None if found.price is None or found.explanation["base_fen"] is None else found.price.fen


def _factor(factor: float) -> Decimal:
    return Decimal(f"{factor:.6f}" if factor >= 1e-3 else f"{factor:.6g}")


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen).scaleb(-2)
