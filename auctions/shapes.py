"""Rows as the wire shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auctions import schemas
from auctions.closing import Result
from auctions.states import AWARDED, DECIDED, RUNNING, LotState
from auctions.tables import Award, BookLine, Confirmation, Lot, LotReserve, Registration

_RESULTS = {state: Result(state.value) for state in (LotState.SOLD, LotState.BELOW_RESERVE, LotState.NO_BIDS)}


def lot(row: Lot, now: datetime) -> schemas.LotOut:
    """A lot at an instant; nothing that is hidden until the end."""
    state, decided = row.phase(now), row.state in DECIDED
    return schemas.LotOut(
        id=row.id,
        subject_id=row.subject_id,
        seller_id=row.seller_id,
        title=row.title,
        legal_basis=row.legal_basis,
        state=state,
        start_fen=row.start.fen,
        step_fen=row.step.fen,
        deposit_fen=row.deposit.fen,
        has_reserve=row.reserve_commitment is not None,
        reserve_commitment=row.reserve_commitment,
        reserve_met=row.state in AWARDED if decided and row.reserve_commitment else None,
        opens_at=row.opens_at,
        planned_end=row.planned_end,
        ends_at=row.ends_at,
        hard_end=row.hard_end,
        exhibition_from=row.exhibition_from,
        exhibition_until=row.exhibition_until,
        announced_at=row.announced_at,
        defects_disclosed=row.defects_disclosed,
        rules_version=row.rules["version"],
        public_reason=row.public_reason,
        current_price_fen=row.highest.fen if row.highest else None,
        leader=row.leader,
        next_minimum_fen=row.minimum.fen if state in RUNNING else None,
        bids=row.bids,
        extensions=row.extensions,
        bidders=row.bidders if decided else None,
        server_now=now,
    )


def bid(row: BookLine) -> schemas.BidOut:
    """A valid bid. Raises ValueError for a line that is none."""
    if row.bidder is None or row.amount is None:
        raise ValueError("this line is no bid")
    return schemas.BidOut(
        seq=row.seq,
        at=row.at,
        bidder=row.bidder,
        amount_fen=row.amount.fen,
        ends_at=row.ends_at,
        leaf_sha256=row.leaf.hex(),
    )


def registration(row: Registration) -> schemas.RegistrationOut:
    """A registration, for those who may see it."""
    return schemas.RegistrationOut(
        id=row.id,
        lot_id=row.lot_id,
        organisation_id=row.organisation_id,
        number=row.number,
        conflicts=row.conflicts,
        registered_at=row.registered_at,
        deposit_fen=row.deposit.fen,
        deposit_state=row.deposit_state,
        deposit_paid_at=row.deposit_paid_at,
    )


def reserve(row: LotReserve) -> schemas.ReserveOut:
    """A reserve with what opens its commitment."""
    return schemas.ReserveOut(lot_id=row.lot_id, reserve_fen=row.reserve.fen, salt=row.salt)


def line(row: BookLine) -> schemas.LineOut:
    """A line of the book."""
    return schemas.LineOut(
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        ends_at=row.ends_at,
        bidder=row.bidder,
        amount_fen=row.amount.fen if row.amount else None,
        reason=row.reason,
        leaf_sha256=row.leaf.hex(),
    )


def book(
    row: Lot, award: Award | None, opened: LotReserve | None, lines: Sequence[BookLine], *, limit: int
) -> schemas.BookOut:
    """The book of a decided lot; `lines` may hold one more than `limit`."""
    shown = lines[:limit]
    has_more = len(lines) > limit
    return schemas.BookOut(
        lot_id=row.id,
        state=row.state,
        rules=row.rules,
        start_fen=row.start.fen,
        step_fen=row.step.fen,
        opens_at=row.opens_at,
        planned_end=row.planned_end,
        ends_at=row.ends_at,
        extensions=row.extensions,
        reserve_commitment=row.reserve_commitment,
        reserve=reserve(opened) if opened else None,
        result=Result.SOLD if award else _RESULTS.get(row.state),
        winner=award.winner if award else None,
        winning_seq=award.winning_seq if award else None,
        price_fen=award.price.fen if award else None,
        bidders=row.bidders,
        size=row.entries,
        root_sha256=row.book.root().hex(),
        lines=[line(one) for one in shown],
        has_more=has_more,
        next_after=shown[-1].seq if has_more else None,
    )


def award(row: Award, winner: Registration, confirmed: Confirmation | None) -> schemas.AwardOut:
    """An award with the winner's identity."""
    return schemas.AwardOut(
        lot_id=row.lot_id,
        winner=row.winner,
        winner_id=winner.organisation_id,
        price_fen=row.price.fen,
        awarded_at=row.awarded_at,
        confirmation_number=confirmed.number if confirmed else None,
        confirmed_at=confirmed.confirmed_at if confirmed else None,
        minutes=confirmed.minutes if confirmed else None,
    )
