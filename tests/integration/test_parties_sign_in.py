"""Signing in, keys and resets on a real database: what opens, what stays shut, what a stranger can tell."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

import parties.handlers  # noqa: F401  # hears what the resets tell
from kernel.db.session import act_as
from kernel.errors import NotFound
from kernel.events import handle, take_from_outbox
from kernel.http.auth import Actor, Credentials
from parties import errors
from parties.applications import Place
from parties.authentication import PartiesAuthenticator
from parties.commands import keys, people, resets, sign_in
from parties.due import forget_attempts_and_resets
from parties.limits import SESSION_IDLE_MAX, SESSION_LIFE_MAX
from parties.passwords import Hasher, use
from parties.roles import Role
from parties.tables import Mail, Password
from tests.support import people as made

NOW = datetime.now(UTC)
HOME = Place("203.0.113.7", "Firefox")
MINUTE = timedelta(minutes=1)
AUTHENTICATOR = PartiesAuthenticator()


@pytest.fixture
def person(session):
    home = made.make_organisation(session)
    return made.make_person(session, home.id, ["completer", "buyer"], email="fang@example.cn"), home


def enter(session, *, password=made.PASSWORD, email="fang@example.cn", place=HOME, organisation=None, now=NOW):
    return sign_in.sign_in(session, email=email, password=password, organisation_id=organisation, place=place, now=now)


def by_cookie(session, cookie, now=NOW):
    return AUTHENTICATOR.authenticate(session, Credentials(None, cookie, "203.0.113.7"), now=now)


def by_key(session, key, now=None):
    return AUTHENTICATOR.authenticate(session, Credentials(key, None, "203.0.113.7"), now=now or datetime.now(UTC))


def test_a_right_password_opens_a_session_in_the_only_organisation(session, person):
    who, home = person

    opened = enter(session)

    actor = by_cookie(session, opened.secret.text)
    assert (actor.person_id, actor.organisation_id) == (who.id, home.id)
    assert actor.roles == {"completer", "buyer"}
    assert actor.session_id == opened.session.id


def test_with_two_organisations_one_is_chosen_or_none_yet(session, person):
    who, _ = person
    other = made.make_organisation(session, kind="enterprise")
    act_as(session, person=who.id, organisation=other.id)
    people.join(session, person_id=who.id, organisation_id=other.id, kind=other.kind, roles=[Role.FINANCE], now=NOW)

    undecided, decided = enter(session), enter(session, organisation=other.id)

    assert by_cookie(session, undecided.secret.text).organisation_id is None
    assert by_cookie(session, decided.secret.text).roles == {"finance"}


def test_changing_the_organisation_changes_the_cookie_but_not_the_last_hour(session, person):
    _, home = person
    opened = enter(session)
    actor = by_cookie(session, opened.secret.text)

    switched = sign_in.switch(session, organisation_id=home.id, place=HOME, actor=actor, now=NOW + MINUTE)

    assert by_cookie(session, opened.secret.text, NOW + MINUTE) is None
    assert by_cookie(session, switched.secret.text, NOW + MINUTE).organisation_id == home.id
    assert switched.session.expires_at == opened.session.expires_at


def test_an_organisation_one_does_not_belong_to_is_not_there(session, person):
    other = made.make_organisation(session)

    with pytest.raises(NotFound):
        enter(session, organisation=other.id)


@pytest.mark.parametrize(
    ("email", "password"),
    [("fang@example.cn", "a lamp beside the sea"), ("nobody@example.cn", made.PASSWORD)],
    ids=["wrong password", "unknown address"],
)
def test_a_wrong_guess_has_one_answer(session, person, email, password):
    with pytest.raises(errors.BadCredentials) as refusal:
        enter(session, email=email, password=password)

    assert refusal.value.facts() == {}


def test_an_unknown_address_costs_the_same_hash(session, person):
    class Counting(Hasher):
        calls = 0

        def verify(self, kept, password):
            self.calls += 1
            return super().verify(kept, password)

    counting = Counting(time_cost=1, memory_kib=8)
    use(counting)
    try:
        for email in ("fang@example.cn", "nobody@example.cn"):
            with pytest.raises(errors.BadCredentials):
                enter(session, email=email, password="a lamp beside the sea")
    finally:
        use(Hasher.cheap())

    assert counting.calls == 2


def fail(session, times, *, place=HOME, email="fang@example.cn", now=NOW):
    for _ in range(times):
        with pytest.raises(errors.BadCredentials):
            enter(session, email=email, password="a lamp beside the sea", place=place, now=now)


def test_after_five_failures_the_sixth_waits_even_with_the_right_password(session, person):
    fail(session, 5)

    with pytest.raises(errors.TooManyAttempts) as refusal:
        enter(session, now=NOW + MINUTE)

    assert refusal.value.retry_after_seconds == 14 * 60
    assert enter(session, now=NOW + timedelta(minutes=15))


def test_nobody_can_lock_a_person_out_from_elsewhere(session, person):
    fail(session, 5, place=Place("198.51.100.9", "curl"))

    assert enter(session)


def test_one_address_cannot_try_many_accounts(session, person):
    for number in range(60):
        fail(session, 1, email=f"guess-{number}@example.cn")

    with pytest.raises(errors.TooManyAttempts):
        enter(session, email="guess-61@example.cn")


def test_a_session_ends_when_idle_and_at_last(session, person):
    opened = enter(session)
    cookie = opened.secret.text

    assert by_cookie(session, cookie, NOW + SESSION_IDLE_MAX) is None
    seen = NOW
    while seen + SESSION_IDLE_MAX - MINUTE < opened.session.expires_at:
        seen += SESSION_IDLE_MAX - MINUTE
        assert by_cookie(session, cookie, seen) is not None
    assert by_cookie(session, cookie, NOW + SESSION_LIFE_MAX) is None


def test_a_session_that_was_signed_out_is_over(session, person):
    opened = enter(session)

    sign_in.sign_out(session, actor=by_cookie(session, opened.secret.text), now=NOW)
    session.flush()

    assert by_cookie(session, opened.secret.text) is None


def test_ending_a_session_elsewhere_and_nobody_elses(session, person):
    _, home = person
    here, there = enter(session), enter(session)
    actor = by_cookie(session, here.secret.text)
    stranger = made.make_person(session, home.id, ["completer"])

    with pytest.raises(NotFound):
        sign_in.end_session(
            session, session_id=there.session.id, actor=Actor(stranger.id, home.id, frozenset()), now=NOW
        )
    sign_in.end_session(session, session_id=there.session.id, actor=actor, now=NOW)
    session.flush()

    assert by_cookie(session, there.secret.text) is None
    assert by_cookie(session, here.secret.text) is not None


def test_a_new_password_ends_the_other_sessions(session, person):
    here, there = enter(session), enter(session)
    actor = by_cookie(session, here.secret.text)

    sign_in.change_password(
        session, current=made.PASSWORD, new="another lamp, another river", address=HOME.address, actor=actor, now=NOW
    )
    session.flush()

    assert by_cookie(session, there.secret.text) is None
    assert by_cookie(session, here.secret.text) is not None
    assert enter(session, password="another lamp, another river")


def test_an_old_hash_is_made_anew_at_sign_in(session, person):
    who, _ = person
    use(Hasher(time_cost=1, memory_kib=16))
    try:
        enter(session)
        assert "m=16," in session.get_one(Password, who.id).hash
    finally:
        use(Hasher.cheap())


def test_shutting_an_account_ends_sessions_and_keys_for_good(session, person):
    who, home = person
    opened, key = enter(session), made.make_key(session, who.id, home.id)
    staff = made.operator_of(session, made.the_exchange(session))

    people.disable(session, person_id=who.id, reason="冒用", actor=staff, now=NOW)
    session.flush()
    assert by_cookie(session, opened.secret.text) is None
    assert by_key(session, key) is None
    with pytest.raises(errors.BadCredentials):
        enter(session)

    act_as(session, person=staff.person_id, organisation=staff.organisation_id)
    people.enable(session, person_id=who.id, reason="已查清", actor=staff, now=NOW)
    session.flush()
    assert by_cookie(session, opened.secret.text) is None
    assert by_key(session, key) is None
    assert enter(session)


def test_only_the_exchange_shuts_an_account(session, person):
    who, home = person

    with pytest.raises(NotFound):
        people.disable(session, person_id=who.id, reason="冒用", actor=made.admin_of(session, home.id), now=NOW)


def test_a_key_is_its_person_with_no_more_roles(session, person):
    who, home = person

    actor = by_key(session, made.make_key(session, who.id, home.id, roles=[Role.BUYER], may_write=False))

    assert (actor.person_id, actor.organisation_id, actor.roles) == (who.id, home.id, {"buyer"})
    assert actor.api_key_id is not None
    assert not actor.may_write


def test_a_key_cannot_have_a_role_its_person_lacks(session, person):
    who, home = person

    with pytest.raises(errors.RolesNotHeld):
        made.make_key(session, who.id, home.id, roles=[Role.FINANCE])


def test_a_key_loses_a_role_when_its_person_does(session, person):
    who, home = person
    key = made.make_key(session, who.id, home.id)

    people.set_roles(session, person_id=who.id, roles=[Role.COMPLETER], actor=made.admin_of(session, home.id), now=NOW)
    session.flush()

    assert by_key(session, key).roles == {"completer"}


def test_a_key_ends_with_the_membership(session, person):
    who, home = person
    key = made.make_key(session, who.id, home.id)

    people.end_membership(session, person_id=who.id, actor=made.admin_of(session, home.id), now=NOW)
    session.flush()

    assert by_key(session, key) is None


def test_a_key_expires_and_is_revoked_at_once(session, person):
    who, home = person
    now = datetime.now(UTC)
    key = made.make_key(session, who.id, home.id, expires_at=now + timedelta(hours=1))
    actor = by_key(session, key)
    assert by_key(session, key, now + timedelta(hours=1)) is None

    act_as(session, person=who.id, organisation=home.id)
    keys.revoke(session, key_id=actor.api_key_id, actor=actor, now=now)
    session.flush()

    assert by_key(session, key) is None


@pytest.mark.parametrize("days", [0, 367])
def test_a_key_lives_at_most_a_year(session, person, days):
    who, home = person

    with pytest.raises(errors.KeyLivesTooLong):
        made.make_key(session, who.id, home.id, expires_at=NOW + timedelta(days=days), now=NOW)


def test_a_key_cannot_make_keys(session, person):
    who, home = person
    actor = by_key(session, made.make_key(session, who.id, home.id))

    with pytest.raises(errors.NotBySession):
        keys.issue(
            session,
            name="more",
            roles=None,
            may_write=True,
            expires_at=NOW + timedelta(days=1),
            livemode=False,
            actor=actor,
            now=NOW,
        )


def test_a_key_of_the_other_mode_is_not_good_here(session, person):
    who, home = person
    key = made.make_key(session, who.id, home.id)

    live = PartiesAuthenticator(livemode=True)

    assert live.authenticate(session, Credentials(key, None, ""), now=datetime.now(UTC)) is None


def test_the_last_use_is_written_at_most_once_a_minute(session, person):
    who, home = person
    key, now = made.make_key(session, who.id, home.id), datetime.now(UTC)
    last_use = text("SELECT last_used_at, last_used_from FROM api_key")
    by_key(session, key, now)
    by_key(session, key, now + timedelta(seconds=59))

    act_as(session, person=who.id, organisation=home.id)
    assert session.execute(last_use).one() == (now, "203.0.113.7")
    by_key(session, key, now + MINUTE)
    assert session.execute(last_use).one()[0] == now + MINUTE


def test_a_request_does_not_wait_for_another_that_notes_its_use(db):
    with db.session("web") as session:
        home = made.make_organisation(session).id
        key = made.make_key(session, made.make_person(session, home, ["buyer"]).id, home)

    with db.session("web") as one, db.session("web") as other:
        assert by_key(one, key) is not None
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        assert by_key(other, key) is not None


def ask_and_read(db, email, address="203.0.113.7"):
    with db.session("web") as session:
        resets.ask(session, email=email, address=address, now=NOW)
    with db.session("worker") as session:
        for event_id, handler in take_from_outbox(session):
            handle(session, event_id, handler, now=NOW)
            handle(session, event_id, handler, now=NOW)
        return (
            session.execute(select(Mail.body).where(Mail.recipient == email, Mail.subject.like("重置%")))
            .scalars()
            .all()
        )


def token_in(mail):
    return mail.split("\n\n")[1]


@pytest.fixture
def account(db):
    with db.session("web") as session:
        home = made.make_organisation(session)
        return made.make_person(session, home.id, ["completer"], email="fang@example.cn").id


def test_a_reset_link_sets_a_password_once_and_ends_every_session(db, account):
    with db.session("web") as session:
        cookie = enter(session).secret.text
    token = token_in(ask_and_read(db, "fang@example.cn")[0])

    with db.session("web") as session:
        resets.complete(session, token=token, password="another lamp, another river", now=NOW + MINUTE)

    with db.session("web") as session:
        assert by_cookie(session, cookie) is None
        assert enter(session, password="another lamp, another river")
        with pytest.raises(errors.ResetNotGood):
            resets.complete(session, token=token, password="a third lamp, a third river", now=NOW + MINUTE)


def test_a_reset_link_expires_after_half_an_hour(db, account):
    token = token_in(ask_and_read(db, "fang@example.cn")[0])

    with db.session("web") as session, pytest.raises(errors.ResetNotGood):
        resets.complete(session, token=token, password="another lamp, another river", now=NOW + timedelta(minutes=30))


def test_a_common_password_does_not_use_up_the_link(db, account):
    token = token_in(ask_and_read(db, "fang@example.cn")[0])
    with pytest.raises(errors.PasswordTooCommon), db.session("web") as session:
        resets.complete(session, token=token, password="password1", now=NOW)

    with db.session("web") as session:
        resets.complete(session, token=token, password="another lamp, another river", now=NOW)


def test_asking_for_an_unknown_address_does_the_same_and_mails_nobody(db, account):
    statements = []
    for email in ("fang@example.cn", "nobody@example.cn"):
        with db.session("web") as session:
            seen = []
            hear(session, seen)
            resets.ask(session, email=email, address="203.0.113.7", now=NOW)
            statements.append(seen)

    assert statements[0] == statements[1]
    assert ask_and_read(db, "nobody@example.cn") == []


def hear(session, seen):
    from sqlalchemy import event

    event.listen(session.connection(), "before_cursor_execute", lambda c, cur, sql, *rest: seen.append(sql))


def test_a_stranger_cannot_fill_a_mailbox(db, account):
    for _ in range(5):
        mails = ask_and_read(db, "fang@example.cn")

    assert len(mails) == 3


def test_one_address_cannot_ask_for_ever(session):
    for number in range(20):
        resets.ask(session, email=f"guess-{number}@example.cn", address="203.0.113.7", now=NOW)

    with pytest.raises(errors.TooManyAttempts):
        resets.ask(session, email="guess-21@example.cn", address="203.0.113.7", now=NOW)


def test_old_failures_and_links_are_forgotten_and_fresh_ones_kept(db, account):
    with db.session("web") as session:
        for age in (timedelta(0), timedelta(days=8)):
            resets.ask(session, email="fang@example.cn", address="203.0.113.7", now=NOW - age)
            fail(session, 1, now=NOW - age)

    with db.session("worker") as session:
        assert forget_attempts_and_resets(session, NOW) == 2
        assert forget_attempts_and_resets(session, NOW) == 0
