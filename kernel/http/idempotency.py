"""Idempotency keys: a repeated POST gets the first answer, byte for byte, and has one effect.

The answer is stored in the transaction of the work itself. A key belongs to a person; the same key with another body is
malformed (422), a key whose first request is still running is refused (409) and may be tried again.
Source: IETF draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session
from starlette.responses import Response

from kernel.db.base import table_of
from kernel.due import due_work
from kernel.errors import Malformed, Refused
from kernel.ids import PersonId
from kernel.tables import StoredAnswer

KEY_LENGTH_MAX = 255
KEPT_FOR = timedelta(days=3)
HEADERS_KEPT = ("location", "cache-control", "etag")

_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class KeyReused(Malformed):
    """This Idempotency-Key was first used with another request."""

    zh = "该幂等键已用于另一个不同的请求。"


class KeyInFlight(Refused):
    """The first request with this Idempotency-Key is still running; try again shortly."""

    zh = "使用该幂等键的首个请求仍在处理中，请稍后重试。"
    retry_after_seconds = 1


class KeyNotValid(Malformed):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""

    zh = "幂等键须为 1 至 255 个可见 ASCII 字符。"


class AnsweredBefore(Exception):
    """The request has been answered: carries that answer up to the route."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


@dataclass(frozen=True, slots=True)
class Claim:
    """A key held by this transaction: the answer will be stored under it."""

    person_id: PersonId
    key: str
    fingerprint: str


def fingerprint(method: str, path: str, query: str, body: bytes) -> str:
    """What makes two requests the same request."""
    head = f"{method}\n{path}\n{query}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def claim(session: Session, *, person_id: PersonId, key: str, print_of_request: str) -> Claim:
    """Hold the key until the transaction ends.

    Raises AnsweredBefore with the stored answer, KeyReused, KeyInFlight or KeyNotValid.
    """
    if not (1 <= len(key) <= KEY_LENGTH_MAX and key.isascii() and key.isprintable()):
        raise KeyNotValid
    if not session.execute(_TRY_LOCK, {"name": f"idempotency:{person_id}:{key}"}).scalar_one():
        raise KeyInFlight
    stored = session.execute(
        select(StoredAnswer).where(StoredAnswer.person_id == person_id, StoredAnswer.key == key)
    ).scalar_one_or_none()
    if stored is None:
        return Claim(person_id, key, print_of_request)
    if stored.fingerprint != print_of_request:
        raise KeyReused
    headers = {**stored.headers, "Idempotent-Replayed": "true"}
    raise AnsweredBefore(Response(stored.body, stored.status, headers, stored.media_type or None))


def store(session: Session, held: Claim, response: Response, *, now: datetime) -> None:
    """Keep the answer with the work it answers."""
    headers = {name: response.headers[name] for name in HEADERS_KEPT if name in response.headers}
    row = {
        "person_id": held.person_id,
        "key": held.key,
        "fingerprint": held.fingerprint,
        "status": response.status_code,
        "media_type": response.headers.get("content-type", ""),
        "headers": headers,
        "body": bytes(response.body),
        "stored_at": now,
    }
    session.execute(insert(table_of(StoredAnswer)).values(row))


@due_work("kernel.forget_answers")
def forget_old_answers(session: Session, now: datetime) -> int:
    """Take out answers older than three days: after that a key is a new key."""
    old = (
        select(StoredAnswer.person_id, StoredAnswer.key)
        .where(StoredAnswer.stored_at < now - KEPT_FOR)
        .limit(1000)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    taken = delete(StoredAnswer).where(StoredAnswer.person_id == old.c.person_id, StoredAnswer.key == old.c.key)
    gone = session.execute(taken.returning(StoredAnswer.key).execution_options(synchronize_session=False))
    return len(gone.all())
