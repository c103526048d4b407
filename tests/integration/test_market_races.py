"""Many hands at once on one listing: one acceptance, one deal, one close, one seller of a number."""

from concurrent.futures import ThreadPoolExecutor

from app.jobs import do_due_work
from kernel.db.clock import advance
from kernel.invariants import check_all
from tests.support.desk import AGREED, LISTED, Desk, ok


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def sound(house):
    with house.database.session("owner") as session:
        return check_all(session) == []


def test_two_acceptances_make_one_agreement(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    offers = [desk.offer_of(desk.buyer(), 45_000_000 + number) for number in range(4)]
    clerks = [house.act("transfer_office", organisation=desk.home) for _ in offers]

    answers = at_once(
        *(
            lambda clerk=clerk, offer=offer: clerk.post(f"/v1/offers/{offer}/accept")
            for clerk, offer in zip(clerks, offers, strict=True)
        )
    )

    assert statuses(answers) == [200, 409, 409, 409]
    assert desk.state() == "agreed" and sound(house)


def test_a_deal_is_made_once(house):
    desk = Desk(house, kind="enterprise", regime="PRIVATE").registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    clerks = [house.act("transfer_office", organisation=desk.home) for _ in range(4)]

    answers = at_once(*(lambda clerk=clerk: clerk.post(f"/v1/listings/{desk.listing_id}/deal") for clerk in clerks))

    assert statuses(answers) == [201, 409, 409, 409]
    assert len(ok(desk.office.get("/v1/deals"))["items"]) == 1 and sound(house)


def test_withdrawal_and_acceptance_of_an_offer_exclude_each_other(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    buyer = desk.buyer()
    offer = desk.offer_of(buyer, 45_000_000)

    answers = at_once(
        lambda: desk.office.post(f"/v1/offers/{offer}/accept"), lambda: buyer.post(f"/v1/offers/{offer}/withdraw")
    )

    assert statuses(answers) == [200, 409]
    state = ok(buyer.get(f"/v1/offers/{offer}"))["state"]
    assert (state, desk.state()) in {("accepted", "agreed"), ("withdrawn", "open")}


def test_a_number_is_registered_once(house):
    desks = [Desk(house) for _ in range(4)]
    body = desks[0].stated()
    for completer in body["completers"]:
        completer.pop("person_id", None)

    answers = at_once(*(lambda desk=desk: desk.office.post("/v1/results", json=body) for desk in desks))

    assert statuses(answers) == [201, 409, 409, 409]


def test_several_workers_close_a_period_and_a_notice_once(house):
    listed = Desk(house).registered().drafted(LISTED).decided().published()
    agreed = Desk(house).registered().drafted(AGREED).decided().published()
    agreed.agreed_with(agreed.buyer())
    agreed.noticed()
    with house.database.session("web") as session:
        from datetime import timedelta

        advance(session, timedelta(days=20))

    at_once(*[lambda: do_due_work(house.database)] * 4)

    assert (listed.state(), agreed.state()) == ("closed_0", "cleared")
    assert sound(house)
