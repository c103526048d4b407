"""Who sees which part of a review over HTTP; ids of others lead nowhere, and a repeated review is one."""

import pytest

from tests.support.desk import ok
from tests.support.review_room import ReviewRoom, invitation


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def test_who_sees_which_part_of_a_review__visibility_matrix(house, room):
    manager, third = room.manager(), room.invited()
    ok(room.review(manager, "accept"), 201)
    ok(room.sign(third), 201)
    asked = ok(room.ask(), 201)
    people = {
        "office": room.desk.office,
        "completer": room.desk.completer,
        "manager": manager,
        "other manager": room.manager(engaged=False),
        "invited": third,
        "not invited": room.third(),
        "buyer": room.desk.buyer(),
        "operator": house.exchange("operator"),
        "supervisor": house.exchange("supervisor"),
        "statistician": house.exchange("statistician"),
    }
    inside, reviewers = {"office", "completer", "manager"}, {"office", "completer", "manager", "invited"}
    reads = {
        "": reviewers,
        "reviews": reviewers,
        "comparison": reviewers,
        "third-party-reviews": reviewers,
        "third-party-reviews/invitations": reviewers,
        "human-decisions": inside,
        "blind": {"manager"},
    }

    for what, allowed in reads.items():
        for name, client in people.items():
            status = client.get(room.path(what)).status_code
            expected = 200 if name in allowed else 403 if what == "blind" and name != "other manager" else 404
            assert status == expected, (what, name, status)
    for name, client in people.items():
        if name not in reviewers:
            assert room.review(client, "accept").status_code in (403, 404), name
            assert room.ask(client).status_code in (403, 404), name
            assert room.sign(client).status_code in (403, 404), name
            assert client.post(room.path(f"human-decisions/{asked['id']}/taking-up")).status_code in (403, 404), name
    assert house.client.get(room.path("reviews")).status_code == 401


@pytest.mark.long
def test_a_third_party_reads_neither_the_deal_nor_the_sellers_request(room):
    third = room.invited()
    ok(room.ask(), 201)

    seen = room.read(third, "comparison")

    assert seen["realised"] == [] and seen["human_decisions"] == []
    assert room.read(room.desk.office, "comparison")["human_decisions"][0]["state"] == "requested"


@pytest.mark.long
def test_an_invited_reviewer_reads_the_result_it_reviews_and_no_other(room):
    third = room.invited()
    path = f"/v1/results/{room.desk.result_id}"
    room.desk.registered()

    assert ok(third.get(path))["id"] in path
    assert third.get(f"/v1/results/{room.desk.result_id}").status_code == 404


@pytest.mark.long
def test_ids_of_another_valuation_lead_nowhere(house, room):
    other, manager = ReviewRoom(house), room.manager()
    asked = ok(other.ask(), 201)
    ok(other.invite(other.third()), 201)

    for action in ("taking-up", "withdrawal"):
        for client in (manager, room.desk.office):
            assert client.post(room.path(f"human-decisions/{asked['id']}/{action}")).status_code in (403, 404)
    path = room.path(f"third-party-reviews/invitations/{invitation(other)}/withdrawal")
    assert room.desk.office.post(path).status_code == 404


@pytest.mark.long
def test_a_repeated_review_is_one_review(room):
    manager = room.manager()
    headers = {"Idempotency-Key": "one review"}

    first, again = (manager.post(room.path("reviews"), json={"verdict": "accept"}, headers=headers) for _ in range(2))

    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert len(room.read(room.desk.office, "reviews")["items"]) == 1
