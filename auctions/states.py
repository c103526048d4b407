"""The life of a lot and of a bidder's deposit, as tables."""

from enum import StrEnum

from kernel.states import StateMachine


class LotState(StrEnum):
    """Where a lot stands between its announcement and its confirmation."""

    ANNOUNCED = "announced"
    OPEN = "open"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    SOLD = "sold"
    BELOW_RESERVE = "below_reserve"
    NO_BIDS = "no_bids"
    CONFIRMED = "confirmed"
    DEFAULTED = "defaulted"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class LotAction(StrEnum):
    """What may happen to a lot."""

    OPEN = "open"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    SELL = "sell"
    FALL_SHORT = "fall_short"
    LAPSE = "lapse"
    CONFIRM = "confirm"
    DEFAULT = "default"


LOT = StateMachine(
    "lot",
    initial=LotState.ANNOUNCED,
    table={
        (LotState.ANNOUNCED, LotAction.OPEN): LotState.OPEN,
        # Only before the opening may the consignor take the lot back (拍卖法 art 29).
        (LotState.ANNOUNCED, LotAction.WITHDRAW): LotState.WITHDRAWN,
        (LotState.OPEN, LotAction.EXTEND): LotState.EXTENDED,
        (LotState.OPEN, LotAction.SUSPEND): LotState.SUSPENDED,
        (LotState.OPEN, LotAction.CLOSE): LotState.CLOSED,
        (LotState.EXTENDED, LotAction.EXTEND): LotState.EXTENDED,
        (LotState.EXTENDED, LotAction.SUSPEND): LotState.SUSPENDED,
        (LotState.EXTENDED, LotAction.CLOSE): LotState.CLOSED,
        (LotState.SUSPENDED, LotAction.RESUME): LotState.OPEN,
        (LotState.SUSPENDED, LotAction.CANCEL): LotState.CANCELLED,
        (LotState.CLOSED, LotAction.SELL): LotState.SOLD,
        (LotState.CLOSED, LotAction.FALL_SHORT): LotState.BELOW_RESERVE,
        (LotState.CLOSED, LotAction.LAPSE): LotState.NO_BIDS,
        (LotState.SOLD, LotAction.CONFIRM): LotState.CONFIRMED,
        (LotState.SOLD, LotAction.DEFAULT): LotState.DEFAULTED,
        (LotState.CONFIRMED, LotAction.DEFAULT): LotState.DEFAULTED,
    },
)

BIDDING = frozenset({LotState.OPEN, LotState.EXTENDED})
"""States in which the clock of the lot runs."""

RUNNING = BIDDING | {LotState.ANNOUNCED, LotState.SUSPENDED}
"""States from which the lot can still be sold."""

AWARDED = frozenset({LotState.SOLD, LotState.CONFIRMED, LotState.DEFAULTED})
"""States that only a lot with a winner reaches."""

DECIDED = AWARDED | {LotState.BELOW_RESERVE, LotState.NO_BIDS, LotState.CANCELLED}
"""States after the last line of the book: from here on anybody may read it."""


class DepositState(StrEnum):
    """Where a bidder's deposit (保证金) stands."""

    REQUIRED = "required"
    WAIVED = "waived"
    PAID = "paid"
    LOCKED = "locked"
    RELEASED = "released"
    APPLIED = "applied"
    FORFEITED = "forfeited"


class DepositAction(StrEnum):
    """What may happen to a deposit."""

    WAIVE = "waive"
    PAY = "pay"
    LOCK = "lock"
    RELEASE = "release"
    APPLY = "apply"
    FORFEIT = "forfeit"


DEPOSIT = StateMachine(
    "deposit",
    initial=DepositState.REQUIRED,
    table={
        # A lot whose terms ask for no deposit.
        (DepositState.REQUIRED, DepositAction.WAIVE): DepositState.WAIVED,
        (DepositState.REQUIRED, DepositAction.PAY): DepositState.PAID,
        (DepositState.PAID, DepositAction.LOCK): DepositState.LOCKED,
        (DepositState.PAID, DepositAction.RELEASE): DepositState.RELEASED,
        (DepositState.LOCKED, DepositAction.APPLY): DepositState.APPLIED,
        (DepositState.LOCKED, DepositAction.RELEASE): DepositState.RELEASED,
        (DepositState.LOCKED, DepositAction.FORFEIT): DepositState.FORFEITED,
    },
)

MAY_BID = frozenset({DepositState.PAID, DepositState.WAIVED})
"""Deposits with which a bidder is let to bid."""
