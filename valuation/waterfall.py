"""The waterfall as SVG in yuan: from the typical price to this one, every bar named, signed and told by shape and text.

The picture stands in a page whose style policy allows no inline style: presentation attributes only. It is 320 units
wide, so that a phone shows it at its own size.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from kernel.money import Money, for_people
from valuation.statements import factor_text
from valuation.words import ALLOCATION, BASE, FACTORS_ONLY

BARS_MAX: Final = 8
NOTE: Final = 15
NOTE_LINES_MAX: Final = 2
WIDTH: Final = 320
ROW: Final = 36
PRICE: Final = ("参考价", "suggested price")
LINE_CHARACTERS: Final = 46
"""Latin characters of the font size that fit into the width, with some air."""
UP, DOWN, WHOLE = "#1d6fb8", "#c2570c", "#5b6470"
"""Blue and orange, safe for the red-blind; in China red means up, so that neither colour nor its absence says it alone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason: its label, its factor and, where the picture is in yuan, its amount. `alone`: never put with others."""

    label: str
    factor: float
    amount: Money | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. With `base` and amounts it is in yuan; without them in factors; without a price, the evidence."""

    title: str
    description: str
    base: Money | None
    price: Money | None
    bars: tuple[Bar, ...]
    deals: int
    deals_needed: int
    price_name: str = ""
    """What the price at the end is called; PRICE where nothing is said."""


def svg(picture: Picture, *, language: str, key: str) -> str:
    """The picture as an SVG element. `key` makes its ids unique in a page; `language` is "zh" or "en"."""
    zh = language != "en"
    if picture.price is None:
        rows, height = _evidence(picture, zh=zh)
    else:
        rows, height = _waterfall(picture, zh=zh)
    safe = "".join(one for one in key if one.isalnum() or one == "-")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" role="img" '
        f'aria-labelledby="wt-{safe} wd-{safe}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor" '
        f"lang={quoteattr('zh-CN' if zh else 'en')}>"
        f'<title id="wt-{safe}">{escape(picture.title)}</title><desc id="wd-{safe}">{escape(picture.description)}</desc>'
        f"{''.join(rows)}</svg>"
    )


def height_of(bars: int) -> int:
    """The height of the picture of a price with so many reasons, in the units of its width."""
    rows = min(bars, BARS_MAX + 1) + 2
    return rows * ROW + 8 + NOTE * NOTE_LINES_MAX


def _broken(text: str) -> list[str]:
    return textwrap.wrap(text, LINE_CHARACTERS + 4)[:NOTE_LINES_MAX]


def shortened(bars: Sequence[Bar], *, zh: bool) -> list[Bar]:
    """At most eight bars, the strongest first; the rest as one bar that holds their sum and the product of their factors.

    A single one that is left stands for itself. Those that stand alone come at the end, whatever their strength.
    """
    if len(bars) <= BARS_MAX + 1:
        return list(bars)
    alone, others = [one for one in bars if one.alone], [one for one in bars if not one.alone]
    shown, rest = others[: BARS_MAX - len(alone)], others[BARS_MAX - len(alone) :]
    label = f"其他{len(rest)}项" if zh else f"{len(rest)} others"
    amounts = [one.amount for one in rest if one.amount is not None]
    amount = Money(sum(one.fen for one in amounts)) if len(amounts) == len(rest) else None
    return [*shown, Bar(label, math.prod(one.factor for one in rest), amount), *alone]


