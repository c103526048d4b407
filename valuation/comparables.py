"""Nearest past transactions: one a package, the likest first, with the differences in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from kernel.money import Money
from valuation.deals import FROM_CONTRACT
from valuation.features import remaining_life
from valuation.titles import grams
from valuation.words import PRICE_TYPES, value_in_words

SHOWN_MAX: Final = 5
YEARS_APART_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A past transaction that may be shown beside an estimate."""

    package_key: str
    package_rows: int
    source: str
    title: str
    kind: str
    trade: str
    price_type: str
    price: Money
    dealt_on: date
    package_size: int
    generated: bool
    tech_field: str | None
    filed_on: date | None
    filed_year: int | None


def nearest(facts: Mapping[str, Any], candidates: Iterable[Candidate], *, today: date) -> list[dict[str, Any]]:
    """The likest packages as plain values, at most five. Of a contract made in this market neither its title nor its
    exact price or day is shown: it belongs to other people.
    """
    wanted = grams(str(facts["title"]))
    scored = sorted(
        ((_likeness(facts, wanted, one, today), one) for one in candidates),
        key=lambda pair: (-pair[0], -pair[1].dealt_on.toordinal(), pair[1].package_key, pair[1].title),
    )
    shown: list[dict[str, Any]] = []
    seen: set[str] = set()
    for likeness, one in scored:
        if one.package_key in seen:
            continue
        seen.add(one.package_key)
        shown.append(_shown(facts, one, likeness))
        if len(shown) == SHOWN_MAX:
            break
    return shown


def _likeness(facts: Mapping[str, Any], wanted: set[str], one: Candidate, today: date) -> float:
    """Between 0 and 1: half what the title says, the rest kind, trade, field, remaining term and how recent it is."""
    theirs = grams(one.title)
    said = 2 * len(wanted & theirs) / (len(wanted) + len(theirs)) if wanted and theirs else 0.0
    years_ago = abs((today - one.dealt_on).days) / 365.25
    life, other = facts.get("remaining_life"), _life(one)
    near_in_life = (
        0.5 if life is None or other is None else 1 - min(abs(life - other), YEARS_APART_MAX) / YEARS_APART_MAX
    )
    same_field = facts.get("tech_field") is not None and facts["tech_field"] == one.tech_field
    likeness: float = round(
        0.5 * said
        + 0.12 * (one.kind == facts["kind"])
        + 0.08 * (one.trade == facts["trade"])
        + 0.10 * same_field
        + 0.10 * near_in_life
        + 0.10 * max(0.0, 1 - years_ago / 10),
        6,
    )
    return likeness


def _shown(facts: Mapping[str, Any], one: Candidate, likeness: float) -> dict[str, Any]:
    private = one.source == FROM_CONTRACT
    differences = _differences(facts, one)
    price_type = PRICE_TYPES[one.price_type]
    return {
        "title": "" if private else one.title,
        "kind": one.kind,
        "trade": one.trade,
        "price_type": one.price_type,
        "price_type_zh": price_type[0],
        "price_type_en": price_type[1],
        "price_fen": _two_digits(one.price).fen if private else one.price.fen,
        "price_is_rounded": private,
        "dealt_on": (one.dealt_on.replace(day=1) if private else one.dealt_on).isoformat(),
        "package_rows": max(one.package_rows, one.package_size),
        "generated": one.generated,
        "likeness": likeness,
        "differences_zh": [zh for zh, _ in differences],
        "differences_en": [en for _, en in differences],
    }


def _differences(facts: Mapping[str, Any], one: Candidate) -> list[tuple[str, str]]:
    """What is not alike, in words; what is not known on one side is no difference."""
    found: list[tuple[str, str]] = []
    for name in ("kind", "trade", "tech_field"):
        theirs, ours = getattr(one, name), facts.get(name)
        if theirs is not None and ours is not None and theirs != ours:
            zh, en = value_in_words(name, theirs)
            found.append((f"对方为{zh}", f"theirs: {en}"))
    life, other = facts.get("remaining_life"), _life(one)
    if life is not None and other is not None and abs(life - other) >= 1:
        years = round(abs(life - other))
        word = ("短", "shorter") if other < life else ("长", "longer")
        found.append((f"剩余保护期{word[0]}{years}年", f"its remaining term was {years} years {word[1]}"))
    rows = max(one.package_rows, one.package_size)
    if rows > 1:
        found.append((f"{rows}件打包", f"a package of {rows}"))
    return found


def _life(one: Candidate) -> float | None:
    return remaining_life(one.kind, on=one.dealt_on, filed_on=one.filed_on, filed_year=one.filed_year)


def _two_digits(price: Money) -> Money:
    step = Decimal(1).scaleb(max(0, Decimal(price.fen).adjusted() - 1))
    return Money(int((Decimal(price.fen) / step).quantize(Decimal(1), ROUND_HALF_UP) * step))
