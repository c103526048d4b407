"""An AI estimate on its way to a benchmark price: signed off by a manager, decided by the unit or reviewed by a third party."""

from datetime import timedelta

import pytest

from kernel.invariants import check_all
from kernel.money import Money
from tests.support.desk import AUCTION, LISTED, Desk, ok, refused, slug
from tests.support.review_room import ReviewRoom

ESTIMATED = LISTED | {"basis": "ai_estimate_reviewed", "benchmark_fen": None}


@pytest.fixture
def room(house):
    return ReviewRoom(house)


def draft(room, terms=ESTIMATED, **changes):
    body = {"result_id": room.desk.result_id, "valuation_id": room.valuation} | terms | changes
    return room.desk.office.post("/v1/listings", json=body)


def drafted(room, *more, **changes):
    room.desk.listing_id = ok(draft(room, *more, **changes), 201)["id"]
    return room.desk


def unbroken(house):
    with house.database.session("owner") as session:
        return [one for one in check_all(session) if one.number[0] in "RM"] == []


def test_an_estimate_is_a_benchmark_only_with_a_managers_sign_off__zhejiang_2025_27_item_13(house, room):
    manager = room.manager()

    unsigned = refused(draft(room))
    ok(room.review(manager, "accept", reason="可比案例充分，同意作为基准价格"), 201)
    desk = drafted(room)
    steps = f"/v1/listings/{desk.listing_id}/decisions"
    state = desk.do("submission")["state"]
    laid_out = ok(desk.office.get(steps))
    ok(desk.decide(desk.office, "transfer_office"), 201)
    undecided = desk.refuse("publication")
    ok(desk.decide(desk.approver, "unit_approval"), 201)
    desk.published()

    assert slug(unsigned) == "not-signed-off" and unsigned["article"] == "浙政办发〔2025〕27号 第13项"
    assert "审核台" in unsigned["cure_zh"] and "technology manager" in unsigned["cure_en"]
    assert state == "in_decision" and slug(undecided) == "wrong-state"
    assert [(one["step"], one["state"]) for one in laid_out] == [
        ("ai_sign_off", "approved"),
        ("transfer_office", "pending"),
        ("unit_approval", "pending"),
    ]
    assert laid_out[0]["decided_by"] == str(manager.person_id)
    assert laid_out[0]["opinion"] == "可比案例充分，同意作为基准价格" and len(laid_out[0]["minutes_sha256"]) == 64
    assert desk.get()["inside"]["benchmark_fen"] == 50_000_000
    assert unbroken(house)


def test_an_override_is_the_benchmark_and_the_model_is_not(house, room):
    ok(room.review(room.manager(), "override", price="30", reason="样机尚未定型"), 201)

    others = refused(draft(room, benchmark_fen=50_000_000))
    desk = drafted(room)

    assert slug(others) == "benchmark-differs"
    assert (others["benchmark_fen"], others["signed_low_fen"], others["signed_high_fen"]) == (
        50_000_000,
        30_000_000,
        30_000_000,
    )
    assert desk.get()["inside"]["benchmark_fen"] == 30_000_000


@pytest.mark.long
def test_a_range_that_was_signed_off_holds_the_benchmark(house, room):
    room.valued(None)
    ok(room.review(room.manager(), "override", low="40", high="55", reason="以区间签署，由单位确定"), 201)

    unstated, outside = refused(draft(room)), refused(draft(room, benchmark_fen=56_000_000))
    desk = drafted(room, benchmark_fen=55_000_000).decided().published()

    assert slug(unstated) == "basis-not-shown" and slug(outside) == "benchmark-differs"
    assert desk.get()["inside"]["benchmark_fen"] == 55_000_000
    assert unbroken(house)


def test_a_sign_off_that_changed_before_submission_sends_the_seller_back(room):
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)
    desk = drafted(room)
    ok(room.review(manager, "override", price="42", reason="更正：同类成交偏低"), 201)

    assert slug(desk.refuse("submission")) == "benchmark-differs"
    terms = ESTIMATED | {"valuation_id": room.valuation, "reason": "按签署价格修改"}
    desk.do("revision", terms)
    desk.decided()
    assert desk.get()["inside"]["benchmark_fen"] == 42_000_000


@pytest.mark.long
def test_a_sign_off_that_changed_before_publication_stops_it(house, room):
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)
    desk = drafted(room).decided()
    ok(room.review(manager, "override", price="42", reason="更正"), 201)

    assert slug(desk.refuse("publication")) == "benchmark-differs"


@pytest.mark.long
def test_what_was_published_stands_when_the_manager_changes_his_mind_later(house, room):
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)
    desk = drafted(room).decided().published()
    ok(room.review(manager, "override", price="42", reason="更正"), 201)

    assert desk.state() == "listed"
    assert unbroken(house)


