"""Offers, interests, objections, trials and valuations by the form, and who may read what comes of them."""

import pytest

from tests.support.contracting import sale
from tests.support.desk import AGREED, LISTED, Desk, ok
from tests.support.pages import Reader, hidden_of, words_of
from tests.support.town import Town


@pytest.fixture
def town(house):
    return Town(house)


@pytest.fixture
def buyer(town):
    return town.settle("林受让", "buyer", name="温州恒新机电有限公司（测试）", size="small")


def test_a_buyer_makes_an_offer_which_only_the_two_sides_read(house, town, buyer):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    reader, address = Reader(house, buyer), f"/listings/{desk.listing_id}"

    answer = reader.send(f"{address}/offers", price="420,000", days="14", **hidden_of(reader.get(address)))
    mine = reader.read(address)
    theirs = Reader(house, town.settle("周转化", "transfer_office", home=desk.home)).read(address)
    others = Reader(house, town.settle("陈受让", "buyer")).read(address)

    assert answer.status_code == 303
    assert "¥420,000" in mine and "¥420,000" in theirs
    assert "¥420,000" not in others and "¥420,000" not in Reader(house).read(address)


def test_a_second_offer_is_refused_on_the_page_with_what_was_typed(house, buyer):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    reader, address = Reader(house, buyer), f"/listings/{desk.listing_id}"
    reader.send(f"{address}/offers", price="420000", days="14")

    answer = reader.send(f"{address}/offers", price="430000", days="14", payment_terms="分两期")

    assert answer.status_code == 409
    assert 'role="alert"' in answer.text and 'value="430000"' in answer.text and "分两期" in answer.text
    assert len(ok(desk.office.get(f"/v1/listings/{desk.listing_id}/offers"))["items"]) == 1


def test_a_buyer_registers_an_interest(house, buyer):
    desk = Desk(house).registered().drafted(LISTED).decided().published()
    reader, address = Reader(house, buyer), f"/listings/{desk.listing_id}"

    low = reader.send(f"{address}/interests", price="400000")
    made = reader.send(f"{address}/interests", price="500000", **hidden_of(reader.get(address)))
    page = reader.read(address)

    assert low.status_code == 409
    assert made.status_code == 303
    assert "贵方的受让意向" in page and "请先缴纳保证金 ¥50,000" in page


def test_anybody_signed_in_objects_under_their_own_name__zhejiang_17(house, town, buyer):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(house.act("buyer", organisation=buyer.home))
    address = f"/notices/{desk.noticed()}"
    objector = Reader(house, town.settle("陈异议", "buyer"))

    page = objector.get(address)
    answer = objector.send(f"{address}/objections", reason="专利权属有争议", evidence="", **hidden_of(page))
    mine, public = objector.read(address), Reader(house).read(address)

    assert "肆拾捌万元整" in words_of(page) and "陈异议" in words_of(page)
    assert answer.status_code == 303
    assert "专利权属有争议" in mine and "专利权属有争议" not in public
    assert "有异议，处理中" in public


def test_an_objection_without_reasons_is_said_under_the_form(house, buyer):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.agreed_with(house.act("buyer", organisation=buyer.home))
    address = f"/notices/{desk.noticed()}"

    answer = Reader(house, buyer).send(f"{address}/objections", reason=" ", evidence="见合作协议")

    assert answer.status_code == 422
    assert "见合作协议" in answer.text


def test_a_firm_asks_to_try_a_pooled_result(house, buyer):
    desk = Desk(house).registered(title="便携式水质快速检测仪")
    entry = ok(
        desk.office.post(
            f"/v1/results/{desk.result_id}/pool", json={"ceiling_fen": 8_000_000, "licence_kind": "ordinary"}
        ),
        201,
    )
    reader, address = Reader(house, buyer), f"/pool/{entry['id']}"

    answer = reader.send(f"{address}/trials", purpose="排口监测", place="温州瓯海", **hidden_of(reader.get(address)))
    mine, public = reader.read(address), Reader(house).read(address)

    assert answer.status_code == 303
    assert "贵方的试用" in mine and "排口监测" in mine
    assert "¥80,000" in public and "排口监测" not in public
    assert "便携式水质快速检测仪" in Reader(house).read("/pool")


def test_the_owner_asks_for_a_valuation_and_others_do_not_find_it(house, town):
    desk = Desk(house).registered()
    owner = Reader(house, town.settle("周转化", "transfer_office", home=desk.home))

    answer = owner.send(f"/results/{desk.result_id}/valuations", trade="transfer")
    page = owner.read(answer.headers["location"])
    stranger = Reader(house, town.settle("陈某", "transfer_office", kind="university"))

    assert answer.status_code == 303
    assert "AI初始价格参考，非资产评估报告" in page and "样本不足，不予估价" in page and "下一步" in page
    assert answer.headers["location"] in owner.get(f"/results/{desk.result_id}").text
    assert stranger.get(answer.headers["location"]).status_code == 404
    assert stranger.send(f"/results/{desk.result_id}/valuations", trade="transfer").status_code == 404


def test_a_contract_is_there_for_its_parties_only(house, town):
    made = sale(house).signed().paid().registered()
    address = f"/contracts/{made.contract_id}"

    seller = Reader(house, town.settle("周转化", "transfer_office", home=made.seller_id)).read(address)
    other_side = Reader(house, town.settle("林受让", "buyer", home=made.buyer_id)).read(address)
    stranger = Reader(house, town.settle("陈某", "buyer"))

    assert "壹佰万元整" in seller and "应提取的奖励" in seller and "¥700,000" in seller
    assert "壹佰万元整" in other_side and "应提取的奖励" not in other_side
    assert stranger.get(address).status_code == 404
    assert Reader(house).get(address).status_code == 401


def test_the_desk_shows_what_is_ones_own(house, town):
    made = sale(house)
    desk = Desk(house).registered(title="本校成果")

    seller = Reader(house, town.settle("周转化", "transfer_office", home=made.seller_id)).read("/desk")
    other = Reader(house, town.settle("吴转化", "transfer_office", home=desk.home)).read("/desk")

    assert "JSHT-" in seller and "本校成果" not in seller
    assert "本校成果" in other and "JSHT-" not in other
