"""The life of a result in the market: registered, published once it is first offered, sold or withdrawn."""

from __future__ import annotations

from enum import StrEnum

from kernel.states import StateMachine


class ResultState(StrEnum):
    """Where a result stands."""

    REGISTERED = "registered"
    PUBLISHED = "published"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


class ResultAction(StrEnum):
    """What may happen to a result."""

    PUBLISH = "publish"
    TRANSFER = "transfer"
    RETURN = "return"
    WITHDRAW = "withdraw"


_S, _A = ResultState, ResultAction

RESULT = StateMachine(
    "result",
    initial=_S.REGISTERED,
    table={
        (_S.REGISTERED, _A.PUBLISH): _S.PUBLISHED,
        # Offered again, in another mode or to the pool: it is public already.
        (_S.PUBLISHED, _A.PUBLISH): _S.PUBLISHED,
        (_S.PUBLISHED, _A.TRANSFER): _S.TRANSFERRED,
        # The contract of the transfer was undone before any money moved.
        (_S.TRANSFERRED, _A.RETURN): _S.PUBLISHED,
        (_S.REGISTERED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.PUBLISHED, _A.WITHDRAW): _S.WITHDRAWN,
    },
)
