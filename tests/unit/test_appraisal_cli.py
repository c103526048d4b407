"""`market valuation appraise`: the value with its sources, sensitivity and warnings; refusals with their field and exit code."""

import json

import pytest
from typer.testing import CliRunner

from app.cli.valuation import app

METHODS = ("cost", "market", "income")


def run(*arguments):
    return CliRunner().invoke(app, ["appraise", *map(str, arguments)])


@pytest.fixture
def written(tmp_path):
    """Write the example of a method, changed, as a file."""

    def write(method, **changes):
        body = json.loads(run(method, "--example").output) | changes
        path = tmp_path / f"{method}.json"
        path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
        return path

    return write


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("language", "label"), [("zh", "非资产评估报告"), ("en", "not an appraisal report")])
def test_a_file_of_inputs_gives_the_value_and_all_that_stands_behind_it(written, method, language, label):
    done = run(method, written(method), "--language", language)

    assert done.exit_code == 0, done.output
    heads = ("输入项", "敏感性", "提示") if language == "zh" else ("Inputs", "Sensitivity", "Warnings")
    assert all(head in done.output for head in (*heads, label, "practice-01"))


def test_the_facts_of_comparable_deals_are_told(written):
    done = run("market", written("market"), "--language", "en")

    assert (
        "Comparable deals" in done.output
        and "traded 2025-06-18" in done.output
        and "market 某技术交易市场" in done.output
    )


@pytest.mark.parametrize("method", METHODS)
def test_as_json_it_is_for_programs(written, method):
    told = json.loads(run(method, written(method), "--json").output)

    assert told["method"] == method and type(told["value_fen"]) is int and told["value_fen"] > 0
    assert told["inputs"] and told["sensitivity"] and told["practice"]["sha256"]


def test_amounts_may_be_written_in_yuan_wan_or_fen(written):
    amounts = ({"value_yuan": "620000"}, {"value_wan": 62}, {"value_fen": 62_000_000}, {"value_yuan": 6.2e5})
    values = set()
    for amount in amounts:
        items = [{"kind": "labour", "amount": amount | {"source": "决算"}}]
        values.add(json.loads(run("cost", written("cost", items=items), "--json").output)["value_fen"])

    assert len(values) == 1


@pytest.mark.parametrize(
    ("changes", "code", "named"),
    [
        ({"discount": {"rate": {"value": 15}}}, 2, "/discount/rate"),
        ({"discount": {"rate": {"value": float("nan")}}}, 2, "/discount/rate/value"),
        ({"discount": {"rate": {"value": float("inf")}}}, 2, "/discount/rate/value"),
        ({"discount": {"rate": {"value": True}}}, 2, "/discount/rate/value"),
        ({"discount": {}}, 2, "/discount"),
        ({"discount": {"rate": {"value": 0.15}, "capm": None, "build_up": None, "x": 1}}, 2, "/discount/x"),
        ({"life": {"economic": {"value": 0}, "legal": {"value": 12}}}, 2, "/life/economic"),
        ({"life": {"economic": {"value": 13}, "legal": {"value": 12}}}, 1, "/life/economic"),
        ({"taxes": {"flows": "after_tax", "discount": "before_tax"}}, 1, "/taxes"),
        ({"royalty": {"rate": {"value": 0.03}, "industry": "general"}}, 2, "/royalty"),
        ({"royalty": None}, 2, "/royalty"),
        ({"charges": [{"name": "甲", "amount": {"value_fen": 1}}]}, 2, "/charges"),
        ({"plan": {"amounts_wan": [100, "1.2345678"]}}, 2, "amounts_wan"),
        ({"plan": {"amounts_fen": [-1]}}, 2, "/plan/amounts_fen/0"),
        ({"base_date": "2026-02-30"}, 2, "/base_date"),
        ({"variant": "excess_earnings"}, 2, "/royalty"),
    ],
)
def test_what_is_wrong_is_said_with_its_field_and_no_traceback(written, changes, code, named):
    done = run("income", written("income", **changes))

    assert done.exit_code == code, done.output
    assert named in done.output and "Traceback" not in done.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"[1]", "one JSON object"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"v_fen": 1, "v_yuan": 2}', "stated twice"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "nested"),
        (b" " * 1_000_001, "too large"),
    ],
)
def test_what_is_no_inputs_file_is_said_to_be_none(tmp_path, content, said):
    path = tmp_path / "inputs.json"
    path.write_bytes(content)

    done = run("cost", path)

    assert done.exit_code == 2 and said in done.output


def test_without_a_file_it_says_how_to_begin(tmp_path):
    assert run("cost").exit_code == 2
    assert "--example" in run("cost").output
    assert run("cost", tmp_path / "nowhere.json").exit_code == 2
