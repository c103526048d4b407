"""What a licence contract grants: its kind, how long, what it excludes, and by when it is filed.

Source: 司法解释 (2020) on technology contracts arts 25–29; Patent Law 专利法 arts 12, 42; 实施细则 (2023) art 15; Civil Code 865.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.agreements.errors import LicenceConflict, LicenceOutlivesPatent, LicenceTermEmpty
from kernel.ids import LicenceId

FILING_MONTHS = 3
"""实施细则 art 15: a licence is filed with CNIPA within three months of its taking effect."""


class LicenceKind(StrEnum):
    """独占 exclusive: not even the licensor; 排他 sole: the licensor and nobody else; 普通 ordinary: anyone."""

    EXCLUSIVE = "exclusive"
    SOLE = "sole"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Granted:
    """A licence in force as the conflict rule sees it; `ends_on` None means as long as the right lives."""

    id: LicenceId
    kind: LicenceKind
    starts_on: date
    ends_on: date | None


def kind_or_ordinary(named: str | None) -> LicenceKind:
    """Silence and doubt mean an ordinary licence (司法解释 art 25 ¶2)."""
    return LicenceKind(named) if named in tuple(LicenceKind) else LicenceKind.ORDINARY


def check_term(*, starts_on: date, ends_on: date | None, patent_expires_on: date | None) -> date | None:
    """The last day of the licence: as agreed, or as long as the patent (Civil Code 865).

    Raises LicenceOutlivesPatent or LicenceTermEmpty.
    """
    if patent_expires_on is not None and patent_expires_on <= starts_on:
        raise LicenceOutlivesPatent(patent_expires_on)
    if ends_on is None:
        return patent_expires_on
    if ends_on < starts_on:
        raise LicenceTermEmpty(starts_on, ends_on)
    if patent_expires_on is not None and ends_on > patent_expires_on:
        raise LicenceOutlivesPatent(patent_expires_on)
    return ends_on


def check_conflict(wanted: Granted, in_force: Iterable[Granted]) -> None:
    """Exclusive and sole suffer nobody beside them; ordinary licences suffer each other. Raises LicenceConflict."""
    for other in in_force:
        if _overlap(wanted, other) and not wanted.kind == other.kind == LicenceKind.ORDINARY:
            raise LicenceConflict(other.kind.value, other.starts_on, other.ends_on)


def filing_due(effective_on: date) -> date:
    """The day by which the licence is filed with CNIPA."""
    return add_months(effective_on, FILING_MONTHS)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _overlap(one: Granted, other: Granted) -> bool:
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )
