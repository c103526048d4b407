"""On what terms a result goes into the pool (入池) and on what terms one firm may try it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.licences.trying import PriceTerms, SilenceEffect
from kernel.ids import OrganisationId, ResultId
from kernel.money import FEN_MAX, ZERO, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTerms:
    """A result as its owner puts it into the pool, with the facts its paid contract will be drafted from.

    `ceiling` is the most a conversion may ever cost; with `gain_bp` > 0 the price is that share (basis points) of the
    licensee's measured gain, up to the ceiling. `term_months` None takes the rule `trials.term_months`; silence at the end
    of a trial means return unless the owner says purchase. Raises ValueError on terms that are none.
    """

    result_id: ResultId
    owner_id: OrganisationId
    title: str
    summary: str = ""
    trl: int | None = None
    ceiling: Money
    gain_bp: int = 0
    way: str = "licence"
    licence_kind: str | None = None
    term_months: int | None = None
    silence_effect: str = "return"
    tech_field: str
    ip_kind: str
    application_numbers: tuple[str, ...] = ()
    patent_expires_on: date | None = None
    contract_type: str | None = None
    basis: str = "agreement"
    plan_source: str | None = None
    valuation_id: UUID | None = None

    def __post_init__(self) -> None:
        if not ZERO < self.ceiling <= Money(FEN_MAX):
            raise ValueError("a pool entry has a ceiling of at least one fen")
        if self.way not in ("transfer", "licence"):
            raise ValueError("a trial converts into a transfer or a licence")
        if self.silence_effect not in tuple(SilenceEffect):
            raise ValueError("silence means return or purchase")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTerms:
    """What owner and licensee agree before the trial: conditions, criteria, price or formula, silence, length."""

    conditions: str
    acceptance_criteria: str
    way: str
    price: PriceTerms
    silence_effect: SilenceEffect
    months: int
