"""Signing in, cookies, passwords and API keys over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.support import people as made

ORIGIN = {"Origin": "https://testserver"}
EMAIL = "fang@example.cn"


@pytest.fixture
def account(house):
    """A person of a university with an e-mail address that the tests know."""
    with house.database.session("owner") as session:
        home = made.make_organisation(session).id
        person = made.make_person(session, home, ["completer", "buyer"], email=EMAIL)
    return person.id, home


def sign_in(house, password=made.PASSWORD, email=EMAIL, **more):
    return house.client.post("/v1/sign-in", json={"email": email, "password": password, **more}, headers=ORIGIN)


def in_a_year():
    return (datetime.now(UTC) + timedelta(days=300)).isoformat()


def make_key(house, **settings):
    body = {"name": "script", "expires_at": in_a_year(), **settings}
    return house.client.post("/v1/api-keys", json=body, headers=ORIGIN)


def with_key(house, secret):
    return {"headers": {"Authorization": f"Bearer {secret}"}}


def test_signing_in_gives_a_cookie_bound_to_this_host__asvs_3_3(house, account):
    answer = sign_in(house)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert house.client.get("/v1/me").json()["roles"] == ["buyer", "completer"]
    assert answer.json()["organisation_id"] == str(account[1])


def test_only_a_hash_of_the_cookie_is_kept(house, account):
    sign_in(house)
    cookie = house.client.cookies["__Host-session"]

    with house.database.session("owner") as session:
        dump = str(session.execute(text("SELECT s::text FROM sign_in_session s")).all())

    assert cookie not in dump
    assert cookie.encode().hex() not in dump


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(house, account):
    sign_in(house)
    before = house.client.cookies["__Host-session"]
    sign_in(house)

    house.client.cookies.set("__Host-session", before, domain="testserver.local")
    house.client.cookies.clear()
    house.client.cookies.set("__Host-session", before)

    assert house.client.get("/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "a lamp beside the sea"), ("nobody@example.cn", made.PASSWORD)]
)
def test_a_wrong_guess_has_one_answer(house, account, email, password):
    answer = sign_in(house, password, email)

    assert answer.status_code == 401
    assert answer.json()["title"] == "E-mail address or password is wrong."
    assert "set-cookie" not in answer.headers
    assert email not in answer.text


def test_the_sixth_guess_waits_and_is_told_how_long(house, account):
    guesses = [sign_in(house, "a lamp beside the sea").status_code for _ in range(5)]

    answer = sign_in(house)

    assert guesses == [401] * 5
    assert answer.status_code == 429
    assert 800 <= int(answer.headers["retry-after"]) <= 900


def test_a_header_of_the_caller_does_not_move_the_throttle(house, account):
    for number in range(5):
        house.client.post(
            "/v1/sign-in",
            json={"email": EMAIL, "password": "a lamp beside the sea"},
            headers={**ORIGIN, "X-Forwarded-For": f"198.51.100.{number}"},
        )

    answer = house.client.post(
        "/v1/sign-in",
        json={"email": EMAIL, "password": made.PASSWORD},
        headers={**ORIGIN, "X-Forwarded-For": "198.51.100.99"},
    )

    assert answer.status_code == 429


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_sign_a_browser_in_or_act_with_its_cookie(house, account, headers):
    body = {"email": EMAIL, "password": made.PASSWORD}

    assert house.client.post("/v1/sign-in", json=body, headers=headers).status_code == 403
    sign_in(house)
    assert house.client.post("/v1/sign-out", headers=headers).status_code == 403
    assert house.client.get("/v1/me").status_code == 200


def test_a_browser_may_sign_in_as_somebody_else(house, account):
    with house.database.session("owner") as session:
        made.make_person(session, account[1], ["finance"], email="other@example.cn")
    sign_in(house)

    body = {"email": "other@example.cn", "password": made.PASSWORD}
    answer = house.client.post("/v1/sign-in", json=body, headers={**ORIGIN, "Idempotency-Key": "one"})

    assert (answer.status_code, answer.json()["roles"]) == (200, ["finance"])
    assert house.client.get("/v1/me").json()["email"] == "other@example.cn"


def test_signing_out_ends_the_session_itself(house, account):
    sign_in(house)
    cookie = house.client.cookies["__Host-session"]

    answer = house.client.post("/v1/sign-out", headers=ORIGIN)

    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    house.client.cookies.set("__Host-session", cookie)
    assert house.client.get("/v1/me").status_code == 401


def test_sessions_elsewhere_are_listed_and_ended(house, account):
    sign_in(house)
    there = dict(house.client.cookies)
    house.client.cookies.clear()
    sign_in(house)

    sessions = house.client.get("/v1/sign-in/sessions").json()["items"]
    other = next(one for one in sessions if not one["is_this_one"])
    house.client.delete(f"/v1/sign-in/sessions/{other['id']}", headers=ORIGIN)

    assert len(sessions) == 2
    assert house.client.get("/v1/me").status_code == 200
    house.client.cookies.clear()
    house.client.cookies.set("__Host-session", there["__Host-session"])
    assert house.client.get("/v1/me").status_code == 401


def test_one_acts_for_one_organisation_at_a_time(house, account):
    admin = house.act("admin", kind="enterprise")
    token = admin.post("/v1/invitations", json={"email": EMAIL, "roles": ["finance"]}).json()["token"]
    sign_in(house)
    house.client.post("/v1/invitations/accept", json={"token": token}, headers=ORIGIN)
    chosen = {"organisation_id": str(admin.organisation_id)}

    undecided = sign_in(house).json()
    before = house.client.cookies["__Host-session"]
    decided = house.client.post("/v1/sign-in/organisation", json=chosen, headers=ORIGIN).json()

    assert (undecided["organisation_id"], len(undecided["memberships"])) == (None, 2)
    assert (decided["organisation_id"], decided["roles"]) == (str(admin.organisation_id), ["finance"])
    assert house.client.cookies["__Host-session"] != before
    assert sign_in(house, **chosen).json()["roles"] == ["finance"]


def test_a_key_shows_its_secret_once_and_acts_for_its_person(house, account):
    sign_in(house)

    made_key = make_key(house, roles=["completer"])
    secret = made_key.json()["secret"]

    assert made_key.status_code == 201
    assert made_key.headers["cache-control"] == "no-store"
    assert secret.startswith("mk_test_")
    listed = house.client.get("/v1/api-keys")
    assert secret not in listed.text
    assert "sha256" not in listed.text
    house.client.cookies.clear()
    me = house.client.get("/v1/me", **with_key(house, secret)).json()
    assert (me["person_id"], me["roles"], me["by"]) == (str(account[0]), ["completer"], "api_key")


def test_a_revoked_key_stops_at_once(house, account):
    sign_in(house)
    made_key = make_key(house).json()

    house.client.delete(f"/v1/api-keys/{made_key['key']['id']}", headers=ORIGIN)

    house.client.cookies.clear()
    assert house.client.get("/v1/me", **with_key(house, made_key["secret"])).status_code == 401


def test_a_read_only_key_reads_only(house, account):
    sign_in(house)
    secret = make_key(house, may_write=False).json()["secret"]
    house.client.cookies.clear()

    assert house.client.get("/v1/people", **with_key(house, secret)).status_code == 200
    answer = house.client.post("/v1/invitations", json={}, **with_key(house, secret))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/read-only-key")


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"roles": ["finance"]}, 409),
        ({"roles": []}, 422),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
        ({"expires_at": "2199-01-01T00:00:00Z"}, 422),
        ({"livemode": True}, 422),
    ],
)
def test_a_key_is_no_more_than_its_person_and_not_for_ever(house, account, settings, status):
    sign_in(house)

    assert make_key(house, **settings).status_code == status


def test_keys_cannot_make_keys_or_change_a_password(house, account):
    sign_in(house)
    secret = make_key(house).json()["secret"]
    house.client.cookies.clear()

    more = house.client.post(
        "/v1/api-keys", json={"name": "more", "expires_at": in_a_year()}, **with_key(house, secret)
    )
    password = house.client.put(
        "/v1/me/password",
        json={"current": made.PASSWORD, "new": "another lamp, another river"},
        **with_key(house, secret),
    )

    assert more.json()["type"] == "/problems/not-by-session"
    assert password.json()["type"] == "/problems/not-by-session"


@pytest.mark.parametrize("secret", ["", "mk_test_", "x" * 46, "mk_test_" + "0" * 38, "Bearer", "é" * 46, "' OR 1=1 --"])
def test_what_is_not_a_key_opens_nothing(house, secret):
    headers = {"Authorization": f"Bearer {secret}".encode()}

    answer = house.client.get("/v1/me", headers=headers)

    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_an_administrator_sees_and_stops_the_keys_of_the_organisation_and_no_others(house, account):
    admin = house.act("admin", organisation=account[1])
    sign_in(house)
    key = make_key(house).json()["key"]

    assert key["id"] in [one["id"] for one in admin.get("/v1/api-keys").json()["items"]]
    assert house.act("admin").delete(f"/v1/api-keys/{key['id']}").status_code == 404
    assert admin.delete(f"/v1/api-keys/{key['id']}").status_code == 204


def test_changing_a_password_takes_the_old_one(house, account):
    sign_in(house)
    body = {"current": "a lamp beside the sea", "new": "another lamp, another river"}

    wrong = house.client.put("/v1/me/password", json=body, headers=ORIGIN)
    right = house.client.put("/v1/me/password", json=body | {"current": made.PASSWORD}, headers=ORIGIN)

    assert (wrong.status_code, right.status_code) == (401, 204)
    assert sign_in(house, "another lamp, another river").status_code == 200


def test_a_forgotten_password_is_reset_and_nobody_learns_who_has_an_account(house, account):
    known, unknown = [
        house.client.post("/v1/password-resets", json={"email": email}) for email in (EMAIL, "nobody@example.cn")
    ]
    house.drain()
    with house.database.session("worker") as session:
        mails = session.execute(text("SELECT recipient, body FROM mail_outbox WHERE subject LIKE '重置%'")).all()

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [recipient for recipient, _ in mails] == [EMAIL]
    token = mails[0][1].split("\n\n")[1]
    done = house.client.post(
        "/v1/password-resets/complete", json={"token": token, "password": "another lamp, another river"}
    )
    assert done.status_code == 204
    assert sign_in(house, "another lamp, another river").status_code == 200
    again = house.client.post(
        "/v1/password-resets/complete", json={"token": token, "password": "a third lamp, a third river"}
    )
    assert again.json()["type"] == "/problems/reset-not-good"


def test_no_secret_shows_in_what_is_kept(house, account):
    sign_in(house)
    secret = make_key(house).json()["secret"]

    with house.database.session("owner") as session:
        tables = session.execute(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ).scalars()
        dump = "".join(str(session.execute(text(f'SELECT t::text FROM "{name}" t')).all()) for name in tables)

    assert secret not in dump
    assert secret.encode().hex() not in dump
    assert made.PASSWORD not in dump
