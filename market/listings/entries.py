"""What a seller states when putting a result on offer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.ids import AppraisalId, ValuationId
from kernel.money import Money
from market.listings.terms import Basis, LicenceKind, Mode, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """The terms as stated. `floor` None: the decision covers the price itself and nothing below.

    `benchmark` is stated for an agreed basis, or within the range of an estimate that gives a range only; a report brings
    its own.
    """

    mode: Mode
    way: Way
    licence_kind: LicenceKind | None
    basis: Basis
    price: Money
    floor: Money | None
    benchmark: Money | None
    valuation_id: ValuationId | None
    appraisal_id: AppraisalId | None
    payment_terms: str
    deposit: Money
    working_days: int | None
    conditions: str
    conditions_reason: str
    disclosures: str
    approval_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntry:
    """What a seller states for a lot; what is None follows from the listing and the trading rules."""

    legal_basis: str
    start: Money | None = None
    step: Money | None = None
    reserve: Money | None = None
    deposit: Money | None = None
    opens_at: datetime | None = None
    ends_at: datetime | None = None
    defects: str | None = None
