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

NOTHING: Final = 1e-9
"""A part as small as this is the noise of floating point and no reason; the price is that of all parts nevertheless."""

KIND, SCRUTINY = "kind", "scrutiny"

ASK_DISCOUNT: Final = "ask_discount"
ASK_BOUND: Final = "ask_bound"
RECONCILIATION: Final = "reconciliation"
OVERRIDE: Final = "override"
"""What comes after the model: from what is asked to what is dealt, never above what is asked for this very result; what
the other indications (income, cost) made of it; and what a person put in its place."""

OWN_BARS: Final = {
    SEGMENT: ("同类成果的价格水平", "price level of its like"),
    TIME: ("价格水平（按日期）", "price level by date"),
    NEAREST: ("最相近的历史交易", "nearest past deals"),
    ASK_DISCOUNT: ("挂牌价至成交价的折扣", "from asking price to deal"),
    ASK_BOUND: ("以本成果挂牌价为上限", "not above what is asked for this result"),
    RECONCILIATION: ("与收益、成本等指标的调和", "reconciled with other indications"),
    OVERRIDE: ("人工改定（附理由）", "set by a person, with a reason"),
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


def allocate(
    base_log: float, parts: Sequence[float], *, price: Money | None = None
) -> tuple[Money, Money, list[Money]]:
    """(base, price, amounts): each part times the logarithmic mean of price and base, closing to the fen.

    Logs are of yuan. base + Σ amounts = price exactly; the largest remainders get the odd fen; no amount has the other
    sign than its part. It is a faithful re-expression of log contributions, not the Shapley values of the yuan price.
    `price`: where it is known to the fen and the parts lead to it. Raises OutOfMoney.
    """
    total = math.fsum(parts)
    base = money(base_log)
    price = price or money(base_log + total)
    if not parts:
        return price, price, []
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
    """(base, contributions), the strongest first; what an office has examined is one reason with the kind of right.

    Without `in_yuan`, or where an amount would exceed the price, the reasons are factors only and base is None.
    """
    grouped = group(parts)
    order = sorted(
        (name for name in grouped if abs(grouped[name]) > NOTHING), key=lambda name: (-abs(grouped[name]), name)
    )
    base, amounts = None, None
    if in_yuan:
        # The price of all parts, also of those too small to be told: half a fen may hang on them.
        price = money(base_log + math.fsum(parts.values()))
        base, amounts = _in_yuan(base_log, [grouped[name] for name in order], price)
    return base, [
        _contribution(name, facts, grouped[name], None if amounts is None else amounts[place])
        for place, name in enumerate(order)
    ]


def with_bar(stored: Mapping[str, Any], name: str, price: Money) -> dict[str, Any]:
    """An explanation as it is kept, with one more bar (RECONCILIATION, OVERRIDE) that leads from its price to `price`.

    The allocation is made again over all bars, and closes to the new price. An explanation that was withheld stays as it
    is: nothing adds up to its price. Raises OutOfMoney.
    """
    if stored["withheld"] or stored["base_log"] is None:
        return dict(stored)
    kept = [one for one in stored["contributions"] if one["feature"] != name]
    logs = [math.log(one["factor"]) for one in kept]
    last = math.log(price.fen / 100) - stored["base_log"] - math.fsum(logs)
    base, amounts = _in_yuan(stored["base_log"], [*logs, last], price)
    bars = [*kept, _contribution(name, {}, last, None).to_json()]
    fens = [None] * len(bars) if amounts is None else [one.fen for one in amounts]
    return {
        **stored,
        "base_fen": None if base is None else base.fen,
        "contributions": [one | {"yuan_fen": fen} for one, fen in zip(bars, fens, strict=True)],
    }


def _in_yuan(
    base_log: float, parts: Sequence[float], price: Money | None = None
) -> tuple[Money | None, list[Money] | None]:
    """(base, amounts), or neither where an amount exceeds the price: a share larger than the whole explains nothing."""
    base, whole, amounts = allocate(base_log, parts, price=price)
    if any(abs(one.fen) > whole.fen for one in amounts):
        return None, None
    return base, amounts


def group(parts: Mapping[str, float]) -> dict[str, float]:
    """The parts as people see them: which scrutiny a right has had follows from its kind and is one reason with it, and
    the book of prices belongs to the level of the segment.
    """
    one_with = {SCRUTINY: KIND, features.BOOK: SEGMENT}
    grouped: dict[str, float] = {}
    for name, part in parts.items():
        shown = one_with.get(name, name)
        grouped[shown] = grouped.get(shown, 0.0) + float(part)
    return grouped


def _contribution(name: str, facts: Mapping[str, Any], part: float, amount: Money | None) -> Contribution:
    zh, en = _value(name, facts, part)
    if name in OWN_BARS:
        return Contribution(name, *OWN_BARS[name], zh, en, math.exp(part), amount, None)
    feature = features.BY_NAME[name]
    return Contribution(name, feature.label_zh, feature.label_en, zh, en, math.exp(part), amount, feature.indicator)


def _value(name: str, facts: Mapping[str, Any], part: float) -> tuple[str, str]:
    """What the reason is here, in words."""
    if name == SEGMENT:
        words = [value_in_words(one, facts.get(one)) for one in features.LIKE_FOR_LIKE]
        return " · ".join(zh for zh, _ in words), " · ".join(en for _, en in words)
    if name in (ASK_DISCOUNT, ASK_BOUND):
        return (f"{(1 - math.exp(part)) * 100:.0f} %",) * 2
    if name in OWN_BARS:
        return "", ""
    if name == KIND and facts.get(SCRUTINY) is not None:
        kind, seen = value_in_words(KIND, facts.get(KIND)), value_in_words(SCRUTINY, facts[SCRUTINY])
        return f"{kind[0]}，{seen[0]}", f"{kind[1]}, {seen[1]}"
    return value_in_words(name, facts.get(name))
