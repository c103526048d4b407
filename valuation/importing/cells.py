"""How a cell of somebody's table is read: texts, prices, dates and words, exactly or not at all."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kernel.money import FEN_MAX, Money
from valuation.importing.faults import BadCell

Cell = str | int | float | bool | datetime | date | Decimal | None

FEN_PER_UNIT: Final = {"fen": Decimal(1), "yuan": Decimal(100), "wan": Decimal(10) ** 6, "yi": Decimal(10) ** 10}
"""What a unit of price is in fen: 分, 元, 万元, 亿元."""

UNIT_WORDS: Final = {
    "分": "fen",
    "fen": "fen",
    "元": "yuan",
    "人民币元": "yuan",
    "yuan": "yuan",
    "cny": "yuan",
    "rmb": "yuan",
    "万": "wan",
    "万元": "wan",
    "wan": "wan",
    "wanyuan": "wan",
    "亿": "yi",
    "亿元": "yi",
}

_PRICE = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(万元|亿元|万|亿|元)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|#n/a|#num!|#div/0!)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?)", re.ASCII)
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_ALLOWED_CATEGORIES_NOT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_EXCEL_FIRST, _EXCEL_LAST = 31_138, 73_050  # 1985-04-01 … 2099-12-31


def text(cell: Cell, *, length_max: int) -> str:
    """A text in NFC without outer blanks; an empty cell is ''. Raises BadCell: text-not-allowed, text-too-long."""
    raw = _as_text(cell)
    shown = unicodedata.normalize("NFC", raw.replace("\r", " ").replace("\n", " ").replace("\t", " ")).strip()
    if any(unicodedata.category(one) in _ALLOWED_CATEGORIES_NOT for one in shown):
        raise BadCell("text-not-allowed")
    if len(shown) > length_max:
        raise BadCell("text-too-long")
    return shown


def word(cell: Cell) -> str:
    """A key word for look-up: full width made half width, small letters, no blanks, underscores or hyphens."""
    plain = unicodedata.normalize("NFKC", _as_text(cell)).casefold()
    return re.sub(r"[\s_\-]+", "", plain)


def price(cell: Cell, unit: str) -> Money:
    """A price in whole fen. `unit` is a key of FEN_PER_UNIT; a unit written in the cell itself goes before it.

    Grouping commas and full-width digits are read; a number of a workbook is taken at the 15 digits that Excel keeps.
    Nothing is rounded. Raises BadCell: price-not-a-number, price-not-finite, price-not-positive, price-too-large,
    price-not-whole-fen.
    """
    plain = unicodedata.normalize("NFKC", _as_text(cell)).strip().removeprefix("¥").removeprefix("￥").strip()
    if _NOT_FINITE.fullmatch(plain):
        raise BadCell("price-not-finite")
    shape = _PRICE.fullmatch(plain)
    if shape is None:
        raise BadCell("price-not-a-number")
    sign, whole, fraction, written_unit = shape.groups()
    if len(whole) > 30 or len(fraction or "") > 30:
        raise BadCell("price-too-large" if len(whole) > 30 else "price-not-whole-fen")
    amount = Decimal(sign + whole.replace(",", "") + (fraction or ""))
    if amount <= 0:
        raise BadCell("price-not-positive")
    fen = amount * FEN_PER_UNIT[UNIT_WORDS[written_unit] if written_unit else unit]
    if fen > FEN_MAX:
        raise BadCell("price-too-large")
    if fen != fen.to_integral_value():
        raise BadCell("price-not-whole-fen")
    return Money(int(fen))


def day(cell: Cell) -> date:
    """A day, in the forms that tables use: 2018-06-15, 2018/6/15, 2018.6.15, 2018年6月15日, 20180615, Excel's own.

    A clock time behind it is dropped. Raises BadCell: date-not-a-date.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _EXCEL_FIRST <= cell < _EXCEL_LAST + 1:
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell))
    plain = _CLOCK.sub("", unicodedata.normalize("NFKC", _as_text(cell)).strip(), count=1)
    shape = _DATE.fullmatch(plain) or _PACKED_DATE.fullmatch(plain)
    if shape is None:
        raise BadCell("date-not-a-date")
    year, month, number = (int(part) for part in shape.groups() if part is not None)
    try:
        return date(year, month, number)
    except ValueError:
        raise BadCell("date-not-a-date") from None


def whole(cell: Cell, *, low: int, high: int, code: str) -> int:
    """A whole number within bounds. Raises BadCell with the code given."""
    plain = unicodedata.normalize("NFKC", _as_text(cell)).strip()
    if not re.fullmatch(r"\d{1,9}(\.0+)?", plain, re.ASCII):
        raise BadCell(code)
    number = int(plain.partition(".")[0])
    if not low <= number <= high:
        raise BadCell(code)
    return number


_YES: Final = frozenset({"是", "yes", "y", "true", "1"})
_NO: Final = frozenset({"否", "no", "n", "false", "0", ""})


def flag(cell: Cell) -> bool:
    """Yes or no; an empty cell is no. Raises BadCell: flag-unknown."""
    plain = word(cell)
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise BadCell("flag-unknown")


def is_empty(cell: Cell) -> bool:
    """Nothing but blanks."""
    return _as_text(cell).strip() == ""


def _as_text(cell: Cell) -> str:
    """The cell as its owner sees it. Floats at 15 digits: the 16th is noise of a computed cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _float_text(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _float_text(number: float) -> str:
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    digits = format(Decimal(f"{number:.15g}"), "f") if abs(number) < 1e30 else str(number)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
