"""A benchmark that rests on an estimate may be its very price: to be shown it is to be shown the price, on record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.http.auth import Actor
from market.listings.tables import Listing
from market.listings.terms import Basis
from valuation.reviewing.commands import seen
from valuation.tables import Valuation


def note_sight(session: Session, actor: Actor, listing: Listing) -> None:
    """The actor is shown the inside of a listing. Nothing is noted of an estimate that he may not see."""
    if listing.basis is Basis.AI_ESTIMATE_REVIEWED and listing.valuation_id is not None:
        valuation = session.get(Valuation, listing.valuation_id)
        seen(session, actor, [valuation] if valuation else [])
