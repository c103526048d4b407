"""Comparables by shared leaves: what the model prices alike stands beside the result, and says how it differs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.past_deals import candidate
from valuation import features
from valuation.comparables import Likeness, nearest

TODAY = date(2026, 1, 1)
FACTS = features.facts(title="一种电机", kind="invention", trade="transfer", on=TODAY, filed_year=2020, tech_field="06")


def test_the_likest_is_the_one_that_shares_most_leaves_whatever_its_title() -> None:
    same_words = candidate(1, title="一种电机")

    found = nearest(FACTS, [same_words, candidate(2), candidate(3)], today=TODAY, leaf_shares=[0.2, 0.9, 0.5])

    assert [one["title"] for one in found] == ["一种水泵2", "一种水泵3", "一种电机"]
    assert [one["likeness"] for one in found] == [0.9, 0.5, 0.2]
    assert {one["likeness_from"] for one in found} == {"leaves"}


def test_equal_shares_are_told_apart_by_title_and_then_by_day() -> None:
    newer = candidate(3, dealt_on=date(2025, 9, 1))
    many = [candidate(1), newer, candidate(2, title="一种电机")]

    found = nearest(FACTS, many, today=TODAY, leaf_shares=[0.501, 0.499, 0.5])

    assert [one["title"] for one in found] == ["一种电机", "一种水泵3", "一种水泵1"]


def test_of_a_package_the_row_that_shares_most_leaves_is_shown() -> None:
    package = [candidate(number, package_key="one", package_rows=3) for number in range(3)]

    found = nearest(FACTS, [*package, candidate(9)], today=TODAY, leaf_shares=[0.1, 0.8, 0.2, 0.5])

    assert [one["title"] for one in found] == ["一种水泵1", "一种水泵9"]


def test_every_difference_is_told_in_both_languages() -> None:
    other = candidate(
        1,
        kind="utility_model",
        trade="licence",
        tech_field="03",
        filed_year=2022,
        package_size=4,
        price_type="ask",
        dealt_on=date(2022, 12, 30),
    )

    found = nearest(FACTS, [other], today=TODAY, leaf_shares=[0.5])[0]

    assert found["differences_zh"] == [
        "对方为卖方报价（非成交价）",
        "对方为实用新型专利",
        "对方为许可",
        "对方为先进制造",
        "剩余保护期短5年",
        "4件打包",
        "约3年前",
    ]
    assert found["differences_en"][-3:] == [
        "its remaining term was 5 years shorter",
        "a package of 4",
        "about 3 years ago",
    ]


def test_what_is_alike_has_no_difference() -> None:
    alike = candidate(1, tech_field="06", dealt_on=date(2025, 12, 1))

    assert nearest(FACTS, [alike], today=TODAY, leaf_shares=[1.0])[0]["differences_zh"] == []


def test_a_single_right_beside_a_package_says_so() -> None:
    found = nearest(FACTS | {"rights": 5.0}, [candidate(1)], today=TODAY)[0]

    assert "单件" in found["differences_zh"] and "a single right" in found["differences_en"]
    assert found["likeness_from"] == "facts"


def test_a_contract_of_this_market_keeps_its_secrets_among_shared_leaves_too() -> None:
    found = nearest(FACTS, [candidate(1, source="contract")], today=TODAY, leaf_shares=[0.7])[0]

    assert (found["title"], found["price_fen"], found["dealt_on"]) == ("", 12_000_000, "2025-03-01")


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        ({"tech_field": "06"}, {"tech_field": "01"}),
        ({"kind": "invention"}, {"kind": "utility_model"}),
        ({"trade": "transfer"}, {"trade": "licence"}),
        ({"dealt_on": date(2025, 6, 1)}, {"dealt_on": date(2019, 6, 1)}),
        ({"filed_year": 2020}, {"filed_year": 2008}),
        ({"title": "一种电机转子"}, {"title": "一种水泵叶轮"}),
    ],
)
def test_by_facts_what_is_alike_in_one_thing_is_nearer(nearer: dict[str, Any], farther: dict[str, Any]) -> None:
    usual = {"title": "一种水泵", "tech_field": None, "dealt_on": date(2025, 6, 1), "filed_year": 2020}
    near, far = (candidate(number, **(usual | one)) for number, one in enumerate((nearer, farther)))

    found = Likeness.learn([far, near]).of(FACTS, TODAY)

    assert found[1] > found[0]
