"""A price that a person sets, or a range, and what may be said of the model's. Pure: values in, a figure or a refusal out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kernel.money import ZERO, Money
from valuation.reviewing.errors import NothingToAccept, OutsideRange, PriceOrRange, ReasonWanted
from valuation.reviewing.kinds import Verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """A price, a range, or a price within a range; never nothing. Raises PriceOrRange."""

    price: Money | None = None
    low: Money | None = None
    high: Money | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.price is None and self.low is None):
            raise PriceOrRange
        if self.low is not None and self.high is not None and not ZERO < self.low <= self.high:
            raise PriceOrRange
        if self.price is not None and not (self.price > ZERO and self.holds(self.price)):
            raise PriceOrRange

    def holds(self, amount: Money) -> bool:
        """The amount is the price, or lies within the range where there is one."""
        if self.low is None or self.high is None:
            return amount == self.price
        return self.low <= amount <= self.high

    @property
    def bounds(self) -> tuple[Money, Money]:
        """The least and the most that the figure covers; a price alone covers itself."""
        if self.low is None or self.high is None:
            assert self.price is not None
            return self.price, self.price
        return self.low, self.high

    @property
    def log_fen(self) -> float:
        """The natural logarithm of the price in fen; of a range without a price, the middle on the log scale."""
        if self.price is not None:
            return math.log(self.price.fen)
        low, high = self.bounds
        return (math.log(low.fen) + math.log(high.fen)) / 2


def judged(verdict: Verdict, model: Figure | None, stated: Figure | None, *, reason: str) -> Figure:
    """The figure that a verdict stands for; `model` None where the model gives neither price nor range.

    To accept is to take the model's price, or one within its range where it gives no price; to override or to price
    independently is to state a figure of one's own, an override with its reason (27号 item 13).
    Raises NothingToAccept, OutsideRange, PriceOrRange or ReasonWanted.
    """
    if verdict is Verdict.ACCEPT:
        return _accepted(model, stated)
    if stated is None:
        raise PriceOrRange
    if verdict is Verdict.OWN_PRICE and stated.price is None:
        raise PriceOrRange
    if verdict is Verdict.OVERRIDE and not reason.strip():
        raise ReasonWanted
    return stated


def _accepted(model: Figure | None, stated: Figure | None) -> Figure:
    if model is None:
        raise NothingToAccept
    if stated is None:
        if model.price is None:
            raise OutsideRange(None, *model.bounds)
        return Figure(model.price)
    if stated.price is None or stated.low is not None:
        raise OutsideRange(stated.price, *model.bounds)
    # Where the model names a price, accepting names the same one: another is an override and says why.
    if stated.price != model.price if model.price is not None else not model.holds(stated.price):
        raise OutsideRange(stated.price, *((model.price, model.price) if model.price else model.bounds))
    return stated
