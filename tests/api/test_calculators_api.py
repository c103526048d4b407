"""Calculators and working papers over HTTP: every input with its source, and who keeps what."""

import pytest

from tests.support.appraisal_bodies import calculate
from tests.support.desk import ok, refused, slug


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
