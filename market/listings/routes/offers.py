"""Offers over HTTP: make, counter, accept, reject, withdraw. Seen by buyer and seller only."""

from __future__ import annotations

from kernel.db.locking import fetch
from kernel.errors import WrongState
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ListingId, OfferId
from kernel.paging import Page, PageQuery, page_of
from market.listings import commands, errors, queries
from market.listings.schemas.buying import OfferIn, OfferOut, offer_out
from market.listings.tables import Offer
from parties.errors import NotVerified

ANSWERS = problems(errors.NotYourOffer, errors.OfferAnswered, errors.OfferExpired, WrongState)

router = Router(tags=["offers"])


@router.post(
    "/v1/listings/{listing_id}/offers",
    status_code=201,
    operation_id="make_offer",
    responses=problems(
        errors.OwnListing,
        errors.StaffCannotBuy,
        errors.OfferStanding,
        errors.OfferTooLong,
        errors.WrongMode,
        NotVerified,
        WrongState,
    ),
)
def make_offer(listing_id: ListingId, body: OfferIn, db: Db, actor: CurrentActor, now: Now) -> OfferOut:
    """Make an offer on a listing at an agreed price. For buyers of a verified organisation."""
    return offer_out(commands.offer(db, listing_id=listing_id, entry=body.entry(), actor=actor, now=now))


@router.get("/v1/listings/{listing_id}/offers", operation_id="list_offers")
def list_offers(listing_id: ListingId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[OfferOut]:
    """The offers on a listing that one's organisation made or received."""
    queries.listing(db, actor, listing_id)
    rows = queries.offers_visible_to(actor).where(Offer.listing_id == listing_id)
    return page_of(db, rows, Offer.id, asked, offer_out)


@router.get("/v1/offers/{offer_id}", operation_id="get_offer")
def get_offer(offer_id: OfferId, db: Db, actor: CurrentActor) -> OfferOut:
    """One offer, for buyer and seller."""
    return offer_out(fetch(db, queries.offers_visible_to(actor), Offer, offer_id))


@router.post(
    "/v1/offers/{offer_id}/counter",
    status_code=201,
    operation_id="counter_offer",
    responses={**ANSWERS, **problems(errors.OfferTooLong)},
)
def counter(offer_id: OfferId, body: OfferIn, db: Db, actor: CurrentActor, now: Now) -> OfferOut:
    """Answer with other terms: the offer answered is gone. For the transfer office or the buyer, whoever is asked."""
    return offer_out(commands.counter(db, offer_id=offer_id, entry=body.entry(), actor=actor, now=now))


@router.post(
    "/v1/offers/{offer_id}/accept",
    operation_id="accept_offer",
    responses=problems(
        errors.NotYourOffer, errors.OfferAnswered, errors.OfferExpired, errors.BelowDecision, WrongState
    ),
)
def accept(offer_id: OfferId, db: Db, actor: CurrentActor, now: Now) -> OfferOut:
    """Accept: transferee and price are fixed; for a government unit the public notice comes next."""
    return offer_out(commands.accept(db, offer_id=offer_id, actor=actor, now=now))


@router.post("/v1/offers/{offer_id}/reject", operation_id="reject_offer", responses=ANSWERS)
def reject(offer_id: OfferId, db: Db, actor: CurrentActor, now: Now) -> OfferOut:
    """Reject the other side's offer."""
    return offer_out(commands.reject(db, offer_id=offer_id, actor=actor, now=now))


@router.post(
    "/v1/offers/{offer_id}/withdraw",
    operation_id="withdraw_offer",
    responses=problems(errors.NotYourOffer, errors.OfferAnswered, errors.OfferIsFirm),
)
def withdraw(offer_id: OfferId, db: Db, actor: CurrentActor, now: Now) -> OfferOut:
    """Take one's own offer back, unless it is firm."""
    return offer_out(commands.withdraw_offer(db, offer_id=offer_id, actor=actor, now=now))
