"""What is counted of a registered contract: the amounts the registry decided, under the codes of the official tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.ids import ContractId
from kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedContract:
    """A registered contract as it counts. `counted_on` is the registration date, or the day of a change.

    Units are unified social credit codes, regions six digits, the rest codes of the versioned code tables. A contract made
    elsewhere (`source` external) has no contract here.
    """

    contract_id: ContractId | None
    registration_number: str
    counted_on: date
    contract_value: Money
    technology_value: Money
    contract_type: str
    tech_field: str
    ip_kind: str
    plan_source: str
    mode: str
    basis: str
    related_party: bool
    seller_unit: str
    buyer_unit: str
    seller_region: str
    buyer_region: str
    seller_party_type: str
    buyer_party_type: str
    source: str = "platform"
