"""Load and lock: the first of a command's four steps."""

from typing import Any, TypeVar

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from kernel.db.base import Base
from kernel.errors import NotFound

T = TypeVar("T", bound=Base)
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def lock(session: Session, table: type[T], key: Any, *, within: Select[T] | None = None) -> T:
    """The row, locked until the transaction ends and read afresh.

    `within` narrows the rows to those that the actor may see (`visible_to(actor)`). Raises NotFound.
    """
    rows = select(table) if within is None else within
    key_column = table.__mapper__.primary_key[0]
    locked = rows.where(key_column == key).with_for_update(of=table).execution_options(populate_existing=True)
    row: T | None = session.execute(locked).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def fetch(session: Session, rows: Select[T], table: type[T], key: Any) -> T:
    """The row with this key among the rows given (those of `visible_to(actor)`). Raises NotFound."""
    row: T | None = session.execute(rows.where(table.__mapper__.primary_key[0] == key)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def hold(session: Session, name: str) -> None:
    """Hold a name until the transaction ends: the lock of what is only ever added to, and so has no row to lock."""
    session.execute(_HOLD, {"name": name})