def test_a_dissent_after_the_decision_sends_it_back_to_the_unit(house, room):
    ok(room.review(room.manager(), "accept"), 201)
    third = room.invited()
    desk = drafted(room).decided()
    ok(room.sign(third, agrees=False, low_fen=10_000_000, high_fen=20_000_000), 201)

    unread = desk.refuse("publication")
    desk.do("revision", ESTIMATED | {"valuation_id": room.valuation, "reason": "就第三方意见重新决策"})
    desk.decided().published()

    assert slug(unread) == "dissent-unread" and "第13项" in unread["article"]
    assert desk.state() == "listed"
    assert unbroken(house)


def test_an_auctioneer_announces_only_what_was_signed_off(house, room):
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)
    desk = drafted(room, AUCTION | {"basis": "ai_estimate_reviewed", "benchmark_fen": None}).decided()
    auctioneer = house.exchange("auctioneer")
    lot = {
        "opens_at": (house.now() + timedelta(days=9)).isoformat(),
        "ends_at": (house.now() + timedelta(days=11)).isoformat(),
        "defects": "无",
    }
    ok(room.review(manager, "override", price="42", reason="更正"), 201)

    changed, own = desk.refuse("lot", lot, by=auctioneer), desk.refuse("lot", lot)
    ok(room.review(manager, "override", low="45", high="55", reason="复核后确认"), 201)
    announced = desk.do("lot", lot, by=auctioneer, status=201)

    assert slug(changed) == "sign-off-changed" and not any(name.endswith("_fen") for name in changed)
    assert slug(own) == "benchmark-differs" and own["signed_low_fen"] == 42_000_000
    assert announced["state"] == "announced"
    assert auctioneer.get(room.path()).status_code == auctioneer.get(room.path("reviews")).status_code == 404
    assert unbroken(house)


@pytest.mark.long
def test_generated_reference_data_carry_no_benchmark_until_a_person_sets_it(room):
    room.valued(generated=True)
    manager = room.manager()
    ok(room.review(manager, "accept"), 201)

    tried = refused(draft(room))
    ok(room.review(manager, "override", price="48", reason="依据三宗同类成交"), 201)

    assert slug(tried) == "rests-on-generated" and "生成的参考数据" in tried["title_zh"]
    drafted(room).decided().published()


@pytest.mark.long
def test_an_estimate_without_price_or_range_is_no_basis_even_overridden(room):
    room.valued(None, low=None, high=None)
    ok(room.review(room.manager(), "override", price="30", reason="参照同类许可"), 201)

    assert slug(refused(draft(room))) == "basis-not-shown"


@pytest.mark.long
def test_an_estimate_for_a_licence_is_no_basis_of_a_transfer(room):
    room.valued(trade="licence")
    ok(room.review(room.manager(), "accept"), 201)

    differs = refused(draft(room))

    assert slug(differs) == "estimate-of-other-trade"
    assert (differs["valued_for"], differs["used_for"]) == ("licence", "transfer")


@pytest.mark.long
def test_who_signed_off_takes_no_other_step__zhejiang_19(house):
    desk = Desk(house)
    both = house.act("transfer_office", "technology_manager", organisation=desk.home)
    room = ReviewRoom(house, desk.registered())
    ok(room.review(both, "accept"), 201)
    drafted(room)
    desk.do("submission")

    assert slug(refused(desk.decide(both, "transfer_office"))) == "same-person-decides"
    ok(desk.decide(desk.office, "transfer_office"), 201)


def test_a_private_seller_needs_no_sign_off_but_keeps_to_one_that_was_given(house):
    room = ReviewRoom(house, kind="enterprise", regime="PRIVATE")

    outside = refused(draft(room, benchmark_fen=70_000_000))
    desk = drafted(room, working_days=5)
    assert desk.do("submission")["state"] == "approved"
    desk.published()

    assert slug(outside) == "basis-not-shown"
    assert desk.get()["inside"]["benchmark_fen"] == 50_000_000
    signed = ReviewRoom(house, Desk(house, kind="enterprise", regime="PRIVATE").registered())
    ok(signed.review(signed.manager(), "override", price="44", reason="另有依据"), 201)
    assert slug(refused(draft(signed, benchmark_fen=50_000_000))) == "benchmark-differs"
    drafted(signed)
    assert signed.desk.get()["inside"]["benchmark_fen"] == 44_000_000
    assert signed.desk.do("submission")["state"] == "approved"


@pytest.mark.long
def test_a_state_owned_enterprise_needs_its_appraisal_all_the_same__soe_law_47(house):
    room = ReviewRoom(house, kind="enterprise", regime="SOE")
    ok(room.review(room.manager(), "accept"), 201)

    assert slug(refused(draft(room, working_days=20))) == "appraisal-required"


