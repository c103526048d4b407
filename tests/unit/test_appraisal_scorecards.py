"""The GB/T 42748 scorecard: the tree as the standard counts it, weights that belong to somebody, and missing scores said aloud."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting import counts
from valuation.appraisal.indicators import Dimension, Indicator, Scene, tree
from valuation.appraisal.saying import Said
from valuation.appraisal.scoring import (
    EvidenceMissing,
    NotWeighed,
    Score,
    ScoredTwice,
    ScoreOutOfRange,
    scored,
)
from valuation.appraisal.weighing import (
    IndicatorUnknown,
    SharesOffSum,
    WeightSet,
    by_dimension,
    check_weights,
    examples,
)

CODES = list(tree().indicators)
EXAMPLE = examples()[Scene.FINANCE]


def score(code, points, **changes):
    return Score(code, points, **{"evidence": "检索报告第3页", "assessor": "李评估"} | changes)


def full(points=60):
    return [score(code, points) for code in CODES]


def own(shares=(5000, 3000, 2000), **indicators):
    """A unit's own weights over three indicators, one a value."""
    chosen = indicators or {
        "legal.stability.validity": 10_000,
        "technical.advance.effect": 10_000,
        "economic.market.sales": 10_000,
    }
    return WeightSet(
        Scene.LICENCE_TRANSFER,
        "1",
        dict(zip(Dimension, shares, strict=True)),
        {code.replace("__", "."): weight for code, weight in chosen.items()},
        {},
        "本校评估办法",
        None,
    )


def said(outcome):
    return " ".join(one.zh for one in outcome.sentences)


def test_the_tree_counts_as_the_standard_does__gbt_42748_2023():
    indicators = tree().indicators.values()

    assert len(tree().dimensions) == 3
    assert len(tree().groups) == 14
    assert len(indicators) == 27
    assert [sum(one.dimension is dimension for one in indicators) for dimension in Dimension] == [7, 10, 10]
    assert tree().certainty["third"].value == "verified" and tree().certainty["grouping"].value == "memory"
    assert len({one.name.zh for one in indicators}) == 27


def test_every_scene_has_a_labelled_example_and_no_scene_a_national_weight():
    assert set(examples()) == set(Scene)
    for weights in examples().values():
        check_weights(weights, tree())
        assert weights.is_example and "非国家标准" in weights.warning.zh


def test_a_full_card_weighs_the_three_values():
    weights = own()
    scores = [
        score("legal.stability.validity", 80),
        score("technical.advance.effect", 60),
        score("economic.market.sales", 45),
    ]

    outcome = scored(weights, scores)

    assert outcome.total == Decimal("67.00")  # 0.5 · 80 + 0.3 · 60 + 0.2 · 45
    assert outcome.missing == ()
    assert "不是价格" in said(outcome) and "示例" not in said(outcome)


def test_missing_indicators_are_scaled_over_and_shown():
    weights = own(
        legal__stability__validity=4000,
        legal__stability__family=6000,
        technical__advance__effect=10_000,
        economic__market__sales=10_000,
    )

    outcome = scored(
        weights,
        [
            score("legal.stability.validity", 80),
            score("technical.advance.effect", 60),
            score("economic.market.sales", 45),
        ],
    )

    legal = outcome.dimensions[Dimension.LEGAL]
    assert legal.score == 80 and legal.coverage_bp == 4000
    assert outcome.missing == ("legal.stability.family",)
    assert "缺少同族专利情况" in said(outcome) and "占40%" in said(outcome)


def test_a_value_without_any_score_leaves_the_total_open():
    outcome = scored(own(), [score("legal.stability.validity", 80)])

    assert outcome.total is None
    assert outcome.dimensions[Dimension.LEGAL].score == 80
    assert "不给出综合得分" in said(outcome)


def test_the_example_is_labelled_wherever_it_is_used():
    assert "示例权重" in said(scored(EXAMPLE, full()))


