"""Human decisions over HTTP: the seller asks, a manager answers in time, and nobody decides for another (PIPL art 24)."""

from datetime import datetime

import pytest

from kernel.money import Money
from tests.support.desk import ok, refused, slug
from tests.support.review_room import ReviewRoom, unbroken


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def test_the_seller_asks_a_manager_takes_it_up_and_decides__pipl_24(house, room):
    manager, office = room.manager(), room.desk.office

    asked = ok(room.ask(), 201)
    twice = refused(room.ask(office))
    early = refused(manager.post(room.path(f"human-decisions/{asked['id']}/decision"), json=_decision()))
    taken = ok(manager.post(room.path(f"human-decisions/{asked['id']}/taking-up")))
    decided = ok(manager.post(room.path(f"human-decisions/{asked['id']}/decision"), json=_decision()))

    assert asked["state"] == "requested" and asked["due_at"] > house.now().isoformat()
    assert "不具约束力" in asked["statement_zh"] and "does not bind" in asked["statement_en"]
    assert slug(twice) == "already-asked" and twice["article"] == "个人信息保护法 art 24"
    assert slug(early) == "wrong-state"
    assert taken["state"] == "open" and taken["taken_by"] == str(manager.person_id)
    assert decided["state"] == "decided" and decided["review"]["price_fen"] == 60_000_000
    assert decided["review"]["counts"] is True and decided["overdue"] is False
    assert unbroken(house)


def _decision(**changes):
    return {"verdict": "override", "price_fen": 60_000_000, "reason": "已有意向许可，应予上调"} | changes


@pytest.mark.long
def test_a_decision_is_due_in_working_days_and_shows_when_it_is_late(house, room):
    asked = ok(room.ask(), 201)
    house.move(days=40)

    late = room.read(room.desk.office, "human-decisions")["items"][0]

    days = (datetime.fromisoformat(asked["due_at"]) - datetime.fromisoformat(asked["asked_at"])).days
    assert 13 <= days <= 25
    assert asked["overdue"] is False and late["overdue"] is True


def test_who_asked_does_not_decide_and_nobody_decides_for_another(house, room):
    own = house.act("transfer_office", "technology_manager", organisation=room.desk.home)
    first, second = room.manager(), room.manager()
    asked = ok(room.ask(own), 201)
    path = room.path(f"human-decisions/{asked['id']}")

    oneself = refused(own.post(f"{path}/taking-up"))
    ok(first.post(f"{path}/taking-up"))
    again = refused(second.post(f"{path}/taking-up"))
    instead = refused(second.post(f"{path}/decision", json=_decision()))

    assert slug(oneself) == "own-request" and slug(again) == "wrong-state" and slug(instead) == "taken-by-another"


@pytest.mark.long
def test_a_request_is_withdrawn_by_the_seller_until_it_is_answered(room):
    asked = ok(room.ask(), 201)
    path = room.path(f"human-decisions/{asked['id']}/withdrawal")

    stranger = room.manager().post(path)
    gone = ok(room.desk.office.post(path))

    assert stranger.status_code == 403 and gone["state"] == "withdrawn"
    assert slug(refused(room.desk.office.post(path))) == "wrong-state"
    ok(room.ask(), 201)


@pytest.mark.long
def test_a_newer_valuation_does_not_end_the_duty_to_answer(room):
    manager, asked, old = room.manager(), ok(room.ask(), 201), room.valuation
    room.valued(Money.wan(80), low=Money.wan(70), high=Money.wan(90))
    path = room.path(f"human-decisions/{asked['id']}", old)

    ok(manager.post(f"{path}/taking-up"))
    decided = ok(manager.post(f"{path}/decision", json=_decision()))

    assert decided["state"] == "decided" and decided["review"]["superseded_by"] == room.valuation
    assert slug(refused(room.desk.office.post(room.path("human-decisions", old), json={"grounds": "再议"}))) == (
        "valuation-superseded"
    )


@pytest.mark.long
def test_a_decision_has_its_reason_and_is_no_blind_price(room):
    manager, asked = room.manager(), ok(room.ask(), 201)
    path = room.path(f"human-decisions/{asked['id']}")
    ok(manager.post(f"{path}/taking-up"))

    for changes in ({"reason": " "}, {"verdict": "own_price"}):
        assert manager.post(f"{path}/decision", json=_decision(**changes)).status_code == 422
