"""Results over HTTP: what may be registered, who sees what of it, and what the title guard says."""

import pytest

from tests.support.desk import AGREED, Desk, ok, refused, slug
from tests.support.numbers import make_application_number


def register(desk, **changes):
    return desk.completer.post("/v1/results", json=desk.stated(**changes))


def test_a_registered_result_is_its_owners_until_it_is_offered(house):
    desk = Desk(house).registered()
    stranger = house.act("transfer_office")
    path = f"/v1/results/{desk.result_id}"

    own = ok(desk.office.get(path))

    assert own["inside"]["plan_source"] == "05" and own["completers"][0]["share_bp"] == 7000
    assert own["expires_on"] == "2043-05-06"
    for client in (house.client, stranger, house.exchange("operator")):
        assert client.get(path).status_code == 404
    assert ok(house.client.get("/v1/results"))["items"] == []
    desk.drafted(AGREED).decided().published()
    public = ok(house.client.get(path))
    assert public["inside"] is None
    assert public["completers"][0] == {
        "ordinal": 1,
        "name": "王教授",
        "share_bp": None,
        "priority": None,
        "person_id": None,
    }


def test_a_second_seller_of_the_same_number_is_refused__patent_law_14(house):
    number = make_application_number(4711, year=2022)
    written_otherwise = "ZL" + number.replace(".", "")
    first, second = Desk(house), Desk(house)
    ok(register(first, number=number, filed_on="2022-02-02"), 201)

    problem = refused(register(second, number=written_otherwise, filed_on="2022-02-02"))

    assert slug(problem) == "number-taken" and problem["article"] == "专利法 art 14"
    assert "争议" in problem["title_zh"]


def test_a_withdrawn_registration_frees_its_number_but_not_while_it_is_on_offer(house):
    desk = Desk(house).registered()
    number = ok(desk.office.get(f"/v1/results/{desk.result_id}"))["number"]
    path, body = f"/v1/results/{desk.result_id}/withdrawal", {"reason": "登记有误"}
    desk.drafted(AGREED)

    in_use = refused(desk.office.post(path, json=body))
    desk.do("withdrawal", {"reason": "不再转让"})
    ok(desk.office.post(path, json=body))

    assert slug(in_use) == "result-in-use"
    ok(register(Desk(house), number=number), 201)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": None}, "number-wanted"),
        ({"kind": "know_how"}, "number-forbidden"),
        ({"number": "202310000001.X"}, "number-not-valid"),
        ({"number": "CN112345678A"}, "number-not-valid"),
        ({"number": make_application_number(9, year=2023, kind="2")}, "number-of-other-kind"),
        ({"filed_on": "2024-01-01"}, "filed-after-number"),
        ({"completers": [{"name": "王教授", "share_bp": 9999}]}, "shares-do-not-sum"),
        ({"tech_field": "12"}, "invalid-request"),
        ({"trl": 10}, "invalid-request"),
        ({"owner_id": "x"}, "invalid-request"),
        ({"title": "长" * 301}, "invalid-request"),
    ],
)
def test_what_does_not_prove_itself_is_not_registered(house, changes, problem):
    desk = Desk(house)

    answer = register(desk, **changes)

    assert slug(refused(answer, 422)) == problem
    assert ok(desk.office.get("/v1/results?mine=true"))["items"] == []


def test_a_unit_that_is_not_verified_registers_nothing__e_commerce_law_27(house):
    home = house.organisation(kind="university", verified=False)
    office = house.act("transfer_office", organisation=home)

    problem = refused(office.post("/v1/results", json=Desk(house).stated()))

    assert slug(problem) == "not-verified" and problem["article"] == "电子商务法 art 27"


