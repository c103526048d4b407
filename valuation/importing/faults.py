"""What can be wrong with a row, as codes for programs and hints for the person who has to mend the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VALUE_SHOWN_MAX: Final = 60

HINTS: Final[dict[str, tuple[str, str]]] = {
    "missing": ("必填项为空", "this cell must not be empty"),
    "text-not-allowed": ("含有不可见或控制字符", "contains control or invisible characters"),
    "text-too-long": ("文字过长", "the text is too long"),
    "row-too-wide": ("该行单元格多于表头", "the row has more cells than the header"),
    "number-check-digit": (
        "专利号校验位不正确，请核对号码",
        "the check digit of the patent number is wrong; check the number",
    ),
    "number-length": (
        "专利号位数不正确（应为 8 或 12 位加校验位）",
        "a patent number has 8 or 12 digits and a check digit",
    ),
    "number-characters": ("专利号含有不应出现的字符", "the patent number contains characters that do not belong there"),
    "number-year": ("专利号中的年份不可能", "the year in the patent number is impossible"),
    "number-kind": ("专利号中的类型码未知", "the kind digit in the patent number is unknown"),
    "number-publication-number": (
        "这是公布号/公告号，不是申请号",
        "this is a publication number, not an application number",
    ),
    "kind-unknown": ("成果类型未知", "unknown kind of result"),
    "kind-missing": ("既无专利号也无成果类型", "neither a patent number nor a kind is given"),
    "kind-contradicts-number": ("成果类型与专利号不一致", "the kind contradicts the patent number"),
    "trade-unknown": ("交易方式未知（应为转让、许可或作价入股）", "unknown way of trade (transfer, licence or equity)"),
    "licence-kind-unknown": (
        "许可方式未知（独占、排他或普通）",
        "unknown kind of licence (exclusive, sole or ordinary)",
    ),
    "price-type-unknown": (
        "价格类型未知（成交价、卖方报价或评估价）",
        "unknown type of price (deal, ask or appraisal)",
    ),
    "price-not-a-number": ("价格不是普通十进制数", "the price is not a plain decimal number"),
    "price-not-finite": ("价格不是有限数", "the price is not a finite number"),
    "price-not-positive": ("价格必须大于零", "the price must be above zero"),
    "price-too-large": ("价格大得不合理（上限一千亿元）", "the price is absurd (the limit is 100 billion yuan)"),
    "price-not-whole-fen": ("价格不是整分，系统不四舍五入", "the price is not whole fen, and nothing is rounded here"),
    "unit-unknown": ("价格单位未知（应为元或万元）", "unknown unit of price (元 or 万元)"),
    "date-not-a-date": ("不是日期（例：2024-03-15）", "not a date (for example 2024-03-15)"),
    "date-in-future": ("日期在将来", "the date lies in the future"),
    "date-too-early": (
        "日期早于专利法施行日（1985-04-01）",
        "the date is before the Patent Law came into force (1985-04-01)",
    ),
    "deal-before-filing": ("交易日早于申请日", "dealt before the right was filed"),
    "right-expired": ("交易日晚于权利期限届满", "dealt after the right had expired"),
    "size-out-of-range": ("件数应为 1 至 10000 的整数", "the number of rights is a whole number from 1 to 10000"),
    "lot-is-an-event": ("这是专场合计，不是单个标的", "this is the total of an event, not a single lot"),
    "mode-not-bidding": (
        "不是竞价方式成交的，起拍价无从谈起",
        "it was not sold by bidding, so that it had no start price",
    ),
    "mode-unknown": ("交易方式未知（应为拍卖、竞价或密封报价）", "unknown way of bidding (auction or sealed bids)"),
    "outcome-unknown": ("结果未知（应为成交或流拍）", "unknown outcome (write sold or unsold)"),
    "sold-without-price": ("已成交但没有成交价", "it was sold, but no final price is given"),
    "unsold-with-price": ("未成交却有成交价", "it was not sold, but a final price is given"),
    "final-below-start": ("成交价低于起拍价", "the final price is below the start price"),
    "number-not-finite": ("不是有限数", "not a finite number"),
    "trl-out-of-range": (
        "技术成熟度应为 1 至 9 的整数",
        "the technology readiness level is a whole number from 1 to 9",
    ),
    "ipc-unknown": ("不是国际专利分类号（例：H01M）", "not a class of the IPC (for example H01M)"),
    "year-contradicts-number": ("申请年份与专利号不一致", "the year of filing contradicts the patent number"),
    "valued-before-filing": ("估价日早于申请日", "it was filed after the day of valuation"),
    "valued-after-expiry": ("估价日晚于权利期限届满", "the right had expired on the day of valuation"),
    "flag-unknown": ("应填“是”或“否”", "write yes or no"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one cell: its line, the column as the file names it, the value clipped, and a code of HINTS."""

    line: int
    column: str
    value: str
    code: str

    @property
    def hint_zh(self) -> str:
        """What to do, in Chinese."""
        return HINTS[self.code][0]

    @property
    def hint_en(self) -> str:
        """What to do, in English."""
        return HINTS[self.code][1]


class BadCell(ValueError):
    """A cell that cannot be read; `code` is one of HINTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clip(value: object) -> str:
    """A cell as it is shown in a report: one line, printable, at most 60 characters."""
    text = "" if value is None else str(value)
    # `isprintable` drops newlines, control and direction marks; a report must not carry them on.
    shown = "".join(one if one.isprintable() else "�" for one in text[: VALUE_SHOWN_MAX + 1])
    return shown if len(text) <= VALUE_SHOWN_MAX else shown[: VALUE_SHOWN_MAX - 1] + "…"
