"""Bidding by the form: the same commands and refusals as over the interface, once for each key, and nothing secret shown."""

from datetime import timedelta

import pytest

from kernel.money import Money
from tests.support.auction_room import AuctionRoom
from tests.support.pages import Reader, hidden_of, words_of
from tests.support.town import Town


class Hall:
    """One lot that is open, a buyer who is registered with the deposit paid, and a rival."""

    def __init__(self, house, **changes):
        self.house, self.room, self.town = house, AuctionRoom(house.database), Town(house)
        self.buyer = self.town.settle("林竞买", "buyer", name="温州恒新机电有限公司（测试）")
        self.rival = self.town.settle("陈竞买", "buyer", name="瑞安汽配有限公司（测试）")
        self.lot = self.room.announce(**changes)
        for one in (self.buyer, self.rival):
            self.room.register(self.lot, one.actor)
        self.address = f"/lots/{self.lot.id}"

    def opened(self):
        self.room.move_to(self.lot.opens_at)
        return self


@pytest.fixture
def hall(house):
    return Hall(house, reserve=Money.wan(35)).opened()


def test_a_bid_is_placed_and_receipted(house, hall):
    reader = Reader(house, hall.buyer)
    page = reader.get(hall.address)

    answer = reader.send(f"{hall.address}/bids", amount="200,000", **hidden_of(page))
    receipt = reader.read(answer.headers["location"])

    assert 'value="200,000"' in page.text and "贰拾万元整" in page.text
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{hall.address}?placed=")
    assert "出价已受理：¥200,000" in receipt and "您的出价目前领先" in receipt
    assert "¥210,000" in receipt


def test_a_form_sent_twice_is_one_bid(house, hall):
    reader = Reader(house, hall.buyer)
    hidden = hidden_of(reader.get(hall.address))

    first = reader.send(f"{hall.address}/bids", amount="200000", **hidden)
    again = reader.send(f"{hall.address}/bids", amount="200000", **hidden)

    assert first.headers["location"] == again.headers["location"]
    assert hall.room.lot(hall.lot.id).bids == 1


def test_one_key_is_one_form(house, hall):
    reader = Reader(house, hall.buyer)
    hidden = hidden_of(reader.get(hall.address))
    reader.send(f"{hall.address}/bids", amount="200000", **hidden)

    other = reader.send(f"{hall.address}/bids", amount="900000", **hidden)

    assert other.status_code == 422
    assert hall.room.lot(hall.lot.id).highest == Money.wan(20)


def test_a_bid_too_low_is_refused_on_the_page_and_stays_in_the_book__auction_law_36(house, hall):
    hall.room.bid(hall.lot, hall.rival.actor, Money.wan(20))
    reader = Reader(house, hall.buyer)

    answer = reader.send(f"{hall.address}/bids", amount="200001", **hidden_of(reader.get(hall.address)))

    text = words_of(answer)
    assert answer.status_code == 409
    assert "出价低于当前最低有效出价" in text and "当前最低有效出价： ¥210,000" in text.replace("：¥", "： ¥")
    assert 'value="200001"' in answer.text
    assert [line.kind.value for line in hall.room.book(hall.lot)][-1] == "refusal"


def test_a_refusal_that_is_sent_again_is_the_same_refusal(house, hall):
    hall.room.bid(hall.lot, hall.rival.actor, Money.wan(20))
    reader = Reader(house, hall.buyer)
    hidden = hidden_of(reader.get(hall.address))

    first = reader.send(f"{hall.address}/bids", amount="200001", **hidden)
    again = reader.send(f"{hall.address}/bids", amount="200001", **hidden)

    assert (again.status_code, again.text) == (409, first.text)
    assert [line.kind.value for line in hall.room.book(hall.lot)].count("refusal") == 1


@pytest.mark.parametrize("amount", ["", "-200000", "２０００００", "1e9", "二十万"])
def test_what_is_no_amount_is_no_bid(house, hall, amount):
    answer = Reader(house, hall.buyer).send(f"{hall.address}/bids", amount=amount)

    assert answer.status_code == 422
    assert "阿拉伯数字" in words_of(answer)
    assert hall.room.lot(hall.lot.id).bids == 0


