"""Recognising an actor by API key or by cookie: one indexed query each, by the digest of the secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.http.auth import Actor, Credentials, roles_of
from kernel.ids import ApiKeyId, OrganisationId, PersonId, SessionId
from parties.limits import LAST_USE_WRITTEN_EVERY, SESSION_IDLE_MAX
from parties.tokens import key_digest, token_digest

_BY_KEY = text(
    """SELECT key_id, person_id, organisation_id, person_name, roles, may_write, livemode
       FROM parties_actor_by_key(:secret, :at, :source, :every)"""
)
_BY_COOKIE = text(
    """SELECT session_id, person_id, organisation_id, person_name, roles
       FROM parties_actor_by_cookie(:token, :at, :idle, :every)"""
)


class PartiesAuthenticator:
    """The house's own authenticator. With `livemode` given, keys of the other mode are not good here."""

    def __init__(self, *, livemode: bool | None = None) -> None:
        self._livemode = livemode

    def authenticate(self, session: Session, credentials: Credentials, *, now: datetime) -> Actor | None:
        """The actor, or None if the credentials are unknown, expired, revoked, or their person is shut out or has left."""
        if credentials.bearer is not None:
            return self._by_key(session, credentials.bearer, credentials.address, now)
        if credentials.cookie is not None:
            return _by_cookie(session, credentials.cookie, now)
        return None

    def _by_key(self, session: Session, text_of_key: str, address: str, now: datetime) -> Actor | None:
        digest = key_digest(text_of_key)
        if digest is None:
            return None
        asked = {"secret": digest, "at": now, "source": address, "every": LAST_USE_WRITTEN_EVERY}
        row = session.execute(_BY_KEY, asked).one_or_none()
        if row is None or self._livemode not in (None, row.livemode):
            return None
        return Actor(
            PersonId(row.person_id),
            OrganisationId(row.organisation_id),
            roles_of(row.roles),
            name=row.person_name,
            api_key_id=ApiKeyId(row.key_id),
            may_write=row.may_write,
        )


def _by_cookie(session: Session, cookie: str, now: datetime) -> Actor | None:
    digest = token_digest(cookie)
    if digest is None:
        return None
    asked = {"token": digest, "at": now, "idle": SESSION_IDLE_MAX, "every": LAST_USE_WRITTEN_EVERY}
    row = session.execute(_BY_COOKIE, asked).one_or_none()
    if row is None:
        return None
    home = None if row.organisation_id is None else OrganisationId(row.organisation_id)
    person = PersonId(row.person_id)
    return Actor(person, home, roles_of(row.roles), name=row.person_name, session_id=SessionId(row.session_id))
