"""The rules of offers: who may answer whom, until when, and down to which price. Pure.

Source: Civil Code 民法典 arts 472–488: an offer lapses when it is rejected, withdrawn or out of time (478), one that is firm
cannot be withdrawn (476), and an answer with another price is a new offer (488).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from kernel.money import Money
from market.listings.errors import BelowDecision, NotYourOffer, OfferExpired, OfferIsFirm, OfferTooLong, OwnListing


class Side(StrEnum):
    """Who made an offer."""

    BUYER = "buyer"
    SELLER = "seller"


def side_of(organisation_id: object, *, seller_id: object) -> Side:
    """On which side an organisation negotiates."""
    return Side.SELLER if organisation_id == seller_id else Side.BUYER


def check_buyer(buyer_id: object, *, seller_id: object) -> None:
    """Nobody buys from himself. Raises OwnListing."""
    if buyer_id == seller_id:
        raise OwnListing


def check_expiry(expires_at: datetime, *, now: datetime, days_max: int) -> None:
    """An offer stands for a time that is not over and not too long. Raises OfferTooLong."""
    latest = now + timedelta(days=days_max)
    if not now < expires_at <= latest:
        raise OfferTooLong(latest)


def check_answer(*, made_by: Side, answered_by: Side, expires_at: datetime, now: datetime) -> None:
    """Only the other side answers, and in time. Raises NotYourOffer or OfferExpired (民法典 art 486)."""
    if made_by == answered_by:
        raise NotYourOffer(made_by.value)
    if now >= expires_at:
        raise OfferExpired(expires_at)


def check_withdrawal(*, made_by: Side, by: Side, firm: bool, expires_at: datetime, now: datetime) -> None:
    """Only who made it takes it back, unless it is firm and still standing. Raises NotYourOffer or OfferIsFirm (476)."""
    if made_by != by:
        raise NotYourOffer(made_by.value)
    if firm and now < expires_at:
        raise OfferIsFirm(expires_at)


def check_floor(price: Money, *, floor: Money) -> None:
    """The unit's decision covers prices from its floor upwards. Raises BelowDecision."""
    if price < floor:
        raise BelowDecision(price)
