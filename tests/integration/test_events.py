"""Events: told if and only if the work commits, handled once however often they are delivered."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Thread

import pytest

from app.jobs import deliver_once, dispatch
from kernel.events import HANDLERS, Event, emit, handle, hears
from kernel.ids import LotId, new_id
from kernel.money import Money

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
heard: list[object] = []


@dataclass(frozen=True)
class KilnLit(Event):
    lot_id: LotId
    price: Money
    lit_at: datetime
    day: date | None
    names: tuple[str, ...]


@hears(KilnLit)
def remember(session, event, now):
    heard.append(event)


@pytest.fixture(autouse=True)
def _forget():
    heard.clear()


def kiln() -> KilnLit:
    return KilnLit(LotId(new_id()), Money(5), NOW, None, ("a", "b"))


def test_an_event_arrives_as_it_was_told(db):
    event = kiln()
    with db.session("web") as session:
        emit(session, event, now=NOW)

    deliver_once(db)

    assert heard == [event]


def test_an_event_of_work_undone_was_never_told(db):
    with db.open("web") as session:
        emit(session, kiln(), now=NOW)
        session.rollback()

    deliver_once(db)

    assert heard == []


def test_a_handler_run_twice_has_one_effect(db):
    with db.session("web") as session:
        event_id = emit(session, kiln(), now=NOW)
    name = HANDLERS[KilnLit.event_name][0].name

    with db.session("worker") as session:
        first = handle(session, event_id, name, now=NOW)
    with db.session("worker") as session:
        second = handle(session, event_id, name, now=NOW)

    assert (first, second, len(heard)) == (True, False, 1)


def test_dispatchers_at_once_queue_each_event_once(db):
    with db.session("web") as session:
        for _ in range(40):
            emit(session, kiln(), now=NOW)
    counts = []

    threads = [Thread(target=lambda: counts.append(dispatch(db))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sum(counts) == 40
