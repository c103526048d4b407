"""Looking somebody up before anybody is signed in: through the database's own functions, which tell only what a secret opens."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import InvitationId, OrganisationId, PersonId
from parties.applications import KnownAccount, OpenInvitation
from parties.kinds import OrganisationKind

_ACCOUNT = text("SELECT person_id, password_hash, is_disabled FROM parties_account(:key)")
_INVITATION = text(
    "SELECT id, organisation_id, organisation_kind, email, email_key, roles FROM parties_invitation(:token, :at)"
)
_RESET = text("SELECT person_id, email FROM parties_reset(:token, :at)")
_RESETS_ASKED = text("SELECT parties_resets_asked(:address, :since)")


def account(session: Session, email_key: str) -> KnownAccount | None:
    """The account under an e-mail address."""
    row = session.execute(_ACCOUNT, {"key": email_key}).one_or_none()
    return None if row is None else KnownAccount(PersonId(row[0]), row[1], row[2])


def open_invitation(session: Session, token_sha256: bytes, *, at: datetime) -> OpenInvitation | None:
    """The invitation that a token opens, if it is still good."""
    row = session.execute(_INVITATION, {"token": token_sha256, "at": at}).one_or_none()
    if row is None:
        return None
    kind, home = OrganisationKind(row[2]), OrganisationId(row[1])
    return OpenInvitation(InvitationId(row[0]), home, kind, row[3], row[4], tuple(row[5]))


def good_reset(session: Session, token_sha256: bytes, *, at: datetime) -> tuple[PersonId, str] | None:
    """The person, and the e-mail address, that a reset token stands for, if it is still good."""
    row = session.execute(_RESET, {"token": token_sha256, "at": at}).one_or_none()
    return None if row is None else (PersonId(row[0]), row[1])


def resets_asked_from(session: Session, address_sha256: bytes, *, since: datetime) -> list[datetime]:
    """When reset links were asked for from a network address."""
    return list(session.execute(_RESETS_ASKED, {"address": address_sha256, "since": since}).scalars())
