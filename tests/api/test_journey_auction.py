"""The auction from decision to hammer to contract, and what follows when the hammer does not fall."""

from datetime import datetime

from kernel.invariants import check_all
from tests.support.desk import AUCTION, Desk, ok, slug


def audit(house):
    with house.database.session("owner") as session:
        return check_all(session)


def decided(house, **changes):
    return Desk(house).registered().drafted(AUCTION, **changes).decided()


def announced(desk, **entry):
    body = {"step_fen": 1_000_000, "deposit_fen": 5_000_000} | entry
    return desk.do("lot", body, status=201)


def opened(desk, lot):
    wait = datetime.fromisoformat(lot["opens_at"]) - desk.house.now()
    desk.house.move(seconds=wait.total_seconds() + 1)


def bidder(desk, lot):
    buyer = desk.buyer()
    registration = ok(buyer.post(f"/v1/lots/{lot['id']}/registrations", json={"conflicts": ""}), 201)
    desk.cashier = getattr(desk, "cashier", None) or desk.house.exchange("finance")
    paid = {"amount_fen": lot["deposit_fen"], "bank_reference": f"LOT-{registration['id'][-12:]}"}
    ok(desk.cashier.post(f"/v1/lots/{lot['id']}/registrations/{registration['id']}/deposit", json=paid))
    return buyer


def bid(buyer, lot, amount_fen):
    return ok(buyer.post(f"/v1/lots/{lot['id']}/bids", json={"amount_fen": amount_fen}), 201)


def test_the_highest_bidder_gets_the_contract(house):
    desk = decided(house)
    lot = announced(desk)
    first, second = bidder(desk, lot), bidder(desk, lot)
    opened(desk, lot)
    bid(first, lot, 50_000_000)
    bid(second, lot, 63_000_000)

    house.move(days=3)

    assert desk.state() == "deal"
    deal = desk.get(second)["deal"]
    assert (deal["mode"], deal["basis"], deal["price_fen"]) == ("auction", "agreement", 63_000_000)
    assert desk.get(first)["deal"] is None
    contract = desk.contract(second)
    assert contract["price_fen"] == 63_000_000 and contract["mode"] == "auction"
    assert audit(house) == []


def test_no_lot_before_the_decision_is_complete__zhejiang_19(house):
    desk = Desk(house).registered().drafted(AUCTION)
    desk.do("submission")

    assert slug(desk.refuse("lot", {"step_fen": 1_000_000})) == "wrong-state"
    assert house.client.get(f"/v1/results/{desk.result_id}").status_code == 404


def test_a_lot_is_announced_with_its_defects__auction_law_18_27(house):
    desk = decided(house, disclosures="")

    problem = desk.refuse("lot", {"step_fen": 1_000_000})

    assert slug(problem) == "defects-not-disclosed"
    assert problem["article"] == "拍卖法 arts 18, 27"
    assert desk.state() == "approved"


def test_a_lot_is_noticed_seven_days_before__auction_law_45(house):
    desk = decided(house)
    body = {"opens_at": desk.later(days=3), "ends_at": desk.later(days=4)}

    assert slug(desk.refuse("lot", body)) == "notice-too-short"


def test_only_an_auctioneer_holds_an_auction_under_the_auction_law__auction_law_10_16(house):
    desk = decided(house)

    assert slug(desk.refuse("lot", {"legal_basis": "auction_law"})) == "not-an-auction-house"
    lot = desk.do("lot", {"legal_basis": "auction_law"}, by=house.exchange("auctioneer"), status=201)
    assert lot["seller_id"] == str(desk.home)


def test_a_reserve_that_is_not_reached_leaves_the_lot_unsold__auction_law_50(house):
    desk = decided(house)
    lot = announced(desk, reserve_fen=60_000_000)
    buyer = bidder(desk, lot)
    opened(desk, lot)
    bid(buyer, lot, 55_000_000)

    house.move(days=3)

    assert desk.state() == "unsold"
    assert desk.get(house.client)["reason"] == "below_reserve"
    assert slug(desk.refuse("deal")) == "wrong-state"


def test_a_lot_without_bids_goes_again_a_fifth_cheaper_at_most__fashi_2016_18_art_26(house):
    desk = decided(house, floor_fen=35_000_000)
    opened(desk, announced(desk))
    house.move(days=3)
    assert desk.state() == "unsold"

    too_deep = desk.refuse("lot", {"start_fen": 39_999_999, "deposit_fen": 0})
    again = announced(desk, start_fen=40_000_000, deposit_fen=4_000_000)
    buyer = bidder(desk, again)
    opened(desk, again)
    bid(buyer, again, 40_000_000)
    house.move(days=3)

    assert slug(too_deep) == "cut-too-deep" and too_deep["article"] == "法释〔2016〕18号 art 26"
    assert desk.get(buyer)["deal"]["price_fen"] == 40_000_000
    assert audit(house) == []


def test_a_start_below_the_decision_is_refused__zhejiang_17(house):
    desk = decided(house)

    assert slug(desk.refuse("lot", {"start_fen": 49_999_999})) == "below-decision"


def test_a_sale_whose_title_became_unclear_is_held_until_it_is_cured__civil_code_847(house):
    desk = Desk(house)
    completers = [
        {"name": "王教授", "person_id": str(desk.completer.person_id), "share_bp": 10000, "priority": "reserved"}
    ]
    desk.registered(completers=completers).drafted(AUCTION).decided()
    lot = announced(desk)
    buyer = bidder(desk, lot)
    opened(desk, lot)
    bid(buyer, lot, 50_000_000)
    house.move(days=3)

    assert desk.state() == "held"
    held = desk.refuse("deal")
    path = f"/v1/results/{desk.result_id}/completers/1/priority"
    ok(desk.completer.post(path, json={"priority": "waived"}))
    deal = desk.do("deal", status=201)

    assert slug(held) == "right-not-clear" and held["article"] == "民法典 art 847"
    assert deal["price_fen"] == 50_000_000 and deal["buyer_id"] == str(buyer.organisation_id)
    assert audit(house) == []


def test_a_winner_who_defaults_gives_the_result_back__auction_law_39(house):
    desk = decided(house)
    lot = announced(desk)
    buyer = bidder(desk, lot)
    opened(desk, lot)
    bid(buyer, lot, 50_000_000)
    house.move(days=3)
    operator = house.exchange("operator")

    ok(operator.post(f"/v1/lots/{lot['id']}/default", json={"reason": "逾期未签约"}))
    house.drain()

    assert desk.get(buyer)["deal"]["state"] == "cancelled"
    assert ok(desk.office.get(f"/v1/results/{desk.result_id}"))["state"] == "published"
