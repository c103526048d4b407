"""Due work: what the market must do when its time has come, found by `due_at <= market_now()`, never by a queue's clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

DueWork = Callable[[Session, datetime], int]

DUE_WORK: dict[str, DueWork] = {}


def due_work(name: str) -> Callable[[DueWork], DueWork]:
    """Register work the worker asks for again and again: `(session, now) -> how many things were done`.

    It must take its rows with FOR UPDATE SKIP LOCKED and leave nothing half done: several workers ask at once.
    """

    def register(work: DueWork) -> DueWork:
        if name in DUE_WORK:
            raise ValueError(f"two kinds of due work are called {name}")
        DUE_WORK[name] = work
        return work

    return register
