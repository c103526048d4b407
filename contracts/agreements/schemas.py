"""Contracts on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.agreements.licensing import LicenceKind
from contracts.agreements.plans import INSTALMENTS_MAX, PlannedPayment
from contracts.agreements.signing import PartySide, SignatureState
from contracts.agreements.states import ContractState, RegistrationState
from contracts.agreements.tables import Contract, ContractParty, Instalment, Licence, Registration, Signature
from kernel.http.fields import (
    Day,
    FenIn,
    Flag,
    IntBetween,
    Name,
    RegistrationNumber,
    Sha256Hex,
    ShortText,
    Wire,
)
from kernel.ids import ContractId, InstalmentId, LicenceId, OrganisationId, PersonId, TrialId
from kernel.money import FEN_MAX, Money, capitals

FenFromZero = Annotated[int, IntBetween(0, FEN_MAX)]


class InstalmentIn(Wire):
    """One payment of the plan."""

    due_on: Day
    amount_fen: FenIn

    def planned(self) -> PlannedPayment:
        """As the rules know it."""
        return PlannedPayment(self.due_on, Money(self.amount_fen))


class PlanPayments(Wire):
    """The whole plan; its amounts sum to the price to the fen."""

    # One more than the rule allows, so that the rule itself answers; far more never reaches it.
    instalments: Annotated[list[InstalmentIn], Field(min_length=1, max_length=INSTALMENTS_MAX * 4)]


class SetLicenceTerms(Wire):
    """Term and territory of a licence; no end means as long as the right lives."""

    ends_on: Day | None = None
    territory: ShortText | None = None


class RecordSignature(Wire):
    """A side's stamped scan: its hash and who signed for the side."""

    side: PartySide
    scan_sha256: Sha256Hex
    signed_by_name: Name


class CheckSignature(Wire):
    """What the second person saw: the hash of the scan, and whether it is in order."""

    scan_sha256: Sha256Hex
    agrees: Flag = True


class Cancel(Wire):
    """Why."""

    reason: ShortText


class RefuseRegistration(Wire):
    """The ground on which the registry did not register the contract."""

    ground: ShortText


class RegistrationAmounts(Wire):
    """合同成交额 ≥ 技术交易额 ≥ 技术性收入, as the registry decided them."""

    contract_value_fen: FenIn
    technology_value_fen: FenFromZero
    technology_income_fen: FenFromZero


class Register(RegistrationAmounts):
    """The registry's decision: number (14 or 16 digits), day and amounts."""

    number: RegistrationNumber
    registered_on: Day


class FileLicence(Wire):
    """The filing of a licence at CNIPA."""

    filing_number: ShortText
    filed_on: Day


class PartyOut(Wire):
    """Who a party was at signing."""

    organisation_id: OrganisationId
    side: PartySide
    name: str
    uscc: str
    region_code: str
    party_type_code: str

    @classmethod
    def of(cls, row: ContractParty) -> PartyOut:
        """From the row."""
        return cls(
            organisation_id=row.organisation_id,
            side=row.side,
            name=row.name,
            uscc=row.uscc,
            region_code=row.region_code,
            party_type_code=row.party_type_code,
        )


class InstalmentOut(Wire):
    """A payment of the plan and what has come in for it."""

    id: InstalmentId
    seq: int
    due_on: date
    amount_fen: int
    paid_fen: int
    paid_on: date | None

    @classmethod
    def of(cls, row: Instalment) -> InstalmentOut:
        """From the row."""
        return cls(
            id=row.id,
            seq=row.seq,
            due_on=row.due_on,
            amount_fen=row.amount.fen,
            paid_fen=row.paid.fen,
            paid_on=row.paid_on,
        )


class SignatureOut(Wire):
    """A side's signature and its check."""

    side: PartySide
    state: SignatureState
    scan_sha256: str
    signed_by_name: str
    recorded_by: PersonId
    recorded_at: datetime
    checked_by: PersonId | None
    checked_at: datetime | None

    @classmethod
    def of(cls, row: Signature) -> SignatureOut:
        """From the row."""
        return cls(
            side=row.side,
            state=row.state,
            scan_sha256=row.scan_sha256,
            signed_by_name=row.signed_by_name,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            checked_by=row.checked_by,
            checked_at=row.checked_at,
        )


