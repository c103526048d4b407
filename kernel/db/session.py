"""Sessions: one transaction each, under the role of the process, with the actor known to the row policies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.url import make_url
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from kernel.db.roles import DatabaseRole

POOL_SIZE = 10
POOL_WAIT_SECONDS_MAX = 10
CONNECT_SECONDS_MAX = 5
STATEMENT_SECONDS_MAX = 60
LOCK_SECONDS_MAX = 10

_TELL_ACTOR = text(
    "SELECT set_config('market.person', :person, true), set_config('market.organisation', :organisation, true)"
)


class Database:
    """One PostgreSQL behind one address; an engine for each role, made when first asked for."""

    def __init__(self, url: str, *, pool_size: int = POOL_SIZE) -> None:
        parsed = make_url(url)
        if not parsed.drivername.startswith("postgresql"):
            raise ValueError("the database must be PostgreSQL 15 or newer: postgresql://…")
        self.url = parsed.set(drivername="postgresql+psycopg")
        self._pool_size = pool_size
        self._engines: dict[str, Engine] = {}
        # Tests want to see what a worker only logs.
        self.raises_faults = False

    def engine(self, role: str = "web") -> Engine:
        """The engine whose connections act as `market_<role>`; "owner" is for migrations only."""
        if role not in self._engines:
            self._engines[role] = self._connectable(DatabaseRole(f"market_{role}"))
        return self._engines[role]

    def engine_of_login(self) -> Engine:
        """The engine of the login itself, without a role of the house: for what comes before the first migration."""
        if "" not in self._engines:
            self._engines[""] = create_engine(self.url, poolclass=NullPool, connect_args=_arguments())
        return self._engines[""]

    @contextmanager
    def session(self, role: str = "web") -> Iterator[Session]:
        """A session that commits when the block ends well and rolls back when it does not."""
        with self.open(role) as session, session.begin():
            yield session

    def open(self, role: str = "web") -> Session:
        """A session whose caller commits."""
        return Session(self.engine(role), expire_on_commit=False)

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _connectable(self, role: DatabaseRole) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS_MAX,
            pool_pre_ping=False,
            connect_args=_arguments(),
        )

        @event.listens_for(engine, "connect")
        def _take_role(connection: Any, _entry: ConnectionPoolEntry) -> None:
            # Outside a transaction, so that the pool's rollback on return does not undo it.
            before, connection.autocommit = connection.autocommit, True
            connection.execute(f"SET ROLE {role.value}")
            connection.autocommit = before

        return engine


def act_as(session: Session, *, person: object | None, organisation: object | None) -> None:
    """Tell the row policies who acts, for every transaction of this session."""
    session.info["actor"] = {"person": str(person or ""), "organisation": str(organisation or "")}
    if session.in_transaction():
        session.execute(_TELL_ACTOR, session.info["actor"])


@event.listens_for(Session, "after_begin")
def _tell_actor(session: Session, _transaction: SessionTransaction, connection: Any) -> None:
    """A new transaction has forgotten SET LOCAL; say again who acts."""
    if actor := session.info.get("actor"):
        connection.execute(_TELL_ACTOR, actor)


def _arguments() -> dict[str, Any]:
    settings = {
        "timezone": "UTC",
        "statement_timeout": f"{STATEMENT_SECONDS_MAX}s",
        "lock_timeout": f"{LOCK_SECONDS_MAX}s",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS_MAX}s",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {"connect_timeout": CONNECT_SECONDS_MAX, "options": options}
