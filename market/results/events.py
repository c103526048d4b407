"""What the register of results tells the house."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event
from kernel.ids import OrganisationId, ResultId


@dataclass(frozen=True)
class ResultRegistered(Event):
    """A result has been registered by its owner; the public does not see it yet."""

    result_id: ResultId
    owner_id: OrganisationId


@dataclass(frozen=True)
class ResultPublished(Event):
    """A result is on offer for the first time: everybody may find it now."""

    result_id: ResultId
    owner_id: OrganisationId
