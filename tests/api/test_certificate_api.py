"""Certificates over HTTP and on the command line: for those who may see the valuation, verified with the published keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from sqlalchemy import select, update
from typer.testing import CliRunner

from app import wiring
from app.cli import valuation as cli
from app.settings import Settings
from kernel.db import Database
from kernel.db.session import act_as
from kernel.ids import OrganisationId, ResultId, ValuationId
from kernel.signing import KeyFolder
from tests.support.certificates import a_run, a_valuation, an_abstention
from tests.support.house import Client, House
from tests.support.past_deals import NOW
from valuation import commands, shelf
from valuation.certifying.forms import PURPOSE
from valuation.certifying.verifying import read_keys, verify
from valuation.tables import ModelRun, Valuation


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    shelf._LOADED.clear()
    yield
    shelf._LOADED.clear()


def kept(house: House, client: Client, found: Valuation | None = None) -> ValuationId:
    """A valuation of the client's organisation, with the run behind it."""
    found = found or a_valuation()
    found.id, found.result_id = ValuationId(uuid4()), ResultId(uuid4())
    found.owner_id = OrganisationId(client.organisation_id)
    with house.database.session("worker") as session:
        run = a_run()
        if session.get(ModelRun, run.id) is None:
            session.add(run)
            session.flush()
        session.add(found)
        session.flush()
        return found.id


@pytest.fixture
def owner(house: House) -> Client:
    return house.act("transfer_office")


def published(house: House, folder: Path) -> str:
    path = folder / "keys.json"
    path.write_text(house.client.get("/v1/signing-keys").text)
    return str(path)


def test_the_owner_s_certificate_verifies_with_the_published_key(house: House, owner: Client, tmp_path: Path) -> None:
    valuation_id = kept(house, owner)

    answer = owner.get(f"/v1/valuations/{valuation_id}/certificate")

    verdict = verify(answer.content, read_keys(published(house, tmp_path)))
    assert answer.status_code == 200 and verdict.valid, verdict.lines()
    assert verdict.told["valuation"] == str(valuation_id)
    assert answer.headers["content-disposition"] == f'attachment; filename="valuation-{valuation_id}.json"'
    assert answer.headers["content-type"] == "application/json" and "no-store" in answer.headers["cache-control"]


def test_it_says_what_the_valuation_says(house: House, owner: Client) -> None:
    valuation_id = kept(house, owner)

    body = owner.get(f"/v1/valuations/{valuation_id}/certificate").json()["certificate"]

    shown = owner.get(f"/v1/valuations/{valuation_id}").json()
    assert body["price"]["fen"] == shown["price_fen"] and body["range"]["low_fen"] == shown["low_fen"]
    assert body["run"]["data_sha256"] == shown["data_hash"] and body["evidence"]["policy"] == "2026-11"
    assert [one["yuan_fen"] for one in body["bars"]] == [one["yuan_fen"] for one in shown["contributions"]]
    assert body["comparables"][0]["title"] == "一种风电预测方法"
    assert {"name", "label", "words", "unit", "value"} == set(body["features"][0])


def test_an_answer_without_a_price_is_certified_too(house: House, owner: Client, tmp_path: Path) -> None:
    valuation_id = kept(house, owner, an_abstention())

    answer = owner.get(f"/v1/valuations/{valuation_id}/certificate")

    assert verify(answer.content, read_keys(published(house, tmp_path))).told["reason"] == "too-little"


def test_a_certificate_is_not_there_for_others(house: House, owner: Client) -> None:
    url = f"/v1/valuations/{kept(house, owner)}/certificate"

    assert house.act("transfer_office").get(url).status_code == 404
    assert house.exchange("operator").get(url).status_code == 404
    assert house.client.get(url).status_code == 401
    assert owner.get(f"/v1/valuations/{uuid4()}/certificate").status_code == 404


def test_whoever_was_given_sight_may_have_the_certificate(house: House, owner: Client) -> None:
    valuation_id, manager = kept(house, owner), house.act("technology_manager")
    with house.database.session("web") as session:
        act_as(session, person=owner.person_id, organisation=owner.organisation_id)
        commands.grant_view(session, valuation_id=valuation_id, person_id=manager.person_id, now=NOW)

    assert manager.get(f"/v1/valuations/{valuation_id}/certificate").status_code == 200


def test_a_valuation_that_was_changed_since_gets_none(house: House, owner: Client) -> None:
    valuation_id = kept(house, owner)
    with house.database.session("owner") as session:
        low = session.execute(select(Valuation.low).where(Valuation.id == valuation_id)).scalar_one()
        session.execute(update(Valuation).where(Valuation.id == valuation_id).values(price=low))

    answer = owner.get(f"/v1/valuations/{valuation_id}/certificate")

    assert answer.status_code == 409 and answer.json()["type"] == "/problems/not-certifiable"
    assert "the price differs" in answer.json()["faults"][0]


def test_a_damaged_model_certifies_nothing(house: House, owner: Client) -> None:
    valuation_id = kept(house, owner)
    with house.database.session("owner") as session:
        session.execute(update(ModelRun).values(artefact=b"damaged"))

    answer = owner.get(f"/v1/valuations/{valuation_id}/certificate")

    assert (answer.status_code, answer.json()["faults"]) == (409, ["the hash differs"])


def test_the_register_shows_public_keys_only(house: House, owner: Client) -> None:
    owner.get(f"/v1/valuations/{kept(house, owner)}/certificate")

    keys = house.client.get("/v1/signing-keys").json()

    assert PURPOSE in {one["purpose"] for one in keys}
    assert all(set(one) == {"key_id", "algorithm", "public_key", "purpose", "valid_from", "valid_to"} for one in keys)


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    @contextmanager
    def opened(_settings: object = None) -> Iterator[Database]:
        yield house.database

    monkeypatch.setattr(wiring, "open_database", opened)
    monkeypatch.setenv("MARKET_FOLDER", str(tmp_path / "market"))
    return CliRunner()


def issued(run: CliRunner, valuation_id: Any, *options: str) -> Result:
    return run.invoke(cli.app, ["certificate", str(valuation_id), *options])


def test_the_command_line_issues_and_verifies(house: House, owner: Client, run: CliRunner, tmp_path: Path) -> None:
    file, keys = tmp_path / "certificate.json", tmp_path / "keys.json"

    made = issued(run, kept(house, owner), "-o", str(file))
    keys.write_text(KeyFolder(Settings.from_environment().keys).register().to_json())
    good = run.invoke(cli.app, ["verify", str(file), "--key", str(keys), "--json"])
    file.write_bytes(file.read_bytes().replace(b'"level_bp":9000', b'"level_bp":8000'))
    bad = run.invoke(cli.app, ["verify", str(file), "--key", str(keys)])

    assert made.exit_code == 0 and str(file) in made.output
    assert good.exit_code == 0 and json.loads(good.output)["valid"]
    assert bad.exit_code == 1 and "signature" in bad.output and "the half width of the range differs" in bad.output


def test_the_command_line_says_what_it_cannot_do(house: House, owner: Client, run: CliRunner, tmp_path: Path) -> None:
    nobody = issued(run, uuid4())
    nowhere = issued(run, kept(house, owner), "-o", str(tmp_path / "no" / "such" / "place"))
    unreadable = run.invoke(cli.app, ["verify", str(tmp_path), "--key", "00"])

    assert [one.exit_code for one in (nobody, nowhere, unreadable)] == [2, 2, 2]
    assert "no valuation with this id" in nobody.output and "No such file" in nowhere.output
    assert "Traceback" not in nobody.output + nowhere.output + unreadable.output
