"""The terms on which a lot is announced, and what the law asks of them before the public hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from auctions.errors import (
    BiddingTooShort,
    DefectsNotDisclosed,
    DepositTooHigh,
    ExhibitionTooShort,
    NotAnAuctionHouse,
    NoticeTooShort,
    ReserveBelowStart,
)
from auctions.rules import LegalBasis, SessionRules
from kernel.calendar import end_of_day, local_date
from kernel.ids import OrganisationId
from kernel.money import Money


@dataclass(frozen=True, slots=True)
class LotTerms:
    """What a seller offers for bidding. `subject_id` is the thing sold, in the words of the room that announces it.

    `barred`: organisations that may not bid besides the seller and its affiliates. The exhibition runs from the
    announcement to the opening unless it is given. Raises ValueError for amounts and instants that make no sense.
    """

    subject_id: UUID
    seller_id: OrganisationId
    title: str
    legal_basis: LegalBasis
    start: Money
    reserve: Money | None
    step: Money
    deposit: Money
    opens_at: datetime
    ends_at: datetime
    defects_disclosed: str
    barred: tuple[OrganisationId, ...] = ()
    exhibition_from: datetime | None = None
    exhibition_until: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "legal_basis", LegalBasis(self.legal_basis))
        if self.start.fen <= 0 or self.step.fen <= 0 or self.deposit.fen < 0:
            raise ValueError("start price and step are more than nothing, the deposit is not less")
        instants = (self.opens_at, self.ends_at, self.exhibition_from, self.exhibition_until)
        if any(instant is not None and instant.tzinfo is None for instant in instants):
            raise ValueError("instants know their zone")


def check(terms: LotTerms, rules: SessionRules, *, announced_at: datetime, by_auction_house: bool) -> None:
    """Let the terms be announced.

    Raises NotAnAuctionHouse (拍卖法 arts 10-16), DefectsNotDisclosed (18, 27), NoticeTooShort (45), ExhibitionTooShort
    (48), ReserveBelowStart, DepositTooHigh or BiddingTooShort.
    """
    if terms.legal_basis == LegalBasis.AUCTION_LAW and not by_auction_house:
        raise NotAnAuctionHouse
    if not terms.defects_disclosed.strip():
        raise DefectsNotDisclosed
    earliest = earliest_opening(rules, announced_at)
    if terms.opens_at < earliest:
        raise NoticeTooShort(rules.notice_days, earliest)
    shown_from, shown_until = exhibition(terms, announced_at)
    if shown_until > terms.opens_at or shown_until - shown_from < timedelta(days=rules.exhibition_days):
        raise ExhibitionTooShort(rules.exhibition_days)
    if terms.reserve is not None and terms.reserve < terms.start:
        raise ReserveBelowStart(terms.start)
    if terms.deposit > (maximum := terms.start.share(rules.deposit_bp_max)):
        raise DepositTooHigh(maximum)
    if terms.ends_at - terms.opens_at < timedelta(minutes=max(rules.open_minutes_min, 1)):
        raise BiddingTooShort(rules.open_minutes_min)


def earliest_opening(rules: SessionRules, announced_at: datetime) -> datetime:
    """The first instant after the whole days of the notice: neither its own day nor the day of the auction counts.

    拍卖法 art 45; Civil Code art 201 (the day of publication is not counted).
    """
    return end_of_day(local_date(announced_at) + timedelta(days=rules.notice_days))


def exhibition(terms: LotTerms, announced_at: datetime) -> tuple[datetime, datetime]:
    """From when to when the lot is shown; without dates of its own, from the announcement to the opening."""
    shown_from = max(announced_at, terms.exhibition_from or announced_at)
    return shown_from, terms.exhibition_until or terms.opens_at
