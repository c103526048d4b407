"""Migrations from Python: prepare the roles, then up, down or compare, as the owner of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from kernel.db import Database
from kernel.db.bootstrap import prepare

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
ADVISORY_LOCK = 727002


def upgrade(database: Database, *, environment: str | None = None, revision: str = "head") -> None:
    """Prepare roles and run the migrations up; with `environment`, say where market time may be moved."""
    with database.engine_of_login().connect() as guard:
        # Two processes that start together prepare and migrate one after the other: grants on one catalogue row at the same
        # time fail with "tuple concurrently updated". The lock is the session's and goes with it.
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
        guard.commit()
        prepare(guard)
        guard.commit()
        with database.engine("owner").begin() as connection:
            command.upgrade(_config(connection), revision)
            if environment is not None:
                connection.execute(text("UPDATE market_clock SET environment = :name"), {"name": environment})


def downgrade(database: Database, revision: str = "base") -> None:
    """Run the migrations down."""
    with database.engine("owner").begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """The database has every migration of this code, and no other."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    with database.engine_of_login().connect() as connection:
        there = connection.execute(text("SELECT to_regclass('public.alembic_version')")).scalar_one()
        return (
            there is not None and connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head
        )


def check(database: Database) -> None:
    """Raise if the tables in Python and in the database differ."""
    with database.engine("owner").connect() as connection:
        command.check(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
