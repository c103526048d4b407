"""Calculators, working papers, weights, scorecards, indications and the documents of reports over HTTP: who may, and what is kept."""

import hashlib
import json
from datetime import timedelta

import pytest

from kernel.files import FolderStore
from kernel.invariants import check_all
from tests.support.desk import REPORT, Desk, ok, refused, slug
from valuation.appraisal import queries, reading
from valuation.indications import Way

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def inputs(method, **changes):
    """The shipped example of a method, as a body of the API."""
    return reading.read(reading.example(method).encode()) | changes


def calculate(client, method, **changes):
    return client.post(f"/v1/appraisals/calculations/{method}", json=inputs(method, **changes))


def indication(method="income", **changes):
    return {method: inputs(method, **changes)}


def dated(house, **back):
    return (house.now().date() - timedelta(**back)).isoformat()


@pytest.fixture
def desk(house):
    return Desk(house).registered()


@pytest.fixture
def manager(house, desk):
    """A technology manager of another unit, engaged for the result."""
    client = house.act("technology_manager", "appraiser", organisation=house.organisation(kind="association"))
    engaged = {"organisation_id": str(client.organisation_id), "person_id": str(client.person_id)}
    ok(desk.office.post(f"/v1/results/{desk.result_id}/engagements", json=engaged), 201)
    return client


# Calculators.


@pytest.mark.parametrize("method", ["cost", "market", "income"])
def test_a_calculation_shows_every_input_with_its_source_and_keeps_nothing(house, method):
    client = house.act("completer")

    done = ok(calculate(client, method))

    assert done["value_fen"] > 0 and done["paper_id"] is None
    assert done["label_zh"] == "方法测算底稿，非资产评估报告"
    assert all(one["source"] or one["warning_zh"] for one in done["inputs"])
    widths = [one["width_fen"] for one in done["sensitivity"]]
    assert widths and widths == sorted(widths, reverse=True)
    assert ok(client.get("/v1/appraisals/calculations"))["items"] == []


def test_excess_earnings_and_capm_are_calculated_too(house):
    client = house.act("completer")
    known = {"source": "测试"}
    terms = {
        "risk_free": "0.02",
        "beta": "1.2",
        "equity_premium": "0.07",
        "size_premium": "0.03",
        "specific_premium": "0.016",
    }
    changes = {
        "variant": "excess_earnings",
        "timing": "end_year",
        "royalty": None,
        "plan": {"amounts_fen": [10_000_000]},
        "charges": [{"name": "流动资产", "amount": {"value_fen": 3_000_000} | known}],
        "discount": {"capm": {name: {"value": value} | known for name, value in terms.items()}},
        "life": {"economic": {"value": "8"}, "no_term": "技术秘密"},
        "taxes": {"flows": "before_tax", "discount": "before_tax"},
    }

    done = ok(calculate(client, "income", **changes))

    assert done["variant"] == "excess_earnings" and done["value_fen"] == 31_411_251  # 70,000 · annuity(15 %, 8)
    assert {"discount/capm/beta", "charges/0/amount"} <= {one["name"] for one in done["inputs"]}


def test_the_public_calculates_nothing(house):
    assert calculate(house.client, "cost").status_code == 401


def test_a_unit_keeps_working_papers_which_only_it_sees(house, desk):
    kept = ok(calculate(desk.office, "income", keep=True, subject="某成果"))
    other = house.act("transfer_office")

    listed = ok(desk.completer.get("/v1/appraisals/calculations"))["items"]
    paper = ok(desk.completer.get(f"/v1/appraisals/calculations/{kept['paper_id']}"))

    assert [one["id"] for one in listed] == [kept["paper_id"]]
    assert paper["subject"] == "某成果" and paper["calculation"]["value_fen"] == kept["value_fen"]
    assert paper["entry"]["royalty"]["rate"]["value"] == "0.035"
    assert other.get(f"/v1/appraisals/calculations/{kept['paper_id']}").status_code == 404
    assert ok(other.get("/v1/appraisals/calculations"))["items"] == []


def test_a_refusal_names_its_field(house):
    client = house.act("completer")

    percent = refused(calculate(client, "income", discount={"rate": {"value": "15"}}), 422)
    life = refused(
        calculate(client, "income", life={"economic": {"value": "13"}, "legal": {"value": "12"}})
    )  # fmt: skip
    text = refused(calculate(client, "income", discount={"rate": {"value": "NaN"}}), 422)
    number = refused(calculate(client, "income", discount={"rate": {"value": 0.15}}), 422)

    assert (slug(percent), percent["field"]) == ("looks-like-percent", "/discount/rate")
    assert (slug(life), life["field"], life["article"]) == ("beyond-legal-life", "/life/economic", "专利法 art 42")
    assert text["errors"][0]["pointer"] == "/discount/rate/value"
    assert number["errors"][0]["pointer"] == "/discount/rate/value"


def test_a_hostile_number_is_malformed_and_never_a_fault(house):
    client = house.act("completer")

    for hostile in ("1e400", "Infinity", "-0.5.1", "１５", "0x10", " 1", "1_000", "9" * 40, "", "٣", "\u0000"):
        answer = calculate(client, "income", discount={"rate": {"value": hostile}})

        assert answer.status_code == 422, hostile
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/discount/rate/value"]


# Weights and scorecards.


def weights(**changes):
    body = {
        "scene": "licence_transfer",
        "shares_bp": {"legal": 4000, "technical": 3000, "economic": 3000},
        "indicators_bp": [
            {"indicator": "legal.stability.validity", "weight_bp": 10_000},
            {"indicator": "technical.advance.effect", "weight_bp": 10_000},
            {"indicator": "economic.market.sales", "weight_bp": 5_000},
            {"indicator": "x.local_industry", "weight_bp": 5_000},
        ],
        "extensions": [
            {"code": "x.local_industry", "dimension": "economic", "zh": "本地产业匹配度", "en": "local fit"}
        ],
        "source": "校科转〔2026〕3号",
    }
    return body | changes


def card(**changes):
    scores = [
        {"indicator": "legal.stability.validity", "score": 90, "evidence": "登记簿副本"},
        {"indicator": "technical.advance.effect", "score": 70, "evidence": "检测报告"},
        {"indicator": "economic.market.sales", "score": 40, "evidence": "销售台账", "assessor": "周会计"},
    ]
    return {"scene": "licence_transfer", "scores": scores} | changes


def test_the_tree_and_the_example_weights_say_how_sure_they_are(house):
    client = house.act("completer")

    tree = ok(client.get("/v1/appraisals/indicators"))
    examples = ok(client.get("/v1/appraisals/example-weights"))

    assert len(tree["indicators"]) == 27 and len(tree["scenes"]) == 6
    assert {one["level"]: one["certainty"] for one in tree["levels"]}["grouping"] == "memory"
    assert len(examples) == 6 and all("非国家标准" in one["warning_zh"] for one in examples)


def test_a_unit_scores_by_its_own_weights_in_versions__gbt_42748_2023(house, desk):
    first = ok(desk.office.post("/v1/appraisals/weight-sets", json=weights()), 201)
    second = ok(desk.office.post("/v1/appraisals/weight-sets", json=weights(source="校科转〔2026〕9号")), 201)

    by_newest = ok(desk.completer.post(f"/v1/results/{desk.result_id}/scorecards", json=card()), 201)
    chosen = card(weight_set_id=first["id"])
    by_chosen = ok(desk.completer.post(f"/v1/results/{desk.result_id}/scorecards", json=chosen), 201)

    assert (first["version"], second["version"]) == ("1", "2")
    assert by_newest["weight_set_version"] == "2" and by_chosen["weight_set_version"] == "1"
    assert (by_newest["legal"], by_newest["economic"], by_newest["total"]) == ("90.00", "40.00", "69.00")
    assert by_newest["missing"] == ["x.local_industry"]
    assert any("本地产业匹配度" in one["zh"] for one in by_newest["statement"])
    assert by_newest["scores"][2]["assessor"] == "周会计" and by_newest["scores"][0]["assessor"]
    with house.database.session("owner") as session:
        assert str(queries.latest_scorecard(session, desk.result_id).id) == by_chosen["id"]


