"""The listing: its period in working days, and what follows when nobody, one or many have come."""

from datetime import datetime, timedelta

from kernel.calendar import WorkingCalendar
from kernel.invariants import check_all
from tests.support.desk import LISTED, REPORT, Desk, ok, refused, slug


def audit(house):
    with house.database.session("owner") as session:
        return check_all(session)


def listed(house, **changes):
    return Desk(house).registered().drafted(LISTED, **changes).decided().published()


def qualified(desk, buyer, price_fen=None):
    """A buyer whose deposit has arrived."""
    interest = desk.do("interests", {"price_fen": price_fen} if price_fen else {}, by=buyer, status=201)
    desk.cashier = getattr(desk, "cashier", None) or desk.house.exchange("finance")
    body = {"amount_fen": interest["deposit_fen"], "bank_reference": f"BANK-{interest['id'][-12:]}"}
    return ok(desk.cashier.post(f"/v1/interests/{interest['id']}/deposit", json=body))


def over(desk):
    """The period has ended, and the market has seen it."""
    ends_at = datetime.fromisoformat(desk.get()["period_ends_at"])
    desk.house.move(seconds=(ends_at - desk.house.now()).total_seconds() + 1)


def test_a_period_runs_its_working_days(house):
    desk = listed(house, working_days=20)

    ends_at = datetime.fromisoformat(desk.get()["period_ends_at"])

    assert ends_at == WorkingCalendar.shipped().working_days_end_at(house.now(), 20)
    assert slug(desk.refuse("deal")) == "wrong-state"


def test_one_buyer_makes_a_deal_at_the_list_price_without_a_second_notice(house):
    desk, buyer = listed(house), None
    buyer = desk.buyer()
    qualified(desk, buyer)
    over(desk)

    deal = desk.do("deal", status=201)

    assert deal["price_fen"] == 50_000_000 and deal["notice_id"] is None
    assert desk.get(buyer)["qualified"] == 1
    contract = desk.contract(buyer)
    assert (contract["mode"], contract["price_fen"]) == ("listed", 50_000_000)
    assert audit(house) == []


def test_a_buyer_without_a_deposit_does_not_count(house):
    desk = listed(house)
    desk.do("interests", {}, by=desk.buyer(), status=201)
    over(desk)

    assert desk.state() == "closed_0"


def test_a_deposit_that_comes_after_the_period_is_too_late(house):
    desk = listed(house)
    interest = desk.do("interests", {}, by=desk.buyer(), status=201)
    over(desk)
    cashier = house.exchange("finance")

    late = cashier.post(
        f"/v1/interests/{interest['id']}/deposit", json={"amount_fen": 5_000_000, "bank_reference": "BANK-LATE"}
    )

    assert slug(refused(late)) == "period-over"


def test_nobody_came_so_the_listing_is_extended_as_often_as_the_rule_allows(house):
    desk = listed(house)
    for _ in range(3):
        over(desk)
        desk.do("extension")
    over(desk)

    spent = desk.refuse("extension")

    assert slug(spent) == "extensions-used-up" and spent["extensions_max"] == 3
    desk.do("end", {"reason": "无人摘牌"})
    assert desk.state() == "ended"


def test_nobody_came_so_the_price_is_cut_within_the_rule_and_the_decision__fashi_2016_18_art_26(house):
    desk = listed(house)
    over(desk)

    too_deep = desk.refuse("relisting", {"price_fen": 39_999_999})
    again = desk.do("relisting", {"price_fen": 40_000_000})
    qualified(desk, desk.buyer())
    over(desk)

    assert slug(too_deep) == "cut-too-deep" and too_deep["least_fen"] == 40_000_000
    assert again["price_fen"] == 40_000_000 and again["deposit_fen"] == 4_000_000
    assert desk.do("deal", status=201)["price_fen"] == 40_000_000


def test_a_cut_below_the_decision_is_decided_anew__zhejiang_17(house):
    desk = listed(house, floor_fen=45_000_000)
    over(desk)

    below = desk.refuse("relisting", {"price_fen": 44_999_999})

    assert slug(below) == "below-decision"
    desk.do("revision", LISTED | {"price_fen": 44_000_000, "deposit_fen": 4_400_000, "reason": "降价"})
    assert desk.state() == "draft"


def test_many_buyers_bid_and_nothing_is_entered_twice(house):
    desk = listed(house)
    buyers = [desk.buyer(), desk.buyer(), desk.buyer()]
    for buyer in buyers:
        qualified(desk, buyer)
    over(desk)
    assert desk.state() == "closed_n"

    lot = desk.do("lot", {}, status=201)
    house.drain()
    house.move(seconds=(datetime.fromisoformat(lot["opens_at"]) - house.now()).total_seconds() + 1)
    bid(buyers[0], lot, 50_000_000)
    bid(buyers[2], lot, 50_000_000 + 5 * lot["step_fen"])
    house.move(days=3)

    assert lot["start_fen"] == 50_000_000 and lot["deposit_fen"] == 5_000_000
    assert lot["step_fen"] == 500_000
    seen = desk.get(buyers[2])
    assert seen["state"] == "deal" and seen["deal"]["price_fen"] == 52_500_000
    assert seen["deal"]["mode"] == "listed" and seen["deal"]["lot_id"] == lot["id"]
    assert desk.contract(buyers[2])["price_fen"] == 52_500_000
    assert audit(house) == []


