"""What contracts tell the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.events import Event
from kernel.ids import ContractId, OrganisationId
from kernel.money import Money


@dataclass(frozen=True)
class ContractSigned(Event):
    """Both sides have signed and both scans are checked: the contract is in force."""

    contract_id: ContractId
    deal_id: UUID
    number: str
    seller_id: OrganisationId
    buyer_id: OrganisationId
    price: Money
    way: str
    mode: str
    signed_on: date


@dataclass(frozen=True)
class ContractRegistered(Event):
    """The registry has registered the contract; its decision has been entered."""

    contract_id: ContractId
    deal_id: UUID
    registration_number: str
    registered_on: date
    contract_value: Money
    technology_value: Money


@dataclass(frozen=True)
class ContractSettled(Event):
    """The whole price has been received."""

    contract_id: ContractId
    deal_id: UUID
    seller_id: OrganisationId
    buyer_id: OrganisationId
    price: Money
    way: str
    mode: str
    settled_on: date
    related_party: bool


@dataclass(frozen=True)
class ContractCancelled(Event):
    """The contract was undone before any money moved."""

    contract_id: ContractId
    deal_id: UUID
    cancelled_on: date
