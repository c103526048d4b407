"""The agreed price of a government unit from result to contract, and every refusal that art 17 demands on the way."""

from tests.support.desk import AGREED, CHANNELS, Desk, ok, refused, slug


def audit(house):
    from kernel.invariants import check_all

    with house.database.session("owner") as session:
        return check_all(session)


def test_an_agreed_sale_runs_its_notice_and_ends_in_a_contract(house):
    desk, buyer = Desk(house).registered().drafted(AGREED), None
    desk.decided().published()
    buyer = desk.buyer()
    first = desk.offer_of(buyer, 42_000_000)
    countered = ok(
        desk.office.post(
            f"/v1/offers/{first}/counter", json={"price_fen": 48_000_000, "expires_at": desk.later(days=5)}
        ),
        201,
    )
    ok(buyer.post(f"/v1/offers/{countered['id']}/accept"))

    notice = desk.do("notices", CHANNELS, status=201)
    early = desk.refuse("deal")
    house.move(days=20)
    deal = desk.do("deal", status=201)

    assert slug(early) == "notice-not-closed" and early["article"] == "浙江省促进科技成果转化条例 art 17"
    assert notice["days"] == 15 and notice["content"]["price_fen"] == 48_000_000
    assert deal["price_fen"] == 48_000_000 and deal["notice_id"] == notice["id"]
    contract = desk.contract(buyer)
    assert (contract["mode"], contract["basis"], contract["price_fen"]) == ("agreed", "agreement", 48_000_000)
    assert contract["state"] == "draft"
    assert desk.get(house.client)["deal"] is None
    assert audit(house) == []


def test_nothing_is_published_before_the_decision_is_complete__zhejiang_19(house):
    desk = Desk(house).registered().drafted(AGREED)
    desk.do("submission")

    undecided = desk.refuse("publication")
    ok(desk.decide(desk.office, "transfer_office"), 201)
    half = desk.refuse("publication")

    assert slug(undecided) == slug(half) == "wrong-state"
    assert house.client.get(f"/v1/listings/{desk.listing_id}").status_code == 404
    assert house.client.get(f"/v1/results/{desk.result_id}").status_code == 404


def test_the_same_person_does_not_decide_twice__zhejiang_19(house):
    desk = Desk(house).registered().drafted(AGREED)
    both = house.act("transfer_office", "unit_approver", organisation=desk.home)
    desk.do("submission")
    ok(desk.decide(both, "transfer_office"), 201)

    again = refused(desk.decide(both, "unit_approval"))

    assert slug(again) == "same-person-decides"


def test_a_refused_step_sends_the_listing_back_to_its_draft(house):
    desk = Desk(house).registered().drafted(AGREED)
    desk.do("submission")
    ok(desk.decide(desk.office, "transfer_office"), 201)
    ok(desk.decide(desk.approver, "unit_approval", agrees=False, opinion="价格依据不足"), 201)

    assert desk.state() == "draft"
    desk.decided()
    rounds = ok(desk.office.get(f"/v1/listings/{desk.listing_id}/decisions"))
    assert [(row["round"], row["state"]) for row in rounds] == [
        (2, "approved"),
        (2, "approved"),
        (1, "void"),
        (1, "rejected"),
    ]


def test_no_deal_without_a_notice__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())

    without = desk.refuse("deal")

    assert slug(without) == "notice-missing" and without["article"].endswith("art 17")


def test_a_price_below_the_decision_is_decided_anew__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    low = desk.offer_of(desk.buyer(), 39_999_999)

    problem = refused(desk.office.post(f"/v1/offers/{low}/accept"))

    assert slug(problem) == "below-decision"
    assert desk.state() == "open"


def test_another_transferee_restarts_the_fifteen_days__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    first = desk.noticed()
    house.move(days=14)

    desk.do("reopening", {"reason": "受让方放弃"})
    desk.agreed_with(desk.buyer())
    second = desk.noticed()
    house.move(days=10)

    assert ok(house.client.get(f"/v1/notices/{first}"))["state"] == "superseded"
    assert ok(house.client.get(f"/v1/notices/{second}"))["state"] == "running"
    assert slug(desk.refuse("deal")) == "notice-not-closed"
    house.move(days=10)
    desk.do("deal", status=201)


