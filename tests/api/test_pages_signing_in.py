"""Signing in by the form: a cookie that stays here, one answer for every wrong guess, nobody sent elsewhere."""

from datetime import UTC, datetime

import pytest

from parties.commands import invitations
from parties.roles import Role
from tests.support import people
from tests.support.pages import Reader, words_of
from tests.support.town import Town


@pytest.fixture
def town(house):
    return Town(house)


def test_one_signs_in_and_comes_to_the_desk(house, town):
    person = town.settle("周转化", "transfer_office", kind="university", name="温州大学（测试）")
    reader = Reader(house)

    answer = reader.send("/sign-in", email=person.email, password=person.password, next="/desk")
    desk = reader.read("/desk")

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=") and "HttpOnly" in cookie and "Secure" in cookie and "Path=/" in cookie
    assert "周转化 · 温州大学（测试）" in desk and "转化办" in desk


def test_signing_out_ends_the_session(house, town):
    reader = Reader(house, town.settle("周转化", "transfer_office"))
    kept = dict(reader.client.cookies)

    answer = reader.send("/sign-out")
    reader.client.cookies.update(kept)

    assert answer.headers["location"] == "/"
    assert reader.get("/desk").status_code == 401


def test_every_wrong_guess_gets_one_answer(house, town):
    person = town.settle("周转化", "transfer_office")
    reader = Reader(house)

    wrong = reader.send("/sign-in", email=person.email, password="not the password at all")
    unknown = reader.send("/sign-in", email="nobody@example.cn", password="not the password at all")

    assert wrong.status_code == unknown.status_code == 401
    assert "邮箱或密码不正确" in words_of(wrong) and words_of(wrong) == words_of(unknown)
    assert "not the password" not in wrong.text and f'value="{person.email}"' in wrong.text


def test_failed_attempts_are_counted(house, town):
    person = town.settle("周转化", "transfer_office")
    reader = Reader(house)
    for _ in range(5):
        reader.send("/sign-in", email=person.email, password="not the password at all")

    answer = reader.send("/sign-in", email=person.email, password=person.password)

    assert answer.status_code == 429
    assert "尝试次数过多" in words_of(answer)


@pytest.mark.parametrize("origin", ["https://evil.example", None], ids=["another site", "no origin"])
def test_a_form_of_another_site_is_refused__asvs_3_5_1(house, town, origin):
    person = town.settle("周转化", "transfer_office")

    answer = Reader(house).send("/sign-in", origin=origin, email=person.email, password=person.password)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_nobody_is_sent_elsewhere(house, town):
    person = town.settle("周转化", "transfer_office")

    answer = Reader(house).send("/sign-in", email=person.email, password=person.password, next="//evil.example")

    assert answer.headers["location"] == "/desk"


def test_who_is_signed_in_already_goes_on(house, town):
    reader = Reader(house, town.settle("周转化", "transfer_office"))

    assert reader.get("/sign-in?next=/pool").headers["location"] == "/pool"


def test_what_is_no_address_is_said_under_the_form(house):
    answer = Reader(house).send("/sign-in", email="nobody", password="x")

    assert answer.status_code == 422
    assert 'id="email"' in answer.text


def test_one_chooses_the_organisation_one_acts_for(house, town):
    person = town.settle("周转化", "buyer", name="第一公司（测试）")
    now = datetime.now(UTC)
    with house.database.session("owner") as session:
        other = people.make_organisation(session, kind="enterprise", name="第二公司（测试）").id
        admin = people.admin_of(session, other)
        _, secret = invitations.invite(session, email=person.email, roles=[Role.BUYER], actor=admin, now=now)
        session.flush()
        invitations.accept(session, token=secret.text, name=None, password=None, actor=person.actor, now=now)
    reader = Reader(house, person)

    before = reader.read("/desk")
    answer = reader.send("/desk/organisation", organisation_id=str(other))
    after = reader.read("/desk")

    assert "选择所代表的机构" in before
    assert answer.status_code == 303
    assert "周转化 · 第二公司（测试）" in after


def test_nobody_acts_for_an_organisation_that_is_not_his(house, town):
    reader = Reader(house, town.settle("周转化", "buyer"))

    assert reader.send("/desk/organisation", organisation_id=str(house.organisation())).status_code == 404
    assert reader.send("/desk/organisation", organisation_id="x").status_code == 422


def test_the_desk_is_for_those_who_are_signed_in(house):
    answer = Reader(house).get("/desk")

    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.text


def test_a_page_takes_no_json(house):
    answer = Reader(house).client.post("/sign-in", json={}, headers={"Origin": "https://testserver"})

    assert answer.status_code == 415