class RegistrationOut(Wire):
    """What the registry decided. `differs_from_price`: its contract value is not the price agreed here."""

    number: str
    contract_value_fen: int
    technology_value_fen: int
    technology_income_fen: int
    registered_on: date
    changed_on: date | None
    cancelled_on: date | None
    cancel_reason: str | None
    differs_from_price: bool

    @classmethod
    def of(cls, row: Registration, contract: Contract) -> RegistrationOut:
        """From the row."""
        return cls(
            number=row.number,
            contract_value_fen=row.contract_value.fen,
            technology_value_fen=row.technology_value.fen,
            technology_income_fen=row.technology_income.fen,
            registered_on=row.registered_on,
            changed_on=row.changed_on,
            cancelled_on=row.cancelled_on,
            cancel_reason=row.cancel_reason,
            differs_from_price=row.contract_value != contract.price,
        )


class LicenceOut(Wire):
    """A licence in force, and when it must be filed."""

    id: LicenceId
    contract_id: ContractId
    result_id: UUID
    licensor_id: OrganisationId
    licensee_id: OrganisationId
    kind: LicenceKind
    territory: str
    starts_on: date
    ends_on: date | None
    filing_due_on: date | None
    filed_on: date | None
    filing_number: str | None
    ended_on: date | None

    @classmethod
    def of(cls, row: Licence) -> LicenceOut:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ContractLine(Wire):
    """A contract in a list."""

    id: ContractId
    number: str
    title: str
    contract_type: str
    way: str
    mode: str
    basis: str
    price_fen: int
    state: ContractState
    registration_state: RegistrationState
    seller_id: OrganisationId
    buyer_id: OrganisationId
    agreed_on: date

    @classmethod
    def of(cls, row: Contract) -> ContractLine:
        """From the row."""
        return cls(price_fen=row.price.fen, **_same(cls, row, but=("price_fen",)))


class ContractOut(Wire):
    """A contract with its parties, plan, signatures and registration.

    `estimated_fen` and `valuation_id` are shown to the seller's people only: an AI estimate is not public.
    """

    id: ContractId
    number: str
    deal_id: UUID
    result_id: UUID
    trial_id: TrialId | None
    title: str
    contract_type: str
    contract_type_zh: str
    way: str
    licence_kind: LicenceKind | None
    licence_ends_on: date | None
    territory: str | None
    mode: str
    basis: str
    related_party: bool
    tech_field: str
    ip_kind: str
    application_numbers: list[str]
    plan_source: str
    price_fen: int
    price_capitals: str
    paid_fen: int
    list_price_fen: int | None
    estimated_fen: int | None
    valuation_id: UUID | None
    notice_id: UUID | None
    state: ContractState
    registration_state: RegistrationState
    agreed_on: date
    signed_on: date | None
    effective_on: date | None
    settled_on: date | None
    cancelled_on: date | None
    parties: list[PartyOut]
    instalments: list[InstalmentOut]
    signatures: list[SignatureOut]
    registration: RegistrationOut | None
    licence: LicenceOut | None


def full(
    row: Contract,
    *,
    type_name: str,
    instalments: list[Instalment],
    signatures: list[Signature],
    registration: Registration | None,
    licence: Licence | None,
    for_seller: bool,
) -> ContractOut:
    """The contract as one answer."""
    made = {
        "contract_type_zh": type_name,
        "price_fen": row.price.fen,
        "price_capitals": capitals(row.price),
        "paid_fen": sum(one.paid.fen for one in instalments),
        "list_price_fen": row.list_price.fen if row.list_price else None,
        "estimated_fen": row.estimated.fen if row.estimated and for_seller else None,
        "valuation_id": row.valuation_id if for_seller else None,
        "parties": [PartyOut.of(one) for one in row.parties],
        "instalments": [InstalmentOut.of(one) for one in instalments],
        "signatures": [SignatureOut.of(one) for one in signatures],
        "registration": RegistrationOut.of(registration, row) if registration else None,
        "licence": LicenceOut.of(licence) if licence else None,
    }
    return ContractOut(**made, **_same(ContractOut, row, but=tuple(made)))


def _same(shape: type[Wire], row: Contract, *, but: tuple[str, ...]) -> dict[str, object]:
    """The fields that the wire and the row call the same."""
    return {name: getattr(row, name) for name in shape.model_fields if name not in but}
