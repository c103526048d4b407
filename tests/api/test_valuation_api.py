"""Valuations over HTTP: explained to those who may see them, absent for everybody else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import pytest

from kernel.db.session import act_as
from kernel.http.auth import Actor
from tests.support.house import Client, House
from tests.support.past_deals import NOW, a_subject, train_on_reference
from valuation import commands


def a_valuation(house: House, client: Client, *, trained: bool = True) -> Any:
    if trained:
        train_on_reference(house.database)
    actor = Actor(client.person_id, client.organisation_id, frozenset())
    with house.database.session("web") as session:
        act_as(session, person=client.person_id, organisation=client.organisation_id)
        return commands.value(session, subject=a_subject(client.organisation_id), actor=actor, now=NOW).id


@pytest.fixture
def owner(house: House) -> Client:
    return house.act("transfer_office")


def test_the_owner_reads_price_range_reasons_and_the_label(house: House, owner: Client) -> None:
    answer = owner.get(f"/v1/valuations/{a_valuation(house, owner)}")

    body = answer.json()
    assert answer.status_code == 200
    assert body["label_zh"] == "AI初始价格参考，非资产评估报告"
    assert body["label_en"] == "AI initial price for reference, not an appraisal report"
    assert body["low_fen"] < body["price_fen"] < body["high_fen"] and body["level_bp"] == 9000
    assert body["grade"] == "G" and body["generated_label_zh"] == "生成的参考数据"
    assert body["model_id"].startswith("2026-11-21/") and len(body["data_hash"]) == 64
    assert len(body["comparables"]) >= 3
    assert all(one["generated_label_zh"] == "生成的参考数据" for one in body["comparables"])
    assert {"feature", "label_zh", "label_en", "factor", "yuan_fen", "indicator"} <= set(body["contributions"][0])


def test_the_reasons_sum_to_the_price(house: House, owner: Client) -> None:
    body = owner.get(f"/v1/valuations/{a_valuation(house, owner)}").json()

    if body["base_fen"] is None:
        assert all(one["yuan_fen"] is None for one in body["contributions"])
    else:
        assert body["base_fen"] + sum(one["yuan_fen"] for one in body["contributions"]) == body["price_fen"]


def test_not_enough_evidence_is_an_answer_and_no_error(house: House, owner: Client) -> None:
    answer = owner.get(f"/v1/valuations/{a_valuation(house, owner, trained=False)}")

    body = answer.json()
    assert answer.status_code == 200
    assert (body["grade"], body["reason"], body["price_fen"], body["low_fen"]) == ("D", "no-model", None, None)
    assert body["statement"]["en"][0].startswith("Not enough evidence")


@pytest.mark.parametrize("path", ["", "/waterfall.svg", "/contributions.csv", "/what-if"])
def test_a_valuation_is_not_there_for_others(house: House, owner: Client, path: str) -> None:
    url = f"/v1/valuations/{a_valuation(house, owner, trained=False)}{path}"

    assert house.act("transfer_office").get(url).status_code == 404
    assert house.act("buyer", kind="enterprise").get(url).status_code == 404
    assert house.exchange("operator").get(url).status_code == 404
    assert house.client.get(url).status_code == 401
    assert owner.get(f"/v1/valuations/{uuid4()}{path}").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh", "可比成果的典型价格"), ("en", "typical price")])
def test_the_waterfall_comes_in_both_languages(house: House, owner: Client, language: str, word: str) -> None:
    answer = owner.get(f"/v1/valuations/{a_valuation(house, owner)}/waterfall.svg?lang={language}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "no-store" in answer.headers["cache-control"]
    assert fromstring(answer.text).get("role") == "img"
    assert word in answer.text and "style=" not in answer.text


def test_the_waterfall_shows_the_evidence_where_there_is_no_price(house: House, owner: Client) -> None:
    answer = owner.get(f"/v1/valuations/{a_valuation(house, owner, trained=False)}/waterfall.svg")

    assert "0 / 30" in answer.text and "¥" not in answer.text


def test_another_language_is_refused(house: House, owner: Client) -> None:
    answer = owner.get(f"/v1/valuations/{a_valuation(house, owner, trained=False)}/waterfall.svg?lang=fr")

    assert answer.status_code == 422
