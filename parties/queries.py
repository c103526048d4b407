"""What may be asked about the parties: who they are, who is verified, who belongs to whom, and who may see it."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.errors import NotFound
from kernel.ids import OrganisationId, PersonId
from parties import control
from parties.errors import NotVerified
from parties.kinds import OrganisationKind
from parties.limits import MEMBERSHIPS_SHOWN_MAX
from parties.roles import Role
from parties.states import OrganisationState
from parties.tables import Affiliation, Membership, Organisation, PartyType, Person, SizeThreshold
from parties.visibility import (
    affiliations_visible_to,
    invitations_visible_to,
    keys_visible_to,
    organisations_visible_to,
    people_visible_to,
    sessions_visible_to,
)

__all__ = [
    "affiliations_visible_to",
    "are_affiliated",
    "exchange",
    "invitations_visible_to",
    "keys_visible_to",
    "look_alikes",
    "members",
    "memberships_of",
    "must_be_verified",
    "names",
    "organisation",
    "organisations_visible_to",
    "party_types",
    "people_visible_to",
    "roles_held",
    "sessions_visible_to",
    "size_thresholds",
]


def organisation(session: Session, organisation_id: OrganisationId) -> Organisation:
    """The organisation, whatever its state. Raises NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


def must_be_verified(session: Session, organisation_id: OrganisationId) -> Organisation:
    """The organisation, fit to sell, buy and bid. Raises NotVerified (电子商务法 art 27), or NotFound."""
    found = organisation(session, organisation_id)
    if found.state is not OrganisationState.VERIFIED:
        raise NotVerified(organisation_id, found.state.value)
    return found


def exchange(session: Session) -> Organisation:
    """The one exchange of the market. Raises NotFound before it is founded."""
    found = session.execute(
        select(Organisation).where(Organisation.kind == OrganisationKind.EXCHANGE)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def names(session: Session, organisation_ids: Collection[OrganisationId]) -> dict[OrganisationId, str]:
    """The names of organisations by id, in one query."""
    rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids))
    return {row.id: row.name for row in session.execute(rows)}


def look_alikes(session: Session, of: Organisation) -> list[Organisation]:
    """Other organisations whose name looks the same to the eye, rejected ones left out; at most 20."""
    same = select(Organisation).where(
        Organisation.name_skeleton == of.name_skeleton,
        Organisation.id != of.id,
        Organisation.state != OrganisationState.REJECTED,
    )
    return list(session.execute(same.order_by(Organisation.id).limit(20)).scalars())


def members(
    session: Session, organisation_id: OrganisationId, *, role: Role | None = None
) -> list[tuple[Person, frozenset[str]]]:
    """The people of an organisation with their roles there, by name; those with one role if `role` is given.

    Under the web role only one's own organisation (or, from the exchange, any) has people; the worker sees all.
    """
    rows = (
        select(Person, Membership.roles)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    if role is not None:
        rows = rows.where(Membership.roles.contains([role.value]))
    return [(person, frozenset(roles)) for person, roles in session.execute(rows)]


def roles_held(session: Session, *, person_id: PersonId, organisation_id: OrganisationId) -> frozenset[str]:
    """The roles of a person in an organisation; none if the person does not belong to it (or may not be seen)."""
    rows = select(Membership.roles).where(
        Membership.person_id == person_id,
        Membership.organisation_id == organisation_id,
        Membership.ended_at.is_(None),
    )
    return frozenset(session.execute(rows).scalar_one_or_none() or ())


def are_affiliated(session: Session, a: OrganisationId, b: OrganisationId, *, on: date) -> bool:
    """Whether two organisations belong together on a day (Asia/Shanghai date): symmetric, through chains of control."""
    return control.affiliated(_links_above(session, (a, b)), a, b, on=on)


def _links_above(session: Session, of: Iterable[OrganisationId]) -> list[control.Link]:
    """Every declared link met on the way up from these organisations; one query a level, most often two in all."""
    links: dict[object, control.Link] = {}
    seen: set[OrganisationId] = set()
    frontier = set(of)
    for _ in range(control.DEPTH_MAX + 1):
        if not frontier:
            break
        touching = or_(
            Affiliation.second_id.in_(frontier),
            Affiliation.first_id.in_(frontier) & (Affiliation.relation != control.Relation.CONTROL),
        )
        rows = session.execute(select(Affiliation).where(touching)).scalars().all()
        links |= {row.id: _link(row) for row in rows}
        seen |= frontier
        frontier = {end for row in rows for end in (row.first_id, row.second_id)} - seen
    return list(links.values())


def _link(row: Affiliation) -> control.Link:
    return control.Link(
        first=row.first_id,
        second=row.second_id,
        relation=row.relation,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        confirmed=row.confirmed_at is not None,
    )


def memberships_of(session: Session, person_id: PersonId) -> list[tuple[Organisation, tuple[str, ...]]]:
    """The organisations a person belongs to, with the roles held there, by name."""
    rows = (
        select(Organisation, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
        .limit(MEMBERSHIPS_SHOWN_MAX)
    )
    return [(home, tuple(roles)) for home, roles in session.execute(rows)]


def party_types(session: Session, *, on: date) -> list[PartyType]:
    """The party type codes in force on a day, by code."""
    rows = select(PartyType).where(PartyType.valid_from <= on).order_by(PartyType.code)
    return list(session.execute(rows.where(or_(PartyType.valid_to.is_(None), PartyType.valid_to > on))).scalars())


def size_thresholds(session: Session, *, on: date) -> list[SizeThreshold]:
    """The lower limits of the size classes in force on a day, by industry and measure."""
    rows = select(SizeThreshold).where(SizeThreshold.valid_from <= on)
    rows = rows.where(or_(SizeThreshold.valid_to.is_(None), SizeThreshold.valid_to > on))
    return list(session.execute(rows.order_by(SizeThreshold.industry, SizeThreshold.measure)).scalars())
