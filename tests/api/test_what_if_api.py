"""What-if over HTTP and on the page: for those who may see the valuation, by the run that made it, and nothing is stored."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kernel.db.session import act_as
from kernel.http.auth import Actor
from kernel.ids import new_id
from tests.support.desk import Desk, ok
from tests.support.house import Client, House
from tests.support.pages import Reader, words_of
from tests.support.past_deals import NOW, a_subject, train_on_reference
from tests.support.town import Town
from valuation import commands
from valuation.tables import ModelPromotion, ModelRun, Valuation


def valued(house: House, client: Client, *, trained: bool = True, **facts: Any) -> str:
    if trained:
        train_on_reference(house.database)
    actor = Actor(client.person_id, client.organisation_id, frozenset())
    with house.database.session("web") as session:
        act_as(session, person=client.person_id, organisation=client.organisation_id)
        subject = a_subject(client.organisation_id, **facts)
        return f"/v1/valuations/{commands.value(session, subject=subject, actor=actor, now=NOW).id}"


@pytest.fixture
def owner(house: House) -> Client:
    return house.act("transfer_office")


def test_the_model_says_what_another_way_of_trade_would_do(house: House, owner: Client) -> None:
    address = valued(house, owner)
    stored = owner.get(address).json()

    answer = owner.post(f"{address}/what-if", json={"changes": {"trade": "licence"}})

    body = answer.json()
    assert answer.status_code == 200, body
    assert (body["behaviour_zh"], body["behaviour_en"]) == ("模型行为，非因果关系", "model behaviour, not cause")
    assert body["label_zh"] == "AI初始价格参考，非资产评估报告"
    assert body["changes"][0]["before_zh"] == "转让" and body["changes"][0]["after_en"] == "licence"
    assert body["low_fen"] < body["price_fen"] < body["high_fen"]
    assert body["factor"] == pytest.approx(body["price_fen"] / stored["price_fen"], rel=1e-6)
    moved = {one["feature"]: (one["factor_before"], one["factor"]) for one in body["contributions"]}
    assert moved["trade"][0] != moved["trade"][1]
    before = {one["feature"]: one["factor"] for one in stored["contributions"]}
    assert moved["kind"][0] == pytest.approx(before["kind"])


def test_nothing_of_a_what_if_is_stored(house: House, owner: Client) -> None:
    address = valued(house, owner)
    before = owner.get(address).json()

    owner.post(f"{address}/what-if", json={"changes": {"trade": "licence"}})

    assert owner.get(address).json() == before
    with house.database.session("owner") as session:
        assert session.execute(select(func.count()).select_from(Valuation)).scalar_one() == 1


def test_limits_name_range_step_and_choices(house: House, owner: Client) -> None:
    address = valued(house, owner)

    limits = {one["feature"]: one for one in owner.get(f"{address}/what-if").json()["limits"]}

    assert limits["rights"]["low"] == 1 < limits["rights"]["high"] and limits["rights"]["step"] == 1
    assert {"code": "licence", "label_zh": "许可", "label_en": "licence"} in limits["trade"]["choices"]
    assert set(limits) <= {"rights", "trade", "trl"}


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"rights": 10**5}, 409, "outside-learnt"),
        ({"rights": 0}, 409, "outside-learnt"),
        ({"trade": "barter"}, 409, "outside-learnt"),
        ({"kind": "design"}, 409, "not-changeable"),
        ({"remaining_life": 19}, 409, "not-changeable"),
        ({"price": 1}, 422, "unknown-feature"),
        ({"trade": "transfer"}, 422, "nothing-changed"),
        ({}, 422, "invalid-request"),
        ({"rights": 1.5}, 422, "invalid-request"),
        ({"rights": True}, 422, "invalid-request"),
        ({"rights": None}, 422, "invalid-request"),
        ({"rights": 10**30}, 422, "invalid-request"),
        ({"trade": "x" * 101}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    house: House, owner: Client, changes: Any, status: int, slug: str
) -> None:
    address = valued(house, owner)

    answer = owner.post(f"{address}/what-if", json={"changes": changes})

    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"/problems/{slug}"
    if slug == "outside-learnt":
        body = answer.json()
        assert body["feature"] in changes and (body["among"] or body["least"] <= body["most"])


def test_without_a_model_there_is_none_to_ask(house: House, owner: Client) -> None:
    address = valued(house, owner, trained=False)

    assert owner.get(f"{address}/what-if").json() == {"limits": []}
    answer = owner.post(f"{address}/what-if", json={"changes": {"trade": "licence"}})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-model-to-ask")


def test_others_do_not_find_it(house: House, owner: Client) -> None:
    url, body = f"{valued(house, owner)}/what-if", {"changes": {"trade": "licence"}}

    assert house.act("transfer_office").post(url, json=body).status_code == 404
    assert house.act("buyer", kind="enterprise").post(url, json=body).status_code == 404
    assert house.exchange("operator").post(url, json=body).status_code == 404
    assert house.client.post(url, json=body).status_code == 401


def test_the_run_that_made_the_valuation_is_asked_and_not_the_one_that_serves_now(house: House, owner: Client) -> None:
    url, body = f"{valued(house, owner)}/what-if", {"changes": {"trade": "licence"}}
    first = owner.post(url, json=body).json()
    with house.database.session("worker") as session:
        old = session.execute(select(ModelRun)).scalar_one()
        copied = {column.key: getattr(old, column.key) for column in ModelRun.__table__.columns}
        run = ModelRun(**{**copied, "id": new_id(), "model_id": "another", "artefact_sha256": "0" * 64})
        session.add(run)
        session.flush()
        later = NOW + timedelta(days=1)
        session.add(ModelPromotion(id=new_id(), run_id=run.id, promoted=True, why="x", facts={}, decided_at=later))

    assert owner.post(url, json=body).json() == first


@pytest.mark.parametrize(("language", "header", "last"), [("zh", "类别", "参考价"), ("en", "group", "suggested price")])
def test_the_contributions_come_as_a_spreadsheet(
    house: House, owner: Client, language: str, header: str, last: str
) -> None:
    address = valued(house, owner)
    stored = owner.get(address).json()

    answer = owner.get(f"{address}/contributions.csv?lang={language}")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    assert "no-store" in answer.headers["cache-control"]
    assert rows[0][0] == header
    yuan = {row[6]: row[4] for row in rows[1:] if row[6]}
    for one in (*stored["contributions"], *({"feature": g["group"], **g} for g in stored["groups"])):
        shown = one["yuan_fen"]
        assert yuan[one["feature"]] == ("" if shown is None else f"{shown / 100:.2f}")
    total = next(row for row in rows if row[1] == last)
    assert stored["base_fen"] is None or total[4] == f"{stored['price_fen'] / 100:.2f}"


def test_groups_sum_to_the_price_on_the_wire(house: House, owner: Client) -> None:
    body = owner.get(valued(house, owner)).json()

    assert {one["group"] for one in body["groups"]} >= {"legal", "technical", "economic", "terms"}
    assert body["allocation_zh"] == "按对数平均分摊，非沙普利值"
    assert {one["group"] for one in body["contributions"]} == {one["group"] for one in body["groups"]}
    assert body["base_fen"] is not None
    assert body["base_fen"] + sum(one["yuan_fen"] for one in body["groups"]) == body["price_fen"]


def test_an_old_result_is_said_to_lie_outside_what_the_model_has_met(house: House, owner: Client) -> None:
    body = owner.get(valued(house, owner, tech_field="99")).json()

    assert [one["feature"] for one in body["beyond"]] == ["tech_field"]
    assert any(one.startswith("超出模型所见范围：技术领域") for one in body["statement"]["zh"])
    assert any(one.startswith("Outside what the model has met: technology field") for one in body["statement"]["en"])


def test_on_the_page_one_tries_without_scripts(house: House) -> None:
    train_on_reference(house.database)
    desk = Desk(house).registered()
    person = Town(house).settle("周转化", "transfer_office", home=desk.home)
    made = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)
    reader, address = Reader(house, person), f"/valuations/{made['id']}"

    page = reader.read(address)
    whole = reader.send(f"{address}/what-if", trade="licence", rights="1")
    refused = reader.send(f"{address}/what-if", trade="transfer", rights="９９９９")
    same = reader.send(f"{address}/what-if", trade="transfer", rights="")
    stranger = Reader(house, Town(house).settle("陈某", "transfer_office", kind="university"))

    assert "如果改变条件" in page and "法律价值（小计）" in page and "按对数平均分摊，非沙普利值" in page
    assert "若交易方式由转让变为许可" in words_of(whole) and "价格从何而来" in words_of(whole)
    assert "超出模型所见的范围" in words_of(refused) and 'value="９９９９"' in refused.text
    assert "请至少改变一项" in words_of(same)
    assert stranger.send(f"{address}/what-if", trade="licence").status_code == 404
    assert stranger.send(f"{address}/what-if", origin="https://evil.example", trade="licence").status_code == 403


def test_htmx_gets_the_answer_alone(house: House) -> None:
    train_on_reference(house.database)
    desk = Desk(house).registered()
    person = Town(house).settle("周转化", "transfer_office", home=desk.home)
    made = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)
    reader = Reader(house, person)
    reader.client.headers["HX-Request"] = "true"

    answer = reader.send(f"/valuations/{made['id']}/what-if", trade="licence")
    refused = reader.send(f"/valuations/{made['id']}/what-if", rights="many")

    assert answer.status_code == 200 and answer.text.strip().startswith('<div id="what-if-answer"')
    assert "<html" not in answer.text and "模型行为，非因果关系" in answer.text
    assert refused.status_code == 200 and "超出模型所见的范围" in refused.text
