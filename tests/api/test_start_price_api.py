"""Guidance on start prices over HTTP and as a page: for those who may see the valuation, with the number of lots always."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kernel.db.session import act_as
from kernel.http.auth import Actor
from tests.support.desk import Desk, ok
from tests.support.house import Client, House
from tests.support.pages import Reader
from tests.support.past_deals import NOW, a_subject, train_on_reference
from tests.support.past_lots import Hall
from tests.support.town import Town
from valuation import commands
from valuation.starting.commands import record_lots


@pytest.fixture
def owner(house: House) -> Client:
    return house.act("transfer_office")


def a_valuation(house: House, client: Client) -> Any:
    actor = Actor(client.person_id, client.organisation_id, frozenset())
    with house.database.session("web") as session:
        act_as(session, person=client.person_id, organisation=client.organisation_id)
        return commands.value(session, subject=a_subject(client.organisation_id), actor=actor, now=NOW).id


def keep_lots(house: House, count: int) -> None:
    with house.database.session("worker") as session:
        record_lots(session, lots=Hall().lots(count), import_id=None, now=NOW)


def test_with_enough_lots_each_start_has_its_chance_and_its_proceeds(house: House, owner: Client) -> None:
    train_on_reference(house.database)
    keep_lots(house, 120)

    body = ok(owner.get(f"/v1/valuations/{a_valuation(house, owner)}/start-price"))

    assert body["reason"] is None and len(body["points"]) == 15
    chances = [point["chance"]["value_bp"] for point in body["points"]]
    assert chances == sorted(chances, reverse=True)
    assert all(point["proceeds"]["low_fen"] <= point["proceeds"]["value_fen"] for point in body["points"])
    best = body["recommended"]
    assert best["low_fen"] <= best["best_fen"] <= best["high_fen"]
    assert (body["evidence"]["lots"], body["evidence"]["lots_needed"]) == (120, 30)
    assert body["label_zh"] == "AI初始价格参考，非资产评估报告"
    assert body["rests_on_generated"] and body["generated_label_en"] == "generated reference data"
    assert body["statement"]["zh"][0].startswith("建议起拍价在") and body["statement"]["en"][0].startswith(
        "Start between"
    )


def test_with_too_few_lots_it_says_how_many_there_are_and_is_no_error(house: House, owner: Client) -> None:
    keep_lots(house, 12)

    body = ok(owner.get(f"/v1/valuations/{a_valuation(house, owner)}/start-price"))

    assert (body["reason"], body["points"], body["recommended"]) == ("too-few-lots", [], None)
    evidence = body["evidence"]
    assert evidence["lots"] == 12 == evidence["sold"] + evidence["unsold"]
    assert (evidence["lots_needed"], evidence["unsold_needed"]) == (30, 10)
    assert evidence["policy"] == "ANY@1" and "design" in evidence["policy_source"]


def test_without_a_price_there_is_nothing_to_start_from(house: House, owner: Client) -> None:
    keep_lots(house, 60)

    body = ok(owner.get(f"/v1/valuations/{a_valuation(house, owner)}/start-price"))

    assert (body["reason"], body["reference_fen"]) == ("no-reference", None)


def test_guidance_is_not_there_for_others(house: House, owner: Client) -> None:
    url = f"/v1/valuations/{a_valuation(house, owner)}/start-price"

    assert house.act("transfer_office").get(url).status_code == 404
    assert house.act("buyer", kind="enterprise").get(url).status_code == 404
    assert house.exchange("operator").get(url).status_code == 404
    assert house.client.get(url).status_code == 401
    assert owner.get(f"/v1/valuations/{uuid4()}/start-price").status_code == 404
    assert owner.get("/v1/valuations/1/start-price").status_code == 422


@pytest.mark.parametrize(
    ("language", "lots", "words"),
    [
        ("zh", 80, ("建议起拍价", "成交可能", "流拍按零计")),
        ("en", 80, ("Start between", "Chance of a sale", "Recommended start")),
        ("zh", 5, ("样本不足", "5 / 30", "AI初始价格参考，非资产评估报告")),
    ],
)
def test_the_page_says_the_same_in_both_languages(
    house: House, language: str, lots: int, words: tuple[str, ...]
) -> None:
    train_on_reference(house.database)
    keep_lots(house, lots)
    desk = Desk(house).registered()
    valued = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)
    reader = Reader(house, Town(house).settle("周转化", "transfer_office", home=desk.home))

    page = reader.read(f"/valuations/{valued['id']}/start-price?lang={language}")

    assert [word for word in words if word not in page] == []
    assert f'href="/valuations/{valued["id"]}/start-price"' in reader.get(f"/valuations/{valued['id']}").text
    stranger = Reader(house, Town(house).settle("陈受让", "buyer"))
    assert stranger.get(f"/valuations/{valued['id']}/start-price").status_code == 404
