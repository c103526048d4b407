"""Many hands at once on one valuation: verdicts in one order, sights before or after a blind price, one answer to a request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.invariants import check_all
from tests.support.desk import LISTED, ok, slug
from tests.support.review_room import OPINION, ReviewRoom


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def unbroken(house):
    with house.database.session("owner") as session:
        return [one for one in check_all(session) if one.number[0] in "RM"] == []


def test_overrides_at_once_are_all_kept_in_one_order_and_one_counts(house, room):
    managers = [room.manager() for _ in range(4)]

    answers = at_once(
        *(
            lambda manager=manager, price=price: room.review(manager, "override", price=price, reason="另有依据")
            for manager, price in zip(managers, ("41", "42", "43", "44"), strict=True)
        )
    )

    assert statuses(answers) == [201] * 4
    listed = room.read(room.desk.office, "reviews")["items"]
    assert [one["ordinal"] for one in listed] == [4, 3, 2, 1]
    assert [one["counts"] for one in listed] == [True, False, False, False]
    assert unbroken(house)


@pytest.mark.long
def test_of_two_overrides_at_once_that_have_read_nothing_one_is_told(house, room):
    managers = [room.manager() for _ in range(3)]

    answers = at_once(
        *(
            lambda manager=manager: room.review(manager, "override", price="42", reason="另有依据", reviews_seen=0)
            for manager in managers
        )
    )

    assert statuses(answers) == [201, 409, 409]
    assert {slug(one.json()) for one in answers if one.status_code == 409} == {"reviewed-meanwhile"}
    assert unbroken(house)


@pytest.mark.long
def test_a_new_valuation_and_an_acceptance_at_once_leave_no_acceptance_of_an_old_one_unmarked(house, room):
    manager, old = room.manager(), room.valuation
    path = f"/v1/results/{room.desk.result_id}/valuations"

    accepted, valued = at_once(
        lambda: manager.post(room.path("reviews", old), json={"verdict": "accept"}),
        lambda: room.desk.completer.post(path, json={"trade": "transfer"}),
    )

    newer = ok(valued, 201)["id"]
    if accepted.status_code == 201:
        (kept,) = ok(room.desk.office.get(room.path("reviews", old)))["items"]
        assert kept["superseded_by"] == newer
    else:
        assert slug(accepted.json()) == "valuation-superseded"
    assert unbroken(house)


def test_reading_the_price_while_pricing_blind_is_before_or_after_never_beside(house, room):
    managers = [room.manager() for _ in range(6)]

    answers = at_once(
        *(lambda manager=manager: manager.get(room.path()) for manager in managers),
        *(lambda manager=manager: room.review(manager, "own_price", price="32") for manager in managers),
    )

    assert statuses(answers) == [200] * 6 + [201] * 6
    assert unbroken(house)


@pytest.mark.long
def test_a_request_is_made_taken_up_and_answered_once(house, room):
    managers = [room.manager() for _ in range(3)]
    clerks = [house.act("transfer_office", organisation=room.desk.home) for _ in range(3)]
    decision = {"verdict": "override", "price_fen": 60_000_000, "reason": "另有依据"}

    asked = at_once(*(lambda clerk=clerk: room.ask(clerk) for clerk in clerks))
    number = next(one.json()["id"] for one in asked if one.status_code == 201)
    path = room.path(f"human-decisions/{number}")
    taken = at_once(*(lambda manager=manager: manager.post(f"{path}/taking-up") for manager in managers))
    winner = next(manager for manager, one in zip(managers, taken, strict=True) if one.status_code == 200)
    ended = at_once(
        lambda: winner.post(f"{path}/decision", json=decision), lambda: room.desk.office.post(f"{path}/withdrawal")
    )

    assert statuses(asked) == [201, 409, 409] and statuses(taken) == [200, 409, 409]
    assert statuses(ended) == [200, 409]
    assert unbroken(house)


@pytest.mark.long
def test_a_third_party_signs_once_or_is_disinvited(house, room):
    third = room.invited()
    again = house.act("appraiser", organisation=third.organisation_id)
    number = room.read(room.desk.office, "third-party-reviews/invitations")["items"][0]["id"]
    away = room.path(f"third-party-reviews/invitations/{number}/withdrawal")

    *signed, gone = at_once(lambda: room.sign(third), lambda: room.sign(again), lambda: room.desk.office.post(away))

    made = [one for one in signed if one.status_code == 201]
    assert len(made) == (0 if gone.status_code == 200 else 1)
    assert unbroken(house)


@pytest.mark.long
def test_a_sign_off_that_moves_while_the_unit_decides_never_publishes_what_nobody_signed(house, room):
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)
    terms = LISTED | {"basis": "ai_estimate_reviewed", "benchmark_fen": None, "valuation_id": room.valuation}
    desk = room.desk.drafted(terms)
    desk.do("submission")
    ok(desk.decide(desk.office, "transfer_office"), 201)

    decided, moved = at_once(
        lambda: desk.decide(desk.approver, "unit_approval"),
        lambda: room.review(manager, "override", price="30", reason="更正"),
    )
    published = desk.office.post(f"/v1/listings/{desk.listing_id}/publication")

    assert moved.status_code == 201 and decided.status_code in (201, 409)
    assert published.status_code == 409
    assert unbroken(house)


@pytest.mark.long
def test_two_third_parties_may_sign_at_once(house, room):
    thirds = [room.invited("appraiser"), room.invited()]

    answers = at_once(*(lambda third=third: room.sign(third, opinion=OPINION["opinion"]) for third in thirds))

    assert statuses(answers) == [201, 201]
    assert unbroken(house)
