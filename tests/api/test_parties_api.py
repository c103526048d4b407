"""Organisations, people and affiliations over HTTP."""

import itertools

import pytest

from tests.support.numbers import make_uscc
from tests.support.people import PASSWORD

serial = itertools.count(900_000)


def application(**changes):
    number = next(serial)
    body = {
        "name": f"东海大学{number}",
        "uscc": make_uscc(number),
        "kind": "university",
        "regime": "GOV_UNIT",
        "is_gov_run": True,
        "region_code": "330302",
        "founder": {"name": "李伟", "email": f"founder-{number}@example.cn", "password": PASSWORD},
    }
    return body | changes


def register(house, **changes):
    answer = house.client.post("/v1/organisations", json=application(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["organisation"]


def decide(client, organisation, action="verify"):
    body = {"action": action, "reason": "营业执照已核"}
    return client.post(f"/v1/organisations/{organisation['id']}/decisions", json=body)


def test_an_organisation_registers_is_verified_and_then_stands_in_the_directory(house):
    organisation = register(house)
    assert organisation["state"] == "pending"
    assert house.client.get(f"/v1/organisations/{organisation['id']}").status_code == 404

    verified = decide(house.exchange("operator"), organisation)

    assert verified.json()["state"] == "verified"
    seen = house.client.get(f"/v1/organisations/{organisation['id']}").json()
    assert seen["name"] == organisation["name"]
    assert seen["uscc"] is None
    directory = house.client.get("/v1/organisations", params={"kind": "university"}).json()["items"]
    assert [one["id"] for one in directory] == [organisation["id"]]
    assert set(directory[0]) == {"id", "name", "kind", "region_code", "state"}


def test_registering_again_with_the_same_key_changes_nothing(house):
    client, body = house.act("admin"), application()

    first, again = [client.post("/v1/organisations", json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content


def test_the_same_code_twice_is_refused(house):
    first = application()
    house.client.post("/v1/organisations", json=first)

    answer = house.client.post("/v1/organisations", json=application(uscc=first["uscc"]))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/uscc-taken")


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"uscc": "91330100799655058C"}, 422, "invalid-request"),
        ({"kind": "exchange", "party_type_code": "150"}, 409, "exchange-is-founded"),
        ({"kind": "enterprise"}, 422, "party-type-not-valid"),
        ({"kind": "bank"}, 422, "invalid-request"),
        ({"state": "verified"}, 422, "invalid-request"),
        ({"region_code": "999999"}, 422, "invalid-request"),
        ({"founder": {"name": "李伟", "email": "li@example.cn", "password": "short"}}, 422, "invalid-request"),
        ({"founder": {"name": "李伟", "email": "li@example.cn", "password": "password1"}}, 422, "password-too-common"),
        ({"founder": None}, 401, "unauthenticated"),
    ],
)
def test_a_bad_application_is_refused_and_nothing_is_stored(house, change, status, slug):
    answer = house.client.post("/v1/organisations", json=application(**change))

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert house.exchange("operator").get("/v1/organisations", params={"kind": "university"}).json()["items"] == []


def test_a_taken_address_is_told_only_so_often(house):
    taken = application()
    house.client.post("/v1/organisations", json=taken)

    answers = [
        house.client.post("/v1/organisations", json=application(founder=taken["founder"])).status_code for _ in range(6)
    ]

    assert answers == [409] * 5 + [429]


def test_look_alikes_are_shown_to_the_operator_and_not_to_the_public(house):
    operator = house.exchange("operator")
    first = register(house, name="浙江ABC技术研究院", kind="institute")
    twin = register(house, name="浙江АВС技术研究院", kind="institute")
    decide(operator, first)
    decide(operator, twin)

    path = f"/v1/organisations/{twin['id']}"
    assert [one["id"] for one in operator.get(path).json()["look_alikes"]] == [first["id"]]
    assert house.client.get(path).json()["look_alikes"] == []


def test_only_an_operator_decides(house):
    organisation = register(house)

    refused = decide(house.act("admin"), organisation)
    unknown = decide(house.client, organisation)

    assert (refused.status_code, refused.json()["needed"]) == (403, ["operator"])
    assert unknown.status_code == 401


def test_a_decision_that_the_state_does_not_allow_names_what_is_allowed(house):
    organisation = register(house)

    answer = decide(house.exchange("operator"), organisation, "suspend")

    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["verify", "reject"]


def test_a_bank_account_is_whole_for_finance_masked_for_colleagues_and_not_there_for_others(house):
    finance = house.act("finance")
    home = finance.organisation_id
    path = f"/v1/organisations/{home}/bank-account"
    account = {"holder": "东海大学", "bank": "工商银行温州分行", "number": "6222021234567890"}

    finance.put(path, json=account)

    assert finance.get(path).json()["number"] == "6222021234567890"
    assert house.act("completer", organisation=home).get(path).json()["number"] == "************7890"
    assert house.exchange("operator").get(path).json()["number"] == "************7890"
    assert house.exchange("finance").get(path).json()["number"] == "6222021234567890"
    assert house.act("finance").get(path).status_code == 404
    assert house.act("finance").put(path, json=account).status_code == 404
    assert house.act("completer", organisation=home).put(path, json=account).status_code == 403


