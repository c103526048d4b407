"""The pool over HTTP: what may be tried free of charge, and how conversion does. Public."""

from __future__ import annotations

from contracts.licences import queries
from contracts.licences.schemas import ConversionOut, PoolEntryOut
from contracts.licences.tables import PoolEntry
from kernel.db.locking import fetch
from kernel.http.context import Db
from kernel.http.routing import Router
from kernel.ids import PoolEntryId
from kernel.paging import Page, PageQuery, page_of

router = Router(prefix="/v1/pool", tags=["trials"])


@router.get("", operation_id="pool_list")
def list_pool(db: Db, page: PageQuery) -> Page[PoolEntryOut]:
    """The results in the pool (先用后转成果池), newest first."""
    return page_of(db, queries.pool_in_force(), PoolEntry.id, page, PoolEntryOut.of)


@router.get("/conversions", operation_id="pool_conversions")
def conversions(db: Db) -> ConversionOut:
    """Pool size, trials and the conversion rate of the whole market."""
    return ConversionOut.of(queries.conversion_figures(db))


@router.get("/{pool_entry_id}", operation_id="pool_get")
def get_entry(pool_entry_id: PoolEntryId, db: Db) -> PoolEntryOut:
    """One result in the pool."""
    return PoolEntryOut.of(fetch(db, queries.pool_in_force(), PoolEntry, pool_entry_id))
