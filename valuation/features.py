"""The feature file: what the model may know of a result, in words that people and GB/T 42748 use.

Everything here is known on the day a result is offered. What is not here is not a feature: not the price type (an ask is
another price, not another result), not a package or batch that was recognised by its price (`rights` is the number that
the parties state), not who the inventors are (PIPL art 24).

`book` stands beside the features: it says which book of prices a question is about, what such results are dealt at or what
their sellers ask. It moves the typical price of a segment, pooled over the books, and is shown to no tree and no straight
part, so that nothing else about a result can look dearer because others asked or paid.
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

    `indicator` is the third-level indicator of GB/T 42748-2023 that it stands for, None where there is none. `changeable`:
    a person can still change it before the trade; what a result is (its kind, field, day of filing, title) is given.
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
    changeable: bool = False


_LAW = "kind of right; 专利法 arts 35, 40; 植物新品种保护条例; 计算机软件保护条例"
_OWNER = "the owner's description of the result"
_NUMBER = "patent application number, filing date"
_TITLE = "title"
_ABSTRACT = "abstract"

FEATURES: Final = (
    Feature("scrutiny", "授权审查", "scrutiny before grant", "", _LAW, True, 0, Value.LEGAL, "专利有效性"),
    Feature("kind", "成果类型", "kind of right", "", _NUMBER, True, 0, Value.LEGAL, "专利有效性"),
    Feature("trade", "交易方式", "way of trade", "", _OWNER, True, 0, Value.TERMS, None, True),
    Feature("rights", "件数", "number of rights", "件", _OWNER, True, +1, Value.TERMS, None, True),
    Feature("remaining_life", "剩余保护期", "remaining term", "年", _NUMBER, True, +1, Value.ECONOMIC, "剩余经济寿命"),
    Feature("tech_field", "技术领域", "technology field", "", _OWNER, True, 0, Value.TECHNICAL, "技术领域范围"),
    Feature("ipc_section", "国际专利分类部", "IPC section", "", "IPC class", True, 0, Value.TECHNICAL, "技术领域范围"),
    Feature("trl", "技术成熟度", "technology readiness", "级", _OWNER, True, +1, Value.TECHNICAL, "技术发展阶段", True),
    Feature("is_method", "方法类成果", "a method", "", _TITLE, True, 0, Value.LEGAL, "权利要求类型"),
    Feature("title_length", "名称字数", "length of the title", "字", _TITLE, True, 0, Value.LEGAL, "权利要求合理性"),
    Feature("title", "名称所示技术内容", "what the title says", "", _TITLE, True, 0, Value.TECHNICAL, "技术领域范围"),
    Feature(
        "abstract", "摘要所示技术内容", "what the abstract says", "", _ABSTRACT, True, 0, Value.TECHNICAL, "技术效果"
    ),
)

BY_NAME: Final = {feature.name: feature for feature in FEATURES}
BOOK: Final = "book"
ASKED, DEALT = "ask", "deal"
"""The books of prices. What was appraised is in neither."""
SEGMENTS: Final = ("scrutiny", "kind", BOOK, "trade")
STRATA: Final = (BOOK,)
TEXT: Final = ("title", "abstract")
DIRECTIONS: Final = {feature.name: feature.direction for feature in FEATURES if feature.direction}
LIKE_FOR_LIKE: Final = ("kind", "trade")
"""What is compared with what when evidence is counted."""

EXAMINED, UNEXAMINED, SECRET = "examined", "unexamined", "secret"
SCRUTINY: Final = {
    "invention": EXAMINED,
    "plant_variety": EXAMINED,
    "new_drug": EXAMINED,
    "utility_model": UNEXAMINED,
    "design": UNEXAMINED,
    "layout_design": UNEXAMINED,
    "software": UNEXAMINED,
    "know_how": SECRET,
}
"""Whether an office has examined the substance before it granted (专利法 art 35), or not (art 40), or nothing is granted."""

_METHOD: Final = re.compile("方法|工艺|method|process", re.IGNORECASE)
_TITLE_CHARACTERS_MAX: Final = 300
_ABSTRACT_CHARACTERS_MAX: Final = 2_000


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
    abstract: str = "",
    book: str = DEALT,
) -> dict[str, Any]:
    """The features of one result as on a day, and the book asked about; None where a fact is not known."""
    plain = title.strip()[:_TITLE_CHARACTERS_MAX]
    return {
        BOOK: book,
        "scrutiny": SCRUTINY.get(kind),
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
        "abstract": abstract.strip()[:_ABSTRACT_CHARACTERS_MAX],
    }


def remaining_life(kind: str, *, on: date, filed_on: date | None, filed_year: int | None) -> float | None:
    """Years of protection left (专利法 art 42), to a tenth; the middle of the year stands for an unknown day of filing."""
    term = next((years for right, years in TERM_YEARS.items() if right.value == kind), None)
    if term is None or (filed_on is None and filed_year is None):
        return None
    filed = filed_on or date(filed_year or on.year, 7, 1)
    return round(term - (on - filed).days / 365.25, 1)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The feature frame of rows of `facts`: one column a feature and one for the book; numbers as floats, texts as objects.

    Facts that were kept before a feature existed lack it: it is missing then.
    """
    import numpy as np
    import pandas as pd

    # One index for all columns: pandas would make and compare one for each.
    index = pd.RangeIndex(len(rows))
    columns: dict[str, Any] = {}
    for name in (BOOK, *(feature.name for feature in FEATURES)):
        values = [row.get(name) for row in rows]
        if name in _NUMBERS:
            columns[name] = np.array([np.nan if value is None else value for value in values], dtype=float)
        else:
            columns[name] = pd.Series(values, index=index, dtype=object)
    return pd.DataFrame(columns, index=index)


_NUMBERS: Final = frozenset({"rights", "remaining_life", "trl", "is_method", "title_length"})