def test_an_enterprise_declares_its_figures_and_gets_its_size(house):
    admin = house.act("admin", kind="enterprise")
    path = f"/v1/organisations/{admin.organisation_id}/size-declarations"
    figures = {"industry": "software", "staff": 99, "revenue_fen": 900_000_000, "evidence": "中小企业声明函"}

    answer = admin.post(path, json=figures)

    assert (answer.status_code, answer.json()["size"]) == (201, "small")
    assert admin.get(f"/v1/organisations/{admin.organisation_id}").json()["size"] == "small"
    assert len(admin.get(path).json()["items"]) == 1
    assert admin.post(path, json=figures | {"industry": "magic"}).status_code == 422
    assert house.act("admin", kind="university").get(path).status_code == 404


def test_the_code_tables_say_where_they_come_from(house):
    types = house.client.get("/v1/party-types").json()
    limits = house.client.get("/v1/size-thresholds").json()

    assert {"code", "source", "confidence"} <= types[0].keys()
    assert next(one for one in types if one["code"] == "022")["name_zh"] == "高等院校"
    assert {one["source"] for one in limits} == {"工信部联企业〔2011〕300号"}


def test_colleagues_see_each_other_and_nobody_else(house):
    one = house.act("completer")
    colleague = house.act("finance", organisation=one.organisation_id)
    stranger = house.act("completer")

    ids = [person["id"] for person in one.get("/v1/people").json()["items"]]

    assert str(colleague.person_id) in ids
    assert str(stranger.person_id) not in ids
    assert one.get(f"/v1/people/{colleague.person_id}").json()["roles"] == ["finance"]
    assert one.get(f"/v1/people/{stranger.person_id}").status_code == 404


def test_an_invitation_makes_a_colleague(house):
    admin = house.act("admin")
    made = admin.post("/v1/invitations", json={"email": "fang@example.cn", "roles": ["completer", "finance"]})
    assert made.headers["cache-control"] == "no-store"

    body = {"token": made.json()["token"], "name": "王芳", "password": PASSWORD}
    joined = house.client.post("/v1/invitations/accept", json=body)

    assert joined.status_code == 201
    assert joined.json()["organisation_id"] == str(admin.organisation_id)
    assert admin.get("/v1/invitations").json()["items"][0]["state"] == "accepted"
    assert "token" not in admin.get("/v1/invitations").text
    assert house.client.post("/v1/invitations/accept", json=body).json()["type"] == "/problems/invitation-not-good"


def test_a_secret_is_not_kept_for_a_repeated_request(house):
    admin = house.act("admin")
    body = {"email": "fang@example.cn", "roles": ["completer"]}

    first, again = [admin.post("/v1/invitations", json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]

    assert first.status_code == 201
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-shown-once")
    invited = [one["email"] for one in admin.get("/v1/invitations").json()["items"]]
    assert invited.count("fang@example.cn") == 1


def test_roles_are_changed_by_the_administrator_only(house):
    admin = house.act("admin")
    person = house.act("completer", organisation=admin.organisation_id)
    path = f"/v1/people/{person.person_id}/roles"

    assert person.put(path, json={"roles": ["admin"]}).status_code == 403
    assert admin.put(path, json={"roles": ["buyer"]}).json()["roles"] == ["buyer"]
    assert admin.put(path, json={"roles": ["operator"]}).json()["type"] == "/problems/role-not-here"
    assert admin.put(path, json={"roles": []}).status_code == 422
    assert house.act("admin").put(path, json={"roles": ["buyer"]}).status_code == 404


def test_who_leaves_has_no_key_any_more(house):
    admin = house.act("admin")
    person = house.act("completer", organisation=admin.organisation_id)

    assert admin.delete(f"/v1/people/{person.person_id}").status_code == 204

    assert person.get("/v1/me").status_code == 401


def test_the_exchange_shuts_an_account_at_once(house):
    person = house.act("completer")
    body = {"reason": "冒用他人身份"}

    assert house.act("admin").post(f"/v1/people/{person.person_id}/disable", json=body).status_code == 404
    assert house.exchange("admin").post(f"/v1/people/{person.person_id}/disable", json=body).status_code == 204

    assert person.get("/v1/me").status_code == 401


def test_an_affiliation_is_declared_confirmed_and_ended(house):
    parent, child, operator = house.act("admin", kind="enterprise"), house.act("admin"), house.exchange("operator")
    declared = {
        "other_id": str(child.organisation_id),
        "other_is": "subsidiary",
        "starts_on": "2025-01-01",
        "evidence": "国家企业信用信息公示系统",
    }

    made = parent.post("/v1/affiliations", json=declared)
    path = f"/v1/affiliations/{made.json()['id']}"

    assert made.status_code == 201
    assert (made.json()["first_id"], made.json()["is_confirmed"]) == (str(parent.organisation_id), False)
    assert parent.post(f"{path}/confirmation").status_code == 403
    assert child.post(f"{path}/confirmation").json()["is_confirmed"]
    assert house.act("admin").post(f"{path}/confirmation").status_code == 404
    ended = {"ends_on": "2026-01-01", "reason": "股权转让"}
    assert parent.post(f"{path}/end", json=ended).status_code == 403
    assert operator.post(f"{path}/end", json=ended).json()["ends_on"] == "2026-01-01"
    assert len(operator.get("/v1/affiliations").json()["items"]) == 1
    assert house.act("admin").get("/v1/affiliations").json()["items"] == []
