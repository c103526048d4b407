"""Fixtures: a real PostgreSQL, wiped after each test, and the whole house as one object."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy.orm import Session

from app import logs
from kernel.db import Database
from kernel.signing import KeyFolder
from tests.support.database import TestServer, fresh_database
from tests.support.house import House

logs.configure("critical")
hypothesis.settings.register_profile("market", deadline=None, print_blob=True)
hypothesis.settings.load_profile("market")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the long run the laws are tried at their full counts, too."""
    if os.environ.get("MARKET_TEST_LONG"):
        for item in items:
            if "property" in item.path.parts:
                item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """A PostgreSQL server for tests: `MARKET_TEST_DATABASE_URL` (a superuser), or the embedded one."""
    with TestServer.open() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(server: TestServer) -> Iterator[Database]:
    """One migrated database for the whole run."""
    with fresh_database(server) as database:
        yield database


@pytest.fixture
def db(migrated: Database, server: TestServer) -> Iterator[Database]:
    """The database, with real commits; everything is wiped after the test."""
    yield migrated
    server.wipe(migrated)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """A session under the web role; what is not committed is undone."""
    with db.open("web") as opened:
        yield opened


@pytest.fixture(scope="session")
def built_house(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House.built(migrated, KeyFolder(tmp_path_factory.mktemp("keys"))) as house:
        yield house


@pytest.fixture
def house(built_house: House, db: Database) -> House:
    """The whole application over HTTP, with actors on demand and market time that can be moved."""
    built_house.client.cookies.clear()
    return built_house


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test is skipped, but under CI its absence is a failure."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("MARKET_TEST_DATA", default))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the real data are missing; set MARKET_TEST_DATA")
        pytest.skip("real data are not on this machine; set MARKET_TEST_DATA to their folder")
    return folder
