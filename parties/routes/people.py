"""People over HTTP: oneself, one's colleagues and their roles, invitations."""

from __future__ import annotations

from fastapi import Response

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db, MaybeActor, Now, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import InvitationId, PersonId
from kernel.paging import Page, PageQuery, page_of
from parties import errors, queries
from parties.commands import invitations, people
from parties.routes.answers import shown_once
from parties.schemas.people import (
    AcceptInvitation,
    InvitationMadeOut,
    InvitationOut,
    InvitePerson,
    MembershipOut,
    PersonOut,
    Reason,
    SetRoles,
)
from parties.tables import Invitation, Person

router = Router(prefix="/v1/people", tags=["people"])
asking = Router(prefix="/v1/invitations", tags=["people"])


@router.get("", operation_id="person_list")
def colleagues(db: Db, actor: CurrentActor, page: PageQuery) -> Page[PersonOut]:
    """The people of one's organisation."""
    rows = queries.people_visible_to(actor)
    return page_of(db, rows, Person.id, page, lambda row: _shape(db, row, actor))


@router.get("/{person_id}", operation_id="person_get")
def one(person_id: PersonId, db: Db, actor: CurrentActor) -> PersonOut:
    """A colleague, or oneself."""
    return _shape(db, fetch(db, queries.people_visible_to(actor), Person, person_id), actor)


@router.put(
    "/{person_id}/roles",
    operation_id="person_set_roles",
    responses=problems(errors.LastAdmin, errors.RoleNotHere),
)
def set_roles(person_id: PersonId, body: SetRoles, db: Db, actor: CurrentActor, now: Now) -> PersonOut:
    """Give a member of one's organisation these roles and no others. ADMIN."""
    people.set_roles(db, person_id=person_id, roles=body.roles, actor=actor, now=now)
    return _shape(db, fetch(db, queries.people_visible_to(actor), Person, person_id), actor)


@router.delete(
    "/{person_id}", status_code=204, operation_id="person_end_membership", responses=problems(errors.LastAdmin)
)
def end_membership(person_id: PersonId, db: Db, actor: CurrentActor, now: Now) -> None:
    """Take a member out of one's organisation; keys there stop at once. ADMIN."""
    people.end_membership(db, person_id=person_id, actor=actor, now=now)


@router.post("/{person_id}/disable", status_code=204, operation_id="person_disable")
def disable(person_id: PersonId, body: Reason, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Shut an account; its sessions and keys end at once. ADMIN of the exchange."""
    people.disable(db, person_id=person_id, reason=body.reason, actor=actor, now=now)


@router.post("/{person_id}/enable", status_code=204, operation_id="person_enable")
def enable(person_id: PersonId, body: Reason, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Open a shut account again. ADMIN of the exchange."""
    people.enable(db, person_id=person_id, reason=body.reason, actor=actor, now=now)


@asking.post("", status_code=201, operation_id="invitation_make", responses=problems(errors.RoleNotHere))
def invite(body: InvitePerson, response: Response, db: Db, actor: CurrentActor, now: WallNow) -> InvitationMadeOut:
    """Ask a person into one's organisation. The token is shown this once, and mailed. ADMIN."""
    row, secret = invitations.invite(db, email=body.email, roles=body.roles, actor=actor, now=now)
    shown_once(response)
    return InvitationMadeOut(invitation=InvitationOut.of(row, now=now), token=secret.text)


@asking.get("", operation_id="invitation_list")
def invited(db: Db, actor: CurrentActor, page: PageQuery, now: WallNow) -> Page[InvitationOut]:
    """The invitations of one's organisation, without tokens. ADMIN; for others there are none."""
    rows = queries.invitations_visible_to(actor)
    return page_of(db, rows, Invitation.id, page, lambda row: InvitationOut.of(row, now=now))


@asking.delete(
    "/{invitation_id}",
    status_code=204,
    operation_id="invitation_withdraw",
    responses=problems(errors.InvitationNotGood),
)
def withdraw(invitation_id: InvitationId, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Take an invitation back. ADMIN."""
    invitations.withdraw(db, invitation_id=invitation_id, actor=actor, now=now)


@asking.post(
    "/accept",
    status_code=201,
    operation_id="invitation_accept",
    responses=problems(
        errors.InvitationNotGood,
        errors.EmailTaken,
        errors.InvitationForAnother,
        errors.AlreadyMember,
        errors.PasswordTooCommon,
        errors.NameAndPasswordNeeded,
    ),
)
def accept(body: AcceptInvitation, db: Db, actor: MaybeActor, now: WallNow) -> MembershipOut:
    """Take up an invitation: with name and password as a new person, or signed in with the account it is for."""
    membership = invitations.accept(db, token=body.token, name=body.name, password=body.password, actor=actor, now=now)
    home = queries.organisation(db, membership.organisation_id)
    return MembershipOut(
        organisation_id=home.id, organisation_name=home.name, organisation_kind=home.kind, roles=membership.roles
    )


def _shape(db: Db, row: Person, actor: Actor) -> PersonOut:
    if actor.organisation_id is None:
        return PersonOut.of(row, frozenset())
    roles = queries.roles_held(db, person_id=row.id, organisation_id=actor.organisation_id)
    return PersonOut.of(row, roles)
