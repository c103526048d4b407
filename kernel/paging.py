"""Pages of rows by keyset: newest first, stable while rows arrive, never an offset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kernel.http.fields import Canonical, QueryInt

LIMIT_DEFAULT = 20
LIMIT_MAX = 100

Row = TypeVar("Row")
Shape = TypeVar("Shape")


class Page(BaseModel, Generic[Shape]):
    """A page of rows, newest first; ask for the next with `starting_after=next_after`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: list[Shape]
    has_more: bool
    next_after: UUID | None


class PageAsked:
    """What the caller asked for: how many rows, and after which."""

    def __init__(
        self,
        limit: Annotated[int, QueryInt(1, LIMIT_MAX), Query(description="rows a page")] = LIMIT_DEFAULT,
        starting_after: Annotated[
            Canonical[UUID] | None, Query(description="the `next_after` of the page before")
        ] = None,
    ) -> None:
        self.limit, self.starting_after = limit, starting_after


PageQuery = Annotated[PageAsked, Depends(PageAsked)]


def page_of(
    session: Session,
    rows: Select[Row],
    key: InstrumentedAttribute[Any],
    asked: PageAsked,
    shape: Callable[[Row], Shape],
) -> Page[Shape]:
    """The page of `rows` ordered by a UUIDv7 `key`, newest first; reads one row more than it shows."""
    if asked.starting_after is not None:
        rows = rows.where(key < asked.starting_after)
    found = list(session.execute(rows.order_by(key.desc()).limit(asked.limit + 1)).scalars())
    shown, has_more = found[: asked.limit], len(found) > asked.limit
    next_after = getattr(shown[-1], key.key) if has_more else None
    return Page(items=[shape(row) for row in shown], has_more=has_more, next_after=next_after)
