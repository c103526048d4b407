"""The review desk on pages, by forms and without scripts: pricing blind, signing, deciding, inviting."""

import re

import pytest

from tests.support.desk import Desk, ok
from tests.support.pages import Reader, hidden_of, words_of
from tests.support.review_room import FILE, ReviewRoom
from tests.support.town import Town


@pytest.fixture
def town(house):
    return Town(house)


@pytest.fixture
def room(house):
    return ReviewRoom(house, Desk(house, name="温州大学（测试）").registered())


@pytest.fixture
def manager(house, town, room):
    resident = town.settle("赵经理", "technology_manager", name="温州技术经理人事务所（测试）")
    room.engaged(house.client_of(resident.actor))
    return Reader(house, resident)


@pytest.fixture
def office(house, town, room):
    return Reader(house, town.settle("周转化", "transfer_office", home=room.desk.home))


def page(room, what=""):
    return f"/valuations/{room.valuation}{what}"


def test_a_manager_finds_the_task_prices_blind_and_then_signs(room, manager):
    desk = manager.get("/reviews")
    blind = manager.get(page(room, "/blind"))

    assert page(room, "/blind") in desk.text and "先独立估价" in words_of(desk)
    for told in ("38万", "50万", "500,000", "65万", "参考价约", "影响最大的因素", "证据等级"):
        assert told not in words_of(blind), told
    given = manager.send(page(room, "/own-price"), own_price="32万", **hidden_of(blind))
    assert given.status_code == 422 and 'value="32万"' in given.text
    given = manager.send(page(room, "/own-price"), own_price="320,000", **hidden_of(manager.get(page(room, "/blind"))))
    assert given.status_code == 303 and given.headers["location"] == f"{page(room)}#review"
    seen = manager.read(page(room))
    assert "独立估价 ¥320,000" in seen and "此前未看过模型价格" in seen and "50万元" in seen
    assert "您已给出独立估价" in manager.read("/reviews")

    signed = manager.send(page(room, "/reviews"), verdict="accept", reviews_seen="1")
    assert signed.status_code == 303
    after = manager.read(page(room))
    assert "接受 ¥500,000 以此为准" in after and "此前已看过模型价格" in after
    assert "没有待审核的估价" in manager.read("/reviews")


@pytest.mark.long
def test_the_result_page_keeps_the_price_from_who_should_price_it_first(room, manager, office):
    result = f"/results/{room.desk.result_id}"

    fresh = manager.get(result)
    manager.get(page(room))
    later = manager.read(result)

    assert page(room, "/blind") in fresh.text and "50万" not in words_of(fresh)
    assert "约 50万元" in later and "约 50万元" in office.read(result)
    assert room.review(room.manager(), "own_price", price="3").json()["shown_before"] is False


def test_an_override_needs_its_reason_and_what_was_typed_is_kept(room, manager):
    bare = manager.send(page(room, "/reviews"), verdict="override", override_price="300000", override_reason=" ")
    outside = manager.send(
        page(room, "/reviews"), verdict="override", override_price="30", override_low="40", override_high="50"
    )
    made = manager.send(
        page(room, "/reviews"),
        verdict="override",
        override_low="280,000",
        override_high="360,000",
        override_reason="样机尚未定型\r\n且缺软件",
    )

    assert bare.status_code == 422 and "另定价格须说明理由" in words_of(bare) and 'value="300000"' in bare.text
    assert outside.status_code == 422 and 'role="alert"' in outside.text
    assert made.status_code == 303 and "另定价格 ¥280,000 – ¥360,000" in manager.read(page(room))


@pytest.mark.long
def test_who_signs_over_a_review_that_he_has_not_read_is_told_on_the_page(room, manager):
    ok(room.review(room.manager(), "override", price="45", reason="另有依据"), 201)

    stale = manager.send(page(room, "/reviews"), verdict="accept", reviews_seen="0")

    assert stale.status_code == 409
    assert "已有他人审核" in words_of(stale) and "已有审核：1" in words_of(stale)


@pytest.mark.long
def test_a_valuation_that_was_overtaken_offers_no_signature_and_leads_on(room, manager):
    old = page(room)
    room.valued()

    seen = manager.get(old)
    late = manager.send(f"{old}/reviews", verdict="accept")

    assert page(room) in seen.text and "签署接受" not in words_of(seen)
    assert late.status_code == 409 and "已有更新的估价" in words_of(late)


