"""What a contract is drafted from: the facts of the deal, copied so that the contract never depends on what changes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.ids import OrganisationId, TrialId
from kernel.money import FEN_MAX, ZERO, Money

WAYS = ("transfer", "licence", "equity")
MODES = ("agreed", "listed", "auction", "trial")
BASES = ("agreement", "appraisal", "ai_estimate_reviewed", "market")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """A deal as the market hands it down: two parties, one result, one price, how it was found and on what basis.

    `mode` is how the price was found (定价方式), `basis` on what it rests (定价依据): two things, never one field.
    `licence_kind` None for a licence means ordinary. `contract_type` may be a sub-kind, a kind, or None (then it follows from
    way and IP kind). `licence_ends_on` None means as long as the right lives. Raises ValueError on a deal that is no deal.
    """

    deal_id: UUID
    seller_id: OrganisationId
    buyer_id: OrganisationId
    title: str
    result_id: UUID
    way: str
    licence_kind: str | None = None
    contract_type: str | None = None
    price: Money
    mode: str
    basis: str
    related_party: bool = False
    tech_field: str
    ip_kind: str
    application_numbers: tuple[str, ...] = ()
    valuation_id: UUID | None = None
    estimated: Money | None = None
    list_price: Money | None = None
    notice_id: UUID | None = None
    agreed_on: date
    patent_expires_on: date | None = None
    licence_ends_on: date | None = None
    plan_source: str | None = None
    trial_id: TrialId | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (("way", self.way, WAYS), ("mode", self.mode, MODES), ("basis", self.basis, BASES)):
            if value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}")
        if not ZERO < self.price <= Money(FEN_MAX):
            raise ValueError("a contract has a price of at least one fen")
        if self.seller_id == self.buyer_id:
            raise ValueError("nobody makes a contract with himself")
        if self.licence_kind is not None and self.way != "licence":
            raise ValueError("only a licence has a licence kind")