def test_without_weights_of_its_own_a_unit_gets_the_labelled_example(desk):
    made = ok(desk.office.post(f"/v1/results/{desk.result_id}/scorecards", json=card()), 201)

    assert made["weight_set_id"] is None and made["weight_set_version"] == "example-1"
    assert "示例权重" in made["statement"][0]["zh"] and made["total"] is not None


def test_scorecards_are_for_the_owner_and_those_it_engaged(house, desk, manager):
    path = f"/v1/results/{desk.result_id}/scorecards"
    ok(desk.office.post(path, json=card()), 201)
    ok(manager.post(path, json=card()), 201)
    stranger = house.act("appraiser", kind="appraiser")
    buyer = desk.buyer()

    assert len(ok(desk.office.get(path))["items"]) == 2
    assert len(ok(manager.get(path))["items"]) == 2
    assert stranger.post(path, json=card()).status_code == 404
    assert buyer.get(path).status_code == 404


def test_weights_of_another_scene_or_unit_are_not_used(house, desk):
    own = ok(desk.office.post("/v1/appraisals/weight-sets", json=weights()), 201)["id"]
    foreign = ok(house.act("appraiser", kind="appraiser").post("/v1/appraisals/weight-sets", json=weights()), 201)["id"]
    path = f"/v1/results/{desk.result_id}/scorecards"

    assert slug(refused(desk.office.post(path, json=card(scene="finance", weight_set_id=own)))) == "scene-differs"
    assert desk.office.post(path, json=card(weight_set_id=foreign)).status_code == 404


def test_weights_that_do_not_sum_or_are_not_known_are_malformed(desk):
    short = {"legal": 4000, "technical": 3000, "economic": 2999}
    wrong = [
        ({"shares_bp": short}, "/shares_bp"),
        ({"indicators_bp": [{"indicator": "legal.stability.validity", "weight_bp": 9_999}]}, "/indicators_bp/legal"),
        ({"indicators_bp": [{"indicator": "legal.invented", "weight_bp": 10_000}]}, "/indicators_bp"),
        ({"extensions": []}, "/indicators_bp"),
    ]

    for changes, named in wrong:
        problem = refused(desk.office.post("/v1/appraisals/weight-sets", json=weights(**changes)), 422)

        assert problem["field"] == named


def test_a_buyer_lays_down_no_weights_and_scores_nothing(desk):
    assert desk.buyer().post("/v1/appraisals/weight-sets", json=weights()).status_code == 403
    assert desk.approver.post(f"/v1/results/{desk.result_id}/scorecards", json=card()).status_code == 403


# Indications.


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


# Reports and their documents.


def report(desk, **changes):
    today = desk.house.now().date()
    dates = {"base_date": (today - timedelta(days=30)).isoformat()}
    return REPORT | dates | {"result_id": desk.result_id, "report_no": "浙评报字〔2026〕200号"} | changes


@pytest.fixture
def stored(house, tmp_path):
    house.app.state.files = FolderStore(tmp_path / "files")
    yield house
    house.app.state.files = None


def send_file(client, made, content=PDF, media_type="application/pdf"):
    return client.post(
        f"/v1/appraisals/{made['id']}/file", content=content, headers={"Content-Type": media_type}
    )  # fmt: skip


def test_a_report_is_good_for_a_year_by_default_and_says_by_which_rule(desk):
    made = ok(desk.office.post("/v1/appraisals", json=report(desk)), 201)

    assert made["valid_until"] > made["base_date"]
    assert "appraisal.validity_months" in made["validity_rule"] and "memory" in made["validity_rule"]


