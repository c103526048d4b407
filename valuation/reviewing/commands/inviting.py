"""Inviting an association or an appraiser to review a valuation, and taking the invitation back before it is answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.db import lock
from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, ReviewInvitationId, ValuationId, new_id
from parties import queries as parties
from parties.roles import Role
from parties.states import OrganisationState
from parties.tables import Organisation
from valuation.reviewing import queries
from valuation.reviewing.errors import AlreadyInvited, AlreadySigned
from valuation.reviewing.independence import check_third_party
from valuation.reviewing.tables import ReviewInvitation, ThirdPartyReview
from valuation.tables import Valuation

# The owner does not see who works for the invited organisation. It is told yes or no, and no name.
_COMPLETER_THERE = text("SELECT valuation_completer_in(:valuation_id, :organisation_id)")


def invite(
    session: Session, *, valuation_id: ValuationId, organisation_id: OrganisationId, actor: Actor, now: datetime
) -> ReviewInvitation:
    """Ask a third party to review; its appraisers may see the valuation while the invitation stands (27号 item 13).

    For the owner's transfer office or approver. Raises NotFound, MissingRole, NoThirdParty, NotIndependent or AlreadyInvited.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)
    found = fetch(session, queries.owned_by(actor), Valuation, valuation_id)
    invited = fetch(session, parties.organisations_visible_to(actor), Organisation, organisation_id)
    must_be_independent(session, found, invited, now=now)
    standing = queries.standing_invitations().where(ReviewInvitation.valuation_id == valuation_id)
    if session.execute(standing.where(ReviewInvitation.organisation_id == organisation_id)).first() is not None:
        raise AlreadyInvited
    made = ReviewInvitation(
        id=ReviewInvitationId(new_id()),
        valuation_id=found.id,
        result_id=found.result_id,
        owner_id=found.owner_id,
        organisation_id=invited.id,
        invited_by=actor.person_id,
        invited_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, "valuation.invite-third-party", made, actor, now)
    return made


def withdraw_invitation(
    session: Session, *, valuation_id: ValuationId, invitation_id: ReviewInvitationId, actor: Actor, now: datetime
) -> ReviewInvitation:
    """Take an invitation back; the organisation no longer sees the valuation. A second time changes nothing.

    Raises NotFound, MissingRole, or AlreadySigned once there is an answer.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)
    own = select(ReviewInvitation).where(
        ReviewInvitation.owner_id == actor.organisation(), ReviewInvitation.valuation_id == valuation_id
    )
    invitation = lock(session, ReviewInvitation, invitation_id, within=own)
    answered = exists().where(ThirdPartyReview.invitation_id == invitation_id)
    if session.execute(select(answered)).scalar_one():
        raise AlreadySigned
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        session.flush()
        _note(session, "valuation.withdraw-invitation", invitation, actor, now)
    return invitation


def must_be_independent(session: Session, found: Valuation, third: Organisation, *, now: datetime) -> None:
    """The organisation may be a third party to this valuation today. Raises NoThirdParty or NotIndependent."""
    there = {"valuation_id": found.id, "organisation_id": third.id}
    is_owner = third.id == found.owner_id
    check_third_party(
        third.kind,
        verified=third.state is OrganisationState.VERIFIED,
        is_owner=is_owner,
        affiliated=not is_owner and parties.are_affiliated(session, found.owner_id, third.id, on=local_date(now)),
        has_completer=bool(session.execute(_COMPLETER_THERE, there).scalar_one()),
    )


def standing_invitation(session: Session, actor: Actor, valuation_id: ValuationId) -> ReviewInvitation:
    """The invitation under which the actor's organisation answers, locked. Raises NotFound."""
    rows = queries.standing_invitations().where(
        ReviewInvitation.valuation_id == valuation_id, ReviewInvitation.organisation_id == actor.organisation()
    )
    found = session.execute(rows.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _note(session: Session, action: str, made: ReviewInvitation, actor: Actor, now: datetime) -> None:
    after = {"invitation": made.id, "organisation": made.organisation_id, "withdrawn_at": made.withdrawn_at}
    record(session, actor=actor, action=action, kind="valuation", object_id=made.valuation_id, after=after, now=now)
