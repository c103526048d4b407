"""Listings on the wire: what a seller states, and what each reader is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from kernel.http.fields import (
    Canonical,
    Code,
    FenIn,
    Flag,
    IntBetween,
    Line,
    LongText,
    Moment,
    Sha256Hex,
    ShortText,
    Wire,
)
from kernel.ids import AppraisalId, ContractId, DealId, ListingId, LotId, OrganisationId, ResultId, ValuationId
from kernel.money import FEN_MAX, Money
from market.listings.access import sees_inside
from market.listings.deciding import STEPS_MAX, Step
from market.listings.entries import ListingEntry, LotEntry
from market.listings.states import DealState, DecisionState, ListingState
from market.listings.tables import Deal, Decision, DecisionChain, Listing
from market.listings.terms import Basis, LicenceKind, Mode, Way
from parties.kinds import Regime
from parties.roles import Role

FenOrNone = Annotated[int, IntBetween(0, FEN_MAX)]
StepName = Annotated[str, Code("step", "^[a-z][a-z0-9_]{1,39}$", "应为步骤代码。", "A step's code.", 2, 40)]
Reason = Annotated[str, Line(500)]


class DraftListing(Wire):
    """The terms of a listing. `floor_fen` is the lowest price that the decision will cover (default: the price itself).

    Mode (定价方式) and basis (定价依据) are stated apart. `benchmark_fen` is wanted for a listing or an auction by agreement.
    """

    mode: Mode
    way: Way
    licence_kind: LicenceKind | None = None
    basis: Basis
    price_fen: FenIn
    floor_fen: FenIn | None = None
    benchmark_fen: FenIn | None = None
    valuation_id: Canonical[ValuationId] | None = None
    appraisal_id: Canonical[AppraisalId] | None = None
    payment_terms: LongText = ""
    deposit_fen: FenOrNone = 0
    working_days: Annotated[int, IntBetween(1, 250)] | None = None
    conditions: LongText = ""
    conditions_reason: LongText = ""
    disclosures: LongText = ""
    approval_sha256: Sha256Hex | None = None

    def entry(self) -> ListingEntry:
        """As the command takes it."""
        money = ("price", "floor", "benchmark", "deposit")
        amounts = {name: getattr(self, f"{name}_fen") for name in money}
        same = {name: getattr(self, name) for name in ListingEntry.__slots__ if name not in money}
        return ListingEntry(
            price=Money(self.price_fen),
            floor=Money(amounts["floor"]) if amounts["floor"] is not None else None,
            benchmark=Money(amounts["benchmark"]) if amounts["benchmark"] is not None else None,
            deposit=Money(self.deposit_fen),
            **same,
        )


class NewListing(DraftListing):
    """A result put on offer."""

    result_id: Canonical[ResultId]


class ReviseListing(DraftListing):
    """New terms, and why."""

    reason: Reason


class DecideIn(Wire):
    """A step of the unit's decision: opinion, and the SHA-256 of the minutes 会议纪要."""

    step: StepName
    agrees: Flag = True
    opinion: LongText
    minutes_sha256: Sha256Hex


class ReasonIn(Wire):
    """A reason, for the public to read."""

    reason: Reason


class RelistIn(Wire):
    """A lower list price for a whole new period."""

    price_fen: FenIn
    approval_sha256: Sha256Hex | None = None


class LotIn(Wire):
    """A lot from a listing; what is left out follows from the listing and the trading rules."""

    legal_basis: Literal["exchange_bidding", "auction_law"] = "exchange_bidding"
    start_fen: FenIn | None = None
    step_fen: FenIn | None = None
    reserve_fen: FenIn | None = None
    deposit_fen: FenOrNone | None = None
    opens_at: Moment | None = None
    ends_at: Moment | None = None
    defects: LongText | None = None

    def entry(self) -> LotEntry:
        """As the command takes it."""

        def money(fen: int | None) -> Money | None:
            return None if fen is None else Money(fen)

        return LotEntry(
            legal_basis=self.legal_basis,
            start=money(self.start_fen),
            step=money(self.step_fen),
            reserve=money(self.reserve_fen),
            deposit=money(self.deposit_fen),
            opens_at=self.opens_at,
            ends_at=self.ends_at,
            defects=self.defects,
        )


