"""Third-party reviews over HTTP: who is independent, what is signed, and what only a signer may say."""

from datetime import UTC, datetime

import pytest

from kernel.signing import read_signature, verify
from tests.support.desk import Desk, ok, refused, slug
from tests.support.review_room import OPINION, ReviewRoom, invitation, unbroken


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def test_a_third_party_signs_exactly_what_it_says_and_anybody_can_verify(house, room):
    third = room.invited(name="温州市技术经理人协会（测试）")

    made = ok(room.sign(third), 201)
    listed = room.read(room.desk.office, "third-party-reviews")["items"]

    verify(bytes.fromhex(made["public_key"]), made["document"].encode(), read_signature(made["signature"]))
    assert made["genuine"] is True and listed == [made]
    assert '"organisation":"温州市技术经理人协会（测试）"' in made["document"]
    assert f'"valuation_id":"{room.valuation}"' in made["document"] and '"model_price":50000000' in made["document"]
    assert house.keys.register().find(made["key_id"]).purpose == "valuation-review"
    assert unbroken(house)


@pytest.mark.long
def test_a_dissent_gives_its_own_range(room):
    third = room.invited("appraiser")

    bare = refused(room.sign(third, agrees=False), 422)
    made = ok(room.sign(third, agrees=False, low_fen=10_000_000, high_fen=20_000_000), 201)

    assert slug(bare) == "price-or-range"
    assert (made["agrees"], made["low_fen"], made["high_fen"]) == (False, 10_000_000, 20_000_000)


@pytest.mark.long
def test_a_review_is_signed_once(room):
    third = room.invited()
    ok(room.sign(third), 201)

    again = refused(room.sign(third, opinion="改变意见"))
    withdrawn = refused(
        room.desk.office.post(room.path(f"third-party-reviews/invitations/{invitation(room)}/withdrawal"))
    )

    assert slug(again) == slug(withdrawn) == "already-signed"


def test_neither_the_owner_nor_its_friends_nor_traders_are_third_parties__zhejiang_2025_27_item_13(house, room):
    appraisers = room.third("appraiser")
    with house.database.session("owner") as session:
        _affiliate(session, room.desk.home, appraisers.organisation_id)
    firm = room.third("enterprise")
    oneself = house.act("appraiser", organisation=room.desk.home)

    friend, trader, self_ = (refused(room.invite(one)) for one in (appraisers, firm, oneself))

    assert slug(friend) == slug(self_) == "not-independent"
    assert slug(trader) == "no-third-party" and "第13项" in trader["article"]


def _affiliate(session, one, other):
    from datetime import date

    from kernel.http.auth import Actor
    from parties.commands import affiliations
    from parties.control import Relation
    from tests.support import people

    with people._stepping_aside(session):
        admin = people.admin_of(session, one)
        actor = Actor(admin.person_id, one, admin.roles)
        declared = affiliations.Declared(one, other, Relation.CONTROL, date(2020, 1, 1), None, "出资证明")
        affiliations.declare(session, declared=declared, actor=actor, now=datetime.now(UTC))


@pytest.mark.long
def test_a_third_party_where_a_completer_works_is_not_independent(house):
    desk = Desk(house)
    association = house.organisation(kind="association")
    inside = house.act("completer", organisation=association)
    people = [{"name": "王教授", "person_id": str(inside.person_id), "share_bp": 10_000, "priority": "waived"}]
    room = ReviewRoom(house, desk.registered(completers=people))
    third = house.act("appraiser", organisation=association)

    assert slug(refused(room.invite(third))) == "not-independent"


@pytest.mark.long
def test_an_affiliation_that_appears_after_the_invitation_bars_the_signature(house, room):
    third = room.invited("appraiser")
    with house.database.session("owner") as session:
        _affiliate(session, room.desk.home, third.organisation_id)

    assert slug(refused(room.sign(third))) == "not-independent"


def test_a_withdrawn_invitation_closes_the_door(room):
    third = room.invited()
    room.read(third)

    gone = ok(room.desk.office.post(room.path(f"third-party-reviews/invitations/{invitation(room)}/withdrawal")))

    assert gone["withdrawn_at"] is not None
    assert third.get(room.path()).status_code == room.sign(third).status_code == 404
    ok(room.invite(third), 201)
    assert slug(refused(room.invite(third))) == "already-invited"


@pytest.mark.long
def test_a_signature_is_not_for_the_signer_to_bring(room):
    third = room.invited()

    for field in ("signature", "signed_at", "organisation_id", "document", "genuine"):
        answer = refused(third.post(room.path("third-party-reviews"), json=OPINION | {field: "a" * 64}), 422)

        assert {one["pointer"] for one in answer["errors"]} == {f"/{field}"}
