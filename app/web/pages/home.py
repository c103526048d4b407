"""The first page: the one search, what is on the market now, and the figures of the market."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query
from sqlalchemy import func, or_, select
from starlette.responses import Response

from app.web import naming
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting
from auctions import queries as auctions
from auctions import shapes
from auctions.states import BIDDING, LotState
from auctions.tables import Lot
from contracts.statistics import queries as statistics
from kernel.calendar import local_date
from kernel.paging import PageAsked
from market.listings import queries as listings
from market.listings.states import NOTICE_UNDER_WAY
from market.listings.tables import Notice
from market.listings.terms import Mode
from market.search import PAGE_OFFSET_MAX, Asked, search

SHOWN: Final = 20
FEW: Final = 5

router = PageRouter()


@router.get("/")
def home(
    visit: Visit,
    q: Annotated[str, Query(max_length=200)] = "",
    field: str = "",
    mode: str = "",
    offset: Annotated[int, Query(ge=0, le=PAGE_OFFSET_MAX)] = 0,
) -> Response:
    """What is on offer; without a search also what else goes on. A filter that nobody knows filters nothing."""
    fields = naming.fields(visit)
    asked = Asked(
        text=q,
        field=field if field in fields else None,
        mode=Mode(mode) if mode in set(Mode) else None,
        limit=SHOWN,
        offset=offset,
    )
    searching = bool(q.strip() or asked.field or asked.mode or offset)
    return visit.show(
        "home.html",
        finds=search(visit.db, asked),
        asked=asked,
        fields=fields,
        modes=list(Mode),
        searching=searching,
        next_offset=offset + SHOWN,
        offset_max=PAGE_OFFSET_MAX,
        **({} if searching else _going_on(visit)),
    )


def _going_on(visit: Visiting) -> dict[str, Any]:
    """Lots to be bid for, notices that run, and the totals that the public may see."""
    open_now = [auctions.in_phase(state, visit.now) for state in (*BIDDING, LotState.ANNOUNCED)]
    running = auctions.visible_to(visit.actor).where(or_(*open_now))
    lots, _ = visit.rows(running, Lot.id, PageAsked(FEW, None))
    under_way = listings.notices_visible_to(None).where(Notice.state.in_(NOTICE_UNDER_WAY))
    notices, _ = visit.rows(under_way, Notice.id, PageAsked(FEW, None))
    on = local_date(visit.now)
    return {
        "lots": [shapes.lot(row, visit.now) for row in lots],
        "lots_count": visit.db.execute(select(func.count()).select_from(running.subquery())).scalar_one(),
        "notices": notices,
        "names": naming.organisations(
            visit, {row.owner_id for row in notices} | {row.transferee_id for row in notices}
        ),
        "totals": statistics.table(visit.db, "totals", year=None, on=on, sees_all=False),
    }
