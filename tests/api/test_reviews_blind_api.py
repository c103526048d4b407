"""Pricing blind over HTTP: what is shown first, whose eyes saw which price, and the desk that shows none."""

import pytest
from sqlalchemy import select

from kernel.money import Money
from tests.support.desk import ok, refused, slug
from tests.support.review_room import ReviewRoom, unbroken
from valuation.reviewing.tables import PriceSight

TOLD = ("price", "fen", "factor", "low_fen", "level_bp", "grade", "reason", "contributions", "statement", "base")


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def test_the_blind_view_shows_facts_and_deals_and_nothing_of_the_model(room):
    manager = room.manager()

    seen = room.read(manager, "blind")

    assert seen["title"].startswith("一种石墨烯") and seen["already_shown"] is False
    assert {one["feature"] for one in seen["facts"]} >= {"kind", "trade", "remaining_life", "trl"}
    assert set(seen) == {"valuation_id", "result_id", "title", "valued_at", "facts", "comparables", "already_shown"}
    assert not any(word in key for key in set(seen) for word in TOLD)
    assert "50000000" not in str(seen) and "65000000" not in str(seen)


def test_a_price_given_blind_is_recorded_as_blind_and_only_then_is_the_model_shown(house, room):
    manager = room.manager()
    room.read(manager, "blind")

    own = ok(room.review(manager, "own_price", price="32"), 201)
    then = ok(room.review(manager, "override", price="40", reason="参考模型后上调"), 201)

    assert (own["shown_before"], own["price_fen"], own["model_price_fen"]) == (False, 32_000_000, 50_000_000)
    assert own["counts"] is False
    assert then["shown_before"] is True and then["counts"] is True
    assert unbroken(house)


def test_every_way_of_seeing_the_price_is_on_record__not_a_self_declaration(house, room):
    for where in ("", "waterfall.svg", "reviews", "comparison", "third-party-reviews"):
        manager = room.manager()
        assert manager.get(room.path(where)).status_code == 200

        assert ok(room.review(manager, "own_price", price="32"), 201)["shown_before"] is True, where
    assert unbroken(house)


@pytest.mark.long
def test_the_list_of_a_results_valuations_shows_prices_and_is_on_record(room):
    manager = room.manager()
    ok(manager.get(f"/v1/results/{room.desk.result_id}/valuations"))

    assert room.read(manager, "blind")["already_shown"] is True


@pytest.mark.long
def test_an_older_price_of_the_same_result_anchors_as_well(room):
    manager = room.manager()
    room.read(manager)
    room.valued(Money.wan(55))

    assert ok(room.review(manager, "own_price", price="32"), 201)["shown_before"] is True


@pytest.mark.long
def test_what_one_person_saw_another_did_not(room):
    first, second = room.manager(), room.manager()
    room.read(first)

    assert ok(room.review(second, "own_price", price="32"), 201)["shown_before"] is False


@pytest.mark.long
def test_the_first_sight_is_kept_and_an_abstention_shows_nothing(house, room):
    manager = room.manager()
    room.read(manager)
    house.move(days=1)
    room.read(manager)
    with house.database.session("owner") as session:
        (first,) = session.execute(select(PriceSight.first_seen_at).where(PriceSight.person_id == manager.person_id))
    room.valued(None, low=None, high=None)
    other = room.manager()
    room.read(other)

    assert (house.now() - first[0]).total_seconds() > 80_000
    assert ok(room.review(other, "own_price", price="32"), 201)["shown_before"] is False


@pytest.mark.long
def test_the_desk_lists_what_awaits_the_manager_without_a_price(room):
    manager = room.manager()

    (task,) = ok(manager.get("/v1/valuations/review-desk"))
    ok(room.review(manager, "own_price", price="32"), 201)
    (after,) = ok(manager.get("/v1/valuations/review-desk"))
    ok(room.review(manager, "accept"), 201)

    assert task["valuation_id"] == room.valuation and not any("price_fen" in key for key in task)
    assert (task["has_own_price"], task["was_shown"]) == (False, False)
    assert (after["has_own_price"], after["was_shown"]) == (True, True)
    assert ok(manager.get("/v1/valuations/review-desk")) == []


@pytest.mark.long
def test_only_the_newest_valuation_of_a_result_waits(room):
    manager = room.manager()
    newest = room.valued(Money.wan(55))

    assert [one["valuation_id"] for one in ok(manager.get("/v1/valuations/review-desk"))] == [newest]
    assert slug(refused(room.desk.office.get("/v1/valuations/review-desk"), 403)) == "missing-role"
