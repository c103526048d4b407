"""Work in the background: events become jobs of the queue, jobs run handlers, and due work is asked for again and again."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog
from procrastinate import PsycopgConnector, RetryStrategy
from sqlalchemy import text

from kernel.db import Database, market_now
from kernel.due import DUE_WORK
from kernel.events import handle, take_from_outbox
from kernel.ids import EventId

QUEUE = "events"
TASK = "market.handle_event"
ATTEMPTS_MAX = 8
DUE_ROUNDS_MAX = 100

log = structlog.get_logger("market.jobs")

_DEFER = text(
    """SELECT jobs.procrastinate_defer_jobs_v1(array_agg(ROW(
           :queue, :task, 0, NULL, NULL, jsonb_build_object('event_id', event_id, 'handler', handler), NULL
       )::jobs.procrastinate_job_to_defer_v1))
       FROM unnest(cast(:events AS uuid[]), cast(:handlers AS text[])) AS pair (event_id, handler)"""
)


def dispatch(database: Database) -> int:
    """Turn outbox rows into jobs of the queue, in one transaction; returns how many jobs were queued."""
    with database.session("worker") as session:
        pairs = take_from_outbox(session)
        if pairs:
            # The queue's functions name their tables without a schema.
            session.execute(text("SET LOCAL search_path = jobs, public"))
            events, handlers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            session.execute(_DEFER, {"queue": QUEUE, "task": TASK, "events": events, "handlers": handlers})
    return len(pairs)


def run_handler(database: Database, event_id: EventId, handler: str) -> bool:
    """One handler for one event in a transaction of its own; False if it was done before."""
    with database.session("worker") as session:
        return handle(session, event_id, handler, now=market_now(session))


def deliver_once(database: Database) -> int:
    """Without the queue: take what is in the outbox and run its handlers here and now. For tests and tools."""
    with database.session("worker") as session:
        pairs = take_from_outbox(session)
        now = market_now(session)
        for event_id, handler in pairs:
            handle(session, event_id, handler, now=now)
    return len(pairs)


def do_due_work(database: Database) -> int:
    """Ask every kind of due work once, each in its own transaction; one that fails does not stop the others."""
    done = 0
    for name, work in DUE_WORK.items():
        try:
            with database.session("worker") as session:
                done += work(session, market_now(session))
        except Exception as error:
            log.error("due_work.failed", work=name, exc_info=error)
            if database.raises_faults:
                raise
    return done


def queue(database: Database) -> procrastinate.App:
    """The job queue over the same PostgreSQL; workers poll it under the worker role."""
    connector = PsycopgConnector(
        conninfo=database.url.set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs={"options": "-c search_path=jobs,public -c role=market_worker"},
        min_size=1,
        max_size=4,
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS_MAX, exponential_wait=2))
    def handle_event(event_id: str, handler: str) -> None:
        run_handler(database, EventId(UUID(event_id)), handler)

    return app
