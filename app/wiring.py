"""The composition root: which modules make up the house, and how the database is opened for a process."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from app import migrating
from app.settings import Settings
from kernel.db import Base, Database, embedded
from kernel.due import DUE_WORK
from kernel.sealing import seal
from kernel.signing import KeyFolder

ROOMS = ("kernel", "parties", "valuation", "auctions", "contracts", "market")
AUDIT_KEY = "audit"
SEALER = "kernel.seal"
PARTS = ("tables", "handlers", "feeds", "invariants", "due", "closing", "commands", "machines")
"""Modules that register something when imported: tables, handlers, invariants, due work, state machines."""


class NotMigrated(RuntimeError):
    """The database is older or newer than this code."""


def load(*parts: str) -> None:
    """Import the named modules of every room and sub-room, so that what they register is known."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if module.name.rpartition(".")[2] in parts:
                importlib.import_module(module.name)


def load_everything() -> None:
    """Import all that registers something; processes call it once at their start."""
    load(*PARTS, "states", "events", "idempotency")


def seal_with(keys: KeyFolder) -> None:
    """Let this process's due work seal the audit trail with the market's audit key."""

    def seal_audit(session: Session, now: datetime) -> int:
        # A signature is made in wall time: market time may run ahead in a demo.
        return seal(session, signer=keys.signer(AUDIT_KEY, datetime.now(UTC)), now=now)

    DUE_WORK[SEALER] = seal_audit


def metadata() -> MetaData:
    """Every table of the house."""
    load("tables")
    return Base.metadata


@contextmanager
def open_database(settings: Settings | None = None) -> Iterator[Database]:
    """The database of this process: the one at `MARKET_DATABASE_URL`, or else the embedded server, running while needed.

    The embedded one is brought up to date by whoever opens it. Raises NotMigrated for one of your own that is not.
    """
    settings = settings or Settings.from_environment()
    if settings.database_url is not None:
        with _opened(settings.database_url) as database:
            if not migrating.is_current(database):
                raise NotMigrated("the database is not up to date; run: market migrate")
            yield database
        return
    with open_embedded(settings) as database:
        if not migrating.is_current(database):
            migrating.upgrade(database, environment=settings.environment)
        yield database


@contextmanager
def open_embedded(settings: Settings) -> Iterator[Database]:
    """The embedded database as it is."""
    with embedded.running(settings.folder / "postgres") as url, _opened(url) as database:
        yield database


@contextmanager
def open_as_it_is(settings: Settings) -> Iterator[Database]:
    """The database of this process, whatever its migrations: for migrating it."""
    with open_embedded(settings) if settings.database_url is None else _opened(settings.database_url) as database:
        yield database


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()
