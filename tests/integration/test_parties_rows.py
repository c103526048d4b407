"""The second wall: under the web role the database itself shows and changes only what the actor's organisation may."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from kernel.db.session import act_as
from kernel.errors import TooMany
from parties import errors
from parties.applications import Account, Place
from parties.commands import invitations, organisations, people, sign_in
from parties.roles import Role
from tests.support import people as made

NOW = datetime.now(UTC)
GUARDED = (
    "person",
    "password",
    "membership",
    "api_key",
    "sign_in_session",
    "invitation",
    "bank_account",
    "size_declaration",
)


@pytest.fixture
def two(db):
    """Two enterprises with everything that has rows."""
    with db.session("web") as session:
        homes = []
        for number in range(2):
            home = made.make_organisation(session, kind="enterprise", size="micro").id
            person = made.make_person(session, home, ["buyer"], email=f"buyer-{number}@example.cn").id
            made.make_key(session, person, home)
            admin = made.admin_of(session, home)
            account = Account("户名", "工商银行", "6222021234567890")
            organisations.set_bank_account(session, account=account, actor=admin, now=NOW)
            invitations.invite(session, email="next@example.cn", roles=[Role.BUYER], actor=admin, now=NOW)
            sign_in.sign_in(
                session,
                email=f"buyer-{number}@example.cn",
                password=made.PASSWORD,
                organisation_id=None,
                place=Place("203.0.113.7", ""),
                now=NOW,
            )
            homes.append((home, person))
    return homes


def count(session, table):
    return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_nobody_sees_a_row_before_it_is_known_who_asks(db, two):
    with db.session("web") as session:
        seen = {table: count(session, table) for table in GUARDED}
    with db.session("owner") as session:
        there = {table: count(session, table) for table in GUARDED}

    assert set(seen.values()) == {0}
    assert min(there.values()) >= 2


def test_an_organisation_sees_its_own_rows_and_no_others(db, two):
    (home, person), _ = two

    with db.session("web") as session:
        act_as(session, person=person, organisation=home)
        seen = {
            table: {row[0] for row in session.execute(text(f"SELECT organisation_id FROM {table}"))}
            for table in ("membership", "api_key", "invitation", "bank_account", "size_declaration")
        }
        people_seen = count(session, "person")

    assert seen == {table: {home} for table in seen}
    assert people_seen == 2


def test_hashes_and_sessions_are_seen_by_their_person_only(db, two):
    (home, person), _ = two

    with db.session("web") as session:
        act_as(session, person=person, organisation=home)
        for table in ("password", "sign_in_session"):
            assert {row[0] for row in session.execute(text(f"SELECT person_id FROM {table}"))} == {person}


def test_nobody_writes_into_another_organisation(db, two):
    (home, person), (other, stranger) = two
    forged = text(
        "INSERT INTO membership (organisation_id, person_id, organisation_kind, roles, since)"
        " VALUES (:home, :person, 'enterprise', '{admin}', now())"
    )

    with db.open("web") as session:
        act_as(session, person=person, organisation=home)
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(forged, {"home": other, "person": person})
    with db.session("web") as session:
        act_as(session, person=person, organisation=home)
        raised = session.execute(text("UPDATE membership SET roles = '{admin}' WHERE person_id = :p"), {"p": stranger})
        assert raised.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisation SET kind = 'exchange'",
        "UPDATE organisation SET uscc = uscc",
        "UPDATE membership SET organisation_id = organisation_id",
        "UPDATE api_key SET expires_at = expires_at + interval '1 year'",
        "UPDATE sign_in_session SET expires_at = expires_at + interval '1 year'",
        "UPDATE affiliation SET first_id = first_id",
        "UPDATE size_declaration SET staff = 1",
        "DELETE FROM affiliation",
        "DELETE FROM person",
        "SELECT body FROM mail_outbox",
    ],
)
def test_the_web_has_no_right_to_what_it_never_does(db, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), db.session("web") as session:
        session.execute(text(statement))


def test_only_the_person_or_the_exchange_cuts_somebody_off(db, two):
    (home, person), (_, stranger) = two

    with db.open("web") as session:
        act_as(session, person=person, organisation=home)
        with pytest.raises(DBAPIError, match="only the person"):
            session.execute(text("SELECT parties_cut_off(:who, now())"), {"who": stranger})


@pytest.mark.parametrize("role", ["desk", "read"])
@pytest.mark.parametrize(
    "function", ["parties_account('x')", "parties_reset('x', now())", "parties_cut_off(NULL, now())"]
)
def test_other_processes_cannot_look_people_up(db, role, function):
    with pytest.raises(ProgrammingError, match="permission denied"), db.session(role) as session:
        session.execute(text(f"SELECT {function}"))


def test_a_key_is_found_by_one_indexed_query(db):
    with db.session("owner") as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            row[0] for row in session.execute(text("EXPLAIN SELECT 1 FROM api_key WHERE secret_sha256 = '\\x00'"))
        )

    assert "uq_api_key_secret_sha256" in plan


def at_once(*works):
    """Run works in threads; the exceptions, None for each that succeeded."""
    results = [None] * len(works)
    barrier = threading.Barrier(len(works))

    def run(place, work):
        barrier.wait()
        try:
            work()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_administrators_who_take_each_other_out_leave_one(db):
    with db.session("web") as session:
        home = made.make_organisation(session).id
        first = made.admin_of(session, home)
        second = made.make_person(session, home, ["admin"]).id

    def take_out(actor, target):
        def work():
            with db.session("web") as session:
                act_as(session, person=actor, organisation=home)
                acting = type(first)(actor, home, frozenset({"admin"}))
                people.end_membership(session, person_id=target, actor=acting, now=NOW)

        return work

    results = at_once(take_out(first.person_id, second), take_out(second, first.person_id))

    assert sorted(type(one).__name__ for one in results) == ["LastAdmin", "NoneType"]


def test_an_invitation_taken_up_twice_at_once_makes_one_member(db):
    with db.session("web") as session:
        home = made.make_organisation(session).id
        _, secret = invitations.invite(
            session, email="new@example.cn", roles=[Role.BUYER], actor=made.admin_of(session, home), now=NOW
        )

    def accept():
        with db.session("web") as session:
            invitations.accept(session, token=secret.text, name="王芳", password=made.PASSWORD, actor=None, now=NOW)

    results = at_once(*[accept] * 4)

    assert results.count(None) == 1
    with db.session("owner") as session:
        assert session.execute(text("SELECT count(*) FROM person WHERE email = 'new@example.cn'")).scalar_one() == 1


def test_a_burst_of_guesses_does_not_pass_the_throttle(db):
    with db.session("web") as session:
        home = made.make_organisation(session).id
        made.make_person(session, home, ["buyer"], email="fang@example.cn")

    def guess():
        with db.session("web") as session:
            try:
                sign_in.sign_in(
                    session,
                    email="fang@example.cn",
                    password="a lamp beside the sea",
                    organisation_id=None,
                    place=Place("203.0.113.7", ""),
                    now=NOW,
                )
            except errors.BadCredentials:
                session.info["failed"] = True

    results = at_once(*[guess] * 20)

    failures = results.count(None)
    assert failures <= 5
    assert all(isinstance(one, TooMany) for one in results if one is not None)
    with db.session("owner") as session:
        assert count(session, "sign_in_attempt") == failures


def test_the_same_credit_code_registered_twice_at_once_is_one_organisation(db):
    def register(number):
        def work():
            with db.session("web") as session:
                made.make_organisation(session, uscc=made.make_uscc(31), verified=False)

        return work

    with db.session("web") as session:
        made.the_exchange(session)
    results = at_once(register(1), register(2))

    assert results.count(None) == 1
