"""What bidders send: registrations and bids; and the deposits that the exchange records for them."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from auctions import commands, queries, shapes
from auctions import errors as refusals
from auctions.commands import Decision
from auctions.schemas import BidIn, DepositIn, PlacedBidOut, RegisterIn, RegistrationOut
from auctions.tables import Registration
from kernel.errors import NotFound
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.fields import Canonical
from kernel.http.problems import answer, problems
from kernel.http.routing import Router
from kernel.ids import LotId, RegistrationId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of
from parties.errors import NotVerified

WHO_MAY_BID = (refusals.OwnLot, refusals.StaffCannotBid, refusals.AffiliateBarred)
BID_PROBLEMS = problems(
    *WHO_MAY_BID,
    refusals.NotRegistered,
    refusals.DepositMissing,
    refusals.LotNotOpen,
    refusals.LotSuspended,
    refusals.LotClosed,
    refusals.BidTooLow,
    refusals.OffStep,
    refusals.AlreadyHighest,
)

router = Router(prefix="/v1/lots/{lot_id}", tags=["lots"])


@router.post(
    "/registrations",
    status_code=201,
    operation_id="register_bidder",
    responses=problems(*WHO_MAY_BID, NotVerified, refusals.RegistrationClosed, refusals.AlreadyRegistered),
)
def register(lot_id: Canonical[LotId], body: RegisterIn, db: Db, actor: CurrentActor, now: Now) -> RegistrationOut:
    """Register the organisation as a bidder; it is given a number, and a deposit is required."""
    return shapes.registration(commands.register(db, lot_id=lot_id, conflicts=body.conflicts, actor=actor, now=now))


@router.get("/registrations", operation_id="list_registrations")
def list_registrations(
    lot_id: Canonical[LotId], db: Db, actor: CurrentActor, asked: PageQuery
) -> Page[RegistrationOut]:
    """One's own registration; the exchange sees all."""
    queries.lot(db, lot_id)
    rows = queries.registrations_visible_to(db, actor).where(Registration.lot_id == lot_id)
    return page_of(db, rows, Registration.id, asked, shapes.registration)


@router.post(
    "/registrations/{registration_id}/deposit",
    operation_id="record_deposit",
    responses=problems(refusals.DepositDiffers, refusals.BankReferenceUsed),
)
def record_deposit(
    lot_id: Canonical[LotId], registration_id: Canonical[RegistrationId], body: DepositIn, db: Db, actor: CurrentActor
) -> RegistrationOut:
    """Record that the deposit has arrived. For finance and operators of the exchange."""
    paid = commands.mark_deposit_paid(
        db,
        registration_id=registration_id,
        amount=Money(body.amount_fen),
        bank_reference=body.bank_reference,
        actor=actor,
    )
    if paid.lot_id != lot_id:
        raise NotFound
    return shapes.registration(paid)


@router.post("/bids", status_code=201, operation_id="place_bid", responses=BID_PROBLEMS, response_model=PlacedBidOut)
def place_bid(
    lot_id: Canonical[LotId], body: BidIn, request: Request, db: Db, actor: CurrentActor, now: Now
) -> PlacedBidOut | Response:
    """Bid. The amount must reach the next valid amount; a refusal says what that is. Send an Idempotency-Key."""
    decision = commands.place_bid(db, lot_id=lot_id, amount=Money(body.amount_fen), actor=actor, now=now)
    if decision.refusal is not None:
        # Answered, not raised: the refused bid is a line of the book, and must be committed.
        return answer(decision.refusal, request)
    return _receipt(decision)


def _receipt(decision: Decision) -> PlacedBidOut:
    return PlacedBidOut(
        lot_id=decision.lot.id,
        bid=shapes.bid(decision.line),
        extensions=decision.lot.extensions,
        next_minimum_fen=decision.lot.minimum.fen,
    )
