"""Laws of the review desk: what a verdict may stand for, when a benchmark holds, and how the pull behaves."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.errors import Problem
from kernel.ids import OrganisationId
from kernel.money import FEN_MAX, Money
from tests.support.counting import counts
from valuation.reviewing.anchoring import Pair, anchoring
from valuation.reviewing.benchmarks import Opinion, SignOff, may_be_benchmark
from valuation.reviewing.comparing import Compared, compare
from valuation.reviewing.figures import Figure, judged
from valuation.reviewing.kinds import Verdict

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
HOUSES = [OrganisationId(UUID(int=number)) for number in range(1, 6)]
amounts = st.integers(1, FEN_MAX).map(Money)
instants = st.integers(-5, 5).map(lambda hours: NOON + timedelta(hours=hours))


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """A price, a range, or a price within a range."""
    low, price, high = sorted(draw(st.tuples(amounts, amounts, amounts)))
    return draw(st.sampled_from([Figure(price), Figure(low=low, high=high), Figure(price, low, high)]))


sign_offs = st.builds(
    SignOff,
    st.sampled_from([Verdict.ACCEPT, Verdict.OVERRIDE]),
    figures(),
    st.sampled_from(HOUSES),
    instants,
    st.booleans(),
)
opinions = st.builds(Opinion, st.sampled_from(HOUSES), st.booleans(), figures(), instants)


@settings(max_examples=counts(3_000))
@given(st.sampled_from(Verdict), st.none() | figures(), st.none() | figures(), st.sampled_from(["", " ", "另有依据"]))
def test_what_is_signed_is_the_models_or_has_its_reason(
    verdict: Verdict, model: Figure | None, stated: Figure | None, reason: str
) -> None:
    try:
        found = judged(verdict, model, stated, reason=reason)
    except Problem:
        return

    if verdict is Verdict.ACCEPT:
        assert model is not None and found.price is not None and model.holds(found.price)
        assert model.price in (None, found.price)
    else:
        assert found == stated
        assert verdict is not Verdict.OVERRIDE or reason.strip()


@settings(max_examples=counts(3_000))
@given(
    st.sampled_from(["GOV_UNIT", "SOE", "PRIVATE"]),
    amounts,
    st.none() | sign_offs,
    st.none() | instants,
    st.lists(opinions, max_size=4),
)
def test_no_government_benchmark_without_a_signature_and_a_second_voice__zhejiang_2025_27_item_13(
    regime: str, benchmark: Money, signed: SignOff | None, decided: datetime | None, said: list[Opinion]
) -> None:
    refusal = may_be_benchmark(
        regime, benchmark=benchmark, sign_off=signed, collective_decision=decided, third_party=said
    )

    if refusal is None and regime == "GOV_UNIT":
        assert signed is not None and signed.figure.holds(benchmark)
        others = [one for one in said if one.organisation_id != signed.organisation_id]
        assert decided is not None or any(one.supports(benchmark) for one in others)
    if refusal is not None:
        assert refusal.article and refusal.facts()["cure_zh"]


@settings(max_examples=counts(2_000))
@given(amounts, sign_offs, instants, st.lists(opinions, max_size=3), opinions)
def test_one_more_supporting_voice_never_takes_a_benchmark_away(
    benchmark: Money, signed: SignOff, decided: datetime, said: list[Opinion], more: Opinion
) -> None:
    assume(more.organisation_id != signed.organisation_id)

    def asked(third: list[Opinion]) -> object:
        return may_be_benchmark(
            "GOV_UNIT", benchmark=benchmark, sign_off=signed, collective_decision=decided, third_party=third
        )

    if asked(said) is None:
        assert asked([*said, replace(more, agrees=True)]) is None


logs = st.floats(5, 30, allow_nan=False)
pairs = st.builds(Pair, logs, logs, st.booleans(), realised=st.none() | logs, reviewer=st.sampled_from("abcdefg"))


@settings(max_examples=counts(2_000))
@given(st.lists(pairs, max_size=30), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_pull_does_not_depend_on_the_order_of_the_pairs(
    found: list[Pair], pairs_min: int, chance: random.Random
) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)

    assert anchoring(found, pairs_min=pairs_min, draws=19) == anchoring(shuffled, pairs_min=pairs_min, draws=19)


@settings(max_examples=counts(2_000))
@given(st.lists(pairs, max_size=30), st.integers(1, 6))
def test_groups_that_are_too_small_are_not_spoken_of(found: list[Pair], pairs_min: int) -> None:
    measured = anchoring(found, pairs_min=pairs_min, draws=19)

    assert measured.shown.pairs + measured.blind.pairs == len(found)
    for group in (measured.shown, measured.blind):
        if group.pairs < pairs_min:
            assert group.median_distance is group.slope is group.weight is None
    assert measured.too_few == (min(measured.shown.pairs, measured.blind.pairs) < pairs_min)
    assert measured.pull is None or measured.pull <= 1
    if measured.low is not None and measured.high is not None:
        assert measured.low <= measured.high <= 1


@pytest.mark.parametrize("pull", [0.0, 0.4, 0.9])
def test_a_planted_pull_is_found_and_lies_in_its_interval(pull: float) -> None:
    chance = random.Random(7)
    planted = []
    for number in range(600):
        model, truth = chance.gauss(12, 1), 0.0
        truth = model + chance.gauss(0, 0.6)
        shown = number % 2 == 0
        human = model + (truth - model) * (1 - pull if shown else 1)
        planted.append(Pair(human, model, shown, truth, reviewer=str(number % 12)))

    found = anchoring(planted, pairs_min=20, draws=199)

    assert found.low is not None and found.high is not None and found.pull is not None
    assert abs(found.pull - pull) < 0.15 and found.low <= pull + 0.05 and found.high >= pull - 0.05
    assert found.shown.weight == pytest.approx(pull, abs=0.05) and found.blind.weight == pytest.approx(0, abs=0.05)


@st.composite
def compared(draw: st.DrawFn) -> Compared:
    """A valuation of one of five houses."""
    return Compared(
        draw(st.sampled_from(HOUSES)),
        draw(st.sampled_from(["invention", "software"])),
        draw(st.sampled_from(["transfer", "licence"])),
        draw(st.none() | figures()),
        draw(st.none() | figures()),
        draw(st.none() | amounts),
    )


@settings(max_examples=counts(1_000))
@given(st.lists(compared(), max_size=25), st.integers(2, 4))
def test_nothing_is_told_that_rests_on_too_few_organisations(rows: list[Compared], units_min: int) -> None:
    whole, *segments = compare(rows, units_min=units_min)

    for segment in (whole, *segments):
        own = [one for one in rows if segment.kind is None or (one.kind, one.trade) == (segment.kind, segment.trade)]
        assert segment.hidden or len({one.owner_id for one in own}) >= units_min
        if segment.realised_to_model is not None:
            with_both = [one for one in own if one.realised and one.model and one.model.price]
            assert segment.realised_to_model.count == len(with_both)
            assert len({one.owner_id for one in with_both}) >= units_min
    if not whole.hidden and len(segments) > 1:
        assert sum(one.hidden for one in segments) != 1
