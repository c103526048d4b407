"""The review desk over HTTP: accept, override, price blind; who may, what is kept, and what is never edited."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kernel.audit import canonical
from kernel.invariants import check_all
from kernel.money import Money
from kernel.signing import read_signature, verify
from tests.support.desk import Desk, ok, refused, slug
from tests.support.review_room import OPINION, ReviewRoom
from valuation.reviewing.tables import PriceSight
from valuation.tables import Valuation

TOLD = ("price", "fen", "factor", "low_fen", "level_bp", "grade", "reason", "contributions", "statement", "base")


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def unbroken(house):
    """What the audit promises of the review desk and the market; the prices of this room come from no model (I3)."""
    with house.database.session("owner") as session:
        return [one for one in check_all(session) if one.number[0] in "RM"] == []


def row_of(room):
    with room.house.database.session("owner") as session:
        found = session.get_one(Valuation, room.valuation)
        return canonical({name: getattr(found, name) for name in ("price", "low", "high", "subject", "explanation")})


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


# Blind first.


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


# The desk.


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


# Third parties.


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


def invitation(room):
    return room.read(room.desk.office, "third-party-reviews/invitations")["items"][0]["id"]


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


# Human decisions.


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


# Who sees what.


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
