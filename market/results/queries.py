"""What may be asked about results; the only way to one is `visible_to(actor)`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, Uuid, column, select, table
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId
from kernel.money import Money
from market.results.access import must_own, owned_by, sees_inside, visible_to
from market.results.tables import Result, ResultGrant
from market.results.titles import expires_on, findings

__all__ = [
    "expires_on",
    "findings",
    "grants_of",
    "must_own",
    "owned_by",
    "public_ask",
    "result",
    "sees_inside",
    "visible_to",
]


_LISTING = table(
    "listing",
    column("result_id", Uuid()),
    column("price", BigInteger()),
    column("mode", Text()),
    column("state", Text()),
)
"""Listings know results, not the other way round: what is read of them here is named, not imported."""


def result(session: Session, actor: Actor | None, result_id: ResultId) -> Result:
    """One result that the actor may see. Raises NotFound."""
    return fetch(session, visible_to(actor), Result, result_id)


def public_ask(session: Session, result_id: ResultId) -> Money | None:
    """What is publicly asked for a result on its open listing, an upper bound of what a deal may bring; the start of an
    auction is none, for bidding goes up from there.
    """
    asked = select(_LISTING.c.price).where(
        _LISTING.c.result_id == result_id, _LISTING.c.mode != "auction", _LISTING.c.state.in_(("listed", "open"))
    )
    fen = session.execute(asked.limit(1)).scalar_one_or_none()
    return None if fen is None else Money(fen)


def grants_of(session: Session, result_id: ResultId) -> list[ResultGrant]:
    """Who was let see a result before it is public."""
    rows = select(ResultGrant).where(ResultGrant.result_id == result_id).order_by(ResultGrant.granted_at)
    return list(session.execute(rows).scalars())
