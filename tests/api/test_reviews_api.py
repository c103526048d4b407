"""Reviews over HTTP: a manager accepts or overrides, who may, what is kept, and what is never edited."""

from datetime import UTC, datetime

import pytest

from kernel.money import Money
from tests.support.desk import Desk, ok, refused, slug
from tests.support.review_room import ReviewRoom, row_of, unbroken


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def test_a_manager_accepts_the_price_and_who_and_when_is_kept(house, room):
    manager = room.manager()

    made = ok(room.review(manager, "accept"), 201)
    listed = room.read(room.desk.office, "reviews")["items"]

    assert (made["verdict"], made["price_fen"], made["counts"]) == ("accept", 50_000_000, True)
    assert made["reviewer_id"] == str(manager.person_id) and made["organisation_id"] == str(manager.organisation_id)
    assert abs(datetime.fromisoformat(made["reviewed_at"]) - datetime.now(UTC)).total_seconds() < 600
    assert listed == [made]
    assert unbroken(house)


def test_an_override_stands_beside_the_model_and_edits_nothing__zhejiang_2025_27_item_13(house, room):
    before, manager = row_of(room), room.manager()

    unreasoned = refused(room.review(manager, "override", price="30"), 422)
    made = ok(room.review(manager, "override", price="30", low="25", high="36", reason="样机尚未定型，折减四成"), 201)

    assert slug(unreasoned) == "reason-wanted" and "第13项" in unreasoned["article"]
    assert (made["price_fen"], made["low_fen"], made["high_fen"]) == (30_000_000, 25_000_000, 36_000_000)
    assert (made["model_price_fen"], made["model_low_fen"], made["model_high_fen"]) == (
        50_000_000,
        40_000_000,
        65_000_000,
    )
    assert row_of(room) == before
    assert unbroken(house)


@pytest.mark.long
def test_the_latest_verdict_counts_and_every_earlier_one_is_kept(room):
    first, second = room.manager(), room.manager()
    ok(room.review(first, "accept"), 201)
    ok(room.review(second, "override", price="45", reason="同类成交偏低"), 201)

    listed = room.read(room.desk.office, "reviews")["items"]

    assert [(one["ordinal"], one["verdict"], one["counts"]) for one in listed] == [
        (2, "override", True),
        (1, "accept", False),
    ]


@pytest.mark.long
def test_who_has_not_read_the_last_review_is_told_before_burying_it(room):
    first, second = room.manager(), room.manager()
    ok(room.review(first, "override", price="45", reason="同类成交偏低", reviews_seen=0), 201)

    stale = refused(room.review(second, "accept", reviews_seen=0))

    assert slug(stale) == "reviewed-meanwhile" and stale["reviews"] == 1
    ok(room.review(second, "accept", reviews_seen=1), 201)


@pytest.mark.long
def test_accepting_is_not_naming_another_price(room):
    manager = room.manager()

    other = refused(room.review(manager, "accept", price="49"))
    same = ok(room.review(manager, "accept", price="50"), 201)

    assert slug(other) == "outside-range" and same["price_fen"] == 50_000_000


@pytest.mark.long
def test_a_range_is_signed_off_with_a_price_inside_it_or_overridden(room):
    room.valued(None)
    manager = room.manager()

    unnamed, outside = (refused(room.review(manager, "accept", **more)) for more in ({}, {"price": "65.01"}))
    inside = ok(room.review(manager, "accept", price="65"), 201)
    own = ok(room.review(manager, "override", price="90", reason="已有三家企业报价"), 201)

    assert slug(unnamed) == slug(outside) == "outside-range"
    assert (outside["low_fen"], outside["high_fen"]) == (40_000_000, 65_000_000)
    assert inside["price_fen"] == 65_000_000 and inside["model_price_fen"] is None
    assert own["price_fen"] == 90_000_000


@pytest.mark.long
def test_where_the_model_abstains_there_is_nothing_to_accept(room):
    room.valued(None, low=None, high=None)
    manager = room.manager()

    assert slug(refused(room.review(manager, "accept"))) == "nothing-to-accept"
    assert ok(room.review(manager, "override", price="12", reason="参照同校同类许可"), 201)["price_fen"] == 12_000_000


