"""Signing in and out: one answer for every wrong guess, a new cookie for every sign-in and every change of organisation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.db.session import act_as
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId, SessionId, new_id
from parties import lookups
from parties.applications import KnownAccount, Place
from parties.errors import BadCredentials, NotBySession, TooManyAttempts
from parties.limits import ACCOUNT_FROM_ADDRESS, ADDRESS, SESSION_LIFE_MAX, network_of
from parties.names import email_key
from parties.passwords import check_new, hasher
from parties.tables import Membership, Password, Person, SignInAttempt, SignInSession
from parties.tokens import Secret, make_token
from parties.visibility import sessions_visible_to

AGENT_LENGTH_MAX = 300
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and the cookie for it, which is shown once."""

    session: SignInSession
    secret: Secret
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """An attempt to sign in, under hashes: which account, from where."""

    account: bytes
    address: bytes

    @classmethod
    def of(cls, email: str, address: str) -> Guess:
        """The guess at an e-mail address from a network address."""
        network = network_of(address)
        return cls(
            *(hashlib.sha256(one.encode()).digest() for one in (f"account:{email_key(email)}", f"from:{network}"))
        )


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    organisation_id: OrganisationId | None,
    place: Place,
    now: datetime,
) -> SignedIn:
    """Open a session, acting for the organisation chosen, or for the only one there is, or for none yet. `now` is wall time.

    Unknown address, wrong password and shut account give one answer after the same work. Raises BadCredentials (having
    noted the failure: the caller must commit), TooManyAttempts, NotFound for an organisation that is not one's own.
    """
    guess = Guess.of(email, place.address)
    await_turn(session, guess, now=now)
    account = lookups.account(session, email_key(email))
    is_right = hasher().verify(account.password_hash if account else None, password)
    if account is None or not is_right or account.is_disabled:
        note_failure(session, guess, now=now)
        raise BadCredentials
    act_as(session, person=account.person_id, organisation=None)
    _renew_hash(session, account, password, now=now)
    home, roles = _choose(session, account.person_id, organisation_id)
    return _open(session, account.person_id, home, roles, place=place, expires_at=now + SESSION_LIFE_MAX, now=now)


def switch(session: Session, *, organisation_id: OrganisationId, place: Place, actor: Actor, now: datetime) -> SignedIn:
    """Act for another of one's organisations: a new cookie, the same last hour. Raises NotBySession, NotFound."""
    old = _own_session(session, actor)
    home, roles = _choose(session, actor.person_id, organisation_id)
    old.ended_at = now
    return _open(session, actor.person_id, home, roles, place=place, expires_at=old.expires_at, now=now)


def sign_out(session: Session, *, actor: Actor, now: datetime) -> None:
    """End the present session. Raises NotBySession."""
    _end(session, _own_session(session, actor), actor=actor, now=now)


def end_session(session: Session, *, session_id: SessionId, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions, wherever it is. Raises NotFound."""
    _end(session, lock(session, SignInSession, session_id, within=sessions_visible_to(actor)), actor=actor, now=now)


def change_password(session: Session, *, current: str, new: str, address: str, actor: Actor, now: datetime) -> None:
    """Set another password; all other sessions end. Raises BadCredentials (noted: the caller must commit), TooManyAttempts,
    NotBySession, PasswordTooShort, PasswordTooCommon.
    """
    if actor.session_id is None:
        raise NotBySession
    person = session.get_one(Person, actor.person_id)
    guess = Guess.of(person.email_key, address)
    await_turn(session, guess, now=now)
    kept = session.get_one(Password, person.id, with_for_update=True)
    if not hasher().verify(kept.hash, current):
        note_failure(session, guess, now=now)
        raise BadCredentials
    check_new(new, email=person.email_key)
    kept.hash, kept.changed_at = hasher().hash(new), now
    end_all(session, person.id, but=actor.session_id, now=now)
    record(session, actor=actor, action="password.change", kind="person", object_id=person.id, now=now)


def end_all(session: Session, person_id: PersonId, *, but: SessionId | None = None, now: datetime) -> None:
    """End every session of the person who acts, but one."""
    rows = update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    if but is not None:
        rows = rows.where(SignInSession.id != but)
    session.execute(rows.values(ended_at=now).execution_options(synchronize_session=False))


def await_turn(session: Session, guess: Guess, *, now: datetime) -> None:
    """Raises TooManyAttempts after too many failures of this account from this address, or of this address alone.

    Guesses at one account from one address are made one at a time, or a burst would pass before the first is counted.
    """
    name = f"sign-in:{guess.account.hex()}:{guess.address.hex()}"
    if not session.execute(_TRY_LOCK, {"name": name}).scalar_one():
        raise TooManyAttempts(1)
    from_here = select(SignInAttempt.failed_at).where(SignInAttempt.address_sha256 == guess.address)
    at_account = from_here.where(SignInAttempt.account_sha256 == guess.account)
    for rows, throttle in ((at_account, ACCOUNT_FROM_ADDRESS), (from_here, ADDRESS)):
        newest = rows.where(SignInAttempt.failed_at > now - throttle.window).order_by(SignInAttempt.failed_at.desc())
        failures: Sequence[datetime] = session.execute(newest.limit(throttle.failures_max)).scalars().all()
        if wait := throttle.wait(failures, now):
            raise TooManyAttempts(wait)


def note_failure(session: Session, guess: Guess, *, now: datetime) -> None:
    """Count a failed attempt."""
    row = SignInAttempt(id=new_id(), account_sha256=guess.account, address_sha256=guess.address, failed_at=now)
    session.add(row)
    session.flush()


def _choose(
    session: Session, person_id: PersonId, wanted: OrganisationId | None
) -> tuple[OrganisationId | None, frozenset[str]]:
    rows = select(Membership).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    if wanted is not None:
        chosen = session.execute(rows.where(Membership.organisation_id == wanted)).scalar_one_or_none()
        if chosen is None:
            raise NotFound
        return chosen.organisation_id, frozenset(chosen.roles)
    some = session.execute(rows.limit(2)).scalars().all()
    return (some[0].organisation_id, frozenset(some[0].roles)) if len(some) == 1 else (None, frozenset())


def _open(
    session: Session,
    person_id: PersonId,
    home: OrganisationId | None,
    roles: frozenset[str],
    *,
    place: Place,
    expires_at: datetime,
    now: datetime,
) -> SignedIn:
    act_as(session, person=person_id, organisation=home)
    secret = make_token()
    row = SignInSession(
        id=SessionId(new_id()),
        person_id=person_id,
        organisation_id=home,
        token_sha256=secret.sha256,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        ended_at=None,
        address=place.address,
        agent=place.agent[:AGENT_LENGTH_MAX],
    )
    session.add(row)
    session.flush()
    actor = Actor(person_id, home, roles, session_id=row.id)
    record(session, actor=actor, action="session.open", kind="session", object_id=row.id, now=now)
    return SignedIn(row, secret, roles)


def _own_session(session: Session, actor: Actor) -> SignInSession:
    if actor.session_id is None:
        raise NotBySession
    return lock(session, SignInSession, actor.session_id)


def _end(session: Session, row: SignInSession, *, actor: Actor, now: datetime) -> None:
    if row.ended_at is None:
        row.ended_at = now
        record(session, actor=actor, action="session.end", kind="session", object_id=row.id, now=now)


def _renew_hash(session: Session, account: KnownAccount, password: str, *, now: datetime) -> None:
    if account.password_hash is not None and hasher().is_outdated(account.password_hash):
        kept = session.get_one(Password, account.person_id)
        kept.hash, kept.changed_at = hasher().hash(password), now
