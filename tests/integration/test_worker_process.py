"""A real worker process: it seals, it works off the queue, it ends when told, and a killed one loses nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from kernel import audit
from kernel.db import market_now
from tests.support.auction_room import AuctionRoom

WAIT_SECONDS = 60


@pytest.fixture
def worker(db, server, tmp_path):
    """Start worker processes over the test's database."""
    started = []

    def start(failpoints=""):
        address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        environment = os.environ | {
            "MARKET_DATABASE_URL": address,
            "MARKET_ENVIRONMENT": "test",
            "MARKET_FOLDER": str(tmp_path),
            "MARKET_FAILPOINTS": failpoints,
        }
        process = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def wait_for(db, sql: str, process) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read().decode()[-2000:]
        with db.session("owner") as session:
            if session.execute(text(sql)).scalar_one():
                return
        time.sleep(0.1)
    raise AssertionError(f"never true: {sql}")


def write_audit_rows(db, count):
    with db.session("web") as session:
        for _ in range(count):
            audit.record(session, actor=None, action="test", kind="test", object_id="1", now=market_now(session))


def test_a_worker_seals_the_audit_trail_and_ends_when_told(db, worker):
    write_audit_rows(db, 7)
    process = worker()

    wait_for(db, "SELECT count(*) = 7 FROM audit_leaf", process)
    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0


def test_what_a_killed_worker_left_is_done_by_the_next(db, worker):
    first = worker()
    write_audit_rows(db, 3)
    wait_for(db, "SELECT count(*) = 3 FROM audit_leaf", first)
    first.kill()
    first.wait()
    write_audit_rows(db, 4)

    wait_for(db, "SELECT count(*) = 7 FROM audit_leaf", worker())


def test_a_worker_killed_between_award_and_commit_leaves_one_award_to_the_next(db, worker):
    room = AuctionRoom(db)
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(room.lot(lot.id).opens_at)
    room.bid(lot, bidder, room.lot(lot.id).start)
    room.move_to(room.lot(lot.id).ends_at)

    first = worker("auctions.after_award=kill9")
    assert first.wait(WAIT_SECONDS) == -signal.SIGKILL
    with db.session("owner") as session:
        assert session.execute(text("SELECT count(*) FROM lot_award")).scalar_one() == 0
    second = worker()

    wait_for(db, "SELECT count(*) = 1 FROM lot_award", second)
    wait_for(db, "SELECT NOT EXISTS (SELECT FROM outbox)", second)
    assert room.violations() == []
