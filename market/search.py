"""One search over what is on offer, in Chinese and English: words, field, kind and mode, the best match first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from kernel.ids import ListingId, LotId, OrganisationId, ResultId
from kernel.money import Money
from market.listings.states import OVER, PRIVATE_STATES
from market.listings.tables import Listing
from market.listings.terms import Mode
from market.results.access import visible_to
from market.results.kinds import ResultKind
from market.results.states import ResultState
from market.results.tables import Result
from market.words import search_query
from parties.tables import Organisation

RANKED_MAX: Final = 10_000
"""A word that half the market uses is ranked over the newest ten thousand only: nobody reads further."""
PAGE_OFFSET_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched for; an empty text finds everything, the newest first."""

    text: str
    field: str | None = None
    kind: ResultKind | None = None
    mode: Mode | None = None
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A result on offer, with its owner's name and its listing, if one is open."""

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
    listing_state: str | None
    price: Money | None
    lot_id: LotId | None


@dataclass(frozen=True, slots=True)
class Finds:
    """A page of finds; `total` counts to ten thousand and says no more than that it is more."""

    items: list[Found]
    total: int
    has_more: bool


def search(session: Session, asked: Asked) -> Finds:
    """Search what the public may see. All words must occur; matches in the title weigh most."""
    matching = _matching(asked).subquery()
    total = session.execute(select(func.count()).select_from(matching)).scalar_one()
    page = (
        select(Result, Listing, Organisation.name)
        .join(matching, matching.c.id == Result.id)
        .join(Organisation, Organisation.id == Result.owner_id)
        .outerjoin(Listing, _is_open(Listing.result_id == Result.id))
        .order_by(matching.c.rank.desc(), Result.id.desc())
        .offset(min(asked.offset, PAGE_OFFSET_MAX))
        .limit(asked.limit + 1)
    )
    rows = session.execute(page).all()
    items = [_found(result, listing, owner) for result, listing, owner in rows[: asked.limit]]
    return Finds(items, total, len(rows) > asked.limit)


def _matching(asked: Asked) -> Select[ResultId, float]:
    """Ids and ranks of the newest matches, bounded."""
    words = search_query(asked.text)
    rank: ColumnElement[float] = literal(0.0)
    rows = visible_to(None)
    if words:
        query = cast(literal(words), TSQUERY)
        rows, rank = rows.where(Result.search.op("@@")(query)), func.ts_rank(Result.search, query)
    elif asked.text.strip():
        rows = rows.where(literal(False))
    if asked.field is not None:
        rows = rows.where(Result.tech_field == asked.field)
    if asked.kind is not None:
        rows = rows.where(Result.kind == asked.kind)
    if asked.mode is not None:
        offered = select(Listing.id).where(_is_open(Listing.result_id == Result.id), Listing.mode == asked.mode)
        rows = rows.where(offered.exists())
    narrowed = rows.with_only_columns(Result.id, rank.label("rank"))
    return narrowed.order_by(Result.id.desc()).limit(RANKED_MAX)


def _is_open(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The listing that the public sees of a result now: at most one is live."""
    return condition & Listing.state.not_in(PRIVATE_STATES) & Listing.state.not_in(OVER)


def _found(result: Result, listing: Listing | None, owner: str) -> Found:
    return Found(
        result_id=result.id,
        title=result.title,
        summary=result.summary,
        kind=result.kind,
        number=result.number,
        tech_field=result.tech_field,
        state=result.state,
        owner_id=result.owner_id,
        owner=owner,
        listing_id=listing.id if listing else None,
        mode=listing.mode if listing else None,
        listing_state=listing.state.value if listing else None,
        price=listing.price if listing else None,
        lot_id=listing.lot_id if listing else None,
    )
