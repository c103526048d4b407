"""The noun of this sub-room: a lot that was put up at a start price and was sold, or was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.money import Money
from valuation.deals import Trade, fingerprint

FROM_FILE = "file"
FROM_LOT = "lot"
"""Where a lot is known from: an imported table, or an auction of this market."""


class LotOutcome(StrEnum):
    """How a lot ended. Of what was not sold we know that its start was too high; tables seldom say in which way."""

    SOLD = "sold"
    NO_BIDS = "no_bids"
    BELOW_RESERVE = "below_reserve"
    UNSOLD = "unsold"


class ReferenceKind(StrEnum):
    """What a lot was believed to be worth when it was put up: an estimate, an appraisal, or the unit's benchmark price."""

    ESTIMATE = "estimate"
    APPRAISAL = "appraisal"
    BENCHMARK = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLot:
    """One lot. A sold one has its final price, not below its start; an unsold one is censored at its start.

    `session_name` names the event, `reference` what the lot was believed to be worth beforehand. What is not known stays
    None. `source` and `source_id` name the lot for ever: the same pair is never stored twice.
    """

    source: str
    source_id: str
    title: str
    start: Money
    outcome: LotOutcome
    final: Money | None = None
    reference: Money | None = None
    reference_kind: ReferenceKind | None = None
    trade: Trade | None = None
    closed_on: date | None = None
    session_name: str | None = None
    bidders: int | None = None
    related_party: bool = False
    source_url: str | None = None

    @property
    def sold(self) -> bool:
        """The hammer fell."""
        return self.outcome is LotOutcome.SOLD

    @property
    def cluster(self) -> str:
        """Lots of one event, or else of one day, are one observation: the same room, the same buyers."""
        if self.session_name:
            return f"session {self.session_name} {self.closed_on or ''}"
        return f"day {self.closed_on}" if self.closed_on else f"lot {self.source} {self.source_id}"


def content_id(lot: PastLot) -> str:
    """The natural key of a lot that has no number of its own: all that it states of what was offered and how it ended."""
    return fingerprint(
        lot.title,
        lot.session_name,
        lot.trade,
        lot.start.fen,
        lot.outcome,
        lot.final.fen if lot.final else None,
        lot.reference.fen if lot.reference else None,
        lot.reference_kind,
        lot.closed_on.isoformat() if lot.closed_on else None,
    )