def bid(buyer, lot, amount_fen):
    return ok(buyer.post(f"/v1/lots/{lot['id']}/bids", json={"amount_fen": amount_fen}), 201)


def test_a_buyer_tied_to_the_seller_buys_at_an_agreed_price_with_a_notice__zhejiang_17(house):
    desk = listed(house)
    daughter = house.organisation(kind="enterprise")
    tie(house, desk.home, daughter)

    problem = desk.refuse("interests", {}, by=house.act("buyer", organisation=daughter))

    assert slug(problem) == "related-buyer" and problem["article"].endswith("art 17")


def tie(house, parent, daughter):
    """The parent declares that it controls the daughter."""
    admin = house.act("admin", organisation=parent)
    body = {
        "other_id": str(daughter),
        "other_is": "subsidiary",
        "starts_on": "2020-01-01",
        "evidence": "工商登记",
    }
    answer = admin.post("/v1/affiliations", json=body)
    assert answer.status_code == 201, answer.text


def test_interests_stay_between_buyer_and_exchange_until_the_period_is_over(house):
    desk = listed(house)
    buyer, rival = desk.buyer(), desk.buyer()
    qualified(desk, buyer)
    path = f"/v1/listings/{desk.listing_id}/interests"

    during = [len(ok(client.get(path))["items"]) for client in (buyer, rival, desk.office, desk.cashier)]
    over(desk)
    after = [len(ok(client.get(path))["items"]) for client in (buyer, rival, desk.office, desk.cashier)]

    assert during == [1, 0, 0, 1]
    assert after == [1, 0, 1, 1]
    assert desk.get(house.client)["qualified"] == 1


def test_the_terms_stand_while_the_period_runs(house):
    desk = listed(house)

    assert slug(desk.refuse("revision", LISTED | {"reason": "改价"})) == "wrong-state"


def test_conditions_that_name_one_company_are_refused__sasac_2025_17(house):
    desk = Desk(house).registered()
    house.organisation(kind="enterprise", name="瓯海泵业")
    body = {"result_id": desk.result_id} | LISTED

    for text in ("仅限与瓯海泵业有合作的企业", "受让方须为温州瓯江阀门有限公司"):
        problem = refused(desk.office.post("/v1/listings", json=body | {"conditions": text}))
        assert slug(problem) == "conditions-name-buyer"


def test_a_listing_without_a_benchmark_is_refused__zhejiang_17(house):
    desk = Desk(house).registered()
    body = {"result_id": desk.result_id} | LISTED

    problem = refused(desk.office.post("/v1/listings", json=body | {"benchmark_fen": None}))

    assert slug(problem) == "benchmark-missing" and problem["article"] == "浙江省促进科技成果转化条例 art 17"


def test_a_state_owned_listing_rests_on_an_appraisal_and_runs_twenty_working_days__sasac_2025_17(house):
    desk = Desk(house, kind="enterprise", regime="SOE", is_gov_run=False).registered()
    today = house.now().date()
    report = REPORT | {
        "result_id": desk.result_id,
        "report_no": "浙评报字〔2026〕001号",
        "base_date": (today - timedelta(days=30)).isoformat(),
        "valid_until": (today + timedelta(days=300)).isoformat(),
    }
    appraisal = ok(desk.office.post("/v1/appraisals", json=report), 201)["id"]
    terms = LISTED | {"basis": "appraisal", "appraisal_id": appraisal, "benchmark_fen": None, "working_days": 20}
    body = {"result_id": desk.result_id} | terms

    unappraised = refused(desk.office.post("/v1/listings", json=body | {"basis": "agreement", "benchmark_fen": 1}))
    short = refused(desk.office.post("/v1/listings", json=body | {"working_days": 19}))
    cheap = refused(desk.office.post("/v1/listings", json=body | {"price_fen": 53_999_999, "floor_fen": 53_999_999}))

    assert slug(unappraised) == "appraisal-required"
    assert slug(short) == "period-out-of-range" and short["working_days_min"] == 20
    assert slug(cheap) == "approval-wanted" and cheap["least_fen"] == 54_000_000
    whole = {"price_fen": 60_000_000, "floor_fen": 54_000_000, "deposit_fen": 6_000_000}
    desk.drafted(terms, **whole).decided().published()
    qualified(desk, desk.buyer())
    over(desk)
    assert desk.do("deal", status=201)["basis"] == "appraisal"
    assert audit(house) == []
