"""What the database itself keeps of the market: row policies, frozen pages, constraints, and the audit that finds offenders."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.db.session import act_as
from kernel.invariants import check_all
from market.listings.tables import Interest, Listing, Notice, Offer
from tests.support.desk import AGREED, LISTED, Desk


def rows(house, table, client=None):
    """How many rows of a table the web role sees when it acts for a client."""
    with house.database.open("web") as session:
        act_as(session, person=client and client.person_id, organisation=client and client.organisation_id)
        return len(session.execute(select(table)).scalars().all())


def test_a_draft_is_hidden_by_the_database_too(house):
    desk = Desk(house).registered().drafted(AGREED)
    stranger = Desk(house)

    assert [rows(house, Listing, client) for client in (desk.office, stranger.office, None)] == [1, 0, 0]
    desk.decided().published()
    assert [rows(house, Listing, client) for client in (desk.office, stranger.office, None)] == [1, 1, 1]


def test_offers_and_interests_are_hidden_by_the_database_too(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    buyer, rival = desk.buyer(), desk.buyer()
    desk.offer_of(buyer, 45_000_000)
    listed = Desk(house).registered().drafted(LISTED).decided().published()
    listed.do("interests", {}, by=buyer, status=201)
    staff = house.exchange("finance")

    assert [rows(house, Offer, one) for one in (buyer, desk.office, rival, staff, None)] == [1, 1, 0, 0, 0]
    assert [rows(house, Interest, one) for one in (buyer, listed.office, rival, staff, None)] == [1, 1, 0, 1, 0]


def test_a_published_page_does_not_change_by_whatever_road(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()

    for change in ("price = price - 1", "ends_at = ends_at - interval '5 days'", "content_sha256 = 'x'"):
        with pytest.raises(DBAPIError, match="does not change"), house.database.session("owner") as session:
            session.execute(text(f"UPDATE notice SET {change} WHERE id = :id"), {"id": notice})


def test_a_shortened_notice_is_refused_by_the_database__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()
    early = text("UPDATE notice SET state = 'closed', closed_at = starts_at + interval '10 days' WHERE id = :id")

    with pytest.raises(IntegrityError, match="closed_after_its_end"), house.database.session("owner") as session:
        session.execute(early, {"id": notice})


def test_the_web_role_cannot_rewrite_an_offer(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    buyer = desk.buyer()
    offer = desk.offer_of(buyer, 45_000_000)

    with house.database.open("web") as session:
        act_as(session, person=buyer.person_id, organisation=buyer.organisation_id)
        with pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text("UPDATE offer SET price = 1 WHERE id = :id"), {"id": offer})


def test_the_audit_finds_a_deal_without_its_notice__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    desk.noticed()
    house.move(days=20)
    deal = desk.do("deal", status=201)

    with house.database.session("owner") as session:
        assert check_all(session) == []
        session.execute(text("UPDATE deal SET notice_id = NULL"))
        found = check_all(session)
        assert [(one.number, one.offenders) for one in found] == [("M1", (deal["id"],))]
        session.rollback()


def test_a_notice_is_read_by_everybody(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    desk.noticed()

    assert rows(house, Notice) == 1
    page = house.client.get("/v1/notices").json()["items"][0]
    assert page["content"]["procedure_zh"] and page["content_sha256"]
