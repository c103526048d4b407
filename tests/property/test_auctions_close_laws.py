"""The close against a second, slow implementation, and the laws that any book must keep."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctions.bidding import Offered, accept_bid, at_opening, next_minimum, resume, suspend
from auctions.closing import Attempt, Result, Resumed, Suspended, close, judge
from auctions.errors import BidRefused
from auctions.rules import SessionRules
from kernel.money import Money
from tests.support.counting import counts, seeded
from tests.support.lots import OPENS, session_rules


@dataclass(frozen=True)
class Session:
    """A whole auction: what was offered, under which rules, and everything that was sent."""

    offered: Offered
    rules: SessionRules
    reserve: Money | None
    book: tuple[Attempt | Suspended | Resumed, ...]


EDGES = (-5_000_000, -2_000_000, -700_000, -1, -1, -1, 0, 1)
"""Microseconds from the end: where bids crowd."""


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Auctions of some seconds, whose bids crowd around the opening, the end and its extensions.

    The book is read out of bytes, four an entry (when, what, how high, who).
    """
    start, step, lasts = draw(st.tuples(st.integers(1, 60), st.integers(1, 9), st.integers(1, 60)))
    reserve = draw(st.none() | st.integers(start, start + 20 * step))
    rules = session_rules(
        window_seconds=draw(st.integers(0, 20)),
        extension_seconds=draw(st.integers(0, 30)),
        extensions_max=draw(st.none() | st.integers(0, 4)),
        overtime_minutes_max=draw(st.none() | st.integers(0, 2)),
        leader_may_raise=draw(st.sampled_from(["never", "with_reserve", "always"])),
    )
    size = 4 * draw(st.integers(0, 25))
    return _session(start, step, lasts, reserve, rules, draw(st.binary(min_size=size, max_size=size)))


def a_session(chance: random.Random) -> Session:
    """The same auctions by chance alone, which is quicker."""
    start, step, lasts = chance.randint(1, 60), chance.randint(1, 9), chance.randint(1, 60)
    reserve = chance.choice([None, chance.randint(start, start + 20 * step)])
    rules = session_rules(
        window_seconds=chance.randint(0, 20),
        extension_seconds=chance.randint(0, 30),
        extensions_max=chance.choice([None, chance.randint(0, 4)]),
        overtime_minutes_max=chance.choice([None, chance.randint(0, 2)]),
        leader_may_raise=chance.choice(["never", "with_reserve", "always"]),
    )
    return _session(start, step, lasts, reserve, rules, chance.randbytes(4 * chance.randint(0, 25)))


def _session(start: int, step: int, lasts: int, reserve: int | None, rules: SessionRules, recipe: bytes) -> Session:
    offered = Offered(Money(start), Money(step), reserve is not None, OPENS, OPENS + timedelta(seconds=lasts))
    return Session(offered, rules, None if reserve is None else Money(reserve), _book(offered, rules, recipe))


