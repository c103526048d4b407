"""How a price was reached: reconciliation and override are bars of their own, and the yuan close to the fen."""

import math

import pytest

from tests.support.appraisal_bodies import report
from tests.support.desk import Desk, ok, refused
from tests.support.past_deals import train_on_reference
from tests.support.review_room import ReviewRoom


@pytest.fixture
def desk(house):
    train_on_reference(house.database)
    return Desk(house).registered()


def valued(desk):
    return ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)


def closes(reached, price_fen):
    """Factors and yuan both lead from the base to the price."""
    factors = math.prod(one["factor"] for one in reached["contributions"])
    yuan = [one["yuan_fen"] for one in reached["contributions"]]
    if reached["base_fen"] is None:
        return set(yuan) == {None}
    return reached["base_fen"] + sum(yuan) == price_fen and math.isclose(
        reached["base_fen"] * factors, price_fen, rel_tol=1e-4
    )


def test_an_appraisal_on_file_adds_a_bar_from_the_models_price_to_the_reasoned_one(desk):
    alone = valued(desk)
    ok(desk.office.post("/v1/appraisals", json=report(desk, value_fen=alone["price_fen"] * 6 // 5)), 201)

    made = valued(desk)

    reasoned = made["reasoned"]
    bar = reasoned["reached"]["contributions"][-1]
    assert alone["reasoned"] is None and made["price_fen"] == alone["price_fen"]
    assert reasoned["held"] is None and alone["price_fen"] < reasoned["price_fen"] < alone["price_fen"] * 6 // 5
    assert bar["feature"] == "reconciliation" and bar["group"] == "after"
    assert bar["factor"] == pytest.approx(reasoned["price_fen"] / made["price_fen"], rel=1e-6)
    assert reasoned["reached"]["contributions"][:-1] != [] and closes(reasoned["reached"], reasoned["price_fen"])
    picture = desk.office.get(f"/v1/valuations/{made['id']}/waterfall.svg?end=reasoned")
    page = desk.office.get(f"/valuations/{made['id']}")
    assert picture.status_code == 200 and "调和" in picture.text and "合理价" in picture.text
    assert f"/v1/valuations/{made['id']}/waterfall.svg?lang=zh&amp;end=reasoned" in page.text


def test_an_override_is_a_bar_of_its_own_after_the_models_reasons__zhejiang_2025_27_item_13(house, desk):
    room = ReviewRoom(house, desk)
    manager = room.manager()
    model = room.read(desk.office, "comparison")["model"]["price_fen"]
    set_to = model * 4 // 5

    made = ok(room.review(manager, "override", price=str(set_to // 1_000_000), reason="样机尚未定型"), 201)

    bars = made["reached"]["contributions"]
    picture = desk.office.get(f"/v1/valuations/{room.valuation}/waterfall.svg?end=set&lang=en")
    page = desk.office.get(f"/valuations/{room.valuation}")
    assert [one["feature"] for one in bars].count("override") == 1 and bars[-1]["feature"] == "override"
    assert closes(made["reached"], made["price_fen"])
    assert picture.status_code == 200 and "set by a person" in picture.text
    assert "end=set" in page.text


def test_an_accepted_price_needs_no_further_bar_and_no_further_picture(house, desk):
    room = ReviewRoom(house, desk)

    made = ok(room.review(room.manager(), "accept"), 201)

    assert made["reached"] is None
    for end in ("set", "reasoned"):
        refused(desk.office.get(f"/v1/valuations/{room.valuation}/waterfall.svg?end={end}"), 404)
    assert "end=set" not in desk.office.get(f"/valuations/{room.valuation}").text


def test_an_override_of_a_reconciled_price_starts_where_the_reconciliation_ends(house, desk):
    ok(desk.office.post("/v1/appraisals", json=report(desk, value_fen=valued(desk)["price_fen"] * 6 // 5)), 201)
    room = ReviewRoom(house, desk)

    made = ok(room.review(room.manager(), "override", price="30", reason="样机尚未定型"), 201)

    assert [one["feature"] for one in made["reached"]["contributions"]][-2:] == ["reconciliation", "override"]
    assert closes(made["reached"], made["price_fen"])
