"""Which column of a table is what: header aliases in Chinese and English, with the unit of price read from the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from valuation.deals import PriceType
from valuation.importing.cells import UNIT_WORDS


class Field(StrEnum):
    """What a column can hold."""

    NUMBER = "application_number"
    TITLE = "title"
    TRADE = "trade"
    DATE = "dealt_on"
    PRICE = "price"
    UNIT = "price_unit"
    PRICE_TYPE = "price_type"
    KIND = "kind"
    DETAIL = "licence_kind"
    TECH_FIELD = "tech_field"
    FILED_ON = "filed_on"
    FILED_YEAR = "filed_year"
    PACKAGE = "package_id"
    PACKAGE_SIZE = "package_size"
    RELATED = "related_party"
    GENERATED = "generated"
    ABSTRACT = "abstract"
    SELLER = "seller"
    BUYER = "buyer"
    DEFAULTED = "defaulted"


# Keys are written as `header_key` leaves them: half width, small letters, no blanks, underscores, brackets or colons.
# The `batch_id` and `batch_size` of a published list are deliberately not aliases of the package: they are made of the price.
ALIASES: Final[dict[Field, tuple[str, ...]]] = {
    Field.NUMBER: (
        "专利号", "申请号", "专利申请号", "专利/申请号", "申请号/专利号", "申请专利号", "专利申请号/专利号",
        "patentnumber", "applicationnumber", "patentno", "applicationno",
    ),
    Field.TITLE: ("名称", "专利名称", "成果名称", "标题", "项目名称", "技术名称", "title", "name", "patentname"),
    Field.TRADE: ("交易方式", "转化方式", "方式", "trade", "tradetype", "patenttradetype", "transactiontype"),
    Field.DATE: (
        "日期", "交易日期", "成交日期", "挂牌日期", "签订日期", "合同日期", "交易时间", "成交时间",
        "date", "tradedate", "patenttradedate", "dealton", "dealdate", "contractdate", "listingdate",
    ),
    Field.PRICE: (
        "价格", "金额", "交易价格", "交易金额", "成交价", "成交价格", "成交金额", "合同金额", "卖方报价", "挂牌价", "挂牌价格",
        "报价", "评估价", "评估值", "price", "amount", "dealprice", "askingprice", "askprice", "appraisedvalue",
    ),
    Field.UNIT: ("单位", "价格单位", "金额单位", "币种单位", "unit", "priceunit"),
    Field.PRICE_TYPE: ("价格类型", "报价类型", "pricetype", "patentpricetype"),
    Field.KIND: ("类型", "专利类型", "成果类型", "知识产权类型", "kind", "patenttype", "patentkind"),
    Field.DETAIL: ("许可方式", "许可类型", "交易细节", "patentdetail", "licencekind", "licensekind", "licencetype"),
    Field.TECH_FIELD: ("技术领域", "领域", "techfield", "field"),
    Field.FILED_ON: ("申请日", "申请日期", "filedon", "filingdate", "applicationdate"),
    Field.FILED_YEAR: ("申请年", "申请年份", "appyear", "filedyear", "filingyear"),
    Field.PACKAGE: ("成果包", "成果包编号", "打包编号", "合同编号", "packageid", "package", "contractno"),
    Field.PACKAGE_SIZE: ("件数", "专利件数", "数量", "packagesize", "rights"),
    Field.RELATED: ("关联交易", "是否关联交易", "relatedparty", "isrelated"),
    Field.GENERATED: ("生成数据", "生成的参考数据", "generated"),
    Field.ABSTRACT: ("摘要", "简介", "成果简介", "内容摘要", "abstract", "summary"),
    Field.SELLER: ("转让方", "卖方", "许可方", "出让方", "seller", "transferor", "licensor"),
    Field.BUYER: ("受让方", "买方", "被许可方", "买受人", "buyer", "transferee", "licensee"),
    Field.DEFAULTED: ("违约", "是否违约", "悔拍", "defaulted", "default"),
}  # fmt: skip

_BY_KEY: Final = {key: field for field, keys in ALIASES.items() for key in keys}
_IMPLIED: Final = {
    **dict.fromkeys(("成交价", "成交价格", "成交金额", "合同金额", "dealprice"), PriceType.DEAL),
    **dict.fromkeys(("卖方报价", "挂牌价", "挂牌价格", "报价", "askingprice", "askprice"), PriceType.ASK),
    **dict.fromkeys(("评估价", "评估值", "appraisedvalue"), PriceType.APPRAISAL),
}
"""A price column whose name says what kind of price it holds; a column for the type goes before it."""

# A unit is cut off a header only in brackets or behind an underscore, blank or hyphen: `评估价 元`, `price_wan_yuan`.
_UNIT_AT_END: Final = re.compile(
    r"[\s_\-]*(?:[(\[](?:单位:?)?(万元|亿元|元|分|yuan|cny|rmb|fen|wan_?yuan)[)\]]|[\s_\-](万元|元|wan_yuan|yuan|cny|rmb|fen))$"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table: where each field stands, the unit of price and the type of price if the header says it."""

    names: tuple[str, ...]
    places: dict[StrEnum, int]
    unit: str | None
    implied_type: PriceType | None
    ignored: tuple[str, ...]

    def column(self, field: StrEnum) -> str:
        """The column as the file names it."""
        place = self.places.get(field)
        return field.value if place is None else self.names[place]


@dataclass(frozen=True, slots=True)
class NoLayout:
    """A header that does not say enough: required fields that are missing, and fields that two columns claim."""

    missing: tuple[str, ...]
    twice: tuple[str, ...]


def read_header(cells: Sequence[object]) -> Layout | NoLayout:
    """Find out what the columns are. Nothing is guessed: a price without a unit is a missing field."""
    names = tuple("" if cell is None else str(cell).lstrip("\ufeff").strip() for cell in cells)
    places: dict[StrEnum, int] = {}
    twice: list[str] = []
    unit: str | None = None
    implied: PriceType | None = None
    for place, name in enumerate(names):
        key, written_unit = header_key(name)
        field = _BY_KEY.get(key)
        if field is None:
            continue
        if field in places:
            twice.append(field.value)
            continue
        places[field] = place
        if field is Field.PRICE:
            unit, implied = written_unit, _IMPLIED.get(key)
    missing = _missing(places, unit, implied)
    if missing or twice:
        return NoLayout(missing, tuple(twice))
    ignored = tuple(name for place, name in enumerate(names) if name and place not in places.values())
    return Layout(names, places, unit, implied, ignored)


def _missing(places: dict[StrEnum, int], unit: str | None, implied: PriceType | None) -> tuple[str, ...]:
    absent = [field.value for field in (Field.TRADE, Field.DATE, Field.PRICE) if field not in places]
    if Field.NUMBER not in places and Field.KIND not in places:
        absent.append("application_number|kind")
    if Field.PRICE_TYPE not in places and implied is None:
        absent.append(Field.PRICE_TYPE.value)
    if Field.PRICE in places and Field.UNIT not in places and unit is None:
        absent.append(Field.UNIT.value)
    return tuple(absent)


def header_key(name: str) -> tuple[str, str | None]:
    """A header as a key of the aliases, and the unit that was written in it."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip().strip("*").strip()
    unit = None
    if found := _UNIT_AT_END.search(plain):
        written = (found[1] or found[2]).replace("_", "")
        unit, plain = UNIT_WORDS[written], plain[: found.start()]
    return re.sub(r"[\s_\-:()\[\]]+", "", plain), unit
