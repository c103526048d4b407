"""A server for tests and databases on it: made in a second, wiped in milliseconds."""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine.url import URL, make_url

from app.migrating import upgrade
from kernel.db import Database

_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'jobs') AND c.relname <> 'alembic_version' ORDER BY 1"""


class TestServer:
    """A superuser's address of a PostgreSQL server that tests may fill with databases."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql")
        self._wipes: dict[str, str] = {}

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[TestServer]:
        """The server at `MARKET_TEST_DATABASE_URL`, or an embedded one without fsync, shared by concurrent runs.

        `MARKET_TEST_POSTGRES_BIN` names the folder of other server programs than the wheel's PostgreSQL 18.
        """
        if url := os.environ.get("MARKET_TEST_DATABASE_URL"):
            yield cls(url)
            return
        from kernel.db import embedded

        programs = os.environ.get("MARKET_TEST_POSTGRES_BIN")
        name = "test-postgres" + (f"-{zlib.crc32(programs.encode()):08x}" if programs else "")
        folder = Path(__file__).resolve().parents[2] / ".market" / name
        with embedded.server(folder, fsync=False, bin_folder=Path(programs) if programs else None) as running:
            yield cls(running.superuser_url)

    def execute(self, sql: str, *, database: str | None = None) -> list[tuple[object, ...]]:
        """Run one statement as the superuser, outside a transaction."""
        url = self.url if database is None else self.url.set(database=database)
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def address(self, database: str) -> URL:
        """The address of a database on this server."""
        return self.url.set(database=database)

    def remember_reference_tables(self, database: Database) -> None:
        """After migration: what has rows now is reference data and stays."""
        name = str(database.url.database)
        tables = [str(row[0]) for row in self.execute(_TABLES, database=name)]
        empty = [t for t in tables if not self.execute(f"SELECT 1 FROM {t} LIMIT 1", database=name)]
        deletes = "; ".join(f"DELETE FROM {table}" for table in empty)
        clock = "UPDATE market_clock SET ahead = interval '0'"
        self._wipes[name] = f"SET session_replication_role = replica; {deletes}; {clock}"

    def wipe(self, database: Database) -> None:
        """Empty every table that was empty after migration, and set market time back (as only a test may)."""
        name = str(database.url.database)
        self.execute(self._wipes[name], database=name)


@contextmanager
def fresh_database(server: TestServer) -> Iterator[Database]:
    """A migrated database of its own, dropped at the end."""
    name = f"market_test_{os.getpid()}_{secrets.token_hex(4)}"
    server.execute(f'CREATE DATABASE "{name}"')
    database = Database(server.address(name).render_as_string(hide_password=False), pool_size=60)
    database.raises_faults = True
    try:
        upgrade(database, environment="test")
        server.remember_reference_tables(database)
        yield database
    finally:
        database.dispose()
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
