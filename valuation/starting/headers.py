"""Which column of a list of lots is what: header aliases in Chinese and English, each money column with its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from valuation.importing.headers import NoLayout, header_key
from valuation.starting.lots import ReferenceKind


class LotField(StrEnum):
    """What a column can hold."""

    DATE = "closed_on"
    SESSION = "session"
    TITLE = "title"
    MODE = "mode"
    START = "start_price"
    FINAL = "final_price"
    OUTCOME = "result"
    REFERENCE = "reference_price"
    BIDDERS = "bidders"
    RELATED = "related_party"
    SOURCE = "source"


MONEY: Final = (LotField.START, LotField.FINAL, LotField.REFERENCE)

# Keys are written as `header_key` leaves them. A column that holds starts of auctions and appraisals of other sales is a start:
# rows that were not sold by bidding are refused by their mode.
ALIASES: Final[dict[LotField, tuple[str, ...]]] = {
    LotField.DATE: ("日期", "拍卖日期", "竞价日期", "成交日期", "date", "closedon", "auctiondate"),
    LotField.SESSION: ("场次", "专场", "拍卖会", "活动", "event", "session", "sale"),
    LotField.TITLE: ("名称", "标的", "标的名称", "成果名称", "项目名称", "lot", "title", "name"),
    LotField.MODE: ("方式", "交易方式", "mode", "way"),
    LotField.START: (
        "起拍价",
        "起始价",
        "起拍价格",
        "挂牌价",
        "start",
        "startprice",
        "startingprice",
        "startorappraisal",
    ),
    LotField.FINAL: ("成交价", "成交价格", "落槌价", "final", "finalprice", "hammerprice", "soldprice"),
    LotField.OUTCOME: ("结果", "是否成交", "成交情况", "result", "outcome", "sold"),
    LotField.REFERENCE: ("评估价", "评估值", "估价", "参考价", "appraisal", "appraisedvalue", "estimate", "reference"),
    LotField.BIDDERS: ("竞买人数", "报名人数", "bidders"),
    LotField.RELATED: ("关联交易", "relatedparty"),
    LotField.SOURCE: ("来源", "出处", "source", "url"),
}
_BY_KEY: Final = {key: field for field, keys in ALIASES.items() for key in keys}
_APPRAISED: Final = ("评估价", "评估值", "appraisal", "appraisedvalue")


@dataclass(frozen=True, slots=True)
class LotLayout:
    """The columns of a list of lots: where each field stands, and the unit of each money column."""

    names: tuple[str, ...]
    places: Mapping[StrEnum, int]
    units: Mapping[LotField, str]
    reference_kind: ReferenceKind
    ignored: tuple[str, ...]

    def column(self, field: StrEnum) -> str:
        """The column as the file names it."""
        place = self.places.get(field)
        return field.value if place is None else self.names[place]


def read_lot_header(cells: Sequence[object]) -> LotLayout | NoLayout:
    """Find out what the columns are. Nothing is guessed: a price column without a unit is a missing field."""
    names = tuple("" if cell is None else str(cell).lstrip("\ufeff").strip() for cell in cells)
    places: dict[StrEnum, int] = {}
    units: dict[LotField, str] = {}
    kind, twice = ReferenceKind.ESTIMATE, []
    for place, name in enumerate(names):
        key, unit = header_key(name)
        field = _BY_KEY.get(key)
        if field is None:
            continue
        if field in places:
            twice.append(field.value)
            continue
        places[field] = place
        if unit is not None:
            units[field] = unit
        if field is LotField.REFERENCE and key in _APPRAISED:
            kind = ReferenceKind.APPRAISAL
    needed = (LotField.TITLE, LotField.MODE, LotField.START, LotField.FINAL, LotField.OUTCOME)
    missing = [field.value for field in needed if field not in places]
    missing += [f"unit of {field.value}" for field in MONEY if field in places and field not in units]
    if missing or twice:
        return NoLayout(tuple(missing), tuple(twice))
    ignored = tuple(name for place, name in enumerate(names) if name and place not in places.values())
    return LotLayout(names, places, units, kind, ignored)
