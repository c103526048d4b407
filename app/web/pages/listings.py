"""A listing: what is offered and on which terms, what has happened on it for its parties, and the two ways to take part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from app.web import forms, naming
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from kernel.errors import Problem
from kernel.ids import ListingId
from kernel.money import Money
from kernel.paging import PageAsked
from market.listings import commands, queries
from market.listings.schemas.buying import InterestIn, OfferIn
from market.listings.schemas.selling import ListingOut, listing_out
from market.listings.sights import note_sight
from market.listings.states import ListingState
from market.listings.tables import Interest, Listing, Notice, Offer
from market.listings.terms import Mode
from parties.roles import Role

SHOWN: Final = 20
OFFER_DAYS: Final = (7, 14, 30)
"""For how long an offer may be made to stand on the page; the rules have the last word."""

router = PageRouter()


@router.get("/listings/{listing_id}")
def listing(visit: Visit, listing_id: ListingId) -> Response:
    """One listing, as the visitor may see it."""
    return _listing(visit, listing_id)


@router.post("/listings/{listing_id}/offers")
def offer(visit: Visit, listing_id: ListingId) -> Response:
    """Make the seller an offer."""
    actor, typed = visit.member(), visit.form

    def step() -> Offer:
        days = typed.get("days", "")
        body = forms.as_body(
            OfferIn,
            price_fen=forms.fen(typed.get("price", "")),
            payment_terms=typed.get("payment_terms", ""),
            note=typed.get("note", ""),
            expires_at=visit.now + timedelta(days=int(days) if days in map(str, OFFER_DAYS) else OFFER_DAYS[0]),
            related_declared="related" in typed,
            related_note=typed.get("related_note", ""),
        )
        return commands.offer(visit.db, listing_id=listing_id, entry=body.entry(), actor=actor, now=visit.now)

    made = visit.attempt(step)
    return _listing(visit, listing_id, problem=made) if isinstance(made, Problem) else go(f"/listings/{listing_id}")


@router.post("/listings/{listing_id}/interests")
def interest(visit: Visit, listing_id: ListingId) -> Response:
    """Register as a buyer within the listing period."""
    actor, typed = visit.member(), visit.form

    def step() -> Interest:
        body = forms.as_body(InterestIn, price_fen=forms.fen(typed.get("price", "")))
        price = Money(body.price_fen) if body.price_fen is not None else None
        return commands.register_interest(visit.db, listing_id=listing_id, price=price, actor=actor, now=visit.now)

    made = visit.attempt(step)
    return _listing(visit, listing_id, problem=made) if isinstance(made, Problem) else go(f"/listings/{listing_id}")


def _listing(visit: Visiting, listing_id: ListingId, *, problem: Problem | None = None) -> Response:
    row = queries.listing(visit.db, visit.actor, listing_id)
    seen = listing_out(row, visit.actor, queries.deal_of(visit.db, visit.actor, row))
    if seen.inside is not None:
        note_sight(visit.db, visit.member(), row)
    public = queries.notices_visible_to(visit.actor).where(Notice.listing_id == row.id)
    own = _own(visit, row)
    names = naming.organisations(visit, [seen.owner_id, *(offer.buyer_id for offer in own["offers"])])
    return visit.show(
        "listing.html",
        status=problem.status if problem else 200,
        here=f"/listings/{listing_id}",
        listing=seen,
        names=names,
        notices=visit.rows(public, Notice.id, PageAsked(SHOWN, None))[0],
        may=_may(visit, seen, own),
        offer_days=OFFER_DAYS,
        problem=problem,
        typed=visit.form if problem else {},
        **own,
    )


def _own(visit: Visiting, row: Listing) -> dict[str, Any]:
    """What only the parties see: the unit's decision, offers made or received, one's own interest."""
    if visit.actor is None:
        return {"decisions": [], "offers": [], "interests": []}
    few = PageAsked(SHOWN, None)
    offers = queries.offers_visible_to(visit.actor).where(Offer.listing_id == row.id)
    interests = queries.interests(visit.db, visit.actor).where(
        Interest.listing_id == row.id, Interest.buyer_id == visit.actor.organisation_id
    )
    inside = visit.actor.organisation_id == row.owner_id
    return {
        "decisions": queries.decisions(visit.db, visit.actor, row.id) if inside else [],
        "offers": visit.rows(offers, Offer.id, few)[0],
        "interests": visit.rows(interests, Interest.id, few)[0],
    }


def _may(visit: Visiting, seen: ListingOut, own: dict[str, Any]) -> str | None:
    """What the page invites the visitor to do; decided for the eye only, the commands decide by the rules."""
    open_for = {(Mode.AGREED, ListingState.OPEN): "offer", (Mode.LISTED, ListingState.LISTED): "interest"}
    way = open_for.get((seen.mode, seen.state))
    if way == "interest" and seen.period_ends_at is not None and seen.period_ends_at <= visit.now:
        return None  # over, though no worker has written it yet
    if way is None or visit.actor is None:
        return "sign_in" if way else None
    buys = visit.has(Role.BUYER) and visit.actor.organisation_id not in (None, seen.owner_id)
    return way if buys and not (way == "interest" and own["interests"]) else None
