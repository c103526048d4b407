"""Who sees what of a listing: drafts and offers stay with those they belong to; what is hidden is not there."""

from datetime import timedelta

import pytest

from tests.support.desk import AGREED, MINUTES, Desk, ok, refused, slug


@pytest.fixture
def desk(house):
    return Desk(house).registered().drafted(AGREED)


def test_a_draft_is_not_there_for_anybody_else(house, desk):
    path = f"/v1/listings/{desk.listing_id}"
    stranger, buyer = Desk(house), desk.buyer()

    for client in (house.client, stranger.office, stranger.approver, buyer, house.exchange("operator")):
        assert client.get(path).status_code == 404
    body = {"step": "transfer_office", "opinion": "同意", "minutes_sha256": MINUTES}
    offer = {"price_fen": 1, "expires_at": desk.later(days=1)}
    for what, sent, client in [
        ("submission", None, stranger.office),
        ("publication", None, stranger.office),
        ("withdrawal", {"reason": "x"}, stranger.office),
        ("decisions", body, stranger.office),
        (
            "notices",
            {"unit_url": "https://a.example/1", "market_url": "https://b.example/1", "objection_contact": "x"},
            stranger.office,
        ),
        ("deal", None, stranger.office),
        ("lot", {}, stranger.office),
        ("offers", offer, buyer),
        ("interests", {}, buyer),
    ]:
        assert client.post(f"{path}/{what}", json=sent).status_code == 404, what


def test_offers_are_between_buyer_and_seller(house, desk):
    desk.decided().published()
    buyer, rival = desk.buyer(), desk.buyer()
    offer = desk.offer_of(buyer, 45_000_000)
    path = f"/v1/offers/{offer}"

    assert ok(buyer.get(path)) == ok(desk.office.get(path))
    for client in (rival, house.exchange("operator", "finance"), Desk(house).office):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/accept").status_code in (403, 404)
    assert ok(rival.get(f"/v1/listings/{desk.listing_id}/offers"))["items"] == []
    assert house.client.get(path).status_code == 401


def test_the_floor_is_the_sellers_secret(house, desk):
    desk.decided().published()
    buyer = desk.buyer()
    desk.offer_of(buyer, 39_000_000)

    assert desk.get()["inside"]["floor_fen"] == 40_000_000
    for client in (buyer, house.client, house.exchange("operator")):
        assert desk.get(client)["inside"] is None
        assert "40000000" not in client.get(f"/v1/listings/{desk.listing_id}").text


def test_an_offer_out_of_time_is_gone__civil_code_478(house, desk):
    desk.decided().published()
    buyer = desk.buyer()
    offer = desk.offer_of(buyer, 45_000_000, expires_at=desk.later(days=2))
    house.move(days=2)

    problem = refused(desk.office.post(f"/v1/offers/{offer}/accept"))

    assert slug(problem) == "offer-answered" and problem["state"] == "expired"
    desk.offer_of(buyer, 46_000_000)


def test_an_offer_is_out_of_time_before_a_worker_has_noticed__civil_code_486(house, desk):
    desk.decided().published()
    offer = desk.offer_of(desk.buyer(), 45_000_000, expires_at=desk.later(days=2))
    with house.database.session("web") as session:
        from kernel.db.clock import advance

        advance(session, timedelta(days=2))

    assert slug(refused(desk.office.post(f"/v1/offers/{offer}/accept"))) == "offer-expired"


def test_a_counter_offer_ends_the_offer_it_answers__civil_code_488(house, desk):
    desk.decided().published()
    buyer = desk.buyer()
    first = desk.offer_of(buyer, 42_000_000)
    body = {"price_fen": 47_000_000, "expires_at": desk.later(days=3)}
    second = ok(desk.office.post(f"/v1/offers/{first}/counter", json=body), 201)

    late = refused(desk.office.post(f"/v1/offers/{first}/accept"))
    own = refused(desk.office.post(f"/v1/offers/{second['id']}/accept"))

    assert slug(late) == "offer-answered" and late["state"] == "countered" and late["article"] == "民法典 art 478"
    assert slug(own) == "not-your-offer"
    assert second["answers_id"] == first and second["side"] == "seller"
    ok(buyer.post(f"/v1/offers/{second['id']}/accept"))
    assert desk.state() == "agreed"


def test_a_firm_offer_cannot_be_withdrawn_and_another_can__civil_code_476(house, desk):
    desk.decided().published()
    firm, soft = desk.buyer(), desk.buyer()
    held = desk.offer_of(firm, 42_000_000, firm=True)
    free = desk.offer_of(soft, 43_000_000)

    assert slug(refused(firm.post(f"/v1/offers/{held}/withdraw"))) == "offer-is-firm"
    assert ok(soft.post(f"/v1/offers/{free}/withdraw"))["state"] == "withdrawn"


def test_one_offer_of_a_buyer_stands_at_a_time(house, desk):
    desk.decided().published()
    buyer = desk.buyer()
    desk.offer_of(buyer, 42_000_000)

    again = desk.refuse("offers", {"price_fen": 43_000_000, "expires_at": desk.later(days=1)}, by=buyer)

    assert slug(again) == "offer-standing"


def test_neither_the_seller_nor_the_exchange_nor_an_unverified_firm_buys(house, desk):
    desk.decided().published()
    body = {"price_fen": 43_000_000, "expires_at": desk.later(days=1)}
    own = house.act("buyer", organisation=desk.home)
    pending = house.act("buyer", organisation=house.organisation(kind="enterprise", verified=False))

    assert slug(desk.refuse("offers", body, by=own)) == "own-listing"
    assert slug(desk.refuse("offers", body, by=pending)) == "not-verified"
    assert house.exchange("operator").post(f"/v1/listings/{desk.listing_id}/offers", json=body).status_code == 403


def test_a_repeated_acceptance_gets_the_same_answer(house, desk):
    desk.decided().published()
    offer = desk.offer_of(desk.buyer(), 45_000_000)
    headers = {"Idempotency-Key": "acceptance-1"}

    first = desk.office.post(f"/v1/offers/{offer}/accept", headers=headers)
    second = desk.office.post(f"/v1/offers/{offer}/accept", headers=headers)

    assert first.status_code == 200 and first.content == second.content


def test_a_unit_lays_down_its_own_chain__zhejiang_19(house, desk):
    steps = [
        {"name": "college", "role": "completer"},
        {"name": "transfer_office", "role": "transfer_office"},
        {"name": "finance", "role": "finance", "price_from_fen": 100_000_000},
        {"name": "council", "role": "unit_approver"},
    ]
    thin = refused(desk.approver.post("/v1/decision-chains", json={"steps": steps[:2], "source": "校发〔2026〕1号"}))
    ok(desk.approver.post("/v1/decision-chains", json={"steps": steps, "source": "校发〔2026〕1号"}), 201)

    desk.do("submission")

    assert slug(thin) == "chain-too-thin"
    laid = ok(desk.office.get(f"/v1/listings/{desk.listing_id}/decisions"))
    assert [row["step"] for row in laid] == ["college", "transfer_office", "council"]
    assert ok(desk.office.get("/v1/decision-chains/current"))["version"] == 1
