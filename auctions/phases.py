"""What a lot is at an instant: the state column says what has been written, the clock may already say more."""

from datetime import datetime

from auctions.states import BIDDING, LotState


def phase(state: LotState, *, opens_at: datetime, ends_at: datetime, at: datetime) -> LotState:
    """The state as anybody should see it: open once the opening has come, closed once the end has passed."""
    if state == LotState.ANNOUNCED and at >= opens_at:
        state = LotState.OPEN
    if state in BIDDING and at >= ends_at:
        return LotState.CLOSED
    return state
