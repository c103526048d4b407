"""Who is asking: the actor, and the port through which the house above tells the kernel how to recognise one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from kernel.errors import MissingRole, Refused
from kernel.ids import ApiKeyId, OrganisationId, PersonId, SessionId


class NoOrganisation(Refused):
    """This is done for an organisation; choose the one you act for."""

    zh = "该操作须以机构名义进行，请先选择所代表的机构。"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, acting in one organisation (or none) with the roles held there, by API key or by sign-in session."""

    person_id: PersonId
    organisation_id: OrganisationId | None
    roles: frozenset[str]
    name: str = ""
    api_key_id: ApiKeyId | None = None
    session_id: SessionId | None = None
    may_write: bool = True
    """False for a read-only key: only safe methods are open to it."""

    def has(self, *roles: str) -> bool:
        """One of the roles is held."""
        return not self.roles.isdisjoint(roles)

    def must_have(self, *roles: str) -> None:
        """Raises MissingRole unless one of the roles is held."""
        if not self.has(*roles):
            raise MissingRole(tuple(str(role) for role in roles))

    def organisation(self) -> OrganisationId:
        """The organisation acted for. Raises NoOrganisation."""
        if self.organisation_id is None:
            raise NoOrganisation
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carries to say who it comes from."""

    bearer: str | None
    cookie: str | None
    address: str


class Authenticator(Protocol):
    """Recognise an actor; `now` is wall time, for keys and sessions do not run on market time."""

    def authenticate(self, session: Session, credentials: Credentials, *, now: datetime) -> Actor | None:
        """The actor, or None if the credentials are not (or no longer) good."""
        ...


def roles_of(names: Iterable[str]) -> frozenset[str]:
    """Roles as a set of texts."""
    return frozenset(str(name) for name in names)
