"""What is appraised: a result that a room above knows, and who owns it."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.ids import OrganisationId, ResultId


@dataclass(frozen=True, slots=True)
class Appraised:
    """A result and its owner. Whether the actor may work on it was asked above, where results are known."""

    result_id: ResultId
    owner_id: OrganisationId
