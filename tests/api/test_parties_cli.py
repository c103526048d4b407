"""Setting up the exchange and making keys from the command line."""

import json

import pytest
from typer.testing import CliRunner

from app.cli import admin, keys
from kernel.db.session import act_as
from tests.support import people as made
from tests.support.numbers import make_uscc

EMAIL = "chen@example.cn"
FOUND = [
    "create", "--exchange", "温州技术交易中心", "--uscc", make_uscc(77), "--name", "陈静", "--email", EMAIL, "--role", "operator",
]  # fmt: skip


@pytest.fixture
def market(db, monkeypatch):
    """Run a command on the test's own database."""
    monkeypatch.setenv("MARKET_DATABASE_URL", db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("MARKET_ENVIRONMENT", "test")
    return lambda app, *words, **more: CliRunner().invoke(app, [str(word) for word in words], **more)


def test_the_exchange_is_founded_once_and_its_first_person_can_act(house, market):
    first = market(admin.app, *FOUND, input=f"{made.PASSWORD}\n")
    again = market(admin.app, *FOUND, input=f"{made.PASSWORD}\n")
    key = json.loads(market(keys.app, "create", "--email", EMAIL, "--json").output)["secret"]

    me = house.client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).json()

    assert (first.exit_code, again.exit_code) == (0, 3)
    assert (me["email"], me["roles"]) == (EMAIL, ["admin", "operator"])


@pytest.mark.parametrize(
    ("change", "code"), [({"--uscc": "91330300MA0000000X"}, 2), ({"--role": "buyer"}, 3), ({"--region": "1"}, 2)]
)
def test_what_cannot_be_is_a_sentence_not_a_traceback(market, change, code):
    words = dict(zip(FOUND[1::2], FOUND[2::2], strict=True)) | change

    answer = market(admin.app, "create", *[word for pair in words.items() for word in pair], input=f"{made.PASSWORD}\n")

    assert answer.exit_code == code
    assert "Traceback" not in answer.output


def test_a_password_of_the_first_person_is_not_a_common_one(market):
    assert market(admin.app, *FOUND, input="password1\n").exit_code == 2


def test_a_key_is_for_one_organisation_and_for_a_person_there_is(db, market):
    with db.session("web") as session:
        first, second = made.make_organisation(session), made.make_organisation(session)
        person = made.make_person(session, first.id, ["completer"], email=EMAIL)
        act_as(session, person=person.id, organisation=second.id)
        join(session, person, second)

    def create(*words):
        return market(keys.app, "create", *words)

    assert create("--email", EMAIL).exit_code == 2
    assert create("--email", "nobody@example.cn").exit_code == 2
    assert create("--email", EMAIL, "--organisation", first.uscc, "--role", "finance").exit_code == 3
    assert create("--email", EMAIL, "--organisation", first.uscc).output.startswith("mk_test_")


def join(session, person, home):
    from parties.commands import people
    from parties.roles import Role

    people.join(
        session,
        person_id=person.id,
        organisation_id=home.id,
        kind=home.kind,
        roles=[Role.FINANCE],
        now=made.market_now(session),
    )
