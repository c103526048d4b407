"""What a market teaches: arm's-length prices only, nobody's more than his share, asks at a discount that says where from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from tests.support.counting import counts
from tests.support.evidence import POLICY, PRIOR, row
from valuation.arms_length import LeftOut, left_out
from valuation.dataset import training_set, weights
from valuation.discounts import bounded, discount, pairs_of


def sale(number: int, seller: str | None, buyer: str | None, day: date, **facts: Any) -> Any:
    usual = {"seller": seller, "buyer": buyer, "dealt_on": day, "application_number": "202010000001X"}
    return row(number, **(usual | facts))


def test_a_right_that_comes_back_within_two_years_was_not_sold() -> None:
    there = sale(1, "a", "b", date(2024, 1, 1))
    back = sale(2, "b", "a", date(2025, 6, 1))
    later = sale(3, "a", "c", date(2025, 9, 1))

    assert left_out([there, back, later]) == {"1": LeftOut.WASH, "2": LeftOut.WASH}


def test_a_right_bought_back_after_years_was_sold() -> None:
    assert left_out([sale(1, "a", "b", date(2020, 1, 1)), sale(2, "b", "a", date(2024, 6, 1))]) == {}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"related_party": True}, LeftOut.RELATED),
        ({"defaulted": True}, LeftOut.DEFAULTED),
        ({"seller": "a", "buyer": "a"}, LeftOut.WASH),
        ({"price_type": "appraisal"}, LeftOut.APPRAISAL),
    ],
)
def test_what_teaches_no_price_is_counted_by_its_reason(facts: dict[str, Any], reason: LeftOut) -> None:
    chosen = training_set([row(1, **facts), row(2)], POLICY)

    assert [one.source_id for one in chosen.real] == ["2"]
    assert chosen.left_out == {reason.value: 1}


def test_an_unsold_lot_teaches_a_bound_and_counts_as_no_deal() -> None:
    chosen = training_set([row(1), row(2, price_type="unsold")], POLICY)

    assert [one.at_most for one in chosen.real] == [False, True]
    assert chosen.evidence["invention", "transfer"].deals == 1


def test_one_seller_is_at_most_a_fifth_of_what_is_taught() -> None:
    many = [row(number, seller="mass") for number in range(90)] + [
        row(number, seller=None) for number in range(90, 100)
    ]

    found = weights(many, seller_share_max_bp=2000)

    assert found[:90].sum() / found.sum() == pytest.approx(0.2)
    assert found[90:].tolist() == [1.0] * 10


@settings(max_examples=counts(500))
@given(st.lists(st.sampled_from([None, "a", "b", "c", "d", "e", "f", "g"]), min_size=1, max_size=60))
def test_no_named_seller_exceeds_the_share_while_others_could_fill_it(sellers: list[str | None]) -> None:
    found = weights([row(number, seller=seller) for number, seller in enumerate(sellers)], seller_share_max_bp=2000)

    total = found.sum()
    masses = {name: found[[one == name for one in sellers]].sum() for name in sellers if name}
    largest = max(masses.values(), default=0.0)
    held = [name for name, mass in masses.items() if mass < sellers.count(name) - 1e-9]
    assert (found > 0).all() and (found <= 1 + 1e-12).all()
    # Held to the share, or, where too few sellers are the whole market, to equal parts.
    assert largest <= 0.2 * total + 1e-9 or all(masses[name] == pytest.approx(largest) for name in held)


def ask_and_deal(number: int, ask: int, deal: int) -> list[Any]:
    right = f"20201{number:07d}X"
    return [
        row(2 * number, price_type="ask", price_fen=ask, application_number=right, dealt_on=date(2024, 1, 1)),
        row(2 * number + 1, price_fen=deal, application_number=right, dealt_on=date(2024, 5, 1)),
    ]


def test_below_thirty_pairs_the_discount_is_a_prior_that_says_so() -> None:
    rows = [one for number in range(29) for one in ask_and_deal(number, 1000, 700)]

    found = discount(pairs_of(rows), PRIOR)

    assert (found.pairs, found.from_pairs, found.bp) == (29, False, 0)
    assert found.sensitivity() == [0, 875, 1750, 2625, 3500]


def test_thirty_pairs_of_one_result_tell_the_discount() -> None:
    rows = [one for number in range(30) for one in ask_and_deal(number, 1000, 600 + 10 * number)]

    found = discount(pairs_of(rows), PRIOR)

    assert (found.pairs, found.from_pairs) == (30, True)
    assert 2400 <= found.bp <= 2600 and found.low_bp < found.bp < found.high_bp


def test_an_ask_after_the_deal_makes_no_pair() -> None:
    ask, deal = ask_and_deal(1, 1000, 700)

    assert pairs_of([deal, row(9, price_type="ask", application_number=deal.application_number)]) != []
    assert (
        pairs_of(
            [deal, row(9, price_type="ask", application_number=deal.application_number, dealt_on=date(2024, 9, 1))]
        )
        == []
    )
    assert pairs_of([ask, deal]) == [(1000, 700)]


@given(st.integers(1, 10**12), st.one_of(st.none(), st.integers(1, 10**12)))
def test_what_is_foretold_never_exceeds_the_ask(price: int, ask: int | None) -> None:
    found = bounded(Money(price), None if ask is None else Money(ask))

    assert found <= Money(price) and (ask is None or found <= Money(ask))
