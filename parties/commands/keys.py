"""API keys: the secret is shown once; a key holds no more than its person holds, and stops at once when revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ApiKeyId, new_id
from parties.errors import KeyLivesTooLong, NoRoles, NotBySession, RolesNotHeld
from parties.limits import KEY_LIFE_MAX
from parties.roles import Role
from parties.tables import ApiKey
from parties.tokens import Secret, make_key
from parties.visibility import keys_visible_to


def issue(
    session: Session,
    *,
    name: str,
    roles: Iterable[Role] | None,
    may_write: bool,
    expires_at: datetime,
    livemode: bool,
    actor: Actor,
    now: datetime,
) -> tuple[ApiKey, Secret]:
    """Make a key for oneself in one's present organisation; `roles` None means all one holds. `now` is wall time.

    A key cannot make keys, or a leaked one would outlive its expiry. Raises NotBySession, RolesNotHeld, NoRoles,
    KeyLivesTooLong, NoOrganisation.
    """
    if actor.api_key_id is not None:
        raise NotBySession
    if not now < expires_at <= now + KEY_LIFE_MAX:
        raise KeyLivesTooLong(now + KEY_LIFE_MAX)
    secret = make_key(livemode=livemode)
    row = ApiKey(
        id=ApiKeyId(new_id()),
        organisation_id=actor.organisation(),
        person_id=actor.person_id,
        name=name,
        hint=secret.hint,
        secret_sha256=secret.sha256,
        roles=_roles_for_a_key(actor, roles),
        may_write=may_write,
        livemode=livemode,
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
        last_used_from=None,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor=actor,
        action="api_key.issue",
        kind="api_key",
        object_id=row.id,
        after={"roles": row.roles, "may_write": may_write, "expires_at": expires_at},
        now=now,
    )
    return row, secret


def revoke(session: Session, *, key_id: ApiKeyId, actor: Actor, now: datetime) -> None:
    """Stop a key of one's own, or as ADMIN any key of the organisation. Repeating it changes nothing. Raises NotFound."""
    row = lock(session, ApiKey, key_id, within=keys_visible_to(actor))
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    record(session, actor=actor, action="api_key.revoke", kind="api_key", object_id=row.id, now=now)


def _roles_for_a_key(actor: Actor, roles: Iterable[Role] | None) -> list[str]:
    wanted = actor.roles if roles is None else frozenset(role.value for role in roles)
    if not wanted:
        raise NoRoles
    if missing := wanted - actor.roles:
        raise RolesNotHeld(tuple(sorted(missing)))
    return sorted(wanted)
