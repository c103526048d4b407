"""How long a right lives. Pure: kind and filing date in, the first day without protection out."""

from __future__ import annotations

from datetime import date
from typing import Final

from kernel.codes import PatentKind

TERM_YEARS: Final = {PatentKind.INVENTION: 20, PatentKind.UTILITY_MODEL: 10, PatentKind.DESIGN: 15}
"""专利法 (2020) art 42, counted from the filing date."""

DESIGN_TERM_SINCE: Final = date(2021, 6, 1)
"""Designs filed before the amended law came into force keep their ten years."""
OLD_DESIGN_YEARS: Final = 10


def expires_on(kind: PatentKind | None, filed_on: date | None) -> date | None:
    """The day on which protection has run out; None when there is no term or the filing date is not known."""
    if kind is None or filed_on is None:
        return None
    years = TERM_YEARS[kind]
    if kind is PatentKind.DESIGN and filed_on < DESIGN_TERM_SINCE:
        years = OLD_DESIGN_YEARS
    return _years_later(filed_on, years)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
