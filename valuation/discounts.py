"""From what sellers ask to what is dealt: the discount of pairs of the same result, or a prior that says so itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kernel.money import Money

if TYPE_CHECKING:
    from valuation.dataset import Row

SENSITIVITY_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class DiscountPrior:
    """What is taken while pairs are few; in basis points of the ask, from `low_bp` to `high_bp`. A rule with its source."""

    prior_bp: int
    low_bp: int
    high_bp: int
    pairs_min: int
    source: str

    @classmethod
    def from_rule(cls, value: Mapping[str, Any], *, source: str) -> DiscountPrior:
        """Read the rule. Raises KeyError or ValueError where it is not complete or not sensible."""
        numbers = {name: int(value[name]) for name in ("prior_bp", "low_bp", "high_bp", "pairs_min")}
        prior = cls(**numbers, source=source)
        if not 0 <= prior.low_bp <= prior.prior_bp <= prior.high_bp < 10_000 or prior.pairs_min < 1:
            raise ValueError("the prior of the ask-to-deal discount contradicts itself")
        return prior


@dataclass(frozen=True, slots=True)
class AskDiscount:
    """How far deals lie below asks, in basis points of the ask; `pairs` of the same result were seen."""

    bp: int
    low_bp: int
    high_bp: int
    pairs: int
    from_pairs: bool
    source: str

    @property
    def log(self) -> float:
        """What it does to a log price: nought or less."""
        return math.log1p(-self.bp / 10_000)

    def sensitivity(self) -> list[int]:
        """Discounts (bp) from the low end to the high end, the one in use among them: the rows of a sensitivity table."""
        step = (self.high_bp - self.low_bp) / SENSITIVITY_STEPS
        return sorted({self.bp, *(round(self.low_bp + step * place) for place in range(SENSITIVITY_STEPS + 1))})

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a run, the table included."""
        return {
            "bp": self.bp,
            "low_bp": self.low_bp,
            "high_bp": self.high_bp,
            "pairs": self.pairs,
            "from_pairs": self.from_pairs,
            "source": self.source,
            "sensitivity_bp": self.sensitivity(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> AskDiscount:
        """Read what `to_json` wrote."""
        return cls(*(stored[name] for name in ("bp", "low_bp", "high_bp", "pairs", "from_pairs", "source")))


def pairs_of(rows: Iterable[Row]) -> list[tuple[int, int]]:
    """(ask, deal) in fen of results that were asked for and then dealt, the latest ask before the deal; one a deal package."""
    asks: dict[str, list[Row]] = {}
    deals: list[Row] = []
    for row in rows:
        if row.application_number is None or row.generated:
            continue
        if row.price_type == "ask":
            asks.setdefault(row.application_number, []).append(row)
        elif row.price_type == "deal":
            deals.append(row)
    pairs: dict[str, tuple[int, int]] = {}
    for deal in deals:
        before = [ask for ask in asks.get(deal.application_number or "", ()) if ask.dealt_on <= deal.dealt_on]
        if before:
            ask = max(before, key=lambda one: one.dealt_on)
            pairs.setdefault(deal.package_key, (ask.price_fen, deal.price_fen))
    return list(pairs.values())


def discount(pairs: Sequence[tuple[int, int]], prior: DiscountPrior) -> AskDiscount:
    """The median discount of the pairs with its middle half, or the prior while there are too few.

    A deal above its ask (bidding may do that) counts as no discount: an ask stays an upper bound of what is foretold.
    """
    if len(pairs) < prior.pairs_min:
        return AskDiscount(prior.prior_bp, prior.low_bp, prior.high_bp, len(pairs), False, prior.source)
    found = sorted(max(0.0, 1 - deal / ask) for ask, deal in pairs)
    low, middle, high = (round(10_000 * found[int(share * (len(found) - 1))]) for share in (0.25, 0.5, 0.75))
    top = min(high, 9_999)
    return AskDiscount(min(middle, top), low, top, len(pairs), True, "median of pairs of the same result")


def bounded(price: Money, ask: Money | None) -> Money:
    """What is foretold of a deal never exceeds what the seller of this very result asks."""
    return price if ask is None or price <= ask else ask
