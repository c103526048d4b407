"""What trials tell the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events import Event
from kernel.ids import ContractId, OrganisationId, PoolEntryId, ResultId, TrialId
from kernel.money import Money


@dataclass(frozen=True)
class TrialAgreed(Event):
    """Owner and licensee have agreed on a free trial and on what its conversion may cost.

    `needs_notice`: the owner is a government unit, so the market runs the public notice and then calls `notice_closed`.
    """

    trial_id: TrialId
    pool_entry_id: PoolEntryId
    result_id: ResultId
    owner_id: OrganisationId
    licensee_id: OrganisationId
    title: str
    way: str
    ceiling: Money
    needs_notice: bool
    agreed_on: date


@dataclass(frozen=True)
class TrialStarted(Event):
    """The free licence has begun."""

    trial_id: TrialId
    result_id: ResultId
    owner_id: OrganisationId
    licensee_id: OrganisationId
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class TrialConverted(Event):
    """A trial has become a paid contract."""

    trial_id: TrialId
    contract_id: ContractId
    result_id: ResultId
    owner_id: OrganisationId
    licensee_id: OrganisationId
    way: str
    price: Money
    days: int
    converted_on: date


@dataclass(frozen=True)
class TrialEnded(Event):
    """A trial has ended without conversion: returned or run out."""

    trial_id: TrialId
    result_id: ResultId
    outcome: str
    ended_on: date
