"""Who may see what of the parties: the only ways to an object. What is left out is, for the actor, not there (404)."""

from sqlalchemy import Select, false, or_, select, true

from kernel.http.auth import Actor
from parties.roles import Role
from parties.states import OrganisationState
from parties.tables import Affiliation, ApiKey, Invitation, Membership, Organisation, Person, SignInSession


def organisations_visible_to(actor: Actor | None) -> Select[Organisation]:
    """The public sees verified and suspended organisations; members their own; operators and supervisors all."""
    rows = select(Organisation)
    if actor is not None and actor.has(Role.OPERATOR, Role.SUPERVISOR):
        return rows
    public = Organisation.state.in_((OrganisationState.VERIFIED, OrganisationState.SUSPENDED))
    own = false() if actor is None or actor.organisation_id is None else Organisation.id == actor.organisation_id
    return rows.where(or_(public, own))


def people_visible_to(actor: Actor) -> Select[Person]:
    """The people of one's organisation, and oneself."""
    colleagues = select(Membership.person_id).where(
        Membership.organisation_id == actor.organisation_id, Membership.ended_at.is_(None)
    )
    return select(Person).where(or_(Person.id == actor.person_id, Person.id.in_(colleagues)))


def keys_visible_to(actor: Actor) -> Select[ApiKey]:
    """One's own keys; an administrator sees every key of the organisation."""
    mine = ApiKey.person_id == actor.person_id
    if actor.has(Role.ADMIN):
        return select(ApiKey).where(or_(mine, ApiKey.organisation_id == actor.organisation_id))
    return select(ApiKey).where(mine)


def sessions_visible_to(actor: Actor) -> Select[SignInSession]:
    """One's own sign-in sessions, nobody else's."""
    return select(SignInSession).where(SignInSession.person_id == actor.person_id)


def invitations_visible_to(actor: Actor) -> Select[Invitation]:
    """The invitations of one's organisation, to its administrators."""
    mine = Invitation.organisation_id == actor.organisation_id if actor.has(Role.ADMIN) else false()
    return select(Invitation).where(mine)


def affiliations_visible_to(actor: Actor) -> Select[Affiliation]:
    """The affiliations of one's organisation; operators and supervisors see all."""
    own = or_(Affiliation.first_id == actor.organisation_id, Affiliation.second_id == actor.organisation_id)
    return select(Affiliation).where(true() if actor.has(Role.OPERATOR, Role.SUPERVISOR) else own)
