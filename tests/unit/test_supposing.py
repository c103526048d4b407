"""What-if: only what a person can change, only within what the model has met, and never more than the model's behaviour."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from valuation import features
from valuation.discounts import DiscountPrior
from valuation.estimates import Models, estimate
from valuation.grading import Evidence, Policy
from valuation.model import PriceModel
from valuation.supposing.changes import (
    CHANGEABLE,
    NotChangeable,
    NothingChanged,
    NotLearnt,
    OutsideLearnt,
    UnknownFeature,
    WhatIf,
    changed,
    limits,
)

POLICY = Policy(30, 9, 30, 100, DiscountPrior(0, 0, 3500, 30, "a test"), 2000, 9, True, "ANY@2", "a test")
ON = date(2026, 1, 1)


def facts(**changes: Any) -> dict[str, Any]:
    made = features.facts(title="一种电机", kind="invention", trade="transfer", on=ON, filed_year=2020, rights=2)
    return made | changes


@cache
def model() -> PriceModel:
    """More rights are dearer, licences cheaper; maturity was never known."""
    rng = np.random.default_rng(7)
    rights, licence = rng.integers(1, 9, 120), rng.random(120) < 0.5
    rows = [
        facts(rights=float(number), trade="licence" if cheap else "transfer", title=f"一种电机{place}")
        for place, (number, cheap) in enumerate(zip(rights, licence, strict=True))
    ]
    prices = np.exp(12 + 0.15 * rights - 0.4 * licence + 0.1 * rng.normal(size=120))
    made = PriceModel(
        segments=features.SEGMENTS, strata=features.STRATA, text=features.TEXT, directions=features.DIRECTIONS
    )
    return made.fit(features.frame(rows), prices)


def test_limits_are_what_the_model_has_met_of_what_a_person_can_change() -> None:
    found = {one.feature.name: one for one in limits(model(), facts())}

    assert set(found) == {"rights", "trade"} and set(CHANGEABLE) == {"rights", "trade", "trl"}
    assert (found["rights"].low, found["rights"].high, found["rights"].value) == (1, 8, 2)
    assert [code for code, _, _ in found["trade"].choices] == ["licence", "transfer"]
    assert limits(None, facts()) == []


@pytest.mark.parametrize("value", [0, 9, -3, 10**6, "2", ""])
def test_a_number_outside_what_the_model_has_met_is_refused_with_the_range(value: Any) -> None:
    with pytest.raises(OutsideLearnt) as refused:
        changed(model(), facts(), {"rights": value})

    assert (refused.value.feature, refused.value.least, refused.value.most) == ("rights", 1, 8)


@pytest.mark.parametrize("value", ["equity", "swap", 3])
def test_a_way_of_trade_that_the_model_has_not_met_is_refused_with_those_it_has(value: Any) -> None:
    with pytest.raises(OutsideLearnt) as refused:
        changed(model(), facts(), {"trade": value})

    assert refused.value.among == ("licence", "transfer")


@pytest.mark.parametrize("name", ["kind", "remaining_life", "tech_field", "title", "scrutiny"])
def test_what_a_result_is_cannot_be_changed(name: str) -> None:
    with pytest.raises(NotChangeable) as refused:
        changed(model(), facts(), {name: 5})

    assert refused.value.changeable == ("trade", "rights", "trl")


def test_what_the_model_never_saw_cannot_be_varied() -> None:
    with pytest.raises(NotLearnt):
        changed(model(), facts(), {"trl": 8})


@pytest.mark.parametrize("name", ["price", "inventor", "book", ""])
def test_a_feature_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(UnknownFeature):
        changed(model(), facts(), {name: 5})


def test_changing_nothing_is_no_question() -> None:
    with pytest.raises(NothingChanged):
        changed(model(), facts(), {"rights": 2})


def supposed(**changes: Any) -> WhatIf:
    models = Models(real=model(), evidence={("invention", one): Evidence(deals=60) for one in ("transfer", "licence")})
    after = changed(model(), facts(), changes)
    pairs = tuple((features.BY_NAME[name], facts()[name], after[name]) for name in changes)
    return WhatIf(pairs, estimate(models, facts(), POLICY), estimate(models, after, POLICY))


def test_the_factor_is_the_price_after_over_the_price_before() -> None:
    found = supposed(rights=6)

    assert found.factor is not None and found.factor > 1.2
    assert found.before.price is not None and found.after.price is not None
    assert found.factor == pytest.approx(found.after.price.fen / found.before.price.fen, rel=1e-6)


def test_the_sentence_says_what_changed_and_that_it_is_no_cause() -> None:
    said = supposed(rights=6, trade="licence").sentences()

    assert said["zh"][0].startswith("若件数由2 件变为6 件、交易方式由转让变为许可：模型的估计为原来的")
    assert said["en"][0].startswith(
        "With number of rights from 2 to 6, way of trade from transfer to licence: the model says"
    )
    assert said["zh"][-1] == "模型行为，非因果关系。" and said["en"][-1] == "Model behaviour, not cause."


def test_where_the_evidence_does_not_reach_the_model_says_nothing() -> None:
    models = Models(real=model(), evidence={("invention", "transfer"): Evidence(deals=60)})
    after = changed(model(), facts(), {"trade": "licence"})
    pair = (features.BY_NAME["trade"], "transfer", "licence")

    found = WhatIf((pair,), estimate(models, facts(), POLICY), estimate(models, after, POLICY))

    assert found.factor is None and found.after.price is None
    assert "样本不足" in found.sentences()["zh"][0]
