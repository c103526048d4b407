"""How long things hold and how often they may be tried: sessions, keys, invitations, resets, failed attempts. Pure.

All run on wall time. The numbers are ours (design), within what ASVS 5.0 asks: V6.3.1, V7.3.1, V7.3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

SESSION_IDLE_MAX: Final = timedelta(hours=2)
SESSION_LIFE_MAX: Final = timedelta(hours=12)
LAST_USE_WRITTEN_EVERY: Final = timedelta(minutes=1)
KEY_LIFE_MAX: Final = timedelta(days=366)
INVITATION_LIFE: Final = timedelta(days=7)
RESET_LIFE: Final = timedelta(minutes=30)
RESETS_MAILED_MAX: Final = 3
"""Mails to one person within the life of a reset link: a stranger must not fill a mailbox."""
MEMBERSHIPS_SHOWN_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most so many failures in a window; the next attempt waits until the oldest of them leaves it."""

    failures_max: int
    window: timedelta

    def wait(self, failures: Sequence[datetime], now: datetime) -> int:
        """Whole seconds to wait before the next attempt, 0 for none. `failures`: in any order, older ones are ignored."""
        recent = sorted(one for one in failures if one > now - self.window)
        if len(recent) < self.failures_max:
            return 0
        opens_at = recent[-self.failures_max] + self.window
        return max(1, -int((now - opens_at).total_seconds() // 1))


ACCOUNT_FROM_ADDRESS: Final = Throttle(5, timedelta(minutes=15))
"""Bound to account and address together, so that nobody can lock a victim out by failing from elsewhere."""
ADDRESS: Final = Throttle(60, timedelta(minutes=15))
"""One address trying many accounts: credential stuffing."""
RESETS: Throttle = Throttle(20, timedelta(minutes=30))
"""Reset links asked for from one address, whoever they are for."""


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network of an IPv6 address, which one customer commands."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
