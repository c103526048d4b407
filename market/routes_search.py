"""The one search over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from kernel.http.context import Db
from kernel.http.fields import TechField, Wire
from kernel.http.routing import Router
from kernel.ids import ListingId, LotId, OrganisationId, ResultId
from market.listings.states import ListingState
from market.listings.terms import Mode
from market.results.kinds import ResultKind
from market.results.states import ResultState
from market.search import PAGE_OFFSET_MAX, RANKED_MAX, Asked, Found, search

SUMMARY_SHOWN_MAX = 300

router = Router(prefix="/v1/search", tags=["search"])


class FoundOut(Wire):
    """A result on offer."""

    result_id: ResultId
    title: str
    summary: str
    kind: ResultKind
    number: str | None
    tech_field: str
    state: ResultState
    owner_id: OrganisationId
    owner: str
    listing_id: ListingId | None
    mode: Mode | None
    listing_state: ListingState | None
    price_fen: int | None
    lot_id: LotId | None


class SearchOut(Wire):
    """A page of finds; `total_is_bounded`: there may be more than were counted."""

    items: list[FoundOut]
    total: int
    total_is_bounded: bool
    has_more: bool


@router.get("", operation_id="search")
def find(
    db: Db,
    q: Annotated[str, Query(max_length=200, description="words in Chinese or English; all must occur")] = "",
    field: TechField | None = None,
    kind: ResultKind | None = None,
    mode: Mode | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=PAGE_OFFSET_MAX)] = 0,
) -> SearchOut:
    """Search what is on offer, the best match first."""
    asked = Asked(text=q, field=field, kind=kind, mode=mode, limit=limit, offset=offset)
    finds = search(db, asked)
    return SearchOut(
        items=[_out(one) for one in finds.items],
        total=finds.total,
        total_is_bounded=finds.total >= RANKED_MAX,
        has_more=finds.has_more,
    )


def _out(found: Found) -> FoundOut:
    apart = ("price_fen", "summary")
    same = {name: getattr(found, name) for name in FoundOut.model_fields if name not in apart}
    return FoundOut(
        price_fen=found.price.fen if found.price else None, summary=found.summary[:SUMMARY_SHOWN_MAX], **same
    )
