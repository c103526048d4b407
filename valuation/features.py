"""The feature file: what the model may know of a result, in words that people and GB/T 42748 use.

Everything here is known on the day a result is offered. What is not here is not a feature: not the price type (an ask is
another price, not another result), not a package or batch that was recognised by its price (`rights` is the number that
the parties state), not who the inventors are (PIPL art 24).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from valuation.deals import TERM_YEARS

if TYPE_CHECKING:
    import pandas as pd


class Value(StrEnum):
    """The three first-level values of GB/T 42748-2023, and the terms of the trade, which the standard leaves out."""

    LEGAL = "legal"
    TECHNICAL = "technical"
    ECONOMIC = "economic"
    TERMS = "terms"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its names, unit and source; its direction (+1 dearer, −1 cheaper, 0 not certain); its indicator.

    `indicator` is the third-level indicator of GB/T 42748-2023 that it stands for, None where there is none.
    """

    name: str
    label_zh: str
    label_en: str
    unit: str
    source: str
    known_at_listing: bool
    direction: int
    value: Value
    indicator: str | None


_OWNER = "the owner's description of the result"
_NUMBER = "patent application number, filing date"
_TITLE = "title"

FEATURES: Final = (
    Feature("kind", "成果类型", "kind of right", "", _NUMBER, True, 0, Value.LEGAL, "专利有效性"),
    Feature("trade", "交易方式", "way of trade", "", _OWNER, True, 0, Value.TERMS, None),
    Feature("rights", "件数", "number of rights", "件", _OWNER, True, +1, Value.TERMS, None),
    Feature("remaining_life", "剩余保护期", "remaining term", "年", _NUMBER, True, +1, Value.ECONOMIC, "剩余经济寿命"),
    Feature("tech_field", "技术领域", "technology field", "", _OWNER, True, 0, Value.TECHNICAL, "技术领域范围"),
    Feature("ipc_section", "国际专利分类部", "IPC section", "", "IPC class", True, 0, Value.TECHNICAL, "技术领域范围"),
    Feature("trl", "技术成熟度", "technology readiness", "级", _OWNER, True, +1, Value.TECHNICAL, "技术发展阶段"),
    Feature("is_method", "方法类成果", "a method", "", _TITLE, True, 0, Value.LEGAL, "权利要求类型"),
    Feature("title_length", "名称字数", "length of the title", "字", _TITLE, True, 0, Value.LEGAL, "权利要求合理性"),
    Feature("title", "名称所示技术内容", "what the title says", "", _TITLE, True, 0, Value.TECHNICAL, "技术领域范围"),
)

BY_NAME: Final = {feature.name: feature for feature in FEATURES}
SEGMENTS: Final = ("kind", "trade")
TEXT: Final = ("title",)

_METHOD: Final = re.compile("方法|工艺|method|process", re.IGNORECASE)
_TITLE_CHARACTERS_MAX: Final = 300


def facts(
    *,
    title: str,
    kind: str,
    trade: str,
    on: date,
    filed_on: date | None = None,
    filed_year: int | None = None,
    rights: int = 1,
    tech_field: str | None = None,
    ipc: str | None = None,
    trl: int | None = None,
) -> dict[str, Any]:
    """The features of one result as on a day; None where a fact is not known."""
    plain = title.strip()[:_TITLE_CHARACTERS_MAX]
    return {
        "kind": kind,
        "trade": trade,
        "rights": float(rights),
        "remaining_life": remaining_life(kind, on=on, filed_on=filed_on, filed_year=filed_year),
        "tech_field": tech_field,
        "ipc_section": ipc.strip()[:1].upper() if ipc and ipc.strip()[:1].upper() in "ABCDEFGH" else None,
        "trl": None if trl is None else float(trl),
        "is_method": float(bool(_METHOD.search(plain))) if plain else None,
        "title_length": float(len(plain)) if plain else None,
        "title": plain,
    }


def remaining_life(kind: str, *, on: date, filed_on: date | None, filed_year: int | None) -> float | None:
    """Years of protection left (专利法 art 42), to a tenth; the middle of the year stands for an unknown day of filing."""
    term = next((years for right, years in TERM_YEARS.items() if right.value == kind), None)
    if term is None or (filed_on is None and filed_year is None):
        return None
    filed = filed_on or date(filed_year or on.year, 7, 1)
    return round(term - (on - filed).days / 365.25, 1)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The feature frame of rows of `facts`: one column a feature, numbers as floats, texts as objects."""
    import pandas as pd

    numbers = {"rights", "remaining_life", "trl", "is_method", "title_length"}
    columns = {
        feature.name: pd.array([row[feature.name] for row in rows], dtype="Float64").to_numpy(
            dtype=float, na_value=float("nan")
        )
        if feature.name in numbers
        else pd.Series([row[feature.name] for row in rows], dtype=object)
        for feature in FEATURES
    }
    return pd.DataFrame(columns)
