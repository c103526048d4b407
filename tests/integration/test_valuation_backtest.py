"""The engine on the real list, by rolling origins: better than the typical price of a segment, asks and deals apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from valuation.backtesting import backtest, rows_of_file
from valuation.training import HALF_LIFE_DAYS


@pytest.mark.long
def test_the_first_form_on_the_real_list(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=date(2026, 11, 21))

    measures = backtest(rows, half_life_days=HALF_LIFE_DAYS)

    assert (measures["ask"]["packages"], measures["deal"]["packages"]) == (166, 13)
    assert measures["all"]["r2_log"] >= 0.55
    assert measures["all"]["mdape"] <= 0.30
    assert measures["all"]["median_abs_log_ratio"] <= 0.29
    assert measures["ask"]["coverage90"] >= 0.80


def test_a_planted_leak_is_not_there_to_be_found(real_data: Path) -> None:
    rows = rows_of_file(real_data / "cn_patent_prices_8182.csv", today=date(2026, 11, 21))

    assert {row.package_size for row in rows} == {1}
