"""The rules of a session as a versioned document: what a lot was announced under, and is judged by for ever after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

FORMAT = "english"
INSTANT = "receipt"


class LegalBasis(StrEnum):
    """Under which law a lot is offered: it decides who may hold the auction and in what form."""

    AUCTION_LAW = "auction_law"
    EXCHANGE_BIDDING = "exchange_bidding"


class LeaderMayRaise(StrEnum):
    """Whether the highest bidder may bid again. With a hidden reserve a lone bidder may have to."""

    NEVER = "never"
    WITH_RESERVE = "with_reserve"
    ALWAYS = "always"


class RegistrationUntil(StrEnum):
    """When registration ends."""

    OPENING = "opening"
    END = "end"


@dataclass(frozen=True, slots=True)
class SessionRules:
    """The numbers of a session. Read from a document with `read`; the document itself is kept with the lot.

    `window_seconds`, `extension_seconds`: a bid in the last `window` moves the end to `extension` after that bid.
    `extensions_max`, `overtime_minutes_max`: how often, and how far past the planned end; None is without limit.
    `deposit_bp_max`: the highest deposit, in basis points of the start price.
    `instant`: which instant counts for a bid; this house judges by the receipt in the locked transaction.
    """

    version: str
    legal_basis: LegalBasis
    format: str
    instant: str
    notice_days: int
    exhibition_days: int
    open_minutes_min: int
    window_seconds: int
    extension_seconds: int
    extensions_max: int | None
    overtime_minutes_max: int | None
    deposit_bp_max: int
    leader_may_raise: LeaderMayRaise
    registration_until: RegistrationUntil

    @property
    def window(self) -> timedelta:
        """How near the end a bid must come to move it."""
        return timedelta(seconds=self.window_seconds)

    @property
    def extension(self) -> timedelta:
        """How long bidding stays open after such a bid."""
        return timedelta(seconds=self.extension_seconds)

    @property
    def overtime(self) -> timedelta | None:
        """How far past the planned end the lot may run; None is without limit."""
        return None if self.overtime_minutes_max is None else timedelta(minutes=self.overtime_minutes_max)


NUMBERS = (
    "notice_days",
    "exhibition_days",
    "open_minutes_min",
    "window_seconds",
    "extension_seconds",
    "deposit_bp_max",
)
LIMITS = ("extensions_max", "overtime_minutes_max")


def read(document: Mapping[str, Any]) -> SessionRules:
    """The rules in a document; `sources` (field -> article or reason) is for people and is left out.

    Raises ValueError if a member is missing, unknown, not a whole number or of a format this room does not hold.
    """
    facts = {name: value for name, value in document.items() if name != "sources"}
    if strays := set(facts) ^ set(SessionRules.__dataclass_fields__):
        raise ValueError(f"session rules with missing or unknown members: {sorted(strays)}")
    for name in NUMBERS + LIMITS:
        if not _whole(facts[name]) and not (name in LIMITS and facts[name] is None):
            raise ValueError(f"{name} is not a whole number, zero or more")
    if facts["format"] != FORMAT or facts["instant"] != INSTANT:
        raise ValueError(f"this room holds {FORMAT} sessions judged by {INSTANT}")
    return SessionRules(
        **facts
        | {
            "legal_basis": LegalBasis(facts["legal_basis"]),
            "leader_may_raise": LeaderMayRaise(facts["leader_may_raise"]),
            "registration_until": RegistrationUntil(facts["registration_until"]),
        }
    )


def _whole(value: object) -> bool:
    return type(value) is int and value >= 0
