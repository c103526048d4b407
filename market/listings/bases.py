"""From the basis that a seller names to the benchmark price 基准价格 that it gives: a report, an estimate, or an agreement."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.ids import OrganisationId, ValuationId
from kernel.money import Money
from market.listings.entries import ListingEntry
from market.listings.errors import BasisNotShown, EstimateOfOtherTrade
from market.listings.tables import Listing
from market.listings.terms import Basis
from market.results.tables import Result
from valuation.appraisal.reports import check_use
from valuation.appraisal.tables import Appraisal
from valuation.reviewing import queries as reviewing
from valuation.reviewing.benchmarks import is_signed_off, may_be_benchmark, sign_off_wanted
from valuation.reviewing.errors import BenchmarkDiffers, NotSignedOff, SignOffChanged
from valuation.tables import Valuation


def benchmark_of(session: Session, entry: ListingEntry, result: Result, *, on: date) -> Money | None:
    """The benchmark that the stated basis gives; None for an agreement without one.

    Raises BasisNotShown, EstimateOfOtherTrade, NotFound for another unit's report or estimate, what `check_use` raises
    (资产评估法 art 32), and what `is_signed_off` refuses (27号 item 13).
    """
    valuation = valuation_of(session, result, entry.valuation_id)
    if entry.basis is Basis.APPRAISAL:
        return _appraised(session, entry, result, on)
    if entry.basis is Basis.AI_ESTIMATE_REVIEWED:
        return _estimated(session, valuation, entry, regime=result.regime.value)
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


def must_be_signed_off(session: Session, listing: Listing) -> None:
    """Before the unit decides on it: the benchmark from an estimate is what was signed off. Raises as `is_signed_off` says."""
    if listing.basis is not Basis.AI_ESTIMATE_REVIEWED or listing.valuation_id is None or listing.benchmark is None:
        return
    signed = reviewing.sign_off(session, listing.valuation_id)
    if refusal := is_signed_off(listing.regime.value, benchmark=listing.benchmark, sign_off=signed):
        raise refusal


def must_be_benchmark(
    session: Session, listing: Listing, *, decided_at: datetime | None, told: OrganisationId | None
) -> None:
    """Before an estimate is the benchmark of anything public: sign-off, and decision or third party (27号 item 13).

    `decided_at`: when the unit's collective decision was complete. `told`: who reads the refusal; the figures are for the
    seller's people only. Raises what `may_be_benchmark` refuses, or SignOffChanged to others.
    """
    if listing.basis is not Basis.AI_ESTIMATE_REVIEWED or listing.valuation_id is None or listing.benchmark is None:
        return
    refusal = may_be_benchmark(
        listing.regime.value,
        benchmark=listing.benchmark,
        sign_off=reviewing.sign_off(session, listing.valuation_id),
        collective_decision=decided_at,
        third_party=reviewing.third_parties(session, listing.valuation_id),
    )
    if isinstance(refusal, BenchmarkDiffers) and told != listing.owner_id:
        raise SignOffChanged
    if refusal is not None:
        raise refusal


def _appraised(session: Session, entry: ListingEntry, result: Result, on: date) -> Money:
    if entry.appraisal_id is None:
        raise BasisNotShown(entry.basis.value)
    reports = select(Appraisal).where(Appraisal.owner_id == result.owner_id)
    appraisal = fetch(session, reports, Appraisal, entry.appraisal_id)
    check_use(appraisal.report, result_id=result.id, purpose=entry.way.value, on=on)
    return appraisal.value


def _estimated(session: Session, valuation: Valuation | None, entry: ListingEntry, *, regime: str) -> Money:
    """The figure that was signed off, or one stated within it; for who needs no sign-off, the estimate's own.

    What an abstention was overridden by is a person's price, and no estimate.
    """
    if valuation is None or (valuation.price is None and valuation.low is None):
        raise BasisNotShown(entry.basis.value)
    if valuation.subject.get("trade") != entry.way.value:
        raise EstimateOfOtherTrade(str(valuation.subject.get("trade")), entry.way.value)
    signed = reviewing.sign_off(session, valuation.id)
    if signed is None and sign_off_wanted(regime):
        raise NotSignedOff
    figure = signed.figure if signed else reviewing.model_figure(valuation)
    found = entry.benchmark or (figure.price if figure else None)
    if figure is None or found is None:
        raise BasisNotShown(entry.basis.value)
    if refusal := is_signed_off(regime, benchmark=found, sign_off=signed):
        raise refusal
    # Nobody signs for a private seller, but the figure is still the estimate's: its price, or one within its range.
    if not figure.holds(found):
        raise BasisNotShown(entry.basis.value)
    return found
