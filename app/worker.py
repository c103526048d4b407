"""The worker process: it queues what happened, runs the handlers, and asks for due work until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import structlog

from app.jobs import QUEUE, dispatch, do_due_work, queue
from app.wiring import load_everything, seal_with
from kernel.db import Database
from kernel.signing import KeyFolder

DISPATCH_SECONDS = 0.2
DUE_SECONDS = 0.5
POLL_SECONDS = 0.3
CONCURRENCY = 2
REST_AFTER_FAULT_SECONDS = 2.0

log = structlog.get_logger("market.worker")


def run(database: Database, keys: KeyFolder) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    load_everything()
    seal_with(keys)
    asyncio.run(_work(database))


async def _work(database: Database) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    app = queue(database)
    async with app.open_async():
        jobs = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLL_SECONDS,
                listen_notify=False,
                install_signal_handlers=False,
                delete_jobs="successful",
            )
        )
        loops = [
            asyncio.create_task(_again_and_again(lambda: dispatch(database), DISPATCH_SECONDS, stop)),
            asyncio.create_task(_again_and_again(lambda: do_due_work(database), DUE_SECONDS, stop)),
        ]
        log.info("worker.started")
        await asyncio.wait([asyncio.create_task(stop.wait()), jobs], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(*loops)
        if jobs.done():
            jobs.result()  # the queue stopped by itself: say why
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)
    log.info("worker.stopped")


async def _again_and_again(work: Callable[[], int], seconds: float, stop: asyncio.Event) -> None:
    """Do the work while there is any; rest between; a fault is logged and tried again, for the database may be back soon."""
    while not stop.is_set():
        try:
            done = await asyncio.to_thread(work)
            pause = 0.0 if done else seconds
        except Exception as error:
            log.error("worker.fault", exc_info=error)
            pause = REST_AFTER_FAULT_SECONDS
        try:
            await asyncio.wait_for(stop.wait(), pause or 0.001)
        except TimeoutError:
            continue