@pytest.mark.long
def test_a_figure_is_a_price_or_a_range_in_order(room):
    manager, body = room.manager(), {"verdict": "override", "reason": "另有依据"}

    for amounts in (
        {},
        {"low_fen": 100},
        {"low_fen": 200, "high_fen": 100},
        {"price_fen": 300, "low_fen": 100, "high_fen": 200},
    ):
        assert slug(refused(manager.post(room.path("reviews"), json=body | amounts), 422)) == "price-or-range"


def test_a_price_is_whole_fen_within_bounds(room):
    manager, body = room.manager(), {"verdict": "override", "reason": "另有依据"}

    for price in (0, -1, 10**13 + 1, 1.5, "50", True, 1e3):
        answer = refused(manager.post(room.path("reviews"), json=body | {"price_fen": price}), 422)

        assert {one["pointer"] for one in answer["errors"]} == {"/price_fen"}
    assert manager.post(room.path("reviews"), content='{"verdict": "override", "price_fen": NaN}').status_code == 422


def test_what_the_market_records_is_not_for_the_reviewer_to_say__owasp_api3(room):
    manager = room.manager()

    for field in ("shown_before", "reviewer_id", "owner_id", "ordinal", "model_price_fen", "reviewed_at"):
        answer = refused(manager.post(room.path("reviews"), json={"verdict": "accept", field: None}), 422)

        assert {one["pointer"] for one in answer["errors"]} == {f"/{field}"}


def test_a_valuation_that_has_been_overtaken_is_not_accepted_and_says_by_which(room):
    manager, old = room.manager(), room.valuation
    ok(room.review(manager, "accept"), 201)
    newer = room.valued(Money.wan(80), low=Money.wan(70), high=Money.wan(90))

    late = refused(manager.post(room.path("reviews", old), json={"verdict": "accept"}))
    flagged = ok(room.desk.office.get(room.path("reviews", old)))["items"][0]

    assert slug(late) == "valuation-superseded" and late["newer_id"] == newer
    assert flagged["superseded_by"] == newer
    ok(room.review(manager, "accept"), 201)


@pytest.mark.long
def test_another_trade_does_not_overtake_a_valuation(room):
    first = room.valuation
    room.valued(trade="licence")

    ok(room.manager().post(room.path("reviews", first), json={"verdict": "accept"}), 201)


def test_the_units_own_manager_reviews_and_others_do_not(house, room):
    own = room.manager(home=room.desk.home, engaged=False)
    stranger, office = room.manager(engaged=False), room.desk.office

    assert ok(room.review(own, "accept"), 201)["organisation_id"] == str(room.desk.home)
    assert room.review(stranger, "accept").status_code == 404
    assert slug(refused(room.review(office, "accept"), 403)) == "missing-role"


@pytest.mark.long
def test_a_manager_acts_where_he_was_engaged(house, room):
    manager = room.manager()
    with house.database.session("owner") as session:
        from tests.support import people

        elsewhere = people.make_organisation(session, kind="enterprise").id
        key = _join(session, people, manager.person_id, elsewhere)
    manager.headers["Authorization"] = f"Bearer {key}"

    assert slug(refused(room.review(manager, "accept"), 403)) == "not-engaged"


def _join(session, people, person, organisation):
    """The person takes up a role in a second organisation, with a key for it."""
    from parties.commands import invitations
    from parties.roles import Role
    from parties.tables import Person

    with people._stepping_aside(session):
        admin = people.admin_of(session, organisation)
        now = datetime.now(UTC)
        email = session.get_one(Person, person).email
        _, secret = invitations.invite(session, email=email, roles=[Role.TECHNOLOGY_MANAGER], actor=admin, now=now)
        session.flush()
        actor = admin.__class__(person, None, frozenset())
        invitations.accept(session, token=secret.text, name=None, password=None, actor=actor, now=now)
        session.flush()
    return people.make_key(session, person, organisation)


def test_a_completer_does_not_judge_his_own_result(house):
    desk = Desk(house)
    judge = house.act("completer", "technology_manager", organisation=desk.home)
    shares = [{"name": "王教授", "person_id": str(judge.person_id), "share_bp": 10_000, "priority": "waived"}]
    desk.registered(completers=shares)
    room = ReviewRoom(house, desk)

    assert slug(refused(room.review(judge, "accept"))) == "own-completion"
    assert ok(judge.get("/v1/valuations/review-desk")) == []
