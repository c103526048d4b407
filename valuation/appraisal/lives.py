"""How long a right can earn: its remaining economic life, which never outlasts its legal life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final

from valuation.appraisal.impossible import BeyondLegalLife, InputMissing, NoLifeLeft
from valuation.appraisal.inputs import LIFE, Input, Origin, Stated, Unit, plain, stated
from valuation.appraisal.saying import Said
from valuation.deals import TERM_YEARS, Kind

ECONOMIC: Final = Said("剩余经济寿命（年）", "remaining economic life (years)")
LEGAL: Final = Said("剩余法定保护期（年）", "remaining legal life (years)")
DESIGNS_LONGER_FROM: Final = date(2021, 6, 1)
"""专利法 (2020) art 42: designs filed from this day have fifteen years, earlier ones ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The lives as stated. The legal life is stated, or follows from kind and filing day, or there is none, with a reason."""

    economic: Stated
    legal: Stated | None = None
    right_kind: Kind | None = None
    filed_on: date | None = None
    no_term: str = ""


def life_inputs(life: Life, *, base_date: date, under: str = "life") -> tuple[list[Input], list[Said]]:
    """The inputs `<under>/economic` and, where there is a term, `<under>/legal`; and what has to be said of them.

    Raises InputMissing where nothing is known of the legal life, NoLifeLeft where it is over.
    """
    found = [stated(f"{under}/economic", ECONOMIC, Unit.YEARS, LIFE, life.economic)]
    if life.legal is not None:
        return [*found, stated(f"{under}/legal", LEGAL, Unit.YEARS, LIFE, life.legal, ranged=False)], []
    if life.right_kind in TERM_YEARS and life.filed_on is not None:
        return [*found, _computed(under, life.right_kind, life.filed_on, base_date)], []
    if life.no_term.strip():
        reason = life.no_term.strip()
        return found, [Said(f"无法定保护期：{reason}", f"No legal term: {reason}")]
    raise InputMissing(f"/{under}/legal")


def check_life(values: Mapping[str, Decimal], *, under: str = "life") -> None:
    """Raises BeyondLegalLife."""
    legal = values.get(f"{under}/legal")
    economic = values[f"{under}/economic"]
    if legal is not None and economic > legal:
        raise BeyondLegalLife(f"/{under}/economic", plain(economic), plain(legal))


def legal_years(kind: Kind, filed_on: date, *, on: date) -> Decimal:
    """Years of protection left on a day (专利法 art 42), to a hundredth, rounded down; zero or less when it is over."""
    term = 10 if kind is Kind.DESIGN and filed_on < DESIGNS_LONGER_FROM else TERM_YEARS[kind]
    left = Decimal(term) - Decimal((on - filed_on).days) / Decimal("365.25")
    return left.quantize(Decimal("0.01"), ROUND_DOWN)


def _computed(under: str, kind: Kind, filed_on: date, base_date: date) -> Input:
    left = legal_years(kind, filed_on, on=base_date)
    if left <= 0 or filed_on > base_date:
        raise NoLifeLeft(f"/{under}/filed_on")
    return Input(
        name=f"{under}/legal",
        label=LEGAL,
        unit=Unit.YEARS,
        bounds=LIFE,
        value=left,
        origin=Origin.COMPUTED,
        source=f"专利法 art 42; {filed_on.isoformat()} → {base_date.isoformat()}",
        ranged=False,
    )
