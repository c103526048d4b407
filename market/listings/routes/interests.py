"""Interests in a listing over HTTP: register, pay the deposit, step back."""

from __future__ import annotations

from kernel.errors import WrongState
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import InterestId, ListingId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of
from market.listings import commands, errors, queries
from market.listings.schemas.buying import DepositIn, InterestIn, InterestOut, interest_out
from market.listings.tables import Interest
from parties.errors import NotVerified

router = Router(tags=["interests"])


@router.post(
    "/v1/listings/{listing_id}/interests",
    status_code=201,
    operation_id="register_interest",
    responses=problems(
        errors.OwnListing,
        errors.StaffCannotBuy,
        errors.RelatedBuyer,
        errors.AlreadyInterested,
        errors.BelowListPrice,
        errors.PeriodOver,
        errors.WrongMode,
        NotVerified,
        WrongState,
    ),
)
def register(listing_id: ListingId, body: InterestIn, db: Db, actor: CurrentActor, now: Now) -> InterestOut:
    """Register as a buyer, at the list price or above. For buyers of a verified organisation without ties to the seller."""
    price = Money(body.price_fen) if body.price_fen is not None else None
    return interest_out(commands.register_interest(db, listing_id=listing_id, price=price, actor=actor, now=now))


@router.get("/v1/listings/{listing_id}/interests", operation_id="list_interests")
def list_interests(listing_id: ListingId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[InterestOut]:
    """One's own; all of them for the exchange, and for the seller once the period is over."""
    queries.listing(db, actor, listing_id)
    rows = queries.interests(db, actor).where(Interest.listing_id == listing_id)
    return page_of(db, rows, Interest.id, asked, interest_out)


@router.post(
    "/v1/interests/{interest_id}/deposit",
    operation_id="record_interest_deposit",
    responses=problems(errors.DepositDiffers, errors.PeriodOver, WrongState),
)
def record_deposit(interest_id: InterestId, body: DepositIn, db: Db, actor: CurrentActor, now: Now) -> InterestOut:
    """Record that the deposit has arrived. For finance and operators of the exchange."""
    paid = commands.record_deposit(
        db,
        interest_id=interest_id,
        amount=Money(body.amount_fen),
        bank_reference=body.bank_reference,
        actor=actor,
        now=now,
    )
    return interest_out(paid)


@router.post("/v1/interests/{interest_id}/withdrawal", operation_id="withdraw_interest", responses=problems(WrongState))
def withdraw(interest_id: InterestId, db: Db, actor: CurrentActor, now: Now) -> InterestOut:
    """Step back before the deposit has been paid. For the buyer."""
    return interest_out(commands.withdraw_interest(db, interest_id=interest_id, actor=actor, now=now))
