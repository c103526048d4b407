"""Numbers of a calculation on the wire: amounts in whole fen, everything else as decimal text, each with range and source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from kernel.http.fields import Code, Day, IntBetween, Lines, ShortText, Wire
from kernel.money import FEN_MAX
from valuation.appraisal.inputs import Shape, Stated
from valuation.appraisal.lives import Life
from valuation.deals import Kind

DECIMAL_PATTERN: Final = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?$"

DecimalText = Annotated[
    str,
    Code(
        "decimal_text",
        DECIMAL_PATTERN,
        "应为十进制数字文本，如 \"0.15\"。",
        'A decimal number as text, such as "0.15".',
        1,
        30,
        example="0.15",
    ),
]  # fmt: skip
Amount = Annotated[int, IntBetween(0, FEN_MAX)]
Note = Annotated[str, Lines(500)]


class QuantityIn(Wire):
    """A rate (0.15 for 15 %), factor or number of years: the value, perhaps its range, and where it comes from."""

    value: DecimalText
    low: DecimalText | None = None
    high: DecimalText | None = None
    source: ShortText | None = None
    shape: Shape = Shape.TRIANGULAR

    def stated(self) -> Stated:
        """As the calculators take it."""
        low = None if self.low is None else Decimal(self.low)
        high = None if self.high is None else Decimal(self.high)
        return Stated(value=Decimal(self.value), low=low, high=high, source=self.source or "", shape=self.shape)


class AmountIn(Wire):
    """An amount in fen: the value, perhaps its range, and where it comes from."""

    value_fen: Amount
    low_fen: Amount | None = None
    high_fen: Amount | None = None
    source: ShortText | None = None
    shape: Shape = Shape.TRIANGULAR

    def stated(self) -> Stated:
        """As the calculators take it, in yuan."""
        low, high = (None if one is None else Decimal(one) / 100 for one in (self.low_fen, self.high_fen))
        return Stated(
            value=Decimal(self.value_fen) / 100, low=low, high=high, source=self.source or "", shape=self.shape
        )


class LifeIn(Wire):
    """The remaining economic life; the legal life as stated, or by kind and filing day, or `no_term` says why there is none."""

    economic: QuantityIn
    legal: QuantityIn | None = None
    right_kind: Kind | None = None
    filed_on: Day | None = None
    no_term: ShortText | None = None

    def life(self) -> Life:
        """As the calculators take it."""
        filed: date | None = self.filed_on
        return Life(
            economic=self.economic.stated(),
            legal=maybe(self.legal),
            right_kind=self.right_kind,
            filed_on=filed,
            no_term=self.no_term or "",
        )


def maybe(quantity: QuantityIn | None) -> Stated | None:
    """The number, where there is one."""
    return None if quantity is None else quantity.stated()