@pytest.mark.long
def test_a_benchmark_read_on_a_draft_is_a_price_that_was_seen(house):
    room = ReviewRoom(house, kind="enterprise", regime="PRIVATE")
    manager = room.manager()
    desk = drafted(room)
    assert desk.get(manager)["inside"]["benchmark_fen"] == 50_000_000

    drafter = house.act("transfer_office", "technology_manager", organisation=desk.home)
    ok(drafter.post(f"/v1/listings/{desk.listing_id}/submission"))

    for shown in (manager, drafter):
        assert ok(room.review(shown, "own_price", price="32"), 201)["shown_before"] is True


def test_model_human_and_realised_price_stand_side_by_side_once_the_contract_settles(house, room):
    manager = room.manager()
    ok(room.review(manager, "own_price", price="42"), 201)
    ok(room.review(manager, "override", low="38", high="46", price="42", reason="样机尚未定型"), 201)
    desk, buyer = drafted(room, price_fen=45_000_000, floor_fen=40_000_000, deposit_fen=0), room.desk.buyer()
    desk.decided().published()
    ok(buyer.post(f"/v1/listings/{desk.listing_id}/interests", json={"price_fen": 45_000_000}), 201)
    house.move(days=20)
    deal = desk.do("deal", status=201)
    settled(house, desk, buyer, deal)

    seen, theirs = room.read(desk.office, "comparison"), room.read(manager, "comparison")

    (sold,) = seen["realised"]
    assert (sold["price_fen"], sold["arms_length"], sold["contract_id"]) == (45_000_000, True, deal["contract_id"])
    assert sold["to_model"] == pytest.approx(0.9) and sold["to_human"] == pytest.approx(45 / 42)
    assert sold["in_range"] is True and seen["human"]["price_fen"] == 42_000_000
    assert seen["model"]["price_fen"] == 50_000_000 and theirs["realised"] == seen["realised"]
    assert buyer.get(room.path("comparison")).status_code == 404
    assert unbroken(house)
    house.drain()
    assert len(room.read(desk.office, "comparison")["realised"]) == 1


def settled(house, desk, buyer, deal):
    from uuid import UUID

    from tests.support.contracting import Sale

    price = Money(deal["price_fen"])
    contract = desk.contract()
    sale = Sale(house, UUID(deal["contract_id"]), UUID(contract["deal_id"]), price, desk.home, buyer.organisation_id)
    sale.signed().paid()
    house.drain()


def test_the_report_tells_own_figures_to_the_unit_and_few_ones_to_nobody_else(house, room):
    ok(room.review(room.manager(), "override", price="42", reason="另有依据"), 201)

    own = ok(room.desk.office.get("/v1/valuations/report"))
    operator = house.exchange("operator")
    over_all = ok(operator.get("/v1/valuations/report?scope=all"))

    whole, segment = own["segments"]
    assert (own["scope"], own["units_min"], whole["valuations"], whole["reviewed"]) == ("own", 1, 1, 1)
    assert (segment["kind"], segment["trade"]) == ("invention", "transfer")
    assert whole["human_to_model"]["median_ratio"] == pytest.approx(0.84)
    assert own["anchoring"]["too_few"] is True and own["anchoring"]["pairs_min"] == 20
    assert over_all["units_min"] == 3 and all(one["hidden"] for one in over_all["segments"])
    assert over_all["anchoring"]["hidden"] is True and "0.84" not in str(over_all)
    assert refused(operator.get("/v1/valuations/report"), 403)["needed"]
    for client in (room.desk.office, room.desk.buyer()):
        assert client.get("/v1/valuations/report?scope=all").status_code == 403
    assert room.desk.office.get("/v1/valuations/report?scope=theirs").status_code == 422
    assert ok(Desk(house).office.get("/v1/valuations/report"))["segments"][0]["valuations"] == 0


@pytest.mark.long
def test_over_three_units_the_exchange_is_told_medians_and_no_names(house):
    rooms = [ReviewRoom(house) for _ in range(3)]
    for share, room in zip(("40", "45", "60"), rooms, strict=True):
        ok(room.review(room.manager(), "override", price=share, reason="另有依据"), 201)

    told = ok(house.exchange("statistician").get("/v1/valuations/report?scope=all"))

    whole = told["segments"][0]
    assert (whole["hidden"], whole["valuations"], whole["reviewed"]) == (False, 3, 3)
    assert whole["human_to_model"]["median_ratio"] == pytest.approx(0.9)
    assert not any(str(one.desk.home) in str(told) for one in rooms)
