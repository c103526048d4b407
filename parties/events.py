"""What happens among the parties that other rooms may want to hear."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event
from kernel.ids import AffiliationId, OrganisationId, PersonId


@dataclass(frozen=True)
class OrganisationRegistered(Event):
    """An organisation has applied; the exchange must check who it is."""

    organisation_id: OrganisationId


@dataclass(frozen=True)
class OrganisationDecided(Event):
    """The exchange has verified, rejected, suspended or reinstated an organisation; `state` is where it now stands."""

    organisation_id: OrganisationId
    state: str


@dataclass(frozen=True)
class PersonJoined(Event):
    """A person now belongs to an organisation."""

    organisation_id: OrganisationId
    person_id: PersonId


@dataclass(frozen=True)
class PasswordResetAsked(Event):
    """Somebody asked to reset a password; whether anybody has that address is found out out of sight."""

    reset_id: UUID


@dataclass(frozen=True)
class AffiliationDeclared(Event):
    """Two organisations have been declared to belong together."""

    affiliation_id: AffiliationId
    first_id: OrganisationId
    second_id: OrganisationId