def _book(offered: Offered, rules: SessionRules, recipe: bytes) -> tuple[Attempt | Suspended | Resumed, ...]:
    book: list[Attempt | Suspended | Resumed] = []
    standing, at, fen = at_opening(offered, rules), OPENS - timedelta(seconds=2), offered.start.fen
    for seq, (when, what, how_high, who) in enumerate(zip(*[iter(recipe)] * 4, strict=False), 1):
        edge = standing.ends_at + timedelta(microseconds=EDGES[when % 8])
        at = max(at, edge) if when >= 200 else at + timedelta(milliseconds=when * 20)
        # Only what the room itself would write: it suspends open lots and resumes suspended ones.
        if standing.suspended_at is not None and what % 2:
            book.append(Resumed(seq, at))
            standing = resume(standing, at=at)
        elif standing.suspended_at is None and what < 20 and OPENS <= at < standing.ends_at:
            book.append(Suspended(seq, at))
            standing = suspend(offered, standing, at=at)
        else:
            fen += offered.step.fen * (how_high % 3) + (0, 0, 0, 0, 0, 0, -offered.step.fen, 1)[how_high // 32]
            bid = Attempt(seq, at, who % 4, Money(max(1, fen)))
            book.append(bid)
            with suppress(BidRefused):
                standing = accept_bid(offered, rules, standing, bidder=bid.bidder, amount=bid.amount, at=at)
    return tuple(book)


def slow_close(session: Session) -> tuple[object, ...]:
    """The award by a second road: whole microseconds since the opening, a list of who was heard, everything re-derived.

    Returns result, winner, price in fen, end in microseconds, extensions. Shares no code with the room.
    """

    def micro(instant):
        return (instant - OPENS) // timedelta(microseconds=1)

    rules, lot = session.rules, session.offered
    heard: list[tuple[int, int]] = []
    moved, paused, since = [micro(lot.ends_at)], 0, None
    limit = None if rules.overtime_minutes_max is None else moved[0] + rules.overtime_minutes_max * 60_000_000
    for entry in session.book:
        t = micro(entry.at)
        if isinstance(entry, Suspended):
            since = t
            continue
        if isinstance(entry, Resumed):
            paused += t - since
            since = None
            continue
        # The lot's own clock: real time less the time it stood still.
        t -= paused
        top = max((fen for fen, _ in heard), default=None)
        leading = next((who for fen, who in heard if fen == top), None)
        on_step = (entry.amount.fen - (lot.start.fen if top is None else top)) % lot.step.fen == 0
        enough = entry.amount.fen >= lot.start.fen if top is None else entry.amount.fen > top
        repeats = leading == entry.bidder and not (
            rules.leader_may_raise == "always" or (rules.leader_may_raise == "with_reserve" and lot.has_reserve)
        )
        if since is not None or micro(entry.at) < 0 or t >= moved[-1] or not on_step or not enough or repeats:
            continue
        heard.append((entry.amount.fen, entry.bidder))
        if moved[-1] - t <= rules.window_seconds * 1_000_000:
            later = t + rules.extension_seconds * 1_000_000
            later = later if limit is None else min(later, limit)
            if later > moved[-1] and (rules.extensions_max is None or len(moved) - 1 < rules.extensions_max):
                moved.append(later)
    # A lot that is still suspended keeps the end it had: only a resumption moves it.
    end = moved[-1] + paused
    if not heard:
        return ("no_bids", None, None, end, len(moved) - 1)
    price, winner = max(heard)
    if session.reserve is not None and price < session.reserve.fen:
        return ("below_reserve", None, None, end, len(moved) - 1)
    return ("sold", winner, price, end, len(moved) - 1)


@settings(max_examples=counts(5_000))
@given(sessions())
def test_two_roads_lead_to_the_same_award(session):
    two_roads_agree(session)


def test_two_roads_lead_to_the_same_award_in_bulk():
    for _, chance in seeded(100_000):
        two_roads_agree(a_session(chance))


def two_roads_agree(session: Session) -> None:
    outcome = close(session.offered, session.rules, session.reserve, session.book)

    assert (
        outcome.result.value,
        outcome.winner,
        outcome.price.fen if outcome.price else None,
        (outcome.ends_at - OPENS) // timedelta(microseconds=1),
        outcome.extensions,
    ) == slow_close(session)


@settings(max_examples=counts(3_000))
@given(sessions())
def test_price_and_end_only_ever_rise_and_the_hard_end_holds(session):
    before = at_opening(session.offered, session.rules)
    extensions_max = session.rules.extensions_max

    for verdict in judge(session.offered, session.rules, session.book):
        after = verdict.standing
        assert after.ends_at >= before.ends_at
        assert after.hard_end is None or after.ends_at <= after.hard_end
        assert extensions_max is None or after.extensions <= extensions_max
        assert (after.highest or Money(0)) >= (before.highest or Money(0))
        if verdict.refusal is not None:
            assert after == before
        before = after


@settings(max_examples=counts(3_000))
@given(sessions())
def test_every_refusal_names_an_amount_that_would_have_been_enough(session):
    standing = at_opening(session.offered, session.rules)

    for verdict in judge(session.offered, session.rules, session.book):
        if isinstance(verdict.refusal, BidRefused):
            assert verdict.refusal.minimum == next_minimum(session.offered, standing)
        standing = verdict.standing


@settings(max_examples=counts(3_000))
@given(sessions())
def test_refused_bids_change_nothing_of_the_award(session):
    verdicts = list(judge(session.offered, session.rules, session.book))
    valid_only = [verdict.entry for verdict in verdicts if verdict.refusal is None]

    all_bids = close(session.offered, session.rules, session.reserve, session.book)

    assert close(session.offered, session.rules, session.reserve, valid_only) == all_bids


@settings(max_examples=counts(3_000))
@given(sessions())
def test_the_winner_is_never_anybody_but_who_bid_the_highest_valid_amount(session):
    outcome = close(session.offered, session.rules, session.reserve, session.book)
    valid = [
        verdict.entry
        for verdict in judge(session.offered, session.rules, session.book)
        if verdict.refusal is None and isinstance(verdict.entry, Attempt)
    ]

    if outcome.result is Result.SOLD:
        best = max(valid, key=lambda attempt: attempt.amount)
        assert (outcome.winner, outcome.price, outcome.winning_seq) == (best.bidder, best.amount, best.seq)
        assert session.reserve is None or outcome.price >= session.reserve
    else:
        assert outcome.winner is None and outcome.price is None


def test_a_book_that_runs_backwards_is_no_book():
    lot = Offered(Money(1), Money(1), False, OPENS, OPENS + timedelta(hours=1))
    late, early = Attempt(1, OPENS + timedelta(minutes=2), 1, Money(1)), Attempt(2, OPENS, 2, Money(2))

    with pytest.raises(ValueError, match="out of order"):
        close(lot, session_rules(), None, [late, early])