def test_the_public_reads_the_bids_but_not_who_or_what_is_hidden(house, hall):
    hall.room.bid(hall.lot, hall.buyer.actor, Money.wan(20))

    page = Reader(house).read(hall.address)

    assert "1 号" in page and "¥200,000" in page and "登录后可以报名竞买" in page
    assert "恒新" not in page and "350,000" not in page
    assert "竞买人数" not in page


def test_who_is_not_signed_in_cannot_bid(house, hall):
    answer = Reader(house).send(f"{hall.address}/bids", amount="200000")

    assert answer.status_code == 401
    assert hall.room.lot(hall.lot.id).bids == 0


def test_another_site_cannot_bid_for_me__asvs_3_5_1(house, hall):
    reader = Reader(house, hall.buyer)

    answer = reader.send(f"{hall.address}/bids", origin="https://evil.example", amount="200000")

    assert answer.status_code == 403
    assert hall.room.lot(hall.lot.id).bids == 0


def test_one_registers_by_the_form_and_is_told_of_the_deposit(house):
    hall = Hall(house)
    newcomer = Reader(house, hall.town.settle("新竞买", "buyer"))

    answer = newcomer.send(f"{hall.address}/registrations", conflicts="", **hidden_of(newcomer.get(hall.address)))
    page = newcomer.read(hall.address)

    assert answer.status_code == 303
    assert "贵方竞买号：3 号" in page and "请先缴纳保证金 ¥20,000" in page


def test_the_seller_is_told_why_it_cannot_register__auction_law_30(house):
    room, town = AuctionRoom(house.database), Town(house)
    seller = town.settle("周转化", "transfer_office", "unit_approver", "buyer", kind="university")
    lot = room.announce(seller.actor)

    answer = Reader(house, seller).send(f"/lots/{lot.id}/registrations", conflicts="")

    assert answer.status_code == 409
    assert "委托人不得参与竞买" in words_of(answer) and "拍卖法第30条" in words_of(answer)


def test_the_moving_part_is_sent_only_when_it_has_moved(house, hall):
    reader = Reader(house)
    mark = reader.get(hall.address).text.partition("?seen=")[2].partition('"')[0]

    quiet = reader.get(f"{hall.address}/standing?seen={mark}", **{"HX-Request": "true"})
    hall.room.bid(hall.lot, hall.buyer.actor, Money.wan(20))
    moved = reader.get(f"{hall.address}/standing?seen={mark}", **{"HX-Request": "true"})
    by_hand = reader.get(f"{hall.address}/standing")

    assert quiet.status_code == 204
    assert moved.status_code == 200 and "¥200,000" in moved.text and "<html" not in moved.text
    assert (by_hand.status_code, by_hand.headers["location"]) == (303, hall.address)


def test_a_lot_that_is_over_shows_the_award_and_no_form(house, hall):
    hall.room.bid(hall.lot, hall.buyer.actor, Money.wan(40))
    hall.room.move_to(hall.lot.ends_at + timedelta(hours=1))
    hall.room.close_due()

    page = Reader(house, hall.buyer).get(hall.address)

    text = words_of(page)
    assert "已成交" in text and "肆拾万元整" in text and "已达到" in text
    assert f'action="{hall.address}/bids"' not in page.text and "hx-get" not in page.text


def test_the_list_is_by_phase(house, hall):
    announced = hall.room.announce(title="另一标的")
    reader = Reader(house)

    live, soon = reader.get("/lots?phase=live").text, reader.get("/lots?phase=soon").text

    assert str(hall.lot.id) in live and str(announced.id) not in live
    assert str(announced.id) in soon and str(hall.lot.id) not in soon


def test_the_clock_is_market_time(house):
    answer = Reader(house).get("/clock")

    assert abs(answer.json()["now_ms"] - house.now().timestamp() * 1000) < 60_000
