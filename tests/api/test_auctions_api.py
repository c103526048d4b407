"""The auction room over HTTP: what the public, bidders, sellers and the exchange may ask and are answered."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from auctions import commands
from auctions.book import EntryKind, Line, leaf_hash
from auctions.reserves import commitment
from auctions.rules import LegalBasis
from auctions.terms import LotTerms
from kernel.db.clock import advance
from kernel.db.session import act_as
from kernel.http.auth import Actor
from kernel.ids import LotId, new_id
from kernel.merkle import root_of
from kernel.money import Money

WAN = 1_000_000
_serial = itertools.count(1)


def announce(house, seller=None, *, reserve=None, **changes):
    """A lot of a university that opens in ten days; returns its id. The room above announces; here the command does."""
    seller = seller or house.act("transfer_office")
    now = house.now()
    opens_at = now + timedelta(days=10)
    facts = {
        "subject_id": new_id(),
        "seller_id": seller.organisation_id,
        "title": "一种低温余热发电装置",
        "legal_basis": LegalBasis.EXCHANGE_BIDDING,
        "start": Money.wan(20),
        "reserve": reserve,
        "step": Money.wan(1),
        "deposit": Money.wan(2),
        "opens_at": opens_at,
        "ends_at": opens_at + timedelta(days=1),
        "defects_disclosed": "未发现权利瑕疵",
    }
    actor = Actor(seller.person_id, seller.organisation_id, frozenset({"transfer_office"}))
    with house.database.session("web") as session:
        act_as(session, person=actor.person_id, organisation=actor.organisation_id)
        return str(commands.announce(session, terms=LotTerms(**facts | changes), actor=actor, now=now).id)


def register(house, lot, bidder=None):
    bidder = bidder or house.act("buyer", kind="enterprise")
    answer = bidder.post(f"/v1/lots/{lot}/registrations", json={"conflicts": ""})
    assert answer.status_code == 201, answer.text
    return bidder, answer.json()


def bidder_for(house, lot):
    bidder, registration = register(house, lot)
    paid = house.exchange("finance").post(
        f"/v1/lots/{lot}/registrations/{registration['id']}/deposit",
        json={"amount_fen": 2 * WAN, "bank_reference": f"工行{next(_serial)}"},
    )
    assert paid.status_code == 200, paid.text
    return bidder


def bid(bidder, lot, wan, **headers):
    return bidder.post(f"/v1/lots/{lot}/bids", json={"amount_fen": wan * WAN}, headers=headers)


def slug(answer):
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.json()["type"].removeprefix("/problems/")


def test_the_public_reads_a_lot_with_its_price_end_and_the_servers_clock(house):
    lot = announce(house, reserve=Money.wan(25))

    answer = house.client.get(f"/v1/lots/{lot}").json()

    assert (answer["state"], answer["start_fen"], answer["next_minimum_fen"]) == ("announced", 20 * WAN, 20 * WAN)
    assert (answer["current_price_fen"], answer["bids"], answer["leader"]) == (None, 0, None)
    assert answer["has_reserve"] is True
    assert answer["reserve_met"] is None
    assert answer["bidders"] is None
    assert datetime.fromisoformat(answer["server_now"]) < datetime.fromisoformat(answer["opens_at"])


def test_a_lot_that_is_not_there_is_not_found(house):
    assert house.client.get(f"/v1/lots/{new_id()}").status_code == 404
    assert house.client.get(f"/v1/lots/{new_id()}/bids").status_code == 404
    assert house.client.get(f"/v1/lots/{new_id()}/bid-book").status_code == 404


def test_a_bid_returns_its_line_of_the_book_and_what_comes_next(house):
    lot = announce(house)
    bidder = bidder_for(house, lot)
    house.move(days=10)

    answer = bid(bidder, lot, 20)

    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    line = receipt["bid"]
    assert (line["bidder"], line["amount_fen"], receipt["next_minimum_fen"]) == (1, 20 * WAN, 21 * WAN)
    at, ends_at = datetime.fromisoformat(line["at"]), datetime.fromisoformat(line["ends_at"])
    written = Line(LotId(UUID(lot)), line["seq"], EntryKind.BID, at, ends_at, 1, Money.wan(20))
    assert leaf_hash(written).hex() == line["leaf_sha256"]


def test_a_bid_below_the_next_step_is_refused_with_the_next_valid_amount(house):
    lot = announce(house)
    first, second = bidder_for(house, lot), bidder_for(house, lot)
    house.move(days=10)
    bid(first, lot, 22)

    answer = bid(second, lot, 22)

    assert (answer.status_code, slug(answer)) == (409, "bid-too-low")
    assert answer.json()["minimum_fen"] == 23 * WAN
    assert answer.json()["title_zh"]


def test_a_bid_off_the_step_is_refused_with_the_nearest_valid_amount(house):
    lot = announce(house)
    bidder = bidder_for(house, lot)
    house.move(days=10)

    answer = bidder.post(f"/v1/lots/{lot}/bids", json={"amount_fen": 20 * WAN + 1})

    assert (answer.status_code, slug(answer)) == (409, "off-step")
    assert (answer.json()["nearest_fen"], answer.json()["step_fen"]) == (21 * WAN, WAN)


def test_a_repeated_bid_has_one_effect_and_the_same_answer(house):
    lot = announce(house)
    bidder = bidder_for(house, lot)
    house.move(days=10)

    first = bid(bidder, lot, 20, **{"Idempotency-Key": "click"})
    again = bid(bidder, lot, 20, **{"Idempotency-Key": "click"})
    other = bid(bidder, lot, 25, **{"Idempotency-Key": "click"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert house.client.get(f"/v1/lots/{lot}").json()["bids"] == 1


def test_a_refused_bid_stays_refused_under_its_key_and_stays_in_the_book(house):
    lot = announce(house)
    bidder = bidder_for(house, lot)
    house.move(days=10)

    first = bid(bidder, lot, 19, **{"Idempotency-Key": "low"})
    again = bid(bidder, lot, 19, **{"Idempotency-Key": "low"})
    house.move(days=1)

    assert (first.status_code, again.status_code) == (409, 409)
    assert again.content == first.content
    lines = house.client.get(f"/v1/lots/{lot}/bid-book").json()["lines"]
    assert [line["kind"] for line in lines] == ["opened", "refusal", "closed"]


def test_bids_are_shown_under_numbers_and_in_pages(house):
    lot = announce(house)
    bidders = [bidder_for(house, lot), bidder_for(house, lot)]
    house.move(days=10)
    for step in range(5):
        assert bid(bidders[step % 2], lot, 20 + step).status_code == 201

    first = house.client.get(f"/v1/lots/{lot}/bids", params={"limit": 3}).json()
    rest = house.client.get(f"/v1/lots/{lot}/bids", params={"limit": 3, "before": first["next_before"]}).json()

    amounts = [item["amount_fen"] // WAN for item in first["items"] + rest["items"]]
    assert amounts == [24, 23, 22, 21, 20]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert not [one for one in bidders if str(one.organisation_id) in str(first) + str(rest)]


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        pytest.param(lambda house, lot: house.act("buyer", kind="enterprise"), "not-registered", id="stranger"),
        pytest.param(lambda house, lot: register(house, lot)[0], "deposit-missing", id="deposit-missing"),
    ],
)
def test_who_is_not_qualified_is_told_why(house, prepare, expected):
    lot = announce(house)
    bidder = prepare(house, lot)
    house.move(days=10)

    answer = bid(bidder, lot, 20)

    assert (answer.status_code, slug(answer)) == (409, expected)


def test_the_seller_is_refused_with_the_article__auction_law_30(house):
    seller = house.act("transfer_office", "buyer")
    lot = announce(house, seller)

    answer = seller.post(f"/v1/lots/{lot}/registrations", json={"conflicts": ""})

    assert (answer.status_code, slug(answer)) == (409, "own-lot")
    assert answer.json()["article"] == "拍卖法 art 30"


def test_the_exchange_has_no_buyers(house):
    lot = announce(house)

    answer = house.exchange("operator").post(f"/v1/lots/{lot}/registrations", json={"conflicts": ""})

    assert (answer.status_code, slug(answer)) == (403, "missing-role")


def test_bids_too_early_and_too_late_are_refused(house):
    lot = announce(house)
    bidder = bidder_for(house, lot)

    early = bid(bidder, lot, 20)
    house.move(days=11)
    late = bid(bidder, lot, 20)

    assert (early.status_code, slug(early)) == (409, "lot-not-open")
    assert (late.status_code, slug(late)) == (409, "lot-closed")
    assert late.json()["minimum_fen"] == 20 * WAN


def test_a_suspended_lot_says_so_and_resumes(house):
    lot = announce(house)
    bidder, operator = bidder_for(house, lot), house.exchange("operator")
    house.move(days=10)

    suspended = operator.post(f"/v1/lots/{lot}/suspension", json={"reason": "系统维护"})
    refused = bid(bidder, lot, 20)
    resumed = operator.post(f"/v1/lots/{lot}/resumption", json={"reason": "维护结束"})

    assert (suspended.json()["state"], suspended.json()["public_reason"]) == ("suspended", "系统维护")
    assert (refused.status_code, slug(refused)) == (409, "lot-suspended")
    assert resumed.json()["state"] == "open"
    assert bid(bidder, lot, 20).status_code == 201


def test_bidders_cannot_run_the_session(house):
    lot = announce(house)
    bidder = house.act("buyer", kind="enterprise")

    for step in ("suspension", "resumption", "withdrawal", "cancellation", "default"):
        answer = bidder.post(f"/v1/lots/{lot}/{step}", json={"reason": "我想要"})
        assert (answer.status_code, slug(answer)) == (403, "missing-role"), step
    assert bidder.post(f"/v1/lots/{lot}/confirmation", json={"minutes": "x"}).status_code == 403


def test_a_lot_is_withdrawn_with_a_public_reason__auction_law_29(house):
    lot = announce(house)

    answer = house.exchange("operator").post(f"/v1/lots/{lot}/withdrawal", json={"reason": "权属争议"})

    assert answer.status_code == 200, answer.text
    assert house.client.get(f"/v1/lots/{lot}").json()["public_reason"] == "权属争议"


def sold(house, seller, *, reserve=None):
    lot = announce(house, seller, reserve=reserve)
    loser, winner = bidder_for(house, lot), bidder_for(house, lot)
    house.move(days=10)
    assert bid(loser, lot, 30).status_code == 201
    assert bid(loser, lot, 29).status_code == 409
    assert bid(winner, lot, 31).status_code == 201
    house.move(days=1)
    return lot, winner, loser


def test_after_the_close_the_whole_book_is_published_with_its_root(house):
    lot, _, _ = sold(house, house.act("transfer_office"), reserve=Money.wan(25))

    book = house.client.get(f"/v1/lots/{lot}/bid-book").json()

    assert (book["result"], book["winner"], book["price_fen"], book["bidders"]) == ("sold", 2, 31 * WAN, 2)
    assert [line["kind"] for line in book["lines"]] == ["opened", "bid", "refusal", "bid", "closed"]
    assert [line["seq"] for line in book["lines"]] == [1, 2, 3, 4, 5]
    assert book["rules"]["extension_seconds"] == 300
    leaves = [bytes.fromhex(line["leaf_sha256"]) for line in book["lines"]]
    assert root_of(leaves).hex() == book["root_sha256"]
    opened = book["reserve"]
    assert commitment(LotId(UUID(lot)), Money(opened["reserve_fen"]), opened["salt"]) == book["reserve_commitment"]


def test_before_the_close_the_book_is_sealed(house):
    lot = announce(house)

    answer = house.client.get(f"/v1/lots/{lot}/bid-book")

    assert (answer.status_code, slug(answer)) == (409, "book-sealed")


def test_the_reserve_of_an_unsold_lot_stays_secret__auction_law_28(house):
    lot = announce(house, reserve=Money(77_777_713))
    bidder = bidder_for(house, lot)
    house.move(days=10)
    bid(bidder, lot, 20)
    house.move(days=1)

    book, seen = house.client.get(f"/v1/lots/{lot}/bid-book"), house.client.get(f"/v1/lots/{lot}")

    assert (book.json()["result"], book.json()["reserve"]) == ("below_reserve", None)
    assert (seen.json()["state"], seen.json()["reserve_met"]) == ("below_reserve", False)
    assert "77777713" not in book.text + seen.text


def test_a_book_is_read_in_pages(house):
    lot, _, _ = sold(house, house.act("transfer_office"))

    first = house.client.get(f"/v1/lots/{lot}/bid-book", params={"limit": 2}).json()
    rest = house.client.get(f"/v1/lots/{lot}/bid-book", params={"after": first["next_after"]}).json()

    assert [line["seq"] for line in first["lines"] + rest["lines"]] == [1, 2, 3, 4, 5]
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_who_won_is_told_to_the_seller_the_winner_and_the_exchange_only__auction_law_21(house):
    seller = house.act("transfer_office")
    lot, winner, loser = sold(house, seller)

    for entitled in (seller, winner, house.exchange("operator")):
        assert entitled.get(f"/v1/lots/{lot}/award").json()["winner_id"] == str(winner.organisation_id)
    for other in (loser, house.act("buyer", kind="enterprise")):
        assert other.get(f"/v1/lots/{lot}/award").status_code == 404
    assert house.client.get(f"/v1/lots/{lot}/award").status_code == 401


def test_the_auctioneer_confirms_the_sale_once__auction_law_52(house):
    lot, winner, _ = sold(house, house.act("transfer_office"))
    auctioneer = house.exchange("auctioneer")

    confirmed = auctioneer.post(f"/v1/lots/{lot}/confirmation", json={"minutes": "三次报价后落槌"})
    again = auctioneer.post(f"/v1/lots/{lot}/confirmation", json={"minutes": "再次"})

    assert confirmed.status_code == 201, confirmed.text
    assert confirmed.json()["confirmation_number"].startswith("CJ")
    assert winner.get(f"/v1/lots/{lot}/award").json()["minutes"] == "三次报价后落槌"
    assert (again.status_code, slug(again)) == (409, "wrong-state")


def test_a_bidder_sees_its_own_registration_and_finance_sees_all(house):
    lot = announce(house)
    first, second = bidder_for(house, lot), bidder_for(house, lot)

    def seen(client):
        return [item["number"] for item in client.get(f"/v1/lots/{lot}/registrations").json()["items"]]

    assert (seen(first), seen(second)) == ([1], [2])
    assert sorted(seen(house.exchange("finance"))) == [1, 2]
    assert seen(house.act("buyer", kind="enterprise")) == []
    assert house.client.get(f"/v1/lots/{lot}/registrations").status_code == 401


def test_a_deposit_is_recorded_under_the_lot_it_belongs_to(house):
    lot, other = announce(house), announce(house)
    _, registration = register(house, lot)
    body = {"amount_fen": 2 * WAN, "bank_reference": "农行9"}

    answer = house.exchange("finance").post(f"/v1/lots/{other}/registrations/{registration['id']}/deposit", json=body)

    assert answer.status_code == 404
    rows = house.exchange("finance").get(f"/v1/lots/{lot}/registrations").json()["items"]
    assert rows[0]["deposit_state"] == "required"


def test_the_seller_lodges_and_reads_the_reserve_and_nobody_else(house):
    seller = house.act("transfer_office")
    lot = announce(house, seller)

    lodged = seller.post(f"/v1/lots/{lot}/reserve", json={"reserve_fen": 25 * WAN})

    assert lodged.status_code == 201, lodged.text
    assert seller.get(f"/v1/lots/{lot}/reserve").json()["reserve_fen"] == 25 * WAN
    assert house.act("transfer_office").get(f"/v1/lots/{lot}/reserve").status_code == 404
    assert house.exchange("operator").get(f"/v1/lots/{lot}/reserve").status_code == 403


def test_lots_are_listed_newest_first_and_by_the_state_the_clock_says(house):
    first, second = announce(house), announce(house)

    listed = house.client.get("/v1/lots").json()["items"]
    assert [item["id"] for item in listed] == [second, first]
    with house.database.session("web") as session:
        advance(session, timedelta(days=10, minutes=1))  # no worker has looked yet

    by_state = {
        state: [item["state"] for item in house.client.get("/v1/lots", params={"state": state}).json()["items"]]
        for state in ("announced", "open", "closed")
    }
    assert by_state == {"announced": [], "open": ["open", "open"], "closed": []}
    with house.database.session("web") as session:
        advance(session, timedelta(days=1))
    closed = house.client.get("/v1/lots", params={"state": "closed"}).json()["items"]
    assert [item["state"] for item in closed] == ["closed", "closed"]
    house.drain()
    assert len(house.client.get("/v1/lots", params={"state": "no_bids"}).json()["items"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount_fen": 0},
        {"amount_fen": -1},
        {"amount_fen": 1.5},
        {"amount_fen": True},
        {"amount_fen": "2000000"},
        {"amount_fen": 10**13 + 1},
        {"amount_fen": None},
        {"amount_fen": WAN, "currency": "USD"},
        {"amount_fen": WAN, "bidder": 1},
        [],
    ],
)
def test_a_malformed_bid_is_no_bid(house, body):
    lot = announce(house)
    bidder = bidder_for(house, lot)
    house.move(days=10)

    answer = bidder.post(f"/v1/lots/{lot}/bids", json=body)

    assert answer.status_code == 422, answer.text
    assert house.client.get(f"/v1/lots/{lot}").json()["bids"] == 0


def test_bidding_needs_a_key(house):
    lot = announce(house)

    assert bid(house.client, lot, 20).status_code == 401