def test_the_guard_names_every_finding_with_article_and_cure(house):
    desk = Desk(house).registered(
        co_owners=["某某研究院"],
        completers=[{"name": "王教授", "person_id": None, "share_bp": 10000}],
    )

    checked = ok(desk.office.get(f"/v1/results/{desk.result_id}/title-check?way=transfer"))

    assert checked["clear"] is False
    assert [(one["check"], one["article"]) for one in checked["findings"]] == [
        ("co_owners", "专利法 art 14"),
        ("priority", "民法典 art 847"),
    ]
    assert ok(desk.office.get(f"/v1/results/{desk.result_id}/title-check?way=licence&licence_kind=ordinary"))["clear"]
    assert desk.buyer().get(f"/v1/results/{desk.result_id}/title-check").status_code == 404


def test_an_unclear_title_does_not_go_into_decision__civil_code_847(house):
    desk = Desk(house).registered(completers=[{"name": "王教授", "share_bp": 10000}]).drafted(AGREED)

    problem = desk.refuse("submission")
    ok(desk.office.post(f"/v1/results/{desk.result_id}/completers/1/priority", json={"priority": "waived"}))
    desk.decided()

    assert slug(problem) == "right-not-clear" and problem["article"] == "民法典 art 847"
    assert problem["findings"][0]["cure_zh"]


def test_a_completer_with_an_account_settles_the_priority_in_person__civil_code_847(house):
    desk = Desk(house).registered()
    path = f"/v1/results/{desk.result_id}/completers/1/priority"

    by_office = refused(desk.office.post(path, json={"priority": "waived"}))
    in_person = ok(desk.completer.post(path, json={"priority": "reserved"}))

    assert slug(by_office) == "not-your-completion"
    assert in_person["completers"][0]["priority"] == "reserved"


def test_a_secret_result_is_never_offered__zhejiang_16(house):
    desk = Desk(house).registered(secret=True).drafted(AGREED)

    problem = desk.refuse("submission")
    pooled = refused(desk.office.post(f"/v1/results/{desk.result_id}/pool", json={"ceiling_fen": 1}))

    assert slug(problem) == slug(pooled) == "right-not-clear"
    assert problem["article"] == "浙江省促进科技成果转化条例 art 16"


def test_a_right_is_sold_once__patent_law_10(house):
    desk = Desk(house, kind="enterprise", regime="PRIVATE").registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    desk.do("deal", status=201)

    again = ok(desk.office.post("/v1/listings", json={"result_id": desk.result_id} | AGREED), 201)
    problem = refused(desk.office.post(f"/v1/listings/{again['id']}/submission"))

    assert problem["findings"][0]["article"] == "专利法 art 10"


def test_an_estimate_is_for_the_owners_people_only__zhejiang_2025_27_item_13(house):
    desk = Desk(house).registered()
    path = f"/v1/results/{desk.result_id}/valuations"
    made = ok(desk.completer.post(path, json={}), 201)
    desk.drafted(AGREED, valuation_id=made["id"]).decided().published()

    assert len(ok(desk.office.get(path))["items"]) == 1
    assert ok(desk.buyer().get(path))["items"] == []
    assert house.client.get(path).status_code == 401
    assert house.exchange("operator").get(f"/v1/valuations/{made['id']}").status_code == 404
    for text in (house.client.get(f"/v1/listings/{desk.listing_id}").text, house.client.get("/v1/search").text):
        assert made["id"] not in text


def test_a_pooled_result_is_public_and_silence_means_return__civil_code_638(house):
    desk = Desk(house).registered()

    entry = ok(desk.office.post(f"/v1/results/{desk.result_id}/pool", json={"ceiling_fen": 8_000_000}), 201)

    assert (entry["term_months"], entry["silence_effect"]) == (12, "return")
    assert house.client.get(f"/v1/results/{desk.result_id}").status_code == 200
    assert slug(refused(desk.office.post(f"/v1/results/{desk.result_id}/pool", json={"ceiling_fen": 1}))) == (
        "already-pooled"
    )


def test_a_repeated_request_registers_once(house):
    desk = Desk(house)
    body, headers = desk.stated(), {"Idempotency-Key": "registration-1"}

    first = desk.completer.post("/v1/results", json=body, headers=headers)
    second = desk.completer.post("/v1/results", json=body, headers=headers)

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert len(ok(desk.office.get("/v1/results?mine=true"))["items"]) == 1
