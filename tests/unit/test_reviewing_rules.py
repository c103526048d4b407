"""The rules of the review desk as values: figures, benchmarks, third parties, the signature, who may be told what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kernel.ids import OrganisationId
from kernel.money import Money
from kernel.signing import KeyRegister, RegisteredKey, Signer
from parties.kinds import OrganisationKind
from valuation.reviewing import errors
from valuation.reviewing.anchoring import Pair, anchoring
from valuation.reviewing.benchmarks import Opinion, SignOff, is_signed_off, may_be_benchmark
from valuation.reviewing.comparing import Compared, compare
from valuation.reviewing.figures import Figure, judged
from valuation.reviewing.independence import check_third_party
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.signatures import is_genuine, seal

WAN = Money.wan
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASSOCIATION, AGENCY = OrganisationId(uuid4()), OrganisationId(uuid4())
SIGNED = SignOff(Verdict.ACCEPT, Figure(WAN(50)), ASSOCIATION, NOON)
AGREES = Opinion(AGENCY, True, None, NOON)
DISSENTS = Opinion(AGENCY, False, Figure(low=WAN(10), high=WAN(20)), NOON + HOUR)
MODEL = Figure(WAN(50), WAN(40), WAN(65))


def asked(regime="GOV_UNIT", benchmark=WAN(50), **facts):
    known = {"sign_off": SIGNED, "collective_decision": NOON, "third_party": ()} | facts
    return may_be_benchmark(regime, benchmark=benchmark, **known)


# Benchmark 基准价格.


def test_sign_off_and_decision_make_a_benchmark__zhejiang_2025_27_item_13():
    assert asked() is None
    assert asked(collective_decision=None, third_party=[AGREES]) is None
    assert asked(third_party=[AGREES]) is None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"sign_off": None}, errors.NotSignedOff),
        ({"sign_off": None, "third_party": [AGREES]}, errors.NotSignedOff),
        ({"collective_decision": None}, errors.NotDecidedTogether),
        ({"collective_decision": None, "third_party": [DISSENTS]}, errors.NotDecidedTogether),
        ({"benchmark": WAN(51)}, errors.BenchmarkDiffers),
        ({"third_party": [DISSENTS]}, errors.DissentUnread),
        ({"sign_off": replace(SIGNED, rests_on_generated=True)}, errors.RestsOnGenerated),
    ],
)
def test_a_government_units_benchmark_lacks_nothing__zhejiang_2025_27_item_13(facts, refusal):
    found = asked(**facts)

    assert isinstance(found, refusal)
    assert found.article == "浙政办发〔2025〕27号 第13项" and found.cure_zh and found.cure_en


def test_a_dissent_known_to_the_deciders_does_not_bind_them():
    assert asked(collective_decision=NOON + 2 * HOUR, third_party=[DISSENTS]) is None


def test_a_dissent_whose_own_range_holds_the_benchmark_supports_it():
    near = replace(DISSENTS, figure=Figure(low=WAN(45), high=WAN(55)))

    assert asked(third_party=[near]) is None
    assert asked(collective_decision=None, third_party=[near]) is None


def test_the_sign_offs_own_house_is_no_second_opinion():
    same = replace(AGREES, organisation_id=ASSOCIATION)

    assert isinstance(asked(collective_decision=None, third_party=[same]), errors.NotDecidedTogether)


def test_a_person_may_set_what_generated_data_may_not():
    own = replace(SIGNED, verdict=Verdict.OVERRIDE, rests_on_generated=True)

    assert asked(sign_off=own) is None


@pytest.mark.parametrize("regime", ["PRIVATE", "SOE"])
def test_other_regimes_need_no_sign_off_but_keep_to_one(regime):
    assert asked(regime, sign_off=None, collective_decision=None) is None
    assert asked(regime, collective_decision=None) is None
    assert isinstance(asked(regime, WAN(51)), errors.BenchmarkDiffers)
    assert is_signed_off(regime, benchmark=WAN(99), sign_off=None) is None


# Figures.


def test_a_figure_is_a_price_or_a_range_or_one_within_the_other():
    assert Figure(WAN(5)).bounds == (WAN(5), WAN(5))
    assert Figure(low=WAN(4), high=WAN(6)).holds(WAN(6)) and not Figure(low=WAN(4), high=WAN(6)).holds(WAN(7))
    for wrong in ((None, None, None), (WAN(1), WAN(2), WAN(3)), (None, WAN(3), WAN(2)), (None, WAN(1), None)):
        with pytest.raises(errors.PriceOrRange):
            Figure(*wrong)
    with pytest.raises(errors.PriceOrRange):
        Figure(Money(0))


def test_to_accept_is_to_take_the_models_price():
    assert judged(Verdict.ACCEPT, MODEL, None, reason="").price == WAN(50)
    assert judged(Verdict.ACCEPT, MODEL, Figure(WAN(50)), reason="").price == WAN(50)
    with pytest.raises(errors.OutsideRange):
        judged(Verdict.ACCEPT, MODEL, Figure(WAN(49)), reason="有理由")
    with pytest.raises(errors.OutsideRange):
        judged(Verdict.ACCEPT, MODEL, MODEL, reason="")
    with pytest.raises(errors.NothingToAccept):
        judged(Verdict.ACCEPT, None, Figure(WAN(50)), reason="")


def test_an_override_says_why_and_an_own_price_is_one_price():
    own = Figure(low=WAN(10), high=WAN(20))

    assert judged(Verdict.OVERRIDE, None, own, reason="另有依据") is own
    with pytest.raises(errors.ReasonWanted):
        judged(Verdict.OVERRIDE, MODEL, own, reason=" \n")
    for stated in (None, own):
        with pytest.raises(errors.PriceOrRange):
            judged(Verdict.OWN_PRICE, MODEL, stated, reason="")


# Third parties.


@pytest.mark.parametrize("kind", [OrganisationKind.ASSOCIATION, OrganisationKind.APPRAISER])
def test_associations_and_appraisers_are_third_parties(kind):
    check_third_party(kind, verified=True, is_owner=False, affiliated=False)

    with pytest.raises(errors.NoThirdParty):
        check_third_party(kind, verified=False, is_owner=False, affiliated=False)
    for tie in ("is_owner", "affiliated", "has_completer"):
        ties = {"is_owner": False, "affiliated": False} | {tie: True}
        with pytest.raises(errors.NotIndependent):
            check_third_party(kind, verified=True, **ties)


@pytest.mark.parametrize("kind", sorted(set(OrganisationKind) - {"association", "appraiser"}))
def test_nobody_else_is_a_third_party__zhejiang_2025_27_item_13(kind):
    with pytest.raises(errors.NoThirdParty):
        check_third_party(kind, verified=True, is_owner=False, affiliated=False)


# The signature.


def test_one_changed_byte_is_no_longer_what_was_signed():
    signer = Signer.from_seed(b"r" * 32)
    register = KeyRegister((RegisteredKey(signer.key_id, signer.public_key, "valuation-review", NOON - HOUR),))
    sealed = seal({"opinion": "价格合理", "low": WAN(40), "reviewed_at": NOON}, signer)

    assert is_genuine(register, sealed, signed_at=NOON)
    for place in range(len(sealed.document)):
        other = "x" if sealed.document[place] != "x" else "y"
        forged = replace(sealed, document=sealed.document[:place] + other + sealed.document[place + 1 :])
        assert not is_genuine(register, forged, signed_at=NOON)
    assert not is_genuine(register, replace(sealed, signature=sealed.signature.upper()), signed_at=NOON)
    assert not is_genuine(register, sealed, signed_at=NOON - 2 * HOUR)
    assert not is_genuine(KeyRegister(), sealed, signed_at=NOON)


# Anchoring.


def some(count, distance, *, shown, reviewer="r"):
    """Prices of one person, all a factor of e^distance away, above and below by turns."""
    return [
        Pair(10 + place + (distance if place % 2 else -distance), 10.0 + place, shown, reviewer=reviewer)
        for place in range(count)
    ]


def test_too_few_pairs_are_counted_and_nothing_is_said_of_them():
    found = anchoring([*some(20, 0.2, shown=True), *some(19, 0.5, shown=False)], pairs_min=20)

    assert found.too_few and found.pull is found.low is found.high is None
    assert (found.shown.pairs, found.blind.pairs, found.blind.median_distance) == (20, 19, None)


def test_the_pull_is_the_part_of_the_way_that_the_shown_have_gone():
    found = anchoring([*some(20, 0.1, shown=True), *some(20, 0.4, shown=False)], pairs_min=20)

    assert not found.too_few
    assert [found.pull, found.low, found.high] == pytest.approx([0.75] * 3)
    assert found.shown.slope == pytest.approx(1, abs=0.05)


def test_whoever_repeats_the_model_is_pulled_all_the_way_and_whoever_is_on_it_blind_not_at_all():
    assert anchoring([*some(5, 0, shown=True), *some(5, 0.4, shown=False)], pairs_min=5).pull == 1
    assert anchoring([*some(5, 0.4, shown=True), *some(5, 0, shown=False)], pairs_min=5).pull is None
    assert anchoring([], pairs_min=1).too_few


def test_the_weight_of_the_models_error_is_read_from_realised_prices():
    errs = [place / 10 - 1 for place in range(21)]
    pairs = [Pair(10 + 0.6 * one, 10 + one, shown=True, realised=10.0) for one in errs]
    pairs += [Pair(10 + 0.1 * one, 10 + one, shown=False, realised=10.0) for one in errs]

    found = anchoring(pairs, pairs_min=20)

    assert (found.shown.weight, found.blind.weight) == (pytest.approx(0.6), pytest.approx(0.1))
    assert anchoring([replace(one, realised=None) for one in pairs], pairs_min=20).shown.weight is None


# What may be told.


def row(owner, *, human=None, realised=None, kind="invention", trade="transfer"):
    return Compared(owner, kind, trade, MODEL, human and Figure(WAN(human)), realised and WAN(realised))


def test_no_figure_over_all_rests_on_fewer_organisations_than_the_rule_says():
    owners = [OrganisationId(uuid4()) for _ in range(3)]
    rows = [row(one, human="40") for one in owners] + [row(owners[0], realised="45") for _ in range(9)]

    whole, segment = compare(rows, units_min=3)

    assert segment.human_to_model.count == 3 and segment.human_to_model.median_ratio == pytest.approx(0.8)
    assert segment.realised_to_model is segment.realised is segment.ranged is segment.in_range is None
    assert whole.valuations == 12
    assert compare(rows[:2], units_min=3)[0].hidden


def test_one_hidden_segment_hides_the_next_smallest_or_the_total_would_give_it_away():
    owners = [OrganisationId(uuid4()) for _ in range(3)]
    rows = [row(one, human="40", trade=trade) for one in owners for trade in ("transfer", "transfer", "licence")]
    rows.append(row(owners[0], human="40", trade="equity"))

    _, transfer, licence, equity = compare(rows, units_min=3)

    assert (transfer.hidden, licence.hidden, equity.hidden) == (False, True, True)
    assert equity.valuations is licence.valuations is licence.human_to_model is None


def test_ones_own_rows_are_all_told():
    owner = OrganisationId(uuid4())

    whole, segment = compare([row(owner, human="40", realised="45"), row(owner, realised="70")], units_min=1)

    assert (whole.valuations, whole.reviewed, whole.realised, whole.ranged, whole.in_range) == (2, 1, 2, 2, 1)
    assert segment.realised_to_human.median_ratio == pytest.approx(45 / 40)
    assert compare([], units_min=1)[0].valuations == 0


def test_a_range_without_a_price_is_not_compared_by_its_middle():
    owner = OrganisationId(uuid4())
    ranged = Compared(owner, "invention", "transfer", Figure(low=WAN(40), high=WAN(65)), Figure(WAN(50)), WAN(60))

    whole = compare([ranged], units_min=1)[0]

    assert whole.human_to_model is whole.realised_to_model is None
    assert (whole.ranged, whole.in_range) == (1, 1)
