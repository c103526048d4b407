"""One transaction a request: committed before the answer leaves, undone by a refusal, repeated never."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from pydantic import Field, StrictInt
from sqlalchemy import text
from starlette.testclient import TestClient

from kernel.errors import Refused
from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db
from kernel.http.fields import ShortText, Wire
from kernel.http.routing import Router
from kernel.ids import OrganisationId, PersonId, new_id

PEOPLE = {name: Actor(PersonId(new_id()), OrganisationId(new_id()), frozenset()) for name in ("wang", "li")}
TABLES = """
CREATE TABLE IF NOT EXISTS shelf (id int PRIMARY KEY, title text);
CREATE TABLE IF NOT EXISTS shelf_lot (shelf_id int REFERENCES shelf DEFERRABLE INITIALLY DEFERRED);
GRANT SELECT, INSERT ON shelf, shelf_lot TO market_web"""


@dataclass(eq=False)
class ShelfFull(Refused):
    """The shelf holds no more."""

    zh = "货架已满。"
    limit: int


class PutOnShelf(Wire):
    id: Annotated[StrictInt, Field(ge=1, le=1000)]
    title: ShortText


class Names:
    def authenticate(self, _session: Any, credentials: Any, *, now: Any) -> Actor | None:
        return PEOPLE.get(credentials.bearer)


router = Router(prefix="/shelf", tags=["shelf"])
holding, released = threading.Event(), threading.Event()


@router.post("", status_code=201, operation_id="shelf_put")
def put(body: PutOnShelf, db: Db, actor: CurrentActor) -> dict[str, int]:
    db.execute(text("INSERT INTO shelf VALUES (:id, :title)"), {"id": body.id, "title": body.title})
    if body.title == "too much":
        raise ShelfFull(7)
    if body.title == "slow":
        holding.set()
        released.wait(10)
    if body.title == "breaks at commit":
        db.execute(text("INSERT INTO shelf_lot VALUES (999)"))
    return {"id": body.id}


@pytest.fixture
def shop(migrated):
    with migrated.session("owner") as session:
        session.execute(text(TABLES))
    app = FastAPI()
    app.state.database, app.state.authenticator = migrated, Names()
    app.include_router(router)
    client = TestClient(app, headers={"Authorization": "Bearer wang"}, raise_server_exceptions=False)
    yield client
    with migrated.session("owner") as session:
        session.execute(text("DROP TABLE shelf_lot; DROP TABLE shelf; DELETE FROM stored_answer"))


def on_shelf(migrated) -> list[int]:
    with migrated.session("web") as session:
        return list(session.execute(text("SELECT id FROM shelf ORDER BY id")).scalars())


def test_a_success_is_in_the_database_when_the_answer_arrives(shop, migrated):
    answer = shop.post("/shelf", json={"id": 1, "title": "a kiln"})

    assert answer.status_code == 201
    assert on_shelf(migrated) == [1]


def test_a_commit_that_fails_is_never_answered_with_success(shop, migrated):
    answer = shop.post("/shelf", json={"id": 1, "title": "breaks at commit"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/conflict"
    assert on_shelf(migrated) == []


def test_a_refusal_undoes_the_work_and_says_why(shop, migrated):
    answer = shop.post("/shelf", json={"id": 1, "title": "too much"})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == 7
    assert answer.json()["title_zh"] == "货架已满。"
    assert on_shelf(migrated) == []


def test_the_same_key_gives_the_same_answer_and_one_effect(shop, migrated):
    first = shop.post("/shelf", json={"id": 1, "title": "a kiln"}, headers={"Idempotency-Key": "k1"})
    again = shop.post("/shelf", json={"id": 1, "title": "a kiln"}, headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert on_shelf(migrated) == [1]


def test_a_refusal_is_stored_like_any_other_answer(shop, migrated):
    first = shop.post("/shelf", json={"id": 1, "title": "too much"}, headers={"Idempotency-Key": "k2"})
    again = shop.post("/shelf", json={"id": 1, "title": "too much"}, headers={"Idempotency-Key": "k2"})

    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["idempotent-replayed"] == "true"


def test_the_same_key_with_another_body_is_malformed(shop, migrated):
    shop.post("/shelf", json={"id": 1, "title": "a kiln"}, headers={"Idempotency-Key": "k3"})

    answer = shop.post("/shelf", json={"id": 2, "title": "a kiln"}, headers={"Idempotency-Key": "k3"})

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/key-reused"
    assert on_shelf(migrated) == [1]


def test_a_key_belongs_to_one_person(shop, migrated):
    shop.post("/shelf", json={"id": 1, "title": "a kiln"}, headers={"Idempotency-Key": "k4"})

    answer = shop.post(
        "/shelf", json={"id": 2, "title": "a lock"}, headers={"Idempotency-Key": "k4", "Authorization": "Bearer li"}
    )

    assert answer.status_code == 201
    assert on_shelf(migrated) == [1, 2]


def test_a_key_whose_request_still_runs_is_refused(shop, migrated):
    holding.clear()
    released.clear()
    key = {"Idempotency-Key": "k5"}
    running = threading.Thread(target=lambda: shop.post("/shelf", json={"id": 1, "title": "slow"}, headers=key))
    running.start()
    assert holding.wait(10)

    answer = shop.post("/shelf", json={"id": 1, "title": "slow"}, headers=key)
    released.set()
    running.join()

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/key-in-flight"
    assert answer.headers["retry-after"] == "1"
    assert on_shelf(migrated) == [1]


def test_a_key_that_is_not_printable_ascii_is_malformed(shop):
    answer = shop.post("/shelf", json={"id": 1, "title": "a kiln"}, headers={"Idempotency-Key": "x" * 256})

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/key-not-valid"


HOSTILE = {
    "not a number": b'{"id": NaN, "title": "x"}',
    "beyond floats": b'{"id": 1e999, "title": "x"}',
    "two of one key": b'{"id": 1, "id": 2, "title": "x"}',
    "lone surrogate": b'{"id": 1, "title": "\\ud800"}',
    "nul": b'{"id": 1, "title": "\\u0000"}',
    "full width digits": '{"id": "１", "title": "x"}'.encode(),
    "a boolean for a number": b'{"id": true, "title": "x"}',
    "a float for a number": b'{"id": 1.0, "title": "x"}',
    "an unknown field": b'{"id": 1, "title": "x", "colour": "canary77777713"}',
    "deep": b"[" * 5000,
    "thirty-one digits": b'{"id": ' + b"9" * 31 + b', "title": "x"}',
    "not utf-8": b'{"id": 1, "title": "\xff"}',
    "nothing": b"",
    "not json": b"canary77777713",
    "bidi override": '{"id": 1, "title": "a\u202eb"}'.encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_a_clear_422_and_never_echoed(shop, migrated, name):
    answer = shop.post("/shelf", content=HOSTILE[name], headers={"Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
    assert "77777713" not in answer.text
    assert on_shelf(migrated) == []


def test_a_body_larger_than_the_limit_is_413(shop):
    answer = shop.post("/shelf", content=b'{"id": 1, "title": "' + b"x" * 1_100_000 + b'"}')

    assert answer.status_code == 413


def test_nobody_gets_in_without_a_key(shop):
    answer = shop.post("/shelf", json={"id": 1, "title": "x"}, headers={"Authorization": "Bearer nobody"})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
