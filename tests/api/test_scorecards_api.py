"""Weights and scorecards over HTTP: by whose weights, who may score, and what is not taken."""

from tests.support.appraisal_bodies import card
from tests.support.desk import ok, refused, slug
from valuation.appraisal import queries


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
