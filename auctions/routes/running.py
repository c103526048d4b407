"""What sellers and the exchange decide: the reserve, suspension, withdrawal, confirmation, default."""

from __future__ import annotations

from auctions import commands, queries, shapes
from auctions import errors as refusals
from auctions.schemas import AwardOut, LotOut, MinutesIn, ReasonIn, ReserveIn, ReserveOut
from kernel.errors import NotFound, WrongState
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.fields import Canonical
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import LotId
from kernel.money import Money

router = Router(prefix="/v1/lots/{lot_id}", tags=["lots"])


@router.post(
    "/reserve",
    status_code=201,
    operation_id="lodge_reserve",
    responses=problems(refusals.AlreadyBegun, refusals.ReserveLodged, refusals.ReserveBelowStart),
)
def lodge_reserve(lot_id: Canonical[LotId], body: ReserveIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Lodge the reserve before the opening. For the seller's transfer office and approvers."""
    reserve = Money(body.reserve_fen)
    return shapes.lot(commands.lodge_reserve(db, lot_id=lot_id, reserve=reserve, actor=actor, now=now), now)


@router.get("/reserve", operation_id="read_reserve", responses=problems(refusals.NoReserve))
def read_reserve(lot_id: Canonical[LotId], db: Db, actor: CurrentActor, now: Now) -> ReserveOut:
    """The reserve, for the seller's own people; every reading is on record."""
    return shapes.reserve(commands.read_reserve(db, lot_id=lot_id, actor=actor, now=now))


@router.post(
    "/suspension",
    operation_id="suspend_lot",
    responses=problems(refusals.LotNotOpen, refusals.LotSuspended, refusals.LotClosed, WrongState),
)
def suspend(lot_id: Canonical[LotId], body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Stop the clock of a lot. For auctioneers and operators."""
    return shapes.lot(commands.suspend(db, lot_id=lot_id, reason=body.reason, actor=actor), now)


@router.post("/resumption", operation_id="resume_lot", responses=problems(WrongState))
def resume(lot_id: Canonical[LotId], body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Let the clock run again with the time that was left. For auctioneers and operators."""
    return shapes.lot(commands.resume(db, lot_id=lot_id, reason=body.reason, actor=actor), now)


@router.post("/withdrawal", operation_id="withdraw_lot", responses=problems(refusals.AlreadyBegun, WrongState))
def withdraw(lot_id: Canonical[LotId], body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Take a lot back before its opening. For auctioneers and operators."""
    return shapes.lot(commands.withdraw(db, lot_id=lot_id, reason=body.reason, actor=actor), now)


@router.post("/cancellation", operation_id="cancel_lot", responses=problems(WrongState))
def cancel(lot_id: Canonical[LotId], body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """End a suspended lot that cannot go on. For auctioneers and operators."""
    return shapes.lot(commands.cancel(db, lot_id=lot_id, reason=body.reason, actor=actor), now)


@router.post("/confirmation", status_code=201, operation_id="confirm_sale", responses=problems(WrongState))
def confirm(lot_id: Canonical[LotId], body: MinutesIn, db: Db, actor: CurrentActor) -> AwardOut:
    """Put the sale on record (成交确认书). For the auctioneer; under the platform rule for operators, too."""
    commands.confirm(db, lot_id=lot_id, minutes=body.minutes, actor=actor)
    return _award(db, lot_id)


@router.post("/default", operation_id="record_default", responses=problems(WrongState))
def default(lot_id: Canonical[LotId], body: ReasonIn, db: Db, actor: CurrentActor, now: Now) -> LotOut:
    """Record that the winner has not kept the sale. For operators."""
    return shapes.lot(commands.default(db, lot_id=lot_id, reason=body.reason, actor=actor), now)


@router.get("/award", operation_id="get_award")
def get_award(lot_id: Canonical[LotId], db: Db, _actor: CurrentActor) -> AwardOut:
    """The award with the winner's identity: for the seller, the winner and the exchange (the row policy decides)."""
    return _award(db, lot_id)


def _award(db: Db, lot_id: LotId) -> AwardOut:
    award = queries.award(db, lot_id)
    if award is None:
        raise NotFound
    return shapes.award(award, queries.winner_of(db, award), queries.confirmation(db, lot_id))
