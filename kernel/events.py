"""Events: what happened, told in the same transaction; what follows from it is a handler's work, done at least once."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.db.base import table_of
from kernel.ids import EventId, new_id
from kernel.money import Money
from kernel.tables import EventRow, HandledRow, OutboxRow

_EVENTS, _OUTBOX = table_of(EventRow), table_of(OutboxRow)
EVENT_TYPES: dict[str, type[Event]] = {}
HANDLERS: dict[str, list[Handler]] = {}


@dataclass(frozen=True)
class Event:
    """The base of all events: a frozen dataclass of ids, texts, whole numbers, money, dates and instants."""

    event_name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.event_name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
        if cls.event_name in EVENT_TYPES:
            raise ValueError(f"two events are called {cls.event_name}")
        EVENT_TYPES[cls.event_name] = cls


E = TypeVar("E", bound=Event)
HandlerFunction = Callable[[Session, E, datetime], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that hears one kind of event; its name must not change, for it marks what is done."""

    name: str
    function: Callable[[Session, Any, datetime], None]


def hears(kind: type[E]) -> Callable[[HandlerFunction[E]], HandlerFunction[E]]:
    """Register a handler `(session, event, now)`. It may run twice and in any order relative to others."""

    def register(function: HandlerFunction[E]) -> HandlerFunction[E]:
        name = f"{function.__module__}.{function.__qualname__}"
        HANDLERS.setdefault(kind.event_name, []).append(Handler(name, function))
        return function

    return register


def emit(session: Session, event: Event, *, now: datetime) -> EventId:
    """Write the event and its outbox row in this transaction: it is told if, and only if, the transaction commits."""
    event_id = EventId(new_id())
    row = {"id": event_id, "name": event.event_name, "payload": _to_json(event), "happened_at": now}
    # Both rows in one statement: every command of the market passes here.
    written = insert(_EVENTS).values(row).returning(_EVENTS.c.id).cte("written")
    session.execute(insert(_OUTBOX).from_select(["event_id"], select(written.c.id)))
    return event_id


def take_from_outbox(session: Session, *, limit: int = 500) -> list[tuple[EventId, str]]:
    """Take (event id, handler name) pairs out of the outbox, oldest first; each pair must be done or queued before commit."""
    pending = select(OutboxRow.event_id).order_by(OutboxRow.event_id).limit(limit).with_for_update(skip_locked=True)
    taken = list(session.execute(pending).scalars())
    if not taken:
        return []
    session.execute(delete(OutboxRow).where(OutboxRow.event_id.in_(taken)))
    named = select(EventRow.id, EventRow.name).where(EventRow.id.in_(taken)).order_by(EventRow.id)
    return [(event_id, handler.name) for event_id, name in session.execute(named) for handler in HANDLERS.get(name, [])]


def handle(session: Session, event_id: EventId, handler_name: str, *, now: datetime) -> bool:
    """Run one handler for one event in this transaction; False if it had already been done."""
    done = upsert(HandledRow).values(event_id=event_id, handler=handler_name, handled_at=now).on_conflict_do_nothing()
    if session.execute(done.returning(HandledRow.event_id)).first() is None:
        return False
    row = session.get_one(EventRow, event_id)
    handler = next(one for one in HANDLERS[row.name] if one.name == handler_name)
    handler.function(session, _from_json(EVENT_TYPES[row.name], row.payload), now)
    return True


def _to_json(event: Event) -> dict[str, Any]:
    return {field.name: _value_to_json(getattr(event, field.name)) for field in fields(event)}


def _value_to_json(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Money():
            return {"fen": value.fen}
        case UUID() | date():
            return value.isoformat() if isinstance(value, date) else str(value)
        case tuple() | list():
            return [_value_to_json(one) for one in value]
    raise TypeError(f"an event cannot carry {type(value).__name__}")


def _from_json(kind: type[Event], payload: dict[str, Any]) -> Event:
    hints = typing.get_type_hints(kind)
    return kind(**{name: _value_from_json(hints[name], value) for name, value in payload.items()})


def _value_from_json(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, typing.NewType):
        hint = hint.__supertype__
    arguments = [one for one in typing.get_args(hint) if one not in (type(None), Ellipsis)]
    if isinstance(value, list):
        return tuple(_value_from_json(arguments[0], one) for one in value)
    if arguments:
        return _value_from_json(arguments[0], value)
    if hint is Money:
        return Money(value["fen"])
    if hint is UUID:
        return UUID(value)
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    return hint(value)
