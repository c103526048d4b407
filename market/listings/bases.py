"""From the basis that a seller names to the benchmark price 基准价格 that it gives: a report, an estimate, or an agreement."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.ids import ValuationId
from kernel.money import Money
from market.listings.entries import ListingEntry
from market.listings.errors import BasisNotShown
from market.listings.tables import Listing
from market.listings.terms import Basis
from market.results.tables import Result
from valuation.appraisal.reports import check_use
from valuation.appraisal.tables import Appraisal
from valuation.tables import Valuation


def benchmark_of(session: Session, entry: ListingEntry, result: Result, *, on: date) -> Money | None:
    """The benchmark that the stated basis gives; None for an agreement without one.

    Raises BasisNotShown, NotFound for another unit's report or estimate, and what `check_use` raises (资产评估法 art 32).
    """
    valuation = valuation_of(session, result, entry.valuation_id)
    if entry.basis is Basis.APPRAISAL:
        return _appraised(session, entry, result, on)
    if entry.basis is Basis.AI_ESTIMATE_REVIEWED:
        return _estimated(valuation, entry.benchmark)
    return entry.benchmark


def valuation_of(session: Session, result: Result, valuation_id: ValuationId | None) -> Valuation | None:
    """The valuation named, if it is of this result and of its owner. Raises NotFound."""
    if valuation_id is None:
        return None
    own = select(Valuation).where(Valuation.result_id == result.id, Valuation.owner_id == result.owner_id)
    return fetch(session, own, Valuation, valuation_id)


def must_still_carry(session: Session, listing: Listing, *, on: date) -> None:
    """Before publication and again before the deal: a report that carries the price is still valid."""
    if listing.basis is Basis.APPRAISAL:
        report = session.get_one(Appraisal, listing.appraisal_id).report
        check_use(report, result_id=listing.result_id, purpose=listing.way.value, on=on)


def _appraised(session: Session, entry: ListingEntry, result: Result, on: date) -> Money:
    if entry.appraisal_id is None:
        raise BasisNotShown(entry.basis.value)
    reports = select(Appraisal).where(Appraisal.owner_id == result.owner_id)
    appraisal = fetch(session, reports, Appraisal, entry.appraisal_id)
    check_use(appraisal.report, result_id=result.id, purpose=entry.way.value, on=on)
    return appraisal.value


def _estimated(valuation: Valuation | None, stated: Money | None) -> Money:
    """The estimate's price; where it gives a range only, the figure that its reviewer signs off within the range."""
    if valuation is None:
        raise BasisNotShown(Basis.AI_ESTIMATE_REVIEWED.value)
    in_range = (
        stated is not None
        and valuation.low is not None
        and valuation.high is not None
        and valuation.low <= stated <= valuation.high
    )
    found = stated if in_range else valuation.price
    if found is None or (stated is not None and not in_range):
        raise BasisNotShown(Basis.AI_ESTIMATE_REVIEWED.value)
    return found
