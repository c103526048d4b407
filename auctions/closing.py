"""The close of a lot: a pure function of its rules and its bid book, so that anybody can come to the same award."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auctions.bidding import Offered, Standing, accept_bid, at_opening, resume, suspend
from auctions.errors import BidRefused
from auctions.rules import SessionRules
from kernel.money import Money


class Result(StrEnum):
    """How a lot ended."""

    SOLD = "sold"
    BELOW_RESERVE = "below_reserve"
    NO_BIDS = "no_bids"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A bid as it came in, valid or not: from whom (bidder number), how much, when."""

    seq: int
    at: datetime
    bidder: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Suspended:
    """The clock of the lot was stopped."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The clock of the lot ran again."""

    seq: int
    at: datetime


BookEntry = Attempt | Suspended | Resumed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one entry: `refusal` is None for what was valid; `standing` is the one after the entry."""

    entry: BookEntry
    refusal: BidRefused | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a lot ended: winner, price and the entry that won are set only when it was sold."""

    result: Result
    winner: int | None
    price: Money | None
    winning_seq: int | None
    highest: Money | None
    bids: int
    ends_at: datetime
    extensions: int


def close(offered: Offered, rules: SessionRules, reserve: Money | None, book: Sequence[BookEntry]) -> Outcome:
    """Decide a lot from its book: the highest valid bid wins if it reaches the reserve.

    A top bid below the reserve has no effect (拍卖法 art 50). Raises ValueError if the book is out of order.
    """
    standing, leading_seq = at_opening(offered, rules), None
    for verdict in judge(offered, rules, book):
        standing = verdict.standing
        if isinstance(verdict.entry, Attempt) and verdict.refusal is None:
            leading_seq = verdict.entry.seq
    result = _result(standing.highest, reserve)
    sold = result == Result.SOLD
    return Outcome(
        result=result,
        winner=standing.leader if sold else None,
        price=standing.highest if sold else None,
        winning_seq=leading_seq if sold else None,
        highest=standing.highest,
        bids=standing.bids,
        ends_at=standing.ends_at,
        extensions=standing.extensions,
    )


def judge(offered: Offered, rules: SessionRules, book: Sequence[BookEntry]) -> Iterator[Verdict]:
    """Judge each entry of a book again, in its order. Raises ValueError if seq or time runs backwards."""
    standing, before = at_opening(offered, rules), None
    for entry in book:
        if before is not None and (entry.seq <= before.seq or entry.at < before.at):
            raise ValueError(f"entry {entry.seq} is out of order")
        before, refusal = entry, None
        try:
            standing = _after(offered, rules, standing, entry)
        except BidRefused as refused:
            refusal = refused
        yield Verdict(entry, refusal, standing)


def _after(offered: Offered, rules: SessionRules, standing: Standing, entry: BookEntry) -> Standing:
    match entry:
        case Attempt():
            return accept_bid(offered, rules, standing, bidder=entry.bidder, amount=entry.amount, at=entry.at)
        case Suspended():
            return suspend(offered, standing, at=entry.at)
        case Resumed():
            return resume(standing, at=entry.at)


def _result(highest: Money | None, reserve: Money | None) -> Result:
    if highest is None:
        return Result.NO_BIDS
    return Result.SOLD if reserve is None or highest >= reserve else Result.BELOW_RESERVE