def test_the_seller_asks_for_a_person_and_reads_that_the_automated_price_does_not_bind__pipl_24(room, manager, office):
    before = office.read(page(room))
    asked = office.send(page(room, "/human-decisions"), grounds="未考虑意向许可", **hidden_of(office.get(page(room))))
    waiting, desk = manager.get(page(room)), manager.read("/reviews")
    take = re.search(r'action="([^"]+/taking-up)', waiting.text).group(1)
    manager.send(take)
    form = manager.get(page(room))
    decide = re.search(r'action="([^"]+/decision)#', form.text).group(1)
    decided = manager.send(decide, verdict="override", decide_price="600000", decide_reason="意向许可应予考虑")

    assert "个人信息保护法第24条" in before and "拒绝仅由自动估价作出决定" in before
    assert asked.status_code == 303
    assert "未考虑意向许可" in desk and "24:00" in desk
    assert decided.status_code == 303
    answer = office.read(page(room))
    assert "已决定" in answer and "¥600,000" in answer and "自动估价不具约束力" in answer


@pytest.mark.long
def test_the_seller_takes_a_request_back(room, office):
    office.send(page(room, "/human-decisions"), grounds="未考虑意向许可")
    away = re.search(r'action="([^"]+/withdrawal)#', office.get(page(room)).text).group(1)

    assert office.send(away).status_code == 303
    assert "已撤回" in office.read(page(room)) and office.send(away).status_code == 409


def test_a_third_party_is_invited_signs_and_its_signature_is_shown_as_verified(house, town, room, office):
    resident = town.settle("钱评估", "appraiser", kind="association", name="浙江省技术评估协会（测试）")
    appraiser = Reader(house, resident)
    form = office.get(page(room))
    assert "浙江省技术评估协会（测试）" in words_of(form) and appraiser.get(page(room)).status_code == 404

    office.send(page(room, "/invitations"), organisation_id=str(resident.home), **hidden_of(form))
    desk = appraiser.get("/reviews")
    said = {"agrees": "no", "opinion": "建议下调", "qualification": "评估师 1 号", "file_sha256": FILE.upper()}
    bare = appraiser.send(page(room, "/third-party-reviews"), **said)
    signed = appraiser.send(page(room, "/third-party-reviews"), **said, sign_low="250000", sign_high="400000")

    assert page(room) in desk.text and "温州大学（测试）" in words_of(desk)
    assert bare.status_code == 422 and "建议下调" in bare.text
    assert signed.status_code == 303
    seen = office.read(page(room))
    assert "签名已验证" in seen and "建议下调" in seen and "¥250,000 – ¥400,000" in seen
    assert "没有待签署的第三方审核" in appraiser.read("/reviews")


@pytest.mark.long
def test_an_invitation_is_taken_back_on_the_page(house, town, room, office):
    resident = town.settle("钱评估", "appraiser", kind="appraiser", name="浙南评估（测试）")
    office.send(page(room, "/invitations"), organisation_id=str(resident.home))
    away = re.search(r'action="([^"]+/withdrawal)#', office.get(page(room)).text).group(1)

    assert office.send(away).status_code == 303
    assert Reader(house, resident).get(page(room)).status_code == 404


@pytest.mark.long
def test_what_came_of_it_stands_beside_model_and_people(house, room, office):
    from kernel.calendar import local_date
    from kernel.ids import ContractId, ResultId, new_id
    from kernel.money import Money
    from valuation.reviewing.commands import record_realised

    for price, arms_length in ((Money.wan(45), True), (Money.wan(5), False)):
        with house.database.session("worker") as session:
            record_realised(
                session,
                contract_id=ContractId(new_id()),
                result_id=ResultId(room.desk.result_id),
                owner_id=room.desk.home,
                trade="transfer",
                price=price,
                arms_length=arms_length,
                agreed_on=local_date(house.now()),
                now=house.now(),
            )

    seen = office.read(page(room))

    assert "实际成交 ¥450,000 为模型参考价的 0.90 倍" in seen
    assert "实际成交 ¥50,000 关联交易，不作衡量" in seen


def test_the_pages_are_not_there_for_strangers(house, town, room):
    stranger, public = Reader(house, town.settle("陈经理", "technology_manager")), Reader(house)

    for what in ("/blind", ""):
        assert (stranger.get(page(room, what)).status_code, public.get(page(room, what)).status_code) == (404, 401)
    assert stranger.send(page(room, "/reviews"), verdict="accept").status_code == 404
    assert stranger.send(page(room, "/own-price"), own_price="1").status_code == 404


@pytest.mark.long
def test_the_desk_is_for_those_who_judge_or_sign(house, town, office):
    refused = office.get("/reviews")

    assert refused.status_code == 403 and "技术经理人" in words_of(refused)
    assert 'href="/reviews"' not in office.get("/desk").text
    appraiser = Reader(house, town.settle("钱评估", "appraiser"))
    assert 'href="/reviews"' in appraiser.get("/desk").text and "待审核估价" not in appraiser.read("/reviews")


@pytest.mark.long
def test_an_english_reader_finds_the_same(room, manager):
    seen = words_of(manager.get(page(room, "/blind"), params={"lang": "en"}))

    assert "Price it yourself first" in seen and "Your own price (yuan)" in seen
    assert "another price" not in words_of(manager.get("/reviews", params={"lang": "en"}))
