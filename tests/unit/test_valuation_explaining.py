"""Reasons add up: factors to the price, yuan to the fen, and the picture, the table and the sentence say one thing."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from kernel.money import Money
from valuation.explaining import DoesNotAddUp, OutOfMoney, allocate, check_adds_up, explain, money, with_bar
from valuation.features import BY_NAME, FEATURES, Value, remaining_life
from valuation.grouping import group_of, subtotals
from valuation.waterfall import Bar, Picture, printed, shortened, svg

FACTS = {
    "kind": "invention",
    "trade": "transfer",
    "remaining_life": 12.4,
    "is_method": 1.0,
    "title": "甲",
    "tech_field": "03",
}
PARTS = {"segment": 0.30, "kind": 0.05, "trade": -0.02, "remaining_life": 0.21, "is_method": -0.12, "title": 0.0}


def test_yuan_close_to_the_fen() -> None:
    base, price, amounts = allocate(math.log(400_000), [0.3, -0.1, 0.05])

    assert base == Money.yuan(400_000)
    assert price.fen == base.fen + sum(one.fen for one in amounts)
    assert [one.fen > 0 for one in amounts] == [True, False, True]


def test_where_nothing_changes_the_price_is_the_base() -> None:
    assert allocate(math.log(1234.56), []) == (Money.yuan("1234.56"), Money.yuan("1234.56"), [])


def test_parts_that_cancel_keep_their_yuan() -> None:
    base, price, amounts = allocate(math.log(100_000), [0.5, -0.5])

    assert base == price
    assert amounts == [Money.yuan(50_000), Money.yuan(-50_000)]


def test_the_prior_is_a_bar_of_its_own_and_scrutiny_one_reason_with_the_kind() -> None:
    facts = FACTS | {"scrutiny": "examined"}

    base, reasons = explain(facts, math.log(300_000), PARTS | {"scrutiny": 0.10}, in_yuan=True)

    assert base == Money.yuan(300_000)
    assert [one.feature for one in reasons] == ["segment", "remaining_life", "kind", "is_method", "trade"]
    assert reasons[0].value_zh == "发明专利 · 转让" and reasons[0].label_zh == "同类成果的价格水平"
    assert reasons[0].factor == pytest.approx(math.exp(0.30))
    assert reasons[1].indicator == "剩余经济寿命"
    assert (reasons[2].value_zh, reasons[2].value_en) == (
        "发明专利，经实质审查",
        "invention patent, examined in substance",
    )
    assert reasons[2].factor == pytest.approx(math.exp(0.15))


@pytest.mark.parametrize(
    "name", ["segment", "time", "nearest", "ask_discount", "ask_bound", "reconciliation", "override"]
)
def test_what_belongs_to_no_feature_is_a_bar_of_its_own_in_both_languages(name: str) -> None:
    _, reasons = explain(FACTS, math.log(300_000), {name: -0.2, "remaining_life": 0.1}, in_yuan=True)

    assert reasons[0].feature == name and reasons[0].indicator is None
    assert reasons[0].label_zh and reasons[0].label_en and reasons[0].label_en != name
    assert group_of(name) in ("market", "after")


def test_groups_have_the_product_of_their_factors_and_the_sum_of_their_yuan() -> None:
    base, reasons = explain(FACTS, math.log(300_000), PARTS | {"ask_discount": -0.08}, in_yuan=True)

    groups = subtotals([one.to_json() for one in reasons])

    assert [one["group"] for one in groups] == ["market", "legal", "economic", "terms", "after"]
    assert groups[1]["features"] == ["is_method", "kind"] and groups[1]["label_zh"] == "法律价值"
    assert groups[1]["factor"] == pytest.approx(math.exp(-0.12 + 0.05))
    assert base is not None
    assert base.fen + sum(one["yuan_fen"] for one in groups) == round(300_000_00 * math.exp(0.34))


def test_titles_and_abstracts_are_named_by_their_beginning() -> None:
    facts = FACTS | {"abstract": "本发明公开了一种装置。" * 100}

    _, reasons = explain(facts, math.log(300_000), {"abstract": 0.2}, in_yuan=True)

    assert reasons[0].label_zh == "摘要所示技术内容" and len(reasons[0].value_zh) == 60
    assert reasons[0].value_zh.endswith("…")


def stored(**changes: Any) -> dict[str, Any]:
    base, reasons = explain(FACTS, math.log(300_000), PARTS, in_yuan=True)
    kept = {"base_log": math.log(300_000), "base_fen": base.fen if base else None, "withheld": False}
    return kept | {"contributions": [one.to_json() for one in reasons]} | changes


def test_an_override_is_one_more_bar_and_closes_to_the_price_that_a_person_set() -> None:
    price = Money.yuan("510000.07")

    found = with_bar(stored(), "override", price)

    bar = found["contributions"][-1]
    assert bar["feature"] == "override" and bar["factor"] == pytest.approx(510_000.07 / (300_000 * math.exp(0.42)))
    assert found["base_fen"] + sum(one["yuan_fen"] for one in found["contributions"]) == price.fen


def test_a_second_override_takes_the_place_of_the_first() -> None:
    twice = with_bar(with_bar(stored(), "override", Money.yuan(900_000)), "override", Money.yuan(400_000))

    assert [one["feature"] for one in twice["contributions"]].count("override") == 1
    assert twice["base_fen"] + sum(one["yuan_fen"] for one in twice["contributions"]) == 40_000_000


def test_what_is_withheld_gets_no_further_bar() -> None:
    withheld = stored(withheld=True, contributions=[], base_fen=None)

    assert with_bar(withheld, "override", Money.yuan(1)) == withheld


@pytest.mark.parametrize("parts", [{"segment": 3.0, "remaining_life": -3.0}, {"segment": -2.0}])
def test_where_a_part_exceeds_the_price_there_are_factors_only(parts: dict[str, float]) -> None:
    base, reasons = explain(FACTS, math.log(300_000), parts, in_yuan=True)

    assert base is None
    assert all(one.amount is None for one in reasons)


def test_an_explanation_that_does_not_add_up_is_refused() -> None:
    check_adds_up(12.0, {"a": 0.5}, 12.5)

    with pytest.raises(DoesNotAddUp):
        check_adds_up(12.0, {"a": 0.5}, 12.501)
    with pytest.raises(DoesNotAddUp):
        check_adds_up(12.0, {"a": math.nan}, 12.5)


@pytest.mark.parametrize("log_yuan", [-1000.0, -10.0, 30.0, 1000.0, math.nan])
def test_a_number_that_is_no_price_is_not_made_one(log_yuan: float) -> None:
    with pytest.raises(OutOfMoney):
        money(log_yuan)


def test_every_feature_is_known_at_listing_and_named_in_both_languages() -> None:
    assert all(feature.known_at_listing for feature in FEATURES)
    assert all(feature.label_zh and feature.label_en and feature.source for feature in FEATURES)
    assert all(feature.indicator or feature.value is Value.TERMS for feature in FEATURES)


@pytest.mark.parametrize("name", ["price_type", "package_size", "batch_id", "batch_size", "inventor", "seller"])
def test_what_tells_the_price_or_the_person_is_no_feature(name: str) -> None:
    assert name not in BY_NAME


def test_the_remaining_term_counts_from_filing__patent_law_42() -> None:
    on = date(2026, 1, 1)

    assert remaining_life("invention", on=on, filed_on=date(2021, 1, 1), filed_year=None) == 15.0
    assert remaining_life("utility_model", on=on, filed_on=None, filed_year=2020) == 4.5
    assert remaining_life("know_how", on=on, filed_on=date(2021, 1, 1), filed_year=None) is None
    assert remaining_life("invention", on=on, filed_on=None, filed_year=None) is None


def picture(count: int = 3, **changes: object) -> Picture:
    shown = tuple(
        Bar(f"理由 <{place}>", 1.0 + 0.1 * (-1) ** place, Money(100 * (-1) ** place)) for place in range(count)
    )
    made = {
        "title": "参考价约81万元。",
        "description": "同类成果 & 其他",
        "base": Money.yuan(800_000),
        "price": Money(80_000_000 + sum(one.amount.fen for one in shown if one.amount)),
        "bars": shown,
        "deals": 45,
        "deals_needed": 30,
    }
    return Picture(**(made | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_is_well_formed_and_names_itself(language: str) -> None:
    root = fromstring(svg(picture(), language=language, key="0191-ab"))

    assert root.get("role") == "img"
    assert [child.tag.rpartition("}")[2] for child in root[:2]] == ["title", "desc"]
    assert root.get("aria-labelledby") == "wt-0191-ab wd-0191-ab"
    assert root.get("viewBox", "").startswith("0 0 320 ")


def test_the_picture_has_no_style_and_no_script() -> None:
    text = svg(picture(), language="zh", key='x" onload="alert(1)')

    assert not re.search(r"style|<script|onload=", text)


def test_direction_is_told_by_mark_and_sign_and_not_by_colour_alone() -> None:
    text = svg(picture(), language="zh", key="k")

    assert "▲ ×1.10 +¥1" in text and "▼ ×0.90 −¥1" in text
    assert "非沙普利值" in text


def test_at_most_eight_bars_and_the_others() -> None:
    bars = shortened(picture(12).bars, zh=True)

    assert len(bars) == 9
    assert bars[-1].label == "其他4项"
    assert math.prod(one.factor for one in bars) == pytest.approx(math.prod(one.factor for one in picture(12).bars))


def test_printed_yuan_close_too() -> None:
    base, price, amounts = allocate(math.log(812_345.67), [0.2, -0.13, 0.07, 0.001])

    shown = printed(base, amounts)

    assert all(one.fen % 100 == 0 for one in shown)
    assert shown[0].fen + sum(one.fen for one in shown[1:-1]) == shown[-1].fen
    assert abs(shown[-1].fen - price.fen) <= 50


def test_without_a_price_the_picture_shows_the_evidence_and_no_yuan() -> None:
    text = svg(picture(price=None, base=None, deals=3, title="样本不足，不予估价。"), language="zh", key="k")

    assert "3 / 30" in text and "样本不足" in text
    assert "¥" not in text and "万元" not in text


def test_factors_only_draw_no_yuan_for_the_reasons() -> None:
    bars = (Bar("甲", 2.0, None), Bar("乙", 0.4, None))

    text = svg(picture(bars=bars, base=None, price=Money.yuan(640_000)), language="en", key="k")

    assert "×2.00" in text and "×0.40" in text and text.count("¥") == 1
