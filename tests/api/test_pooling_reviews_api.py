"""Ranges that do not meet give no price until somebody who stated none of them has reviewed why."""

import pytest

from kernel.invariants import check_all
from tests.support.appraisal_bodies import an_engaged_manager, dated, indication, report
from tests.support.desk import Desk, ok, refused, slug
from tests.support.pages import Reader, hidden_of
from tests.support.past_deals import train_on_reference
from tests.support.review_room import ReviewRoom
from tests.support.town import Town


@pytest.fixture
def desk(house):
    train_on_reference(house.database)
    return Desk(house).registered()


def valued(desk):
    return ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"}), 201)


def apart(desk):
    """A valuation whose market range lies far below an appraisal on file."""
    price = valued(desk)["price_fen"]
    ok(desk.office.post("/v1/appraisals", json=report(desk, value_fen=price * 100)), 201)
    return valued(desk)


def reviews(desk):
    return f"/v1/results/{desk.result_id}/pooling-reviews"


def test_a_reviewed_reason_frees_the_price_and_stands_beside_it(house, desk, manager):
    held = apart(desk)

    made = ok(manager.post(reviews(desk), json={"reason": "评估对象含整条产线", "left_out": ["appraisal"]}), 201)
    freed = valued(desk)

    assert (held["reasoned"]["held"], held["reasoned"]["price_fen"]) == ("disjoint", None)
    assert freed["reasoned"]["held"] is None and freed["reasoned"]["price_fen"] == pytest.approx(
        freed["price_fen"], rel=0.2
    )
    assert any("评估对象含整条产线" in one for one in freed["reasoned"]["sentences_zh"])
    assert ok(desk.office.get(reviews(desk)))["items"] == [made]
    with house.database.session("owner") as session:
        assert check_all(session) == []


def test_without_leaving_out_any_the_reviewed_range_is_the_hull_of_all(desk, manager):
    held = apart(desk)

    ok(manager.post(reviews(desk), json={"reason": "两者目的不同"}), 201)
    pooled = valued(desk)["reasoned"]

    lows, highs = zip(*((one["low_fen"], one["high_fen"]) for one in held["reasoned"]["items"]), strict=True)
    assert pooled["held"] == "too-wide" and pooled["price_fen"] is None
    assert pooled["low_fen"] <= min(lows) * 1.5 and pooled["high_fen"] >= max(highs)


def test_a_later_indication_wants_another_review(house, desk, manager):
    apart(desk)
    ok(manager.post(reviews(desk), json={"reason": "评估对象含整条产线", "left_out": ["appraisal"]}), 201)

    ok(
        desk.completer.post(
            f"/v1/results/{desk.result_id}/indications", json=indication(base_date=dated(house, days=2))
        ),
        201,
    )

    assert valued(desk)["reasoned"]["held"] == "disjoint"


def test_who_stated_a_range_does_not_review_it_and_strangers_find_nothing(house, desk, manager):
    body = {"reason": "两者目的不同"}
    early = refused(manager.post(reviews(desk), json=body))
    ok(manager.post(f"/v1/results/{desk.result_id}/indications", json=indication(base_date=dated(house, days=2))), 201)

    apart(desk)
    own = refused(manager.post(reviews(desk), json=body))
    other = an_engaged_manager(house, desk)
    none_left = refused(other.post(reviews(desk), json=body | {"left_out": ["market", "income", "cost", "appraisal"]}))
    stranger = house.act("technology_manager", "appraiser")

    assert (slug(early), slug(own), slug(none_left)) == ("nothing-to-review", "own-indication", "nothing-left-to-pool")
    assert stranger.post(reviews(desk), json=body).status_code == 404
    assert stranger.get(reviews(desk)).status_code == 404
    assert desk.office.post(reviews(desk), json=body).status_code == 403
    for wrong in ({}, {"reason": " "}, body | {"left_out": ["guess"]}, body | {"left_out": "cost"}):
        assert other.post(reviews(desk), json=wrong).status_code == 422


def test_the_page_offers_the_review_to_a_manager_only_and_shows_it_afterwards(house, desk):
    resident = Town(house).settle("赵经理", "technology_manager", name="温州技术经理人事务所（测试）")
    ReviewRoom(house, desk).engaged(house.client_of(resident.actor))
    page, manager = f"/valuations/{apart(desk)['id']}", Reader(house, resident)

    offered, hidden = manager.get(page), desk.office.get(page)
    empty = manager.send(f"{page}/pooling-reviews", pooling_reason=" ", left_out_appraisal="yes", **hidden_of(offered))
    words = {"pooling_reason": "评估对象含整条产线", "left_out_appraisal": "yes"}
    done = manager.send(f"{page}/pooling-reviews", **words, **hidden_of(manager.get(page)))

    assert 'name="pooling_reason"' in offered.text and 'name="pooling_reason"' not in hidden.text
    assert empty.status_code == 422 and 'name="left_out_appraisal" value="yes" checked' in empty.text
    assert done.status_code == 303 and done.headers["location"].startswith(page)
    assert "评估对象含整条产线" in manager.read(page)
