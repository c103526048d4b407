"""Past lots for tests: a market in which bidders' values are known, so that guidance can be held against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from kernel.money import Money
from valuation.starting.lots import LotOutcome, PastLot, ReferenceKind
from valuation.starting.policy import StartPolicy

RULE: dict[str, Any] = {
    "lots_min": 30,
    "unsold_min": 10,
    "sold_min": 10,
    "ratio_spread_min": 0.2,
    "prior_log_odds": 0.0,
    "prior_log_odds_sd": 1.5,
    "prior_slope": 2.0,
    "prior_slope_sd": 2.0,
    "price_slope": 0.5,
    "price_weight": 0.05,
    "neighbours": 0.4,
    "level_bp": 9000,
    "draws": 200,
    "points": 9,
    "near_best_bp": 9500,
    "sale_min_bp": 5000,
}


def a_policy(**changes: Any) -> StartPolicy:
    """The rule as the first migration seeds it, with fewer draws."""
    return StartPolicy.from_rule(RULE | changes, version="test@1", source="test")


def a_lot(number: int, ratio: float, *, sold: bool, premium: float = 1.2, **changes: Any) -> PastLot:
    """A lot put up at a share of 10万元, sold at the premium or not sold."""
    start = Money(round(ratio * 10_000_000))
    facts: dict[str, Any] = {
        "source": "lot",
        "source_id": str(number),
        "title": f"第{number}号标的",
        "start": start,
        "outcome": LotOutcome.SOLD if sold else LotOutcome.NO_BIDS,
        "final": Money(max(start.fen, round(start.fen * premium))) if sold else None,
        "reference": Money(10_000_000),
        "reference_kind": ReferenceKind.APPRAISAL,
        "session_name": f"专场{number // 5}",
        "closed_on": date(2024, 1, 8) + timedelta(days=7 * (number // 5)),
    }
    return PastLot(**facts | changes)


@dataclass(frozen=True)
class Hall:
    """Bidders come in Poisson numbers with log-normal values; the second highest value, or the start, is the price."""

    bidders: float = 2.5
    typical: float = 0.8
    spread: float = 0.5

    def lots(self, count: int, seed: int = 0) -> list[PastLot]:
        """Lots at starts between .3 and 1.8 of the reference."""
        random = np.random.default_rng(seed)
        found = []
        for number in range(count):
            ratio = float(np.exp(random.uniform(np.log(0.3), np.log(1.8))))
            price = self._price(random, ratio)
            found.append(a_lot(number, ratio, sold=price is not None, premium=(price or ratio) / ratio))
        return found

    def truth(self, ratio: float, tries: int = 4_000) -> tuple[float, float]:
        """(chance of a sale, mean proceeds in shares of the reference) at a start."""
        random = np.random.default_rng(99)
        prices = [self._price(random, ratio) for _ in range(tries)]
        sold = [price for price in prices if price is not None]
        return len(sold) / tries, sum(sold) / tries

    def _price(self, random: Any, ratio: float) -> float | None:
        values = np.sort(self.typical * np.exp(random.normal(0, self.spread, size=random.poisson(self.bidders))))
        if not len(values) or values[-1] < ratio:
            return None
        return max(ratio, float(values[-2])) if len(values) > 1 else ratio
