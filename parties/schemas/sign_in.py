"""Signing in on the wire: credentials come in and never go out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from kernel.http.fields import Canonical, Email, Wire
from kernel.ids import OrganisationId, PersonId, SessionId
from parties.schemas.common import GivenPassword, NewPassword, Token
from parties.schemas.people import MembershipOut
from parties.tables import SignInSession


class SignIn(Wire):
    """E-mail and password; the organisation to act for, where there are several."""

    email: Email
    password: GivenPassword
    organisation_id: Canonical[OrganisationId] | None = None


class ChooseOrganisation(Wire):
    """The organisation to act for."""

    organisation_id: Canonical[OrganisationId]


class MeOut(Wire):
    """Who is asking, for which organisation, with which roles, and where else one belongs."""

    person_id: PersonId
    name: str
    email: str
    organisation_id: OrganisationId | None
    roles: list[str]
    memberships: list[MembershipOut]
    by: Literal["session", "api_key"]


class ChangePassword(Wire):
    """The password so far, and the one from now on."""

    current: GivenPassword
    new: NewPassword


class AskReset(Wire):
    """The address a reset link is wanted for."""

    email: Email


class CompleteReset(Wire):
    """The token of a reset link, and the new password."""

    token: Token
    password: NewPassword


class SessionOut(Wire):
    """A place one is signed in at."""

    id: SessionId
    organisation_id: OrganisationId | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    is_this_one: bool

    @classmethod
    def of(cls, row: SignInSession, *, this: SessionId | None) -> SessionOut:
        """The row; `this` is the session that asks."""
        names = ("id", "organisation_id", "created_at", "last_seen_at", "expires_at", "address", "agent")
        return cls(**{name: getattr(row, name) for name in names}, is_this_one=row.id == this)