@pytest.mark.parametrize(
    ("scores", "refused", "field"),
    [
        ([score("legal.nowhere", 1)], IndicatorUnknown, "/scores/0/indicator"),
        ([score("legal.stability.family", 1)], NotWeighed, "/scores/0/indicator"),
        ([score("legal.stability.validity", 1)] * 2, ScoredTwice, "/scores/1/indicator"),
        ([score("legal.stability.validity", 101)], ScoreOutOfRange, "/scores/0/score"),
        ([score("legal.stability.validity", -1)], ScoreOutOfRange, "/scores/0/score"),
        ([score("legal.stability.validity", True)], ScoreOutOfRange, "/scores/0/score"),
        ([score("legal.stability.validity", 50, evidence=" ")], EvidenceMissing, "/scores/0/evidence"),
        ([score("legal.stability.validity", 50, assessor="")], EvidenceMissing, "/scores/0/evidence"),
    ],
)
def test_a_score_that_cannot_count_is_refused(scores, refused, field):
    with pytest.raises(refused) as problem:
        scored(own(), scores)

    assert problem.value.field == field


def test_weights_sum_to_the_whole():
    check_weights(own(), tree())

    for wrong in (
        own(shares=(5000, 3000, 1999)),
        own(shares=(5000, 5001, -1)),
        own(legal__stability__validity=9999, technical__advance__effect=10_000, economic__market__sales=10_000),
        own(legal__stability__validity=10_000, technical__advance__effect=10_000),
    ):
        with pytest.raises(SharesOffSum):
            check_weights(wrong, tree())
    with pytest.raises(IndicatorUnknown):
        check_weights(own(legal__invented=10_000), tree())


def test_a_unit_extends_the_tree_by_its_own_indicators():
    local = Indicator("x.local_industry", Said("本地产业匹配度", "fit with local industry"), Dimension.ECONOMIC, None)
    weights = own()
    weights = replace(
        weights,
        indicators={**weights.indicators, "economic.market.sales": 4000, local.code: 6000},
        extensions={local.code: local},
    )

    check_weights(weights, tree())
    outcome = scored(
        weights,
        [
            score("legal.stability.validity", 0),
            score("technical.advance.effect", 0),
            score("economic.market.sales", 100),
            score(local.code, 50),
        ],
    )

    assert outcome.dimensions[Dimension.ECONOMIC].score == 70
    with pytest.raises(IndicatorUnknown):
        check_weights(replace(weights, extensions={"legal.stability.validity": local}), tree())


def test_weights_come_back_as_they_were_kept():
    weights = own()

    kept = WeightSet.from_json(weights.to_json(), scene=weights.scene, version="1", source=weights.source)

    assert kept == weights


POINTS = st.integers(0, 100)


@settings(max_examples=counts(2_000))
@given(st.dictionaries(st.sampled_from(CODES), POINTS, min_size=1), st.sampled_from(sorted(Scene)))
def test_values_lie_between_their_lowest_and_highest_score(given_points, scene):
    outcome = scored(examples()[scene], [score(code, points) for code, points in given_points.items()])

    for dimension, codes in by_dimension(examples()[scene]).items():
        points = [given_points[code] for code in codes if code in given_points]
        found = outcome.dimensions[dimension].score
        assert (found is None) == (not points)
        if points:
            assert min(points) <= found <= max(points)
    if outcome.total is not None:
        assert min(given_points.values()) <= outcome.total <= max(given_points.values())


@settings(max_examples=counts(1_000))
@given(st.lists(POINTS, min_size=27, max_size=27), st.integers(0, 26), st.integers(1, 20))
def test_a_better_score_never_lowers_the_total(points, place, more):
    before = scored(EXAMPLE, [score(code, one) for code, one in zip(CODES, points, strict=True)])

    better = [*points[:place], min(100, points[place] + more), *points[place + 1 :]]
    after = scored(EXAMPLE, [score(code, one) for code, one in zip(CODES, better, strict=True)])

    assert after.total >= before.total
