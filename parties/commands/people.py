"""People and their roles: entering one, changing roles, ending a membership, shutting an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.db.session import act_as
from kernel.errors import NotFound
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId, new_id
from parties import lookups
from parties.applications import NewPerson
from parties.errors import AlreadyMember, EmailTaken, LastAdmin
from parties.events import PersonJoined
from parties.kinds import OrganisationKind
from parties.names import email_key
from parties.passwords import check_new, hasher
from parties.roles import Role, check_roles
from parties.tables import Membership, Organisation, Password, Person

_CUT_OFF = text("SELECT parties_cut_off(:person, :at)")


def enter(session: Session, *, new: NewPerson, organisation_id: OrganisationId, now: datetime) -> Person:
    """Make an account; from here on the transaction acts as this person in this organisation, as the row policies want it.

    Raises EmailTaken, PasswordTooShort, PasswordTooCommon.
    """
    key = email_key(new.email)
    if lookups.account(session, key) is not None:
        raise EmailTaken
    check_new(new.password, email=key)
    kept = hasher().hash(new.password)
    person = Person(
        id=PersonId(new_id()), name=new.name, email=new.email, email_key=key, created_at=now, disabled_at=None
    )
    act_as(session, person=person.id, organisation=organisation_id)
    session.add(person)
    session.flush()
    session.add(Password(person_id=person.id, hash=kept, changed_at=now))
    return person


def join(
    session: Session,
    *,
    person_id: PersonId,
    organisation_id: OrganisationId,
    kind: OrganisationKind,
    roles: Iterable[Role],
    now: datetime,
) -> Membership:
    """Make a person a member, or take up an ended membership again. Raises AlreadyMember, RoleNotHere, NoRoles."""
    held = [role.value for role in check_roles(kind, roles)]
    membership = _membership(session, organisation_id, person_id)
    if membership is None:
        membership = Membership(
            organisation_id=organisation_id,
            person_id=person_id,
            organisation_kind=kind,
            roles=held,
            since=now,
            ended_at=None,
        )
        session.add(membership)
    elif membership.ended_at is None:
        raise AlreadyMember
    else:
        membership.roles, membership.since, membership.ended_at = held, now, None
    session.flush()
    emit(session, PersonJoined(organisation_id, person_id), now=now)
    return membership


def set_roles(
    session: Session, *, person_id: PersonId, roles: Iterable[Role], actor: Actor, now: datetime
) -> Membership:
    """Give a member of one's organisation other roles. ADMIN. Raises NotFound, LastAdmin, RoleNotHere, NoRoles."""
    actor.must_have(Role.ADMIN)
    home, membership = _locked(session, actor.organisation(), person_id)
    before, held = list(membership.roles), [role.value for role in check_roles(home.kind, roles)]
    membership.roles = held
    session.flush()
    _keep_an_admin(session, home.id)
    record(
        session,
        actor=actor,
        action="membership.roles",
        kind="membership",
        object_id=f"{home.id}/{person_id}",
        before={"roles": before},
        after={"roles": held},
        now=now,
    )
    return membership


def end_membership(session: Session, *, person_id: PersonId, actor: Actor, now: datetime) -> None:
    """Take a member out of one's organisation; keys there stop at once. ADMIN. Raises NotFound, LastAdmin."""
    actor.must_have(Role.ADMIN)
    home, membership = _locked(session, actor.organisation(), person_id)
    membership.ended_at = now
    session.flush()
    _keep_an_admin(session, home.id)
    record(
        session,
        actor=actor,
        action="membership.end",
        kind="membership",
        object_id=f"{home.id}/{person_id}",
        before={"roles": membership.roles},
        now=now,
    )


def disable(session: Session, *, person_id: PersonId, reason: str, actor: Actor, now: datetime) -> Person:
    """Shut an account: sessions and keys end at once. ADMIN of the exchange. Raises NotFound."""
    person = _for_the_exchange(session, person_id, actor)
    if person.disabled_at is None:
        person.disabled_at = now
        session.execute(_CUT_OFF, {"person": person_id, "at": now})
    record(session, actor=actor, action="person.disable", kind="person", object_id=person_id, reason=reason, now=now)
    return person


def enable(session: Session, *, person_id: PersonId, reason: str, actor: Actor, now: datetime) -> Person:
    """Open a shut account again; its old sessions and keys stay ended. ADMIN of the exchange. Raises NotFound."""
    person = _for_the_exchange(session, person_id, actor)
    person.disabled_at = None
    record(session, actor=actor, action="person.enable", kind="person", object_id=person_id, reason=reason, now=now)
    return person


def _for_the_exchange(session: Session, person_id: PersonId, actor: Actor) -> Person:
    actor.must_have(Role.ADMIN)
    home = session.get(Organisation, actor.organisation())
    if home is None or home.kind is not OrganisationKind.EXCHANGE:
        raise NotFound
    return lock(session, Person, person_id)


def _locked(session: Session, organisation_id: OrganisationId, person_id: PersonId) -> tuple[Organisation, Membership]:
    # The organisation is the lock: two administrators who take each other out come one after the other.
    home = lock(session, Organisation, organisation_id)
    membership = _membership(session, organisation_id, person_id)
    if membership is None or membership.ended_at is not None:
        raise NotFound
    return home, membership


def _membership(session: Session, organisation_id: OrganisationId, person_id: PersonId) -> Membership | None:
    row = select(Membership).where(Membership.organisation_id == organisation_id, Membership.person_id == person_id)
    found: Membership | None = session.execute(
        row.with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    return found


def _keep_an_admin(session: Session, organisation_id: OrganisationId) -> None:
    admins = (
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Membership.roles.contains([Role.ADMIN.value]),
            Person.disabled_at.is_(None),
        )
    )
    if not session.execute(admins).scalar_one():
        raise LastAdmin
