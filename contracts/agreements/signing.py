"""The rules of signing by stamped scan: which side a person stands on, and who may check what another has recorded.

Written form: Civil Code 民法典 art 863; a contract is made when both sides have signed or sealed it (art 490).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from contracts.agreements.errors import SamePersonChecks, ScanDiffers
from kernel.ids import PersonId


class PartySide(StrEnum):
    """The two sides of a contract."""

    SELLER = "seller"
    BUYER = "buyer"


class SignatureState(StrEnum):
    """A stamped scan is recorded by one person and then checked, or refused, by another."""

    RECORDED = "recorded"
    CHECKED = "checked"
    REFUSED = "refused"


def check_scan(*, recorded_by: PersonId, checked_by: PersonId, recorded_sha256: str, seen_sha256: str) -> None:
    """Two persons, one scan. Raises SamePersonChecks or ScanDiffers."""
    if recorded_by == checked_by:
        raise SamePersonChecks
    if recorded_sha256 != seen_sha256:
        raise ScanDiffers


def both_signed(checked_sides: Iterable[PartySide]) -> bool:
    """Both sides have a checked signature."""
    return set(checked_sides) == set(PartySide)
