"""A lot that has ended in the words of valuation: what it was put up at, what it was believed to be worth, how it ended."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions.events import LotSold, LotUnsold
from auctions.tables import Lot
from kernel.calendar import local_date
from kernel.money import Money
from market.evidence import unsold_of
from market.listings.relations import relation_of
from market.listings.tables import Listing
from market.results.tables import Result
from valuation.appraisal.tables import Appraisal
from valuation.deals import PastDeal, Trade
from valuation.starting.lots import FROM_LOT, LotOutcome, PastLot, ReferenceKind
from valuation.tables import Valuation

_ENDED: Final = {"no_bids": LotOutcome.NO_BIDS, "below_reserve": LotOutcome.BELOW_RESERVE}
"""A lot that was withdrawn or cancelled was not refused by the buyers: it says nothing of its start."""


def past_lot_of(session: Session, told: LotSold | LotUnsold) -> PastLot | None:
    """The lot as valuation keeps it; None for one that was taken back, called off or is not there.

    What it was worth beforehand is read from the listing it was announced from, while that is still its listing.
    """
    outcome = LotOutcome.SOLD if isinstance(told, LotSold) else _ENDED.get(told.outcome)
    if outcome is None:
        return None
    lot = session.get(Lot, told.lot_id)
    if lot is None:
        return None
    rows = select(Listing).where(Listing.id == told.subject_id, Listing.lot_id == told.lot_id)
    listing = session.execute(rows).scalar_one_or_none()
    reference, kind = (None, None) if listing is None else _reference(session, listing)
    return PastLot(
        source=FROM_LOT,
        source_id=str(lot.id),
        title=lot.title,
        start=lot.start,
        outcome=outcome,
        final=told.price if isinstance(told, LotSold) else None,
        reference=reference,
        reference_kind=kind,
        trade=None if listing is None else Trade(listing.way.value),
        closed_on=local_date(lot.ends_at),
        bidders=lot.bidders,
        related_party=isinstance(told, LotSold) and listing is not None and _related(session, listing, told, lot),
    )


def unsold_lot_of(session: Session, told: LotUnsold) -> PastDeal | None:
    """The lot as an upper bound for the training set; None where its result or listing is not known any more."""
    lot = session.get(Lot, told.lot_id)
    rows = select(Listing).where(Listing.id == told.subject_id, Listing.lot_id == told.lot_id)
    listing = session.execute(rows).scalar_one_or_none()
    result = None if listing is None else session.get(Result, listing.result_id)
    if lot is None or listing is None or result is None:
        return None
    return unsold_of(lot, result, trade=listing.way.value)


def _reference(session: Session, listing: Listing) -> tuple[Money | None, ReferenceKind | None]:
    """The report goes before the estimate, and both before a figure that the unit has set itself."""
    if listing.appraisal_id is not None:
        return session.get_one(Appraisal, listing.appraisal_id).value, ReferenceKind.APPRAISAL
    if listing.valuation_id is not None:
        estimated = session.get_one(Valuation, listing.valuation_id).price
        if estimated is not None:
            return estimated, ReferenceKind.ESTIMATE
    return listing.benchmark, None if listing.benchmark is None else ReferenceKind.BENCHMARK


def _related(session: Session, listing: Listing, told: LotSold, lot: Lot) -> bool:
    relation = relation_of(
        session,
        seller_id=listing.owner_id,
        result_id=listing.result_id,
        buyer_id=told.winner_id,
        on=local_date(lot.ends_at),
    )
    return relation.related
