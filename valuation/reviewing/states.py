"""The human decision that a seller may ask for in place of the automated one (个人信息保护法 art 24), as a table."""

from __future__ import annotations

from enum import StrEnum

from kernel.states import StateMachine


class HumanDecisionState(StrEnum):
    """Where a request for a human decision stands."""

    REQUESTED = "requested"
    OPEN = "open"
    """A technology manager has taken it up."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class HumanDecisionAction(StrEnum):
    """What may be done with it."""

    TAKE_UP = "take-up"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


_S, _A = HumanDecisionState, HumanDecisionAction

HUMAN_DECISION = StateMachine(
    "human_decision",
    initial=_S.REQUESTED,
    table={
        (_S.REQUESTED, _A.TAKE_UP): _S.OPEN,
        (_S.REQUESTED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.OPEN, _A.DECIDE): _S.DECIDED,
        (_S.OPEN, _A.WITHDRAW): _S.WITHDRAWN,
    },
)

WAITING = (_S.REQUESTED, _S.OPEN)
"""The states in which somebody waits for an answer."""
