"""Invitations: an organisation asks a person in; the token is shown once, works once, and expires."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.db.session import act_as
from kernel.http.auth import Actor
from kernel.ids import InvitationId, PersonId, new_id
from parties import lookups, mails
from parties.applications import NewPerson, OpenInvitation
from parties.commands import people
from parties.errors import EmailTaken, InvitationForAnother, InvitationNotGood, NameAndPasswordNeeded
from parties.limits import INVITATION_LIFE
from parties.names import email_key
from parties.roles import Role, check_roles
from parties.tables import Invitation, Mail, Membership, Organisation
from parties.tokens import Secret, make_token, token_digest
from parties.visibility import invitations_visible_to


def invite(
    session: Session, *, email: str, roles: Iterable[Role], actor: Actor, now: datetime
) -> tuple[Invitation, Secret]:
    """Ask a person into one's organisation; the secret is shown once and mailed. ADMIN. `now` is wall time.

    Raises RoleNotHere, NoRoles.
    """
    actor.must_have(Role.ADMIN)
    home = session.get_one(Organisation, actor.organisation())
    secret = make_token()
    row = Invitation(
        id=InvitationId(new_id()),
        organisation_id=home.id,
        email=email,
        email_key=email_key(email),
        roles=[role.value for role in check_roles(home.kind, roles)],
        token_sha256=secret.sha256,
        invited_by=actor.person_id,
        invited_at=now,
        expires_at=now + INVITATION_LIFE,
        accepted_at=None,
        accepted_by=None,
        withdrawn_at=None,
    )
    session.add(row)
    subject, body = mails.invitation(organisation=home.name, token=secret.text, expires_at=row.expires_at)
    queue_mail(session, recipient=email, subject=subject, body=body, now=now)
    record(
        session,
        actor=actor,
        action="invitation.make",
        kind="invitation",
        object_id=row.id,
        after={"email": row.email_key, "roles": row.roles},
        now=now,
    )
    return row, secret


def withdraw(session: Session, *, invitation_id: InvitationId, actor: Actor, now: datetime) -> None:
    """Take an invitation back. ADMIN of the organisation. Raises NotFound, InvitationNotGood if it is used or withdrawn."""
    actor.must_have(Role.ADMIN)
    row = lock(session, Invitation, invitation_id, within=invitations_visible_to(actor))
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise InvitationNotGood
    row.withdrawn_at = now
    record(session, actor=actor, action="invitation.withdraw", kind="invitation", object_id=row.id, now=now)


def accept(
    session: Session, *, token: str, name: str | None, password: str | None, actor: Actor | None, now: datetime
) -> Membership:
    """Take up an invitation: with name and password as a new person, or signed in as the person it is for.

    Raises InvitationNotGood, EmailTaken (sign in first), InvitationForAnother, NameAndPasswordNeeded, AlreadyMember.
    """
    digest = token_digest(token)
    opened = None if digest is None else lookups.open_invitation(session, digest, at=now)
    if opened is None:
        raise InvitationNotGood
    person_id = _who_accepts(session, opened, name=name, password=password, actor=actor, now=now)
    row = lock(session, Invitation, opened.id)
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise InvitationNotGood
    row.accepted_at, row.accepted_by = now, person_id
    membership = people.join(
        session,
        person_id=person_id,
        organisation_id=opened.organisation_id,
        kind=opened.organisation_kind,
        roles=[Role(role) for role in opened.roles],
        now=now,
    )
    record(
        session,
        actor=Actor(person_id, opened.organisation_id, frozenset(opened.roles)),
        action="invitation.accept",
        kind="invitation",
        object_id=row.id,
        after={"roles": opened.roles},
        now=now,
    )
    return membership


def queue_mail(session: Session, *, recipient: str, subject: str, body: str, now: datetime) -> None:
    """Put a mail in the outbox; the web may add to it and cannot read it."""
    row = {"id": new_id(), "recipient": recipient, "subject": subject, "body": body, "queued_at": now, "sent_at": None}
    session.execute(insert(Mail), [row])


def _who_accepts(
    session: Session,
    opened: OpenInvitation,
    *,
    name: str | None,
    password: str | None,
    actor: Actor | None,
    now: datetime,
) -> PersonId:
    known = lookups.account(session, opened.email_key)
    if known is not None:
        if actor is None:
            raise EmailTaken
        if actor.person_id != known.person_id:
            raise InvitationForAnother
        act_as(session, person=actor.person_id, organisation=opened.organisation_id)
        return actor.person_id
    if actor is not None:
        raise InvitationForAnother
    if name is None or password is None:
        raise NameAndPasswordNeeded
    new = NewPerson(name, opened.email, password)
    return people.enter(session, new=new, organisation_id=opened.organisation_id, now=now).id
