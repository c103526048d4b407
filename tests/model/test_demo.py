"""The demo as an operator runs it: real processes, an empty database, four modes, one trial, and figures that agree."""

import json
import os
import socket
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MODES = ("agreed", "listed", "auction", "appraisal")


def run_demo(folder, *more, timeout=600):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    environment["MARKET_FOLDER"] = str(folder)
    report = folder / "report.json"
    command = [sys.executable, "-m", "app.cli", "demo", "--no-serve", "--json", str(report), *more]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(report.read_text()), done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder):
    return run_demo(folder)


def check(report):
    sales = [*report["modes"].values(), report["trial"]]
    assert tuple(report["modes"]) == MODES
    for sale in sales:
        assert sale["deal_price_fen"] > 0
        assert sale["contract_no"]
        assert sale["valuation"]["label_zh"] == "AI初始价格参考，非资产评估报告"
    assert report["statistics"]["contracts"] == report["sold"] == len(sales)
    assert report["statistics"]["contract_value_fen"] == sum(sale["deal_price_fen"] for sale in sales)
    assert report["audit"]["violations"] == 0


def test_the_demo_sells_in_four_modes_and_its_statistics_agree_to_the_fen(first):
    report, printed = first

    check(report)
    assert report["modes"]["auction"]["premium_bp"] == 6000
    assert "成交一览" in printed


def test_the_demo_shows_what_the_rules_refuse(first):
    report, _ = first

    refused = [refusal for sale in report["modes"].values() for refusal in sale["refusals"]]

    assert any("浙江省促进科技成果转化条例" in refusal.get("article", "") for refusal in refused)
    assert any(refusal["type"] == "/problems/bid-too-low" for refusal in refused)


def test_the_demo_lists_at_a_benchmark_that_was_signed_off__zhejiang_2025_27_item_13(first):
    report, _ = first

    refused = report["modes"]["listed"]["refusals"]
    bases = {row["code"]: row["contracts"] for row in report["statistics"]["tables"]["by_basis"]}

    assert [one["type"] for one in refused] == ["/problems/not-signed-off"]
    assert bases["ai_estimate_reviewed"] == 1


def test_a_second_demo_with_the_port_taken_begins_anew_elsewhere(folder, first):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        report, printed = run_demo(folder, "--port", str(port))

    check(report)
    assert f"Port {port} is taken" in printed


def test_the_demo_takes_real_transactions(folder, first, real_data):
    report, _ = run_demo(folder, "--data", str(real_data / "cn_patent_prices_8182.csv"))

    check(report)
    assert report["data"]["generated"] is False
