"""The whole application as one object for tests: clients for actors, market time that moves, work that gets done."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from starlette.testclient import TestClient

from app.api import build
from app.jobs import deliver_once, do_due_work
from kernel.db import Database, market_now
from kernel.db.clock import advance
from kernel.http.auth import Actor
from kernel.signing import KeyFolder


class Client(TestClient):
    """A client that acts for somebody: it sends their API key, and knows who it is."""

    __test__ = False
    person_id: Any = None
    organisation_id: Any = None


class House:
    """`house.client` is the public; `house.act(...)` is a new person with roles in an organisation."""

    def __init__(self, database: Database, keys: KeyFolder | None = None) -> None:
        self.database = database
        folder = Path(mkdtemp(prefix="market-keys-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.keys = keys or KeyFolder(folder / "keys")
        self.app = build(database, keys=self.keys)
        self.client = self._client()

    @classmethod
    @contextmanager
    def built(cls, database: Database, keys: KeyFolder | None = None) -> Iterator[House]:
        yield cls(database, keys)

    def organisation(self, kind: str = "university", **fields: Any) -> Any:
        """A verified organisation; `kind` in lower case. Returns its id."""
        from tests.support import people

        with self.database.session("owner") as session:
            return people.make_organisation(session, kind=kind, **fields).id

    def act(self, *roles: str, organisation: Any = None, kind: str = "university") -> Client:
        """A client with an API key of a new person who holds the roles, in the organisation given or in a new one."""
        from tests.support import people

        with self.database.session("owner") as session:
            home = organisation or people.make_organisation(session, kind=kind).id
            person = people.make_person(session, organisation=home, roles=roles)
            key = people.make_key(session, person=person.id, organisation=home)
        client = self._client()
        client.headers["Authorization"] = f"Bearer {key}"
        client.person_id, client.organisation_id = person.id, home
        return client

    def client_of(self, actor: Actor) -> Client:
        """A client for somebody who is there already."""
        from tests.support import people

        with self.database.session("owner") as session:
            key = people.make_key(session, person=actor.person_id, organisation=actor.organisation_id)
        client = self._client()
        client.headers["Authorization"] = f"Bearer {key}"
        client.person_id, client.organisation_id = actor.person_id, actor.organisation_id
        return client

    def exchange(self, *roles: str) -> Client:
        """A client of the exchange's own staff; there is one exchange in a test."""
        from tests.support import people

        with self.database.session("owner") as session:
            home = people.the_exchange(session).id
        return self.act(*roles, organisation=home)

    def now(self) -> datetime:
        """Market time."""
        with self.database.session("web") as session:
            return market_now(session)

    def move(self, **by: float) -> datetime:
        """Move market time forward (`days=15`, `minutes=5`) and do what has become due."""
        with self.database.session("web") as session:
            now = advance(session, timedelta(**by))
        self.drain()
        return now

    def drain(self) -> None:
        """Run every handler and all due work until nothing is left."""
        for _ in range(50):
            if not deliver_once(self.database) + do_due_work(self.database):
                return
        raise AssertionError("the work never ends")

    def _client(self) -> Client:
        return Client(self.app, base_url="https://testserver", raise_server_exceptions=False)
