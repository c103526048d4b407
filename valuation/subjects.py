"""What is to be valued: the facts of one result that are known when it is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.ids import OrganisationId, ResultId


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A result as its owner describes it on the day it is offered; what is not known stays None."""

    result_id: ResultId
    owner_id: OrganisationId
    title: str
    kind: str
    trade: str
    abstract: str = ""
    application_number: str | None = None
    filed_on: date | None = None
    tech_field: str | None = None
    ipc: str | None = None
    trl: int | None = None
