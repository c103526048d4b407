"""The rules of the English auction (增价). Pure: values in, values out, no clock and no database.

A bid is the base plus a whole number of steps: the base is the start price for the first bid (which may equal it) and
the highest bid after that (which must be passed). A bid in the last minutes moves the end, so that the last second is
worth nothing. Sources: 拍卖法 arts 36, 50; 法释〔2016〕18号 art 20 (five minutes, five minutes; receipt time counts).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from auctions.errors import AlreadyHighest, BidTooLow, LotClosed, LotNotOpen, LotSuspended, OffStep
from auctions.rules import LeaderMayRaise, SessionRules
from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Offered:
    """A lot as it was announced: start price and step, whether there is a reserve, planned opening and end."""

    start: Money
    step: Money
    has_reserve: bool
    opens_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the bidding stands: who leads at what price, when it now ends, how often that was moved.

    `hard_end` is the instant that no extension passes; `suspended_at` is set while the clock of the lot stands still.
    """

    ends_at: datetime
    hard_end: datetime | None
    extensions: int = 0
    bids: int = 0
    highest: Money | None = None
    leader: int | None = None
    suspended_at: datetime | None = None


def at_opening(offered: Offered, rules: SessionRules) -> Standing:
    """The standing before the first bid."""
    overtime = rules.overtime
    return Standing(ends_at=offered.ends_at, hard_end=None if overtime is None else offered.ends_at + overtime)


def next_minimum(offered: Offered, standing: Standing) -> Money:
    """The lowest amount that would now be valid."""
    return offered.start if standing.highest is None else standing.highest + offered.step


def check_clock(offered: Offered, standing: Standing, at: datetime) -> None:
    """Bidding has begun and has not ended at an instant; while suspended it does not end. Raises LotNotOpen, LotClosed."""
    minimum = next_minimum(offered, standing)
    if at < offered.opens_at:
        raise LotNotOpen(minimum, offered.opens_at)
    if standing.suspended_at is None and at >= standing.ends_at:
        raise LotClosed(minimum, standing.ends_at)


def accept_bid(
    offered: Offered, rules: SessionRules, standing: Standing, *, bidder: int, amount: Money, at: datetime
) -> Standing:
    """Check a bid that came at an instant and return the standing after it.

    Raises LotNotOpen, LotSuspended, LotClosed, AlreadyHighest, BidTooLow or OffStep, each with the next valid amount.
    """
    check_clock(offered, standing, at)
    minimum = next_minimum(offered, standing)
    if standing.suspended_at is not None:
        raise LotSuspended(minimum)
    if standing.leader == bidder and not _leader_may_raise(offered, rules):
        raise AlreadyHighest(minimum)
    if amount < minimum:
        raise BidTooLow(minimum)
    if beyond := (amount.fen - minimum.fen) % offered.step.fen:
        raise OffStep(minimum, offered.step, Money(amount.fen - beyond + offered.step.fen))
    ends_at = extended_end(rules, standing, at)
    return replace(
        standing,
        ends_at=ends_at,
        extensions=standing.extensions + (ends_at > standing.ends_at),
        bids=standing.bids + 1,
        highest=amount,
        leader=bidder,
    )


def extended_end(rules: SessionRules, standing: Standing, at: datetime) -> datetime:
    """When the lot ends after a valid bid: never earlier than before, never past the hard end."""
    used_up = rules.extensions_max is not None and standing.extensions >= rules.extensions_max
    if used_up or at < standing.ends_at - rules.window:
        return standing.ends_at
    extended = at + rules.extension
    if standing.hard_end is not None:
        extended = min(extended, standing.hard_end)
    return max(standing.ends_at, extended)


def suspend(offered: Offered, standing: Standing, *, at: datetime) -> Standing:
    """Stop the clock of the lot. Raises LotNotOpen, LotSuspended or LotClosed."""
    check_clock(offered, standing, at)
    if standing.suspended_at is not None:
        raise LotSuspended(next_minimum(offered, standing))
    return replace(standing, suspended_at=at)


def resume(standing: Standing, *, at: datetime) -> Standing:
    """Let the clock run again: the time that was left at the suspension is left again. Raises ValueError if it runs."""
    if standing.suspended_at is None:
        raise ValueError("the lot is not suspended")
    stood_still = at - standing.suspended_at
    return replace(
        standing,
        suspended_at=None,
        ends_at=standing.ends_at + stood_still,
        hard_end=None if standing.hard_end is None else standing.hard_end + stood_still,
    )


def _leader_may_raise(offered: Offered, rules: SessionRules) -> bool:
    # Depends on nothing hidden: that a lot has a reserve is public, whether the reserve is met is not.
    return rules.leader_may_raise == LeaderMayRaise.ALWAYS or (
        rules.leader_may_raise == LeaderMayRaise.WITH_RESERVE and offered.has_reserve
    )
