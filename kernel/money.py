"""Money is whole fen: no float ever touches it, and every rounding rule lives here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEN_MAX: Final = 10**13
"""The largest single amount on the wire, in fen (100 billion yuan)."""

_READ_MAX = 10**18
"""Nothing above this many fen is read, whatever its form: sums of the whole market stay below it, and so does a bigint."""


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of CNY in whole fen. May be negative in books; prices are checked where they enter."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is whole fen, not {type(self.fen).__name__}")

    @classmethod
    def yuan(cls, amount: int | str | Decimal) -> Money:
        """Read yuan exactly; `Money.yuan("0.005")` raises ValueError rather than rounds, a float raises TypeError."""
        return cls(_read(amount, places=2))

    @classmethod
    def wan(cls, amount: int | str | Decimal) -> Money:
        """Read 万元 (ten thousand yuan) exactly, to the fen: at most six decimals. Raises as `yuan` does."""
        return cls(_read(amount, places=6))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times) if type(times) is int else NotImplemented

    def share(self, basis_points: int) -> Money:
        """The share in basis points (500 = 5 %), half a fen rounded away from zero."""
        return Money(_round_div(self.fen * basis_points, 10_000))

    def share_up(self, basis_points: int) -> Money:
        """The share in basis points, any part of a fen rounded up: for legal minimums, which must be reached."""
        return Money(-(-self.fen * basis_points // 10_000))

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Split by whole weights so that the parts sum to the whole: the largest remainder gets the odd fen.

        Ties go to the earlier part. A negative amount is split as the positive one, so that what is taken back is what
        was given. Raises ValueError without a positive weight or with a negative one.
        """
        if self.fen < 0:
            return [-part for part in (-self).split(weights)]
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are not negative and at least one is positive")
        parts = [self.fen * weight // total for weight in weights]
        remainders = [self.fen * weight % total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in by_remainder[: self.fen - sum(parts)]:
            parts[i] += 1
        return [Money(part) for part in parts]

    def as_yuan(self) -> Decimal:
        """The amount in yuan, exact, two decimals."""
        return Decimal(self.fen).scaleb(-2)

    def as_wan(self) -> Decimal:
        """The amount in 万元, exact, six decimals."""
        return Decimal(self.fen).scaleb(-6)

    def __str__(self) -> str:
        return _in_yuan(self.as_yuan())


ZERO: Final = Money(0)


def total(amounts: Sequence[Money]) -> Money:
    """The sum of the amounts; nothing sums to zero."""
    return Money(sum(amount.fen for amount in amounts))


def for_people(amount: Money, language: str = "zh") -> str:
    """Two significant digits, for text about estimates: the fen is for books. `812345.67` reads 81万元 or ¥810,000."""
    yuan = amount.as_yuan()
    if yuan == 0:
        return "0元" if language == "zh" else "¥0"
    step = Decimal(1).scaleb(yuan.adjusted() - 1)
    rounded = (yuan / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    if language != "zh":
        return _in_yuan(rounded).removesuffix(".00")
    for unit, name in ((Decimal(10) ** 8, "亿元"), (Decimal(10) ** 4, "万元")):
        if abs(rounded) >= unit:
            return f"{_plain(rounded / unit)}{name}"
    return f"{_plain(rounded)}元"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def capitals(amount: Money) -> str:
    """The amount in Chinese capitals 大写, as banks and contracts write it: 壹佰贰拾叁元肆角伍分.

    Source: 《正确填写票据和结算凭证的基本规定》 (People's Bank of China). Raises ValueError from 10^16 yuan on.
    """
    if amount.fen < 0:
        return "负" + capitals(-amount)
    yuan, cents = divmod(amount.fen, 100)
    if yuan >= 10**16:
        raise ValueError("too large to be written in capitals")
    jiao, fen = divmod(cents, 10)
    text = _capital_integer(yuan) + "元" if yuan else ""
    if not cents:
        return (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif yuan:
        text += "零"
    return text + (_DIGITS[fen] + "分" if fen else "整")


def _capital_integer(number: int) -> str:
    """A positive number by 亿 and 万: a gap of empty places is one 零, empty places at the end are nothing."""
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        high, low = divmod(number, unit)
        if high:
            gap = "零" if 0 < low < unit // 10 else ""
            return _capital_integer(high) + name + gap + (_capital_integer(low) if low else "")
    return _capital_group(number)


def _capital_group(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text


def _read(amount: int | str | Decimal, *, places: int) -> int:
    """Fen from an amount whose unit has so many decimals. Digits are moved, not computed: no context can round them."""
    if isinstance(amount, bool) or not isinstance(amount, int | str | Decimal):
        raise TypeError(f"an amount is an integer, a decimal text or a Decimal, not {type(amount).__name__}")
    if isinstance(amount, str):
        if not re.fullmatch(rf"-?[0-9]{{1,15}}(\.[0-9]{{1,{places}}})?", amount):
            raise ValueError(f"not an amount with at most {places} decimals")
        amount = Decimal(amount)
    fen = amount * 10**places if isinstance(amount, int) else _shifted(amount, places)
    if abs(fen) >= _READ_MAX:
        raise ValueError("the amount is too large")
    return fen


def _shifted(amount: Decimal, places: int) -> int:
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or amount.adjusted() > 18:
        raise ValueError("the amount is not finite, or too large")
    shift = exponent + places
    kept, lost = (digits, ()) if shift >= 0 else (digits[:shift], digits[shift:])
    if any(lost):
        raise ValueError(f"not an amount with at most {places} decimals")
    fen = int("".join(map(str, kept)) + "0" * max(shift, 0) or "0")
    return -fen if sign else fen


def _in_yuan(yuan: Decimal) -> str:
    return f"{'-' if yuan < 0 else ''}¥{abs(yuan):,.2f}"


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _round_div(numerator: int, denominator: int) -> int:
    """Divide, halves away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
