"""The engine on the real list, by rolling origins: better than the typical price of a segment, asks and deals apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from valuation.backtesting import backtest, rows_of_file
from valuation.candidates import BASELINE, CANDIDATES, USUAL
from valuation.splitting import RandomSplitRefused

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def report(real_data: Path) -> dict[str, Any]:
    return backtest(rows_of_file(real_data / "cn_patent_prices_8182.csv", today=TODAY))


@pytest.mark.long
def test_the_bars_are_reached_on_the_real_list(report: dict[str, Any]) -> None:
    found = report["rolling"]

    assert (found["packages"], found["ask"]["packages"], found["deal"]["packages"]) == (179, 166, 13)
    assert found["r2_log"] >= 0.62
    assert found["mdape"] <= 0.24
    assert found["median_abs_log_ratio"] <= 0.235
    assert found["delta_mdape_ci90"][1] < 0


@pytest.mark.long
def test_ranges_keep_their_promise_and_beat_those_of_the_segment(report: dict[str, Any]) -> None:
    found, segment = report["rolling"], report["candidates"][BASELINE]

    assert all(group["p_holm"] >= 0.01 for group in found["coverage90_by_scrutiny"].values())
    assert found["pinball90"] < segment["pinball90"]
    assert found["width90"] < segment["width90"]


@pytest.mark.long
def test_every_candidate_stands_beside_and_the_usual_one_wins_the_declared_loss(report: dict[str, Any]) -> None:
    losses = {name: measures["mean_abs_log_ratio"] for name, measures in report["candidates"].items()}

    assert set(losses) == set(CANDIDATES)
    assert min(losses, key=lambda name: losses[name]) == USUAL


@pytest.mark.long
def test_no_deal_is_foretold_above_the_ask_of_its_row(report: dict[str, Any]) -> None:
    asks = report["rolling"]["deals_of_asks"]

    assert asks["rows"] > 7_000 and asks["bounded_share"] > 0
    assert asks["above_ask_rows"] == 0


def test_a_split_by_chance_is_refused(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=TODAY)

    with pytest.raises(RandomSplitRefused):
        backtest(rows, split="random", candidates=[BASELINE])


def test_the_size_of_a_batch_is_not_there_to_be_found(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=TODAY)

    assert {row.package_size for row in rows} == {1}


def test_the_cheap_candidates_are_measured_by_rolling_origins(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=TODAY)

    found = backtest(rows, candidates=["global-median", BASELINE])["candidates"]

    assert found[BASELINE]["r2_log"] > 0.45 > found["global-median"]["r2_log"]
