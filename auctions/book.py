"""The bid book: what is written for each entry, and the leaf hash that fixes it (RFC 6962 over canonical JSON)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from auctions.closing import Attempt, BookEntry, Resumed, Suspended
from kernel import merkle
from kernel.ids import LotId
from kernel.money import Money


class EntryKind(StrEnum):
    """What a line of the book is about."""

    OPENED = "opened"
    BID = "bid"
    REFUSAL = "refusal"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a lot's book. `seq` counts from 1 without gaps; `ends_at` is the end as it stood after the line.

    `bidder` is the bidder's number, never a name; `reason` is a refusal's slug, a public reason or the result.
    """

    lot_id: LotId
    seq: int
    kind: EntryKind
    at: datetime
    ends_at: datetime
    bidder: int | None = None
    amount: Money | None = None
    reason: str | None = None


def leaf_bytes(line: Line) -> bytes:
    """The line as canonical JSON: sorted keys, no spaces, UTF-8, instants in UTC to the microsecond, money in fen."""
    facts = {
        "amount_fen": line.amount.fen if line.amount else None,
        "at": _instant(line.at),
        "bidder": line.bidder,
        "ends_at": _instant(line.ends_at),
        "kind": line.kind.value,
        "lot": str(line.lot_id),
        "reason": line.reason,
        "seq": line.seq,
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def leaf_hash(line: Line) -> bytes:
    """The RFC 6962 leaf hash of the line."""
    return merkle.leaf_hash(leaf_bytes(line))


def as_entry(line: Line) -> BookEntry | None:
    """The line as the close reads it; None for lines that only mark the opening and the close."""
    match line.kind:
        case EntryKind.BID | EntryKind.REFUSAL if line.bidder is not None and line.amount is not None:
            return Attempt(line.seq, line.at, line.bidder, line.amount)
        case EntryKind.SUSPENDED:
            return Suspended(line.seq, line.at)
        case EntryKind.RESUMED:
            return Resumed(line.seq, line.at)
    return None


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
