"""People on the wire: colleagues, roles, invitations. A token appears once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from kernel.http.fields import Email, Name, ShortText, Wire
from kernel.ids import InvitationId, OrganisationId, PersonId
from parties.kinds import OrganisationKind
from parties.schemas.common import NewPassword, Roles, Token
from parties.tables import Invitation, Person


class PersonOut(Wire):
    """A person as colleagues see them."""

    id: PersonId
    name: str
    email: str
    roles: list[str]
    is_disabled: bool

    @classmethod
    def of(cls, row: Person, roles: frozenset[str]) -> PersonOut:
        """The row with the roles held in the organisation asked about."""
        return cls(
            id=row.id, name=row.name, email=row.email, roles=sorted(roles), is_disabled=row.disabled_at is not None
        )


class SetRoles(Wire):
    """The roles a member holds from now on."""

    roles: Roles


class Reason(Wire):
    """Why something is done."""

    reason: ShortText


class InvitePerson(Wire):
    """Whom to ask in, and for what."""

    email: Email
    roles: Roles


class InvitationOut(Wire):
    """An invitation, without its token."""

    id: InvitationId
    email: str
    roles: list[str]
    invited_at: datetime
    expires_at: datetime
    state: Literal["open", "accepted", "withdrawn", "expired"]

    @classmethod
    def of(cls, row: Invitation, *, now: datetime) -> InvitationOut:
        """The row as it stands at an instant of wall time."""
        state: Literal["open", "accepted", "withdrawn", "expired"] = "open"
        if row.accepted_at is not None:
            state = "accepted"
        elif row.withdrawn_at is not None:
            state = "withdrawn"
        elif row.expires_at <= now:
            state = "expired"
        return cls(
            id=row.id,
            email=row.email,
            roles=row.roles,
            invited_at=row.invited_at,
            expires_at=row.expires_at,
            state=state,
        )


class InvitationMadeOut(Wire):
    """A new invitation with its token, shown this once."""

    invitation: InvitationOut
    token: str


class AcceptInvitation(Wire):
    """The token; name and password for a new person, neither when signed in."""

    token: Token
    name: Name | None = None
    password: NewPassword | None = None


class MembershipOut(Wire):
    """A person's place in an organisation."""

    organisation_id: OrganisationId
    organisation_name: str
    organisation_kind: OrganisationKind
    roles: list[str]
