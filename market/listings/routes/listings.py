"""Listings over HTTP: draft, submit, publish, extend, relist, reopen, revise, conclude, withdraw, end."""

from __future__ import annotations

from auctions import errors as auction_refusals
from auctions import shapes as lot_shapes
from auctions.schemas import LotOut
from kernel.errors import WrongState
from kernel.http.context import CurrentActor, Db, MaybeActor, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ListingId, ResultId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of
from market.listings import commands, errors, queries
from market.listings.schemas.selling import (
    DealOut,
    ListingOut,
    LotIn,
    NewListing,
    ReasonIn,
    RelistIn,
    ReviseListing,
    deal_out,
    listing_out,
)
from market.listings.sights import note_sight
from market.listings.states import ListingState
from market.listings.tables import Deal, Listing
from market.listings.terms import Mode
from market.results.errors import ResultInUse, RightNotClear
from market.results.schemas import ResultOut, result_out
from parties.errors import NotVerified
from valuation.appraisal import errors as appraisal
from valuation.reviewing import errors as review_refusals

TERMS = (
    errors.WayUnclear,
    errors.FloorAbovePrice,
    errors.ModeNotOpen,
    errors.AppraisalRequired,
    errors.BasisNotShown,
    errors.BenchmarkMissing,
    errors.DepositOutOfRange,
    errors.PeriodOutOfRange,
    errors.ApprovalWanted,
    errors.ConditionsNameBuyer,
    errors.ConditionsNeedApproval,
    appraisal.AppraisalExpired,
    appraisal.AppraisalOfOtherResult,
    appraisal.PurposeDiffers,
    errors.EstimateOfOtherTrade,
)
SIGNED_OFF = (review_refusals.NotSignedOff, review_refusals.RestsOnGenerated, review_refusals.BenchmarkDiffers)
BENCHMARK = (
    *SIGNED_OFF,
    review_refusals.SignOffChanged,
    review_refusals.NotDecidedTogether,
    review_refusals.DissentUnread,
)
"""What keeps an AI estimate from being a benchmark price: 浙政办发〔2025〕27号 第13项."""
LOT_TERMS = (
    auction_refusals.NotAnAuctionHouse,
    auction_refusals.DefectsNotDisclosed,
    auction_refusals.NoticeTooShort,
    auction_refusals.ExhibitionTooShort,
    auction_refusals.ReserveBelowStart,
    auction_refusals.DepositTooHigh,
    auction_refusals.BiddingTooShort,
)

router = Router(prefix="/v1/listings", tags=["listings"])
deals = Router(prefix="/v1/deals", tags=["listings"])
removals = Router(prefix="/v1/results", tags=["results"])


