"""The audit rows of the listing desk: what was done, by whom, and what the listing looked like after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.http.auth import Actor
from market.listings.sights import note_sight
from market.listings.tables import Listing


def note(
    session: Session, actor: Actor | None, action: str, listing: Listing, now: datetime, *, reason: str | None = None
) -> None:
    """Something was done with a listing; `actor` None means the market itself. Its own people see its inside in the answer."""
    if actor is not None and actor.organisation_id == listing.owner_id:
        note_sight(session, actor, listing)
    after = {
        "state": listing.state.value,
        "mode": listing.mode.value,
        "way": listing.way.value,
        "price": listing.price,
        "floor": listing.floor,
        "round": listing.round,
        "transferee": listing.transferee_id,
        "agreed_price": listing.agreed_price,
    }
    record(
        session,
        actor=actor,
        action=f"listing.{action}",
        kind="listing",
        object_id=listing.id,
        after=after,
        reason=reason,
        now=now,
    )
