"""Going back to the offers when transferee or price change before the deal: the notice is superseded and will run anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ListingId
from market.listings.access import owned_by
from market.listings.commands.clearing import clear
from market.listings.states import LISTING, ListingAction
from market.listings.tables import Listing
from market.listings.trail import note
from parties.roles import Role


def reopen(session: Session, *, listing_id: ListingId, reason: str, actor: Actor, now: datetime) -> Listing:
    """Give up the agreement reached and take offers again (条例 art 17: other price or transferee, other notice).

    For the transfer office. Raises NotFound, MissingRole, WrongState.
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    listing = lock(session, Listing, listing_id, within=owned_by(actor))
    listing.state = LISTING.advance(listing.state, ListingAction.REOPEN)
    clear(session, listing, now=now)
    listing.reason = reason
    session.flush()
    note(session, actor, "reopen", listing, now, reason=reason)
    return listing