@router.post(
    "",
    status_code=201,
    operation_id="draft_listing",
    responses=problems(*TERMS, *SIGNED_OFF, errors.AlreadyOnOffer, NotVerified),
)
def draft(body: NewListing, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Put a result on offer, as a draft. For completers and the transfer office."""
    made = commands.draft(db, result_id=body.result_id, entry=body.entry(), actor=actor, now=now)
    return listing_out(made, actor)


@router.get("", operation_id="list_listings")
def list_listings(
    db: Db,
    actor: MaybeActor,
    asked: PageQuery,
    mine: bool = False,
    state: ListingState | None = None,
    mode: Mode | None = None,
) -> Page[ListingOut]:
    """Published listings, newest first; with `mine` those of one's own organisation, drafts included."""
    rows = queries.owned_by(actor) if mine and actor is not None else queries.visible_to(actor)
    if state is not None:
        rows = rows.where(Listing.state == state)
    if mode is not None:
        rows = rows.where(Listing.mode == mode)

    def shown(row: Listing) -> ListingOut:
        if actor is not None and actor.organisation_id == row.owner_id:
            note_sight(db, actor, row)
        return listing_out(row, actor)

    return page_of(db, rows, Listing.id, asked, shown)


@router.get("/{listing_id}", operation_id="get_listing")
def get_listing(listing_id: ListingId, db: Db, actor: MaybeActor) -> ListingOut:
    """One listing as far as the actor may see it; the parties of its deal find the contract there."""
    found = queries.listing(db, actor, listing_id)
    inside = queries.sees_inside(db, found, actor)
    if inside and actor is not None:
        note_sight(db, actor, found)
    return listing_out(found, actor, queries.deal_of(db, actor, found), inside=inside)


@router.post(
    "/{listing_id}/submission",
    operation_id="submit_listing",
    responses=problems(RightNotClear, *SIGNED_OFF, WrongState),
)
def submit(listing_id: ListingId, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Send the draft into the unit's decision; the title is guarded first. For completers and the transfer office."""
    return listing_out(commands.submit(db, listing_id=listing_id, actor=actor, now=now), actor)


@router.post(
    "/{listing_id}/publication",
    operation_id="publish_listing",
    responses=problems(RightNotClear, appraisal.AppraisalExpired, *BENCHMARK, errors.WrongMode, WrongState),
)
def publish(listing_id: ListingId, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Open a decided listing to the public. For the transfer office; an auction announces a lot instead."""
    return listing_out(commands.publish(db, listing_id=listing_id, actor=actor, now=now), actor)


@router.post(
    "/{listing_id}/revision", operation_id="revise_listing", responses=problems(*TERMS, *SIGNED_OFF, WrongState)
)
def revise(listing_id: ListingId, body: ReviseListing, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """New terms: back to the decision; offers lapse and a running notice is superseded."""
    revised = commands.revise(db, listing_id=listing_id, entry=body.entry(), reason=body.reason, actor=actor, now=now)
    return listing_out(revised, actor)


@router.post("/{listing_id}/reopening", operation_id="reopen_listing", responses=problems(WrongState))
def reopen(listing_id: ListingId, body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Give up the agreement reached and take offers again: the notice will run anew. For the transfer office."""
    return listing_out(commands.reopen(db, listing_id=listing_id, reason=body.reason, actor=actor, now=now), actor)


@router.post(
    "/{listing_id}/deal",
    status_code=201,
    operation_id="conclude_listing",
    responses=problems(
        errors.NoticeMissing,
        errors.NoticeNotClosed,
        errors.ObjectionOpen,
        RightNotClear,
        appraisal.AppraisalExpired,
        WrongState,
    ),
)
def conclude(listing_id: ListingId, db: Db, actor: CurrentActor, now: Now) -> DealOut:
    """Make the deal that the listing has come to; its contract is drafted with it. For the transfer office."""
    return deal_out(commands.conclude(db, listing_id=listing_id, actor=actor, now=now))


@router.post(
    "/{listing_id}/extension",
    operation_id="extend_listing",
    responses=problems(errors.ExtensionsUsedUp, WrongState),
)
def extend(listing_id: ListingId, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Nobody came: go on on the same terms for one step of the rule. For the transfer office."""
    return listing_out(commands.extend(db, listing_id=listing_id, actor=actor, now=now), actor)


@router.post(
    "/{listing_id}/relisting",
    operation_id="relist_listing",
    responses=problems(errors.CutTooDeep, errors.BelowDecision, errors.ApprovalWanted, WrongState),
)
def relist(listing_id: ListingId, body: RelistIn, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Nobody came: list again at a lower price, within the decision and the rule. For the transfer office."""
    relisted = commands.relist(
        db,
        listing_id=listing_id,
        price=Money(body.price_fen),
        approval_sha256=body.approval_sha256,
        actor=actor,
        now=now,
    )
    return listing_out(relisted, actor)


@router.post(
    "/{listing_id}/lot",
    status_code=201,
    operation_id="announce_lot",
    responses=problems(
        *LOT_TERMS,
        errors.BelowDecision,
        errors.CutTooDeep,
        errors.ApprovalWanted,
        errors.WrongMode,
        *BENCHMARK,
        RightNotClear,
        WrongState,
    ),
)
def announce_lot(listing_id: ListingId, body: LotIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Announce the auction, or the bidding among several buyers of a listing: then an empty body is enough."""
    lot = commands.announce_lot(db, listing_id=listing_id, entry=body.entry(), actor=actor, now=now)
    return lot_shapes.lot(lot, now)


@router.post("/{listing_id}/withdrawal", operation_id="withdraw_listing", responses=problems(WrongState))
def withdraw(listing_id: ListingId, body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """Take the listing back before it ends. For the transfer office."""
    return listing_out(commands.withdraw(db, listing_id=listing_id, reason=body.reason, actor=actor, now=now), actor)


@router.post("/{listing_id}/end", operation_id="end_listing", responses=problems(WrongState))
def end(listing_id: ListingId, body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> ListingOut:
    """End a listing that has closed without a deal. For the transfer office."""
    return listing_out(commands.end(db, listing_id=listing_id, reason=body.reason, actor=actor, now=now), actor)


@deals.get("", operation_id="list_deals")
def list_deals(db: Db, actor: CurrentActor, asked: PageQuery) -> Page[DealOut]:
    """The deals of one's organisation; all for the exchange."""
    return page_of(db, queries.deals_visible_to(actor), Deal.id, asked, deal_out)


@removals.post("/{result_id}/withdrawal", operation_id="withdraw_result", responses=problems(ResultInUse, WrongState))
def withdraw_result(result_id: ResultId, body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> ResultOut:
    """Take a result out of the register, if it is not on offer. For the transfer office."""
    gone = commands.withdraw_result(db, result_id=result_id, reason=body.reason, actor=actor, now=now)
    return result_out(gone, actor)
