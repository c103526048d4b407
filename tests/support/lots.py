"""Lots for tests: rules of a session, things offered, and the short way to a bid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from auctions.bidding import Offered, Standing, accept_bid
from auctions.rules import SessionRules, read
from kernel.money import Money

OPENS = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
ENDS = OPENS + timedelta(hours=2)


def session_document(**changes: Any) -> dict[str, Any]:
    """The document of a session's rules."""
    return {
        "version": "test 1",
        "legal_basis": "exchange_bidding",
        "format": "english",
        "instant": "receipt",
        "notice_days": 7,
        "exhibition_days": 2,
        "open_minutes_min": 10,
        "window_seconds": 300,
        "extension_seconds": 300,
        "extensions_max": None,
        "overtime_minutes_max": None,
        "deposit_bp_max": 2000,
        "leader_may_raise": "with_reserve",
        "registration_until": "end",
    } | changes


def session_rules(**changes: Any) -> SessionRules:
    """The rules of a session."""
    return read(session_document(**changes))


def offered(start: str = "1000", step: str = "100", *, has_reserve: bool = False) -> Offered:
    """A lot that is open for two hours from `OPENS`."""
    return Offered(Money.yuan(start), Money.yuan(step), has_reserve, OPENS, ENDS)


def standing(highest: str | None = None, *, leader: int = 1, **changes: Any) -> Standing:
    """A standing with a leader at a price, or before the first bid."""
    first: dict[str, Any] = {"ends_at": ENDS, "hard_end": None}
    if highest is not None:
        first |= {"highest": Money.yuan(highest), "leader": leader, "bids": 1}
    return Standing(**first | changes)


def bid(
    amount: str,
    *,
    on: Standing | None = None,
    at: datetime = OPENS,
    bidder: int = 2,
    lot: Offered | None = None,
    **rules: Any,
) -> Standing:
    """Bid an amount in yuan and return the standing after it."""
    return accept_bid(
        lot or offered(), session_rules(**rules), on or standing(), bidder=bidder, amount=Money.yuan(amount), at=at
    )