class StepIn(Wire):
    """A step of a decision chain; without conditions it is always taken."""

    name: StepName
    role: Literal[Role.TRANSFER_OFFICE, Role.UNIT_APPROVER, Role.FINANCE, Role.TECHNOLOGY_MANAGER, Role.COMPLETER]
    modes: Annotated[tuple[Mode, ...], Field(max_length=3)] = ()
    bases: Annotated[tuple[Basis, ...], Field(max_length=3)] = ()
    ways: Annotated[tuple[Way, ...], Field(max_length=2)] = ()
    price_from_fen: FenIn | None = None

    def step(self) -> Step:
        """As the rules take it."""
        return Step(
            self.name,
            self.role.value,
            tuple(one.value for one in self.modes),
            tuple(one.value for one in self.bases),
            tuple(one.value for one in self.ways),
            Money(self.price_from_fen) if self.price_from_fen else None,
        )


class ChainIn(Wire):
    """A new version of the unit's decision chain, with the document that lays it down."""

    steps: Annotated[list[StepIn], Field(max_length=STEPS_MAX)]
    source: ShortText


class ChainOut(Wire):
    """A decision chain in force."""

    id: UUID
    organisation_id: OrganisationId | None
    regime: Regime
    version: int
    steps: list[dict[str, Any]]
    source: str


class DecisionOut(Wire):
    """A step of the decision on a listing."""

    round: int
    ordinal: int
    step: str
    role: str
    state: DecisionState
    opinion: str | None
    minutes_sha256: str | None
    decided_by: UUID | None
    decided_at: datetime | None


class DealOut(Wire):
    """A deal, told to its parties and the exchange."""

    id: DealId
    listing_id: ListingId
    result_id: ResultId
    seller_id: OrganisationId
    buyer_id: OrganisationId
    price_fen: int
    mode: Mode
    basis: Basis
    related_party: bool
    notice_id: UUID | None
    lot_id: LotId | None
    contract_id: ContractId
    state: DealState
    made_at: datetime


class ListingInside(Wire):
    """What only the seller's people see."""

    floor_fen: int
    benchmark_fen: int | None
    valuation_id: ValuationId | None
    appraisal_id: AppraisalId | None
    approval_sha256: str | None
    round: int
    chain_id: UUID | None
    created_at: datetime
    approved_at: datetime | None
    transferee_id: OrganisationId | None
    agreed_price_fen: int | None
    related_party: bool
    related_note: str


class ListingOut(Wire):
    """A listing as the actor may see it; `inside` for the seller's people, `deal` for the parties and the exchange."""

    id: ListingId
    result_id: ResultId
    owner_id: OrganisationId
    title: str
    regime: Regime
    mode: Mode
    way: Way
    licence_kind: LicenceKind | None
    basis: Basis
    price_fen: int
    payment_terms: str
    deposit_fen: int
    working_days: int | None
    conditions: str
    conditions_reason: str
    disclosures: str
    state: ListingState
    published_at: datetime | None
    period_ends_at: datetime | None
    extensions: int
    qualified: int | None
    lot_id: LotId | None
    reason: str | None
    inside: ListingInside | None
    deal: DealOut | None


def listing_out(listing: Listing, actor: Any, deal: Deal | None = None, *, inside: bool | None = None) -> ListingOut:
    """The listing as this actor may see it; `deal` if the actor may see it, `inside` True for those who are engaged."""
    inside = sees_inside(listing, actor) if inside is None else inside
    apart = ("price_fen", "deposit_fen", "inside", "deal")
    same = {name: getattr(listing, name) for name in ListingOut.model_fields if name not in apart}
    return ListingOut(
        price_fen=listing.price.fen,
        deposit_fen=listing.deposit.fen,
        inside=_inside(listing) if inside else None,
        deal=deal_out(deal) if deal else None,
        **same,
    )


def _inside(listing: Listing) -> ListingInside:
    money = ("floor_fen", "benchmark_fen", "agreed_price_fen")
    same = {name: getattr(listing, name) for name in ListingInside.model_fields if name not in money}
    return ListingInside(
        floor_fen=listing.floor.fen,
        benchmark_fen=listing.benchmark.fen if listing.benchmark else None,
        agreed_price_fen=listing.agreed_price.fen if listing.agreed_price else None,
        **same,
    )


def deal_out(deal: Deal) -> DealOut:
    """A deal on the wire."""
    same = {name: getattr(deal, name) for name in DealOut.model_fields if name != "price_fen"}
    return DealOut(price_fen=deal.price.fen, **same)


def decision_out(decision: Decision) -> DecisionOut:
    """A step of a decision on the wire."""
    return DecisionOut(**{name: getattr(decision, name) for name in DecisionOut.model_fields})


def chain_out(chain: DecisionChain) -> ChainOut:
    """A chain on the wire."""
    return ChainOut(**{name: getattr(chain, name) for name in ChainOut.model_fields})
