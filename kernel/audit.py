"""The audit trail: append-only rows with their own hash; a sealer orders what is committed and signs checkpoints over it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kernel.db.base import table_of
from kernel.ids import OrganisationId, PersonId
from kernel.money import Money
from kernel.tables import AuditRow

REASON_LENGTH_MAX = 2000


class Who(Protocol):
    """Whoever acts: a person, in an organisation or in none."""

    @property
    def person_id(self) -> PersonId: ...

    @property
    def organisation_id(self) -> OrganisationId | None: ...


def record(
    session: Session,
    *,
    actor: Who | None,
    action: str,
    kind: str,
    object_id: object,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Write who did what in this transaction; `actor` None means the market itself (due work, handlers).

    Of before and after only salted hashes are kept, so that personal data can be erased elsewhere.
    """
    salt = secrets.token_bytes(16)
    row = {
        "happened_at": now,
        "person_id": actor.person_id if actor else None,
        "organisation_id": actor.organisation_id if actor else None,
        "action": action,
        "kind": kind,
        "object_id": str(object_id),
        "before_sha256": _salted(salt, before),
        "after_sha256": _salted(salt, after),
        "reason": reason[:REASON_LENGTH_MAX] if reason else None,
        "salt": salt,
    }
    row["leaf_sha256"] = leaf_hash(row)
    session.execute(insert(table_of(AuditRow)), [row])


def leaf_hash(row: Mapping[str, Any]) -> str:
    """The RFC 6962 leaf hash of an audit row's canonical JSON, lower-case hex: SHA-256 of 0x00 and the bytes."""
    names = (
        "happened_at",
        "person_id",
        "organisation_id",
        "action",
        "kind",
        "object_id",
        "before_sha256",
        "after_sha256",
        "reason",
    )
    content = canonical({name: row[name] for name in names} | {"salt": bytes(row["salt"]).hex()})
    return hashlib.sha256(b"\x00" + content).hexdigest()


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Facts as canonical JSON: sorted keys, no spaces, UTF-8; instants in UTC ISO form, money in fen."""
    return json.dumps(facts, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _salted(salt: bytes, facts: Mapping[str, Any] | None) -> str | None:
    return None if facts is None else hashlib.sha256(salt + canonical(facts)).hexdigest()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | UUID():
            return value.isoformat() if isinstance(value, date) else str(value)
        case Money():
            return value.fen
        case tuple() | set() | frozenset():
            return sorted(value) if isinstance(value, set | frozenset) else list(value)
    raise TypeError(f"the audit trail cannot hash {type(value).__name__}")
