"""The generated reference set is what its docstring says: the same bytes, the published means, and never anybody's patent."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from valuation.backtesting import rows_of_file
from valuation.reference.generate import FILE, LAST_DAY, MEANS_WAN, PACKAGES, YEARLY_DRIFT, write


def table() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_shipped_file_is_what_the_generator_writes(tmp_path: Path) -> None:
    write(tmp_path / "again.csv")

    assert (tmp_path / "again.csv").read_bytes() == FILE.read_bytes()
    assert FILE.stat().st_size < 500_000


def test_every_row_says_that_it_is_generated() -> None:
    assert {row["generated"] for row in table()} == {"yes"} and len(table()) == PACKAGES


def test_means_at_2023_prices_are_the_published_ones() -> None:
    prices: dict[str, list[float]] = defaultdict(list)
    for row in table():
        if row["price_type"] == "deal":
            years = int(row["date"][:4]) - 2023
            prices[row["trade"]].append(int(row["price_yuan"]) / 10_000 / 2.718281828 ** (YEARLY_DRIFT * years))

    for trade, mean in MEANS_WAN.items():
        found = prices[trade.value]
        assert sum(found) / len(found) == pytest.approx(mean, rel=0.005)


def test_the_importer_takes_every_row_and_keeps_the_flag() -> None:
    rows = rows_of_file(FILE, today=LAST_DAY)

    assert len(rows) == PACKAGES and all(row.generated for row in rows)
    assert len({row.package_key for row in rows}) == PACKAGES


def test_days_are_weekdays_from_2016_on() -> None:
    days = [date.fromisoformat(row["date"]) for row in table()]

    assert min(days).year == 2016 and max(days) <= LAST_DAY
    assert all(day.weekday() < 5 for day in days)


def test_no_generated_title_is_a_title_of_the_real_lists(real_data: Path) -> None:
    ours = {row["title"] for row in table()}
    for name, column in (
        ("cn_patent_prices_8182.csv", "patent_name"),
        ("cn_patent_title_ipc_9740.csv", "patent_title"),
    ):
        with (real_data / name).open(encoding="utf-8-sig", newline="") as file:
            theirs = {row.get(column, "") for row in csv.DictReader(file)}
        assert not ours & theirs
