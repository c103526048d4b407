"""The unit of work of a request: one session, committed before the answer leaves, whatever the route is."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session, SessionTransaction
from starlette.responses import Response

from kernel.db.session import Database
from kernel.errors import Problem, Refused
from kernel.http import idempotency, problems

REFUSALS_STORED = frozenset({403, 404, 409})
"""Refusals of the rules are answers like any other; malformed requests never began."""

SHOWN_ONCE = "x-shown-once"
"""The header of an answer that holds a secret: the secret is not kept for a repeated request."""


class SecretShownOnce(Refused):
    """This was done; its answer held a secret, which is shown once only."""

    zh = "该操作已完成；其结果含密钥，仅显示一次。"


class Unit:
    """What one request does to the database. The session connects only when first used."""

    def __init__(self, database: Database, role: str, *, key: str | None, fingerprint: str) -> None:
        self.session: Session = database.open(role)
        self._key, self._fingerprint = key, fingerprint
        self._claim: idempotency.Claim | None = None
        self._work: SessionTransaction | None = None
        self.wall_now = datetime.now(UTC)

    def begin_for(self, person_id: object) -> None:
        """The actor is known: claim the key, and set the savepoint to which a refusal rolls back."""
        if self._key is not None and self._claim is None:
            held = idempotency.claim(
                self.session,
                person_id=person_id,  # type: ignore[arg-type]  # an Actor's person_id, kept out of this signature's imports
                key=self._key,
                print_of_request=self._fingerprint,
            )
            self._claim = held
            self._work = self.session.begin_nested()

    def succeed(self, response: Response) -> None:
        """Store the answer under its key and commit. Raises what the commit raises."""
        if self._claim is not None and hasattr(response, "body"):
            self.session.flush()
            kept = problems.answer(SecretShownOnce()) if SHOWN_ONCE in response.headers else response
            idempotency.store(self.session, self._claim, kept, now=self.wall_now)
        self.session.commit()

    def refuse(self, problem: Problem, response: Response) -> None:
        """Undo the work; keep the refusal under its key, so that a repeated request is refused alike."""
        if self._claim is None or problem.status not in REFUSALS_STORED or self._work is None:
            self.session.rollback()
            return
        self._work.rollback()
        idempotency.store(self.session, self._claim, response, now=self.wall_now)
        self.session.commit()

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        self.session.close()
