"""What the public reads: lots, their bids, and their books once they are closed."""

from __future__ import annotations

from typing import Annotated

from auctions import queries, shapes
from auctions.errors import BookSealed
from auctions.schemas import BidsOut, BookOut, LotOut
from auctions.states import LotState
from auctions.tables import Lot
from kernel.http.context import Db, MaybeActor, Now
from kernel.http.fields import Canonical, QueryInt
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import LotId
from kernel.paging import Page, PageQuery, page_of

SEQ_MAX = 2**31 - 1
BOOK_LINES_MAX = 1000

router = Router(prefix="/v1/lots", tags=["lots"])


@router.get("", operation_id="list_lots")
def list_lots(db: Db, actor: MaybeActor, now: Now, asked: PageQuery, state: LotState | None = None) -> Page[LotOut]:
    """Lots, newest first; `state` as it is at this instant."""
    rows = queries.visible_to(actor)
    if state is not None:
        rows = rows.where(queries.in_phase(state, now))
    return page_of(db, rows, Lot.id, asked, lambda row: shapes.lot(row, now))


@router.get("/{lot_id}", operation_id="get_lot")
def get_lot(lot_id: Canonical[LotId], db: Db, now: Now) -> LotOut:
    """One lot: price, next valid amount, end, and the server's clock to count down with."""
    return shapes.lot(queries.lot(db, lot_id), now)


@router.get("/{lot_id}/bids", operation_id="list_bids")
def list_bids(
    lot_id: Canonical[LotId],
    db: Db,
    limit: Annotated[int, QueryInt(1, 100)] = 20,
    before: Annotated[int | None, QueryInt(1, SEQ_MAX)] = None,
) -> BidsOut:
    """The valid bids, the highest first, under bidders' numbers; `before` is the `next_before` of the page before."""
    queries.lot(db, lot_id)
    found = queries.bids(db, lot_id, before=before, limit=limit + 1)
    shown, has_more = found[:limit], len(found) > limit
    return BidsOut(
        items=[shapes.bid(row) for row in shown],
        has_more=has_more,
        next_before=shown[-1].seq if has_more else None,
    )


@router.get("/{lot_id}/bid-book", operation_id="get_bid_book", responses=problems(BookSealed))
def get_bid_book(
    lot_id: Canonical[LotId],
    db: Db,
    limit: Annotated[int, QueryInt(1, BOOK_LINES_MAX)] = BOOK_LINES_MAX,
    after: Annotated[int, QueryInt(0, SEQ_MAX)] = 0,
) -> BookOut:
    """After the close: every bid and refusal in the order of arrival, the rules, the result and the book's root."""
    lot = queries.published_lot(db, lot_id)
    lines = queries.book(db, lot_id, after=after, limit=limit + 1)
    return shapes.book(lot, queries.award(db, lot_id), queries.opened_reserve(db, lot), lines, limit=limit)
