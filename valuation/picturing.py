"""The waterfall of a stored valuation: the same numbers as its table, as a picture in either language."""

from __future__ import annotations

from kernel.money import Money
from valuation.tables import Valuation
from valuation.waterfall import Bar, Picture, svg


def waterfall_svg(found: Valuation, *, language: str) -> str:
    """The SVG of a valuation; where there is no price it shows the evidence instead, and nothing in yuan."""
    code = "en" if language == "en" else "zh"
    explanation = found.explanation
    bars = tuple(
        Bar(
            label=one[f"label_{code}"],
            factor=one["factor"],
            amount=None if one["yuan_fen"] is None else Money(one["yuan_fen"]),
        )
        for one in explanation["contributions"]
    )
    sentences = explanation["statement"][code]
    picture = Picture(
        title=sentences[0],
        description=("" if code == "zh" else " ").join(sentences[1:]),
        base=None if explanation["base_fen"] is None else Money(explanation["base_fen"]),
        price=found.price,
        bars=bars,
        deals=found.evidence["deals"],
        deals_needed=found.evidence["deals_needed"],
    )
    return svg(picture, language=code, key=str(found.id))