def printed(base: Money, amounts: Sequence[Money]) -> list[Money]:
    """Base, amounts and price as they are printed: whole yuan that close, or the fen where the price is small."""
    price = Money(base.fen + sum(one.fen for one in amounts))
    if min(price.fen, base.fen) < 1_000_000:
        return [base, *amounts, price]
    whole_base, whole_price = _half_up(base.fen), _half_up(price.fen)
    floors = [one.fen // 100 for one in amounts]
    odd = whole_price - whole_base - sum(floors)
    order = sorted(range(len(amounts)), key=lambda place: (-(amounts[place].fen % 100), place))
    for place in order[: max(0, odd)]:
        floors[place] += 1
    if (rest := whole_price - whole_base - sum(floors)) and floors:
        floors[max(range(len(floors)), key=lambda place: abs(floors[place]))] += rest
    return [Money(one * 100) for one in (whole_base, *floors, whole_price)]


def _half_up(fen: int) -> int:
    return (fen + 50) // 100


def _waterfall(picture: Picture, *, zh: bool) -> tuple[list[str], int]:
    amounts = [one.amount for one in picture.bars if one.amount is not None]
    in_yuan = picture.base is not None and len(amounts) == len(picture.bars)
    if in_yuan and picture.base is not None:
        # Rounded before the weak ones are put together, so that the picture prints what the table prints.
        numbers = printed(picture.base, amounts)
        rounded = [replace(one, amount=number) for one, number in zip(picture.bars, numbers[1:-1], strict=True)]
        bars = shortened(rounded, zh=zh)
        shown = [one.amount or Money(0) for one in bars]
        steps = [float(one.fen) for one in (numbers[0], *shown, numbers[-1])]
        texts = [_yuan(numbers[0]), *map(_signed, shown), _yuan(numbers[-1])]
    else:
        bars = shortened(picture.bars, zh=zh)
        logs = [math.log(one.factor) for one in bars]
        steps = [1.0, *logs, 1.0 + math.fsum(logs)]
        texts = ["×1", *[""] * len(bars), for_people(picture.price or Money(0), "zh" if zh else "en")]
    running = [steps[0]]
    for step in steps[1:-1]:
        running.append(running[-1] + step)
    low, high = min(0.0, *running), max(*running, steps[-1], 1e-9)
    scale = (WIDTH - 8) / (high - low or 1.0)

    def at(value: float) -> float:
        return 4 + (value - low) * scale

    rows = [_row(0, BASE[0 if zh else 1], texts[0], WHOLE, at(min(0.0, steps[0])), at(max(0.0, steps[0])))]
    for place, bar in enumerate(bars, start=1):
        start, end = running[place - 1], running[place]
        rises = bar.factor >= 1
        mark = f"{'▲' if rises else '▼'} ×{factor_text(bar.factor)}" + (f" {texts[place]}" if texts[place] else "")
        rows.append(_row(place, bar.label, mark, UP if rises else DOWN, at(min(start, end)), at(max(start, end))))
    last, end = len(bars) + 1, running[-1]
    name = picture.price_name or PRICE[0 if zh else 1]
    rows.append(_row(last, name, texts[-1], WHOLE, at(min(0.0, end)), at(max(0.0, end))))
    note = (ALLOCATION if in_yuan else FACTORS_ONLY)[0 if zh else 1]
    lines = [f"元：{note}" if in_yuan else note] if zh else _broken(f"Yuan: {note}" if in_yuan else note)
    top = (last + 1) * ROW + 4
    rows += [
        f'<text x="4" y="{top + 12 + NOTE * place}" font-size="11">{escape(line)}</text>'
        for place, line in enumerate(lines)
    ]
    return rows, height_of(len(picture.bars))


def _row(place: int, label: str, text: str, colour: str, left: float, right: float) -> str:
    top = place * ROW
    wide = max(1.0, right - left)
    return (
        f'<text x="4" y="{top + 14}">{escape(_clipped(label, LINE_CHARACTERS - len(text)))}</text>'
        f'<text x="{WIDTH - 4}" y="{top + 14}" text-anchor="end">{escape(text)}</text>'
        f'<rect x="{left:.1f}" y="{top + 20}" width="{wide:.1f}" height="10" fill="{colour}"/>'
    )


def _evidence(picture: Picture, *, zh: bool) -> tuple[list[str], int]:
    """No price: the picture shows how many deals there are and how many a price would need, and nothing in yuan."""
    needed = max(1, picture.deals_needed)
    filled = min(1.0, picture.deals / needed) * (WIDTH - 8)
    label = "真实成交" if zh else "real deals"
    count = f"{picture.deals} / {needed}"
    rows = [
        f'<text x="4" y="16" font-weight="bold">{escape(picture.title)}</text>',
        f'<text x="4" y="40">{label}</text><text x="{WIDTH - 4}" y="40" text-anchor="end">{count}</text>',
        f'<rect x="4" y="46" width="{WIDTH - 8}" height="10" fill="none" stroke="{WHOLE}"/>',
        f'<rect x="4" y="46" width="{filled:.1f}" height="10" fill="{WHOLE}"/>',
    ]
    return rows, 62


def _yuan(amount: Money) -> str:
    yuan = amount.as_yuan()
    return f"¥{yuan:,.0f}" if amount.fen % 100 == 0 else f"¥{yuan:,.2f}"


def _signed(amount: Money) -> str:
    return ("+" if amount.fen >= 0 else "−") + _yuan(Money(abs(amount.fen)))


def _clipped(label: str, room: int) -> str:
    """What fits beside the amount: a Chinese character counts two."""
    shown = ""
    for one in label:
        room -= 1 if one.isascii() else 2
        if room < 0:
            return shown + "…"
        shown += one
    return shown
