"""Every write of the interface, found in its own description: strangers, unknown fields, unknown ids, always a problem document."""

import re
import uuid

import pytest

from app.api import build
from kernel.db import Database
from parties.roles import EXCHANGE_ROLES, Role

OPEN_TO_ALL = {
    "/v1/organisations",
    "/v1/invitations/accept",
    "/v1/sign-in",
    "/v1/password-resets",
    "/v1/password-resets/complete",
}


def writes():
    """(method, path, has a body) of every operation under /v1 that changes something."""
    schema = build(Database("postgresql://nobody@localhost/nowhere")).openapi()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/v1/") and method in ("post", "put", "delete"):
                # A document goes up as it is; only JSON has fields that can be unknown.
                content = operation.get("requestBody", {}).get("content", {})
                yield method.upper(), path, "requestBody" in operation and "application/pdf" not in content


WRITES = list(writes())


def address(path: str) -> str:
    path = path.replace("{side}", "seller").replace("{ordinal}", "1")
    return re.sub(r"\{[^}]*\}", str(uuid.uuid4()), path)


@pytest.fixture
def everybody(house):
    """A clerk of a university and one of the exchange, between them with every role."""
    university = house.act(*(role for role in Role if role not in EXCHANGE_ROLES))
    return university, house.exchange(*EXCHANGE_ROLES)


def test_there_are_writes_to_try():
    assert len(WRITES) > 70


@pytest.mark.parametrize(("method", "path", "has_body"), WRITES)
def test_a_write_tells_strangers_unknown_fields_and_unknown_ids_apart(house, everybody, method, path, has_body):
    body = {"json": {"colour_of_the_moon": "canary 77777713"}} if has_body else {}

    stranger = house.client.request(method, address(path), **body)
    answers = [client.request(method, address(path), **body) for client in everybody]

    if path not in OPEN_TO_ALL and path != "/v1/sign-out":
        assert stranger.status_code in (401, 422)
    for answer in answers:
        assert answer.status_code < 500, answer.text
        if has_body:
            assert answer.status_code == 422
            assert {"/colour_of_the_moon"} <= {error["pointer"] for error in answer.json()["errors"]}
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["title_zh"]
            assert "77777713" not in answer.text
        if "{" in path and not has_body:
            assert answer.status_code in (403, 404), answer.text
