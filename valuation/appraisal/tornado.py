"""The tornado: how far each input moves the value, the strongest on top, as SVG 320 units wide.

Presentation attributes only, for a page whose style policy allows no inline style; what colour says, text says too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from kernel.money import Money, for_people
from valuation.appraisal.saying import Said

BARS_MAX: Final = 10
WIDTH: Final = 320
ROW: Final = 36
LOW_END, HIGH_END, AXIS = "#c2570c", "#1d6fb8", "#5b6470"
TITLE: Final = Said("敏感性：各输入项在其区间两端时的价值", "Sensitivity: the value at both ends of each input's range")


def svg(told: Mapping[str, Any], *, language: str) -> str:
    """The picture of a calculation's sensitivity as an SVG document; at most ten bars."""
    bars = told["sensitivity"][:BARS_MAX]
    base = told["value_fen"]
    ends = [one[f"value_at_{end}_fen"] for one in bars for end in ("low", "high")]
    low, high = min([base, *ends]), max([base, *ends])
    scale = (WIDTH - 8) / (high - low or 1)

    def at(fen: int) -> float:
        return 4.0 + float(fen - low) * float(scale)

    rows = [_bar(place, one, at, base, language) for place, one in enumerate(bars)]
    height = len(bars) * ROW + 24
    middle = f"{at(base):.1f}"
    rows.append(f'<line x1="{middle}" y1="0" x2="{middle}" y2="{height - 22}" stroke="{AXIS}" stroke-dasharray="2 2"/>')
    anchor = "end" if at(base) > WIDTH / 2 else "start"
    value = escape(for_people(Money(base), language))
    rows.append(f'<text x="{middle}" y="{height - 6}" text-anchor="{anchor}" font-weight="bold">{value}</text>')
    title = escape(TITLE.in_(language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#1a2230" lang={quoteattr(language)}>'
        f"<title>{title}</title>{''.join(rows)}</svg>"
    )


def _bar(place: int, one: Mapping[str, Any], at: Any, base: int, language: str) -> str:
    """The label, and a bar from the value at the low end of the input to that at its high end."""
    top = place * ROW
    label = one["label_en" if language == "en" else "label_zh"]
    parts = [f'<text x="4" y="{top + 13}">{escape(_clipped(label))}</text>']
    for end, colour in (("low", LOW_END), ("high", HIGH_END)):
        reached = one[f"value_at_{end}_fen"]
        left, right = sorted((at(base), at(reached)))
        parts.append(
            f'<rect x="{left:.1f}" y="{top + 19}" width="{max(0.5, right - left):.1f}" height="10" fill="{colour}"/>'
        )
    return "".join(parts)


def _clipped(label: str, room: int = 46) -> str:
    """What fits into a line: a Chinese character counts two."""
    shown = ""
    for one in label:
        room -= 1 if one.isascii() else 2
        if room < 0:
            return shown + "…"
        shown += one
    return shown