def test_revised_terms_are_decided_and_noticed_anew__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()

    desk.do("revision", AGREED | {"way": "licence", "licence_kind": "ordinary", "reason": "改为许可"})

    assert desk.state() == "draft"
    assert ok(house.client.get(f"/v1/notices/{notice}"))["state"] == "superseded"
    assert house.client.get(f"/v1/listings/{desk.listing_id}").status_code == 404
    desk.decided().published()
    desk.agreed_with(desk.buyer())
    desk.noticed()
    house.move(days=20)
    desk.do("deal", status=201)
    assert desk.contract()["licence_kind"] == "ordinary"


def test_an_objection_that_is_upheld_withdraws_the_sale__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()
    rival = desk.buyer()
    objection = ok(
        rival.post(f"/v1/notices/{notice}/objections", json={"reason": "专利权属有争议", "evidence": "合作协议"}), 201
    )

    decided = ok(
        desk.approver.post(
            f"/v1/objections/{objection['id']}/decision", json={"uphold": True, "decision": "经核实属实"}
        )
    )

    assert decided["state"] == "upheld"
    assert ok(house.client.get(f"/v1/notices/{notice}"))["state"] == "withdrawn"
    assert desk.state() == "withdrawn"
    house.move(days=20)
    assert slug(desk.refuse("deal")) == "wrong-state"


def test_an_objection_that_is_rejected_lets_the_notice_go_on__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()
    objection = ok(desk.buyer().post(f"/v1/notices/{notice}/objections", json={"reason": "价格偏低"}), 201)

    house.move(days=20)
    held = desk.refuse("deal")
    supervisor = house.exchange("supervisor")
    body = {"uphold": False, "decision": "价格依据充分"}
    ok(supervisor.post(f"/v1/objections/{objection['id']}/decision", json=body))
    house.drain()

    assert slug(held) == "objection-open"
    assert ok(house.client.get(f"/v1/notices/{notice}"))["state"] == "closed"
    desk.do("deal", status=201)


def test_after_the_last_day_objections_are_not_taken__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()
    house.move(days=20)

    late = refused(desk.buyer().post(f"/v1/notices/{notice}/objections", json={"reason": "太晚"}))

    assert slug(late) == "notice-over"


def test_nobody_decides_on_his_own_objection(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    notice = desk.noticed()
    objection = ok(desk.approver.post(f"/v1/notices/{notice}/objections", json={"reason": "程序问题"}), 201)
    stranger = house.act("unit_approver")
    path, body = f"/v1/objections/{objection['id']}/decision", {"uphold": False, "decision": "驳回"}

    own = refused(desk.approver.post(path, json=body))

    assert slug(own) == "own-objection"
    assert stranger.post(path, json=body).status_code == 404


def test_a_buyer_where_a_completer_works_is_marked_in_the_notice__zhejiang_17(house):
    desk = Desk(house)
    firm = house.organisation(kind="enterprise")
    insider = house.act("buyer", organisation=firm)
    desk.registered(
        completers=[
            {"name": "王教授", "person_id": str(insider.person_id), "share_bp": 10000, "priority": "waived"},
        ]
    )
    desk.drafted(AGREED).decided().published()
    desk.agreed_with(insider)

    notice = desk.do("notices", CHANNELS, status=201)

    assert notice["related_party"] is True
    assert "完成人" in notice["content"]["related_note"]


def test_a_tie_that_the_buyer_declares_is_marked_and_reaches_the_contract__zhejiang_17(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer(), related_declared=True, related_note="董事为校友企业出资人")
    notice = desk.do("notices", CHANNELS, status=201)
    house.move(days=20)
    desk.do("deal", status=201)

    assert notice["related_party"] is True
    assert desk.contract()["related_party"] is True


def test_a_private_seller_needs_no_notice_and_no_decision(house):
    desk = Desk(house, kind="enterprise", regime="PRIVATE").registered().drafted(AGREED).decided().published()
    buyer = desk.buyer()
    desk.agreed_with(buyer)

    unneeded = desk.refuse("notices", CHANNELS)
    deal = desk.do("deal", status=201)

    assert slug(unneeded) == "notice-not-required" and unneeded["article"].endswith("art 17")
    assert deal["notice_id"] is None
    assert desk.contract(buyer)["state"] == "draft"
    assert audit(house) == []


def test_a_state_owned_seller_sells_in_public__sasac_order_32_art_48(house):
    desk = Desk(house, kind="enterprise", regime="SOE", is_gov_run=False).registered()

    problem = refused(desk.office.post("/v1/listings", json={"result_id": desk.result_id} | AGREED))

    assert slug(problem) == "mode-not-open"
    assert problem["article"] == "企业国有资产交易监督管理办法 art 48"
