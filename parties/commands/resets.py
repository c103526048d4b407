"""Resetting a forgotten password: asking never tells whether an address is known; the link works once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db.session import act_as
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import new_id
from parties import lookups
from parties.commands import sign_in
from parties.errors import ResetNotGood, TooManyAttempts
from parties.events import PasswordResetAsked
from parties.limits import RESET_LIFE, RESETS, network_of
from parties.names import email_key
from parties.passwords import check_new, hasher
from parties.tables import Password, PasswordReset
from parties.tokens import token_digest


def ask(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Ask for a link. The address is not looked up here: a handler does that later, so the work is the same for anybody.

    `now` is wall time. Raises TooManyAttempts by network address, never by e-mail address.
    """
    network = hashlib.sha256(f"from:{network_of(address)}".encode()).digest()
    asked = lookups.resets_asked_from(session, network, since=now - RESETS.window)
    if wait := RESETS.wait(asked, now):
        raise TooManyAttempts(wait)
    reset_id = new_id()
    row = {
        "id": reset_id,
        "email_key": email_key(email),
        "address_sha256": network,
        "asked_at": now,
        "expires_at": now + RESET_LIFE,
        "person_id": None,
        "token_sha256": None,
        "used_at": None,
    }
    session.execute(insert(PasswordReset), [row])
    emit(session, PasswordResetAsked(reset_id), now=now)


def complete(session: Session, *, token: str, password: str, now: datetime) -> None:
    """Set a new password with a link; every session of the person ends, every other link is void.

    `now` is wall time. Raises ResetNotGood, PasswordTooShort, PasswordTooCommon.
    """
    digest = token_digest(token)
    found = None if digest is None else lookups.good_reset(session, digest, at=now)
    if found is None:
        raise ResetNotGood
    person_id, email = found
    check_new(password, email=email_key(email))
    act_as(session, person=person_id, organisation=None)
    used = (
        update(PasswordReset)
        .where(PasswordReset.token_sha256 == digest, PasswordReset.used_at.is_(None))
        .values(used_at=now)
        .returning(PasswordReset.id)
    )
    if session.execute(used).one_or_none() is None:
        raise ResetNotGood
    others = update(PasswordReset).where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))
    session.execute(others.values(used_at=now))
    kept = session.get_one(Password, person_id, with_for_update=True)
    kept.hash, kept.changed_at = hasher().hash(password), now
    sign_in.end_all(session, person_id, now=now)
    actor = Actor(person_id, None, frozenset())
    record(session, actor=actor, action="password.reset", kind="person", object_id=person_id, now=now)
