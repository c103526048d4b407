"""From contributions on the log scale to factors and yuan that close to the fen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.money import FEN_MAX, Money
from valuation import features
from valuation.model import NEAREST, SEGMENT, TIME
from valuation.words import value_in_words

ADDS_UP_WITHIN: Final = 1e-6
"""|base + Σφ − f(x)| beyond this share of max(1, |f|) withholds the explanation."""

SEGMENT_LABELS: Final = ("成果类型与交易方式", "kind of right and way of trade")

ASK_DISCOUNT: Final = "ask_discount"
ASK_BOUND: Final = "ask_bound"
"""What comes after the model: from what is asked to what is dealt, and never above what is asked for this very result."""

OWN_BARS: Final = {
    TIME: ("价格水平（按日期）", "price level by date"),
    NEAREST: ("最相近的历史交易", "nearest past deals"),
    ASK_DISCOUNT: ("挂牌价至成交价的折扣", "from asking price to deal"),
    ASK_BOUND: ("以本成果挂牌价为上限", "not above what is asked for this result"),
}
"""Parts that belong to no feature: each is a bar of its own."""


class DoesNotAddUp(ArithmeticError):
    """The contributions do not sum to the prediction: the explanation is withheld, never bent."""


class OutOfMoney(ArithmeticError):
    """The model's number is no price: below one fen or above every limit."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reason: what it is, the value it has here, its factor, and its yuan where an allocation in yuan makes sense."""

    feature: str
    label_zh: str
    label_en: str
    value_zh: str
    value_en: str
    factor: float
    amount: Money | None
    indicator: str | None

    def to_json(self) -> dict[str, Any]:
        """As it is kept with the valuation."""
        return {
            "feature": self.feature,
            "label_zh": self.label_zh,
            "label_en": self.label_en,
            "value_zh": self.value_zh,
            "value_en": self.value_en,
            "factor": self.factor,
            "yuan_fen": None if self.amount is None else self.amount.fen,
            "indicator": self.indicator,
        }


def money(log_yuan: float) -> Money:
    """The price at a log price in yuan, to the nearest fen. Raises OutOfMoney."""
    fen = round(math.exp(log_yuan) * 100) if -700 < log_yuan < 700 else 0
    if not 1 <= fen <= FEN_MAX:
        raise OutOfMoney(f"no price at exp({log_yuan:.3g}) yuan")
    return Money(fen)


def log_mean(difference: float, base: float) -> float:
    """The logarithmic mean of base·e^difference and base: (P − B)/(ln P − ln B), by its series where P ≈ B."""
    if abs(difference) < 1e-5:
        return base * (1 + difference / 2 + difference**2 / 6)
    return base * math.expm1(difference) / difference


def allocate(base_log: float, parts: Sequence[float]) -> tuple[Money, Money, list[Money]]:
    """(base, price, amounts): each part times the logarithmic mean of price and base, closing to the fen.

    Logs are of yuan. base + Σ amounts = price exactly; the largest remainders get the odd fen; no amount has the other
    sign than its part. It is a faithful re-expression of log contributions, not the Shapley values of the yuan price.
    Raises OutOfMoney.
    """
    total = math.fsum(parts)
    base, price = money(base_log), money(base_log + total)
    mean = log_mean(total, math.exp(base_log) * 100)
    exact = [part * mean for part in parts]
    amounts = [math.floor(one) for one in exact]
    odd = price.fen - base.fen - sum(amounts)
    order = sorted(range(len(parts)), key=lambda place: (amounts[place] - exact[place], place))
    for place in order[: max(0, odd)]:
        amounts[place] += 1
    _settle(amounts, price.fen - base.fen - sum(amounts), exact)
    return base, price, [Money(one) for one in amounts]


def _settle(amounts: list[int], rest: int, exact: Sequence[float]) -> None:
    """A fen or two may remain because base and price were rounded by themselves: the largest part carries them."""
    if rest and amounts:
        largest = max(range(len(amounts)), key=lambda place: abs(exact[place]))
        amounts[largest] += rest


def check_adds_up(base_log: float, parts: Mapping[str, float], predicted_log: float) -> None:
    """Raises DoesNotAddUp."""
    gap = abs(base_log + math.fsum(parts.values()) - predicted_log)
    if not gap <= ADDS_UP_WITHIN * max(1.0, abs(predicted_log)):
        raise DoesNotAddUp(f"the contributions miss the prediction by {gap:.3g}")


def explain(
    facts: Mapping[str, Any], base_log: float, parts: Mapping[str, float], *, in_yuan: bool
) -> tuple[Money | None, list[Contribution]]:
    """(base, contributions), the strongest first; kind and trade are one reason together with their segment.

    Without `in_yuan`, or where an amount would exceed both base and price, the reasons are factors only and base is None.
    """
    grouped = group(parts)
    order = sorted((name for name in grouped if grouped[name]), key=lambda name: (-abs(grouped[name]), name))
    base: Money | None = None
    amounts: list[Money] = []
    if in_yuan:
        base, price, amounts = allocate(base_log, [grouped[name] for name in order])
        if any(abs(one.fen) > max(base.fen, price.fen) for one in amounts):
            base, amounts = None, []
    return base, [
        _contribution(name, facts, grouped[name], amounts[place] if amounts else None)
        for place, name in enumerate(order)
    ]


def group(parts: Mapping[str, float]) -> dict[str, float]:
    """The parts by feature as people see them: the segment, kind and trade say one thing."""
    grouped: dict[str, float] = {}
    for name, part in parts.items():
        shown = SEGMENT if name in features.SEGMENTS else name
        grouped[shown] = grouped.get(shown, 0.0) + float(part)
    return grouped


def _contribution(name: str, facts: Mapping[str, Any], part: float, amount: Money | None) -> Contribution:
    if name == SEGMENT:
        words = [value_in_words(one, facts.get(one)) for one in features.LIKE_FOR_LIKE]
        zh, en = (" · ".join(one[place] for one in words) for place in (0, 1))
        return Contribution(name, *SEGMENT_LABELS, zh, en, math.exp(part), amount, None)
    if name in OWN_BARS:
        shown = f"{(1 - math.exp(part)) * 100:.0f} %" if name in (ASK_DISCOUNT, ASK_BOUND) else ""
        return Contribution(name, *OWN_BARS[name], shown, shown, math.exp(part), amount, None)
    feature = features.BY_NAME[name]
    zh, en = value_in_words(name, facts.get(name))
    return Contribution(name, feature.label_zh, feature.label_en, zh, en, math.exp(part), amount, feature.indicator)
