"""Indications over HTTP: stated inputs become a range that the next valuation pools."""

import json
from datetime import timedelta

from kernel.invariants import check_all
from tests.support.appraisal_bodies import POOLING, dated, indication, inputs, report
from tests.support.desk import ok, refused, slug
from valuation.appraisal import queries
from valuation.indications import Way
from valuation.reconciling import pool


def test_stated_inputs_become_an_indication_that_the_next_valuation_pools(house, desk, manager):
    path, day = f"/v1/results/{desk.result_id}/indications", dated(house, days=20)

    old = ok(desk.office.post(path, json=indication(base_date=day)), 201)
    income = ok(manager.post(path, json=indication(base_date=day, timing="end_year")), 201)
    cost = ok(desk.completer.post(path, json=indication("cost", base_date=day)), 201)

    assert income["low_fen"] < income["likely_fen"] < income["high_fen"] < old["high_fen"]
    assert income["level_bp"] == 8000 and "蒙特卡洛" in income["indication"]["source_zh"]
    assert len(ok(desk.office.get(path))["items"]) == 3
    with house.database.session("owner") as session:
        pooled = {one.method: one for one in queries.indications_of(session, desk.result_id)}
        assert pooled[Way.INCOME].likely.fen == income["likely_fen"]
        assert pooled[Way.COST].likely.fen == cost["likely_fen"]
        assert check_all(session) == []

    valued = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)

    assert {one["method"] for one in valued["reasoned"]["items"]} == {"income", "cost"}
    assert valued["reasoned"]["sentences_zh"] and valued["grade"] == "D"
    page = desk.office.get(f"/valuations/{valued['id']}")
    assert page.status_code == 200 and "合理区间（多方法）" in page.text and "收益法" in page.text


def test_the_same_inputs_give_the_same_indication(house, desk):
    path, body = f"/v1/results/{desk.result_id}/indications", indication(base_date=dated(house, days=1))

    first, second = (ok(desk.office.post(path, json=body), 201) for _ in range(2))

    assert first["indication"] == second["indication"]


def test_old_indications_are_left_out_and_valid_reports_come_in(house, desk):
    path = f"/v1/results/{desk.result_id}/indications"
    ok(desk.office.post(path, json=indication(base_date=dated(house, days=300))), 201)
    made = ok(desk.office.post("/v1/appraisals", json=report(desk)), 201)

    with house.database.session("owner") as session:
        today = house.now().date()
        now = {one.method for one in queries.indications_of(session, desk.result_id, on=today)}
        in_a_while = queries.indications_of(session, desk.result_id, on=today + timedelta(days=100))

    assert now == {Way.INCOME, Way.APPRAISAL}
    assert [one.method for one in in_a_while] == [Way.APPRAISAL]
    assert in_a_while[0].likely.fen == made["value_fen"]


IMPOSSIBLE_INDICATIONS = [
        ({}, 422, "input-missing", "/income"),
        (indication() | indication("cost"), 422, "one-way-only", "/"),
        (indication(royalty={"rate": {"value": "0.05"}}), 422, "source-missing", "/income/royalty/rate"),
        (indication(discount={"rate": {"value": "15", "source": "x"}}), 422, "looks-like-percent", "/income/discount/rate"),
        (indication("cost", base_date="2024-01-01"), 409, "base-date-too-old", None),
        (indication("cost", base_date="2199-01-01"), 409, "no-life-left", "/cost/depreciation/life/filed_on"),
        (indication("income", base_date="2021-01-01"), 409, "no-life-left", "/income/life/filed_on"),
]  # fmt: skip


def test_an_indication_that_cannot_be_is_refused_with_its_field(house, desk):
    recent = dated(house, days=5)
    for body, status, name, field in IMPOSSIBLE_INDICATIONS:
        stated = {
            method: part | ({"base_date": recent} if part["base_date"] == "2026-10-31" else {})
            for method, part in body.items()
        }

        problem = refused(desk.office.post(f"/v1/results/{desk.result_id}/indications", json=stated), status)

        assert (slug(problem), problem.get("field")) == (name, field)


def test_indications_are_hidden_from_others(house, desk):
    path = f"/v1/results/{desk.result_id}/indications"
    ok(desk.office.post(path, json=indication(base_date=dated(house, days=5))), 201)
    stranger = house.act("transfer_office")

    assert stranger.get(path).status_code == 404
    assert stranger.post(path, json=indication(base_date=dated(house, days=5))).status_code == 404
    with house.database.session("web") as session:
        assert session.execute(queries.indications_on(desk.result_id)).all() == []


def test_an_indication_kept_is_json_that_can_be_pooled_again(house, desk):
    day = dated(house, days=3)
    larger = inputs("income")["plan"] | {"amounts_fen": [450_000_000, 720_000_000, 930_000_000]}
    for body in (indication("income", base_date=day, plan=larger), indication("cost", base_date=day)):
        ok(desk.office.post(f"/v1/results/{desk.result_id}/indications", json=body), 201)
    with house.database.session("owner") as session:
        answer = pool(queries.indications_of(session, desk.result_id), POOLING)

    assert json.dumps(answer.to_json(), ensure_ascii=False)
    assert answer.held is None and answer.price is not None