def test_statutory_work_and_one_method_are_recorded_with_what_they_need__appraisal_law_26_28_29(desk):
    one = report(desk, methods=["income"], report_no="一")
    refused_one = refused(desk.office.post("/v1/appraisals", json=one))
    made = ok(desk.office.post("/v1/appraisals", json=one | {"one_method_reason": "依准则只能采用收益法"}), 201)
    unregistered = refused(desk.office.post("/v1/appraisals", json=report(desk, statutory=True, report_no="二")))
    numbers = {"signer_numbers": ["33150001", "33150002"], "agency_filing_no": "浙财评备〔2019〕1号"}
    statutory = ok(
        desk.office.post("/v1/appraisals", json=report(desk, statutory=True, report_no="三") | numbers), 201
    )  # fmt: skip

    assert slug(refused_one) == "too-few-methods" and made["methods"] == ["income"]
    assert slug(unregistered) == "signers-not-registered"
    assert int(made["retained_until"][:4]) - int(made["reported_on"][:4]) == 15
    assert int(statutory["retained_until"][:4]) - int(statutory["reported_on"][:4]) == 30
    assert statutory["agency_filing_no"] == "浙财评备〔2019〕1号"


def test_a_report_is_not_dated_outside_its_time(desk):
    for day in ("2020-01-01", "2199-01-01"):
        body = report(desk, reported_on=day)

        assert slug(refused(desk.office.post("/v1/appraisals", json=body))) == "report-day-wrong"


def test_the_document_is_taken_in_once_if_it_is_the_one_recorded(stored, desk):
    made = ok(
        desk.office.post("/v1/appraisals", json=report(desk, file_sha256=hashlib.sha256(PDF).hexdigest())), 201
    )  # fmt: skip

    before = desk.office.get(f"/v1/appraisals/{made['id']}/file")
    other = refused(send_file(desk.office, made, PDF + b"x"))
    received = ok(send_file(desk.office, made))
    again = refused(send_file(desk.office, made))
    given = desk.office.get(f"/v1/appraisals/{made['id']}/file")

    assert before.status_code == 404 and slug(other) == "file-differs"
    assert made["file_received_at"] is None and received["file_received_at"] is not None
    assert slug(again) == "file-received"
    assert given.content == PDF and given.headers["content-disposition"].startswith("attachment")
    with stored.database.session("owner") as session:
        assert check_all(session) == []


def test_what_is_no_document_is_refused(stored, desk):
    text = b"no pdf at all"
    made = ok(
        desk.office.post("/v1/appraisals", json=report(desk, file_sha256=hashlib.sha256(text).hexdigest())), 201
    )  # fmt: skip

    assert send_file(desk.office, made, text).status_code == 422
    assert send_file(desk.office, made, text, "application/x-executable").status_code == 415
    assert send_file(desk.buyer(), made, text).status_code in (403, 404)
    assert send_file(stored.act("transfer_office"), made, text).status_code == 404


def test_without_storage_the_market_says_so(house, desk):
    known = report(desk, file_sha256=hashlib.sha256(PDF).hexdigest())
    made = ok(desk.office.post("/v1/appraisals", json=known), 201)

    assert refused(send_file(desk.office, made), 503)["title_zh"]


def test_what_is_kept_is_not_changed_by_the_web(house):
    from sqlalchemy import text

    tables = ["appraisal", "appraisal_file", "weight_set", "scorecard", "working_paper", "indication"]
    changeable = text(
        """SELECT t.name FROM unnest(cast(:tables AS text[])) AS t(name)
           WHERE has_table_privilege('market_web', t.name, 'UPDATE') OR has_table_privilege('market_web', t.name, 'DELETE')"""
    )

    with house.database.session("owner") as session:
        assert session.execute(changeable, {"tables": tables}).all() == []


def test_an_indication_kept_is_json_that_can_be_pooled_again(house, desk):
    from tests.unit.test_reconciling import POLICY
    from valuation.reconciling import pool

    day = dated(house, days=3)
    larger = inputs("income")["plan"] | {"amounts_fen": [450_000_000, 720_000_000, 930_000_000]}
    for body in (indication("income", base_date=day, plan=larger), indication("cost", base_date=day)):
        ok(desk.office.post(f"/v1/results/{desk.result_id}/indications", json=body), 201)
    with house.database.session("owner") as session:
        answer = pool(queries.indications_of(session, desk.result_id), POLICY)

    assert json.dumps(answer.to_json(), ensure_ascii=False)
    assert answer.held is None and answer.price is not None
