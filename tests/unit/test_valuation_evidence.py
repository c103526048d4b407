"""What counts as evidence: asks are not deals, generated deals are not real ones, and too few of either give no price."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from kernel.money import Money
from tests.support.evidence import POLICY, PRIOR, row
from tests.support.past_deals import candidate
from valuation import features
from valuation.comparables import nearest
from valuation.dataset import Row, data_hash, matrix, training_set
from valuation.discounts import AskDiscount, DiscountPrior
from valuation.estimates import Estimate, Models, estimate
from valuation.grading import Evidence, Grade, Policy, Reason, grade
from valuation.model import PriceModel
from valuation.statements import statement

FACTS = features.facts(title="一种电机", kind="invention", trade="transfer", on=date(2026, 1, 1), filed_year=2020)


def rows(count: int, *, start: int = 0, **facts: Any) -> list[Row]:
    return [row(number, **facts) for number in range(start, start + count)]


def learnt(chosen: list[Row]) -> PriceModel:
    frame, prices, days, packages = matrix(chosen)
    return PriceModel(segments=features.SEGMENTS, strata=features.STRATA, trees=False).fit(
        frame, prices, days, packages
    )


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(deals=30), Grade.A),
        (Evidence(deals=29, asks=5000), Grade.B),
        (Evidence(deals=9), Grade.B),
        (Evidence(deals=8, asks=30), Grade.C),
        (Evidence(deals=8, asks=29), Grade.D),
        (Evidence(), Grade.D),
        (Evidence(deals=10, generated=20), Grade.G),
        (Evidence(deals=30, generated=500), Grade.A),
    ],
)
def test_thirty_deals_make_a_price(evidence: Evidence, expected: Grade) -> None:
    assert grade(evidence, POLICY) is expected


def test_generated_deals_count_for_nothing_where_they_are_not_allowed() -> None:
    strict = dataclasses.replace(POLICY, generated_allowed=False)

    assert grade(Evidence(deals=10, generated=500), strict) is Grade.B
    assert training_set(rows(40, generated=True), strict).helped == ()


def test_generated_deals_step_back_once_real_ones_are_enough() -> None:
    few = training_set(rows(29) + rows(40, start=100, generated=True), POLICY)
    enough = training_set(rows(30) + rows(40, start=100, generated=True), POLICY)

    assert few.generated_rows == 40 and len(few.helped) == 69
    assert enough.generated_rows == 0 and enough.helped == ()


def test_asks_and_appraisals_are_never_deals() -> None:
    chosen = training_set(rows(50, price_type="ask") + rows(50, start=50, price_type="appraisal"), POLICY)

    assert {row.price_type for row in chosen.real} == {"ask"} and len(chosen.real) == 50
    assert chosen.left_out == {"appraisal-is-an-indication": 50}
    assert chosen.evidence["invention", "transfer"] == Evidence(deals=0, generated=0, asks=50)


def test_rows_of_one_package_are_one_deal() -> None:
    chosen = training_set(rows(78, package_key="one"), POLICY)

    assert chosen.evidence["invention", "transfer"].deals == 1


def test_the_data_hash_does_not_depend_on_the_order_of_rows() -> None:
    some = rows(20)

    assert data_hash(some) == data_hash(reversed(some))
    assert data_hash(some) != data_hash([*some[:-1], dataclasses.replace(some[-1], price_fen=1)])


def test_enough_deals_give_price_range_and_reasons() -> None:
    models = Models(real=learnt(rows(60)), evidence={("invention", "transfer"): Evidence(deals=60)})

    answer = estimate(models, FACTS, POLICY)

    assert answer.grade is Grade.A and answer.price is not None and answer.range is not None
    assert answer.range.low < answer.price < answer.range.high


def test_a_range_too_wide_gives_no_price_but_advice() -> None:
    random = np.random.default_rng(5)
    wild = [dataclasses.replace(one, price_fen=int(1e7 * math.exp(random.normal(0, 2)))) for one in rows(80)]
    models = Models(real=learnt(wild), evidence={("invention", "transfer"): Evidence(deals=80)})

    answer = estimate(models, FACTS, POLICY)

    assert (answer.price, answer.reason) == (None, Reason.RANGE_TOO_WIDE)
    assert "建议资产评估或公开竞价" in statement(answer)["zh"][0]


def an_asks_market(bp: int = 0) -> Models:
    discount = AskDiscount(bp, 0, 3500, pairs=0, from_pairs=False, source="a test")
    evidence = {("invention", "transfer"): Evidence(asks=60)}
    return Models(real=learnt(rows(60, price_type="ask")), evidence=evidence, discount=discount)


def test_a_discount_of_asks_lowers_range_and_is_a_reason_of_its_own() -> None:
    plain = estimate(an_asks_market(), FACTS, POLICY)
    discounted = estimate(an_asks_market(2000), FACTS, POLICY)

    assert plain.grade is Grade.C and plain.price is None
    assert plain.range is not None and discounted.range is not None
    assert discounted.range.high.fen == pytest.approx(plain.range.high.fen * 0.8, rel=1e-6)
    own = next(one for one in discounted.contributions if one.feature == "ask_discount")
    assert own.factor == pytest.approx(0.8)


def test_no_deal_is_foretold_above_what_is_asked_for_this_very_result() -> None:
    models = Models(real=learnt(rows(60)), evidence={("invention", "transfer"): Evidence(deals=60)})
    free = estimate(models, FACTS, POLICY)
    assert free.price is not None and free.range is not None
    ask = Money(free.price.fen * 9 // 10)

    bounded = estimate(models, FACTS, POLICY, ask=ask)
    unbound = estimate(models, FACTS, POLICY, ask=Money(free.range.high.fen + 1))

    assert bounded.price == ask and bounded.range is not None and bounded.range.high <= ask
    assert any(one.feature == "ask_bound" for one in bounded.contributions)
    assert unbound.price == free.price


def test_a_result_unlike_any_that_was_dealt_says_so() -> None:
    models = Models(real=learnt(rows(60)), evidence={("invention", "transfer"): Evidence(deals=60)})

    inside = estimate(models, {**FACTS, "remaining_life": 16.0}, POLICY)
    outside = estimate(models, {**FACTS, "remaining_life": 19.9}, POLICY)

    assert inside.beyond == () and outside.beyond == ("remaining_life",)


def test_a_policy_that_contradicts_itself_is_refused() -> None:
    prior = {name: getattr(PRIOR, name) for name in DiscountPrior.__slots__}
    value = {name: getattr(POLICY, name) for name in Policy.__slots__}
    value |= {"deals_for_range_min": 31, "ask_discount": prior, "sources": {"ask_discount": "a test"}}

    with pytest.raises(ValueError, match="contradicts"):
        Policy.from_rule(value, version="ANY@2", source="a test")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_ends_with_its_label(language: str) -> None:
    models = Models(real=learnt(rows(60)), evidence={("invention", "transfer"): Evidence(deals=60)})
    answers: list[Estimate] = [estimate(None, FACTS, POLICY), estimate(models, FACTS, POLICY)]

    for answer in answers:
        label = {
            "zh": "AI初始价格参考，非资产评估报告。",
            "en": "AI initial price for reference, not an appraisal report.",
        }
        assert statement(answer)[language][-1] == label[language]


def test_sentences_for_people_carry_two_significant_digits() -> None:
    models = Models(real=learnt(rows(60)), evidence={("invention", "transfer"): Evidence(deals=60)})

    said = statement(estimate(models, FACTS, POLICY))

    assert said["zh"][0].startswith("参考价约1") and said["zh"][0].endswith("万元。")
    assert all("." not in one for one in said["zh"][0])


def test_the_nearest_deal_is_the_one_that_says_the_same() -> None:
    many = [candidate(number) for number in range(20)] + [candidate(99, title="一种电机")]

    found = nearest(FACTS, many, today=date(2026, 1, 1))

    assert found[0]["title"] == "一种电机" and len(found) == 5


def test_a_package_is_shown_once_and_says_its_size() -> None:
    found = nearest(
        FACTS, [candidate(n, package_key="one", package_rows=20) for n in range(20)], today=date(2026, 1, 1)
    )

    assert len(found) == 1
    assert found[0]["package_rows"] == 20 and "20件打包" in found[0]["differences_zh"]


def test_differences_are_told_in_words() -> None:
    other = candidate(1, kind="utility_model", trade="licence", filed_year=2022)

    found = nearest(FACTS, [other], today=date(2026, 1, 1))[0]

    assert "对方为实用新型专利" in found["differences_zh"] and "对方为许可" in found["differences_zh"]
    assert "theirs: utility model" in found["differences_en"]


def test_a_contract_of_this_market_keeps_its_title_day_and_exact_price() -> None:
    found = nearest(FACTS, [candidate(1, source="contract")], today=date(2026, 1, 1))[0]

    assert (found["title"], found["price_fen"], found["dealt_on"]) == ("", 12_000_000, "2025-03-01")
