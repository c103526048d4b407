"""A database of its own for every demo: emptied if an earlier demo left it, never touched if it holds anything else."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from app import migrating
from app.settings import Settings
from app.wiring import open_as_it_is
from kernel.db import Database

REFERENCE = Path(__file__).resolve().parents[2] / "valuation" / "reference" / "generated_transactions.csv"
LOTS = Path(__file__).resolve().parent / "data" / "cited_lots.csv"


class NotADemoDatabase(RuntimeError):
    """The database at MARKET_DATABASE_URL holds a market that is not a demo; choose an empty one."""


class DemoIsRunning(RuntimeError):
    """Another demo runs from this folder; stop it first."""


@contextmanager
def only_demo(folder: Path) -> Iterator[None]:
    """Hold the demo's folder for this process; the lock goes when the process does. Raises DemoIsRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoIsRunning(DemoIsRunning.__doc__) from None
        yield


@contextmanager
def fresh(settings: Settings) -> Iterator[Database]:
    """The demo's database, empty and up to date, open until the block ends. Raises NotADemoDatabase."""
    with open_as_it_is(settings) as database:
        if _environment(database) not in (None, "demo"):
            raise NotADemoDatabase(NotADemoDatabase.__doc__)
        if _environment(database) == "demo":
            migrating.downgrade(database)
        migrating.upgrade(database, environment="demo")
        yield database


def _environment(database: Database) -> str | None:
    """The environment that a migrated database was made for; None for one without our tables."""
    with database.engine_of_login().connect() as connection:
        if connection.execute(text("SELECT to_regclass('public.market_clock')")).scalar_one() is None:
            return None
        return str(connection.execute(text("SELECT environment FROM market_clock")).scalar_one())
