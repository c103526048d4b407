"""The waterfall of a stored valuation: the same numbers as its table, as a picture in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from kernel.money import Money, for_people
from valuation.explaining import OVERRIDE, RECONCILIATION
from valuation.reached import overridden, reconciled
from valuation.statements import factor_text
from valuation.tables import Valuation
from valuation.waterfall import PRICE, Bar, Picture, svg

REASONED_PRICE: Final = ("合理价（多方法）", "reasoned price")
PRICE_SET: Final = ("人工定价", "price set by a person")


@dataclass(frozen=True, slots=True)
class End:
    """A price that stands after the model's: what it is called, zh and en, and the explanation that ends at it."""

    price: Money
    name: tuple[str, str]
    explanation: Mapping[str, Any]


def reasoned_end(found: Valuation) -> End | None:
    """The reasoned price of several methods; None where there is none."""
    explanation = reconciled(found.explanation)
    if explanation is None:
        return None
    return End(Money(explanation["indications"]["price_fen"]), REASONED_PRICE, explanation)


def overridden_end(found: Valuation, price: Money | None) -> End | None:
    """The price that a person set; None where they set a range only."""
    explanation = overridden(found.explanation, price)
    return None if explanation is None or price is None else End(price, PRICE_SET, explanation)


def waterfall_svg(found: Valuation, *, language: str, end: End | None = None) -> str:
    """The SVG of a valuation; where there is no price it shows the evidence instead, and nothing in yuan.

    `end`: a price after the model's own, and the explanation that leads there.
    """
    code: Literal["zh", "en"] = "en" if language == "en" else "zh"
    explanation = end.explanation if end else found.explanation
    bars = tuple(
        Bar(
            label=one[f"label_{code}"],
            factor=one["factor"],
            amount=None if one["yuan_fen"] is None else Money(one["yuan_fen"]),
            alone=one["feature"] in (RECONCILIATION, OVERRIDE),
        )
        for one in explanation["contributions"]
    )
    sentences = explanation["statement"][code]
    picture = Picture(
        title=_titled(end, code) if end else sentences[0],
        description=("" if code == "zh" else " ").join(sentences if end else sentences[1:]),
        base=None if explanation["base_fen"] is None else Money(explanation["base_fen"]),
        price=end.price if end else found.price,
        price_name=(end.name if end else PRICE)[0 if code == "zh" else 1],
        bars=bars,
        deals=found.evidence["deals"],
        deals_needed=found.evidence["deals_needed"],
    )
    return svg(picture, language=code, key=str(found.id))


def _titled(end: End, code: Literal["zh", "en"]) -> str:
    """What it comes to, and by which bars after the model's price."""
    zh = code == "zh"
    bars = [one for one in end.explanation["contributions"] if one["feature"] in (RECONCILIATION, OVERRIDE)]
    steps = ("；" if zh else "; ").join(f"{one[f'label_{code}']} ×{factor_text(one['factor'])}" for one in bars)
    price = for_people(end.price, code)
    return f"{end.name[0]}{price}：{steps}" if zh else f"{end.name[1]} {price}: {steps}"
