"""Third-party reviews over HTTP: the owner invites, an association or an appraiser signs, everybody inside can verify."""

from __future__ import annotations

from kernel.http.context import CurrentActor, Db, Keys, Now, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ReviewInvitationId, ValuationId
from kernel.paging import Page, PageQuery, page_of
from valuation import queries as valuations
from valuation.reviewing import commands, errors, queries
from valuation.reviewing.schemas.third_parties import (
    InvitationOut,
    InviteIn,
    SignIn,
    ThirdPartyReviewOut,
    invitation_out,
    third_party_review_out,
)
from valuation.reviewing.signatures import PURPOSE
from valuation.reviewing.tables import ReviewInvitation, ThirdPartyReview

router = Router(prefix="/v1/valuations/{valuation_id}/third-party-reviews", tags=["valuation reviews"])

INDEPENDENCE = (errors.NoThirdParty, errors.NotIndependent)


@router.post(
    "/invitations",
    status_code=201,
    operation_id="invite_third_party",
    responses=problems(*INDEPENDENCE, errors.AlreadyInvited),
)
def invite(valuation_id: ValuationId, body: InviteIn, db: Db, actor: CurrentActor, now: Now) -> InvitationOut:
    """Invite an independent association or appraiser; its appraisers may see the valuation. For the owner's office."""
    made = commands.invite(db, valuation_id=valuation_id, organisation_id=body.organisation_id, actor=actor, now=now)
    return invitation_out(made)


@router.get("/invitations", operation_id="list_third_party_invitations")
def list_invitations(valuation_id: ValuationId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[InvitationOut]:
    """The standing invitations: all for the owner's people, their own organisation's for others."""
    found = valuations.valuation(db, actor, valuation_id)
    return page_of(db, queries.invitations_of(actor, found), ReviewInvitation.id, asked, invitation_out)


@router.post(
    "/invitations/{invitation_id}/withdrawal",
    operation_id="withdraw_third_party_invitation",
    responses=problems(errors.AlreadySigned),
)
def withdraw(
    valuation_id: ValuationId, invitation_id: ReviewInvitationId, db: Db, actor: CurrentActor, now: Now
) -> InvitationOut:
    """Take an invitation back before it is answered; the organisation no longer sees the valuation."""
    gone = commands.withdraw_invitation(
        db, valuation_id=valuation_id, invitation_id=invitation_id, actor=actor, now=now
    )
    return invitation_out(gone)


@router.post(
    "",
    status_code=201,
    operation_id="sign_third_party_review",
    responses=problems(*INDEPENDENCE, errors.NotInvited, errors.AlreadySigned, errors.PriceOrRange),
)
def sign(
    valuation_id: ValuationId,
    body: SignIn,
    db: Db,
    actor: CurrentActor,
    now: Now,
    wall_now: WallNow,
    keys: Keys,
) -> ThirdPartyReviewOut:
    """Sign the review of one's organisation, once. For its appraisers, while the invitation stands (27号 item 13)."""
    made = commands.sign_review(
        db,
        valuation_id=valuation_id,
        statement=body.statement(),
        signer=keys.signer(PURPOSE, wall_now),
        actor=actor,
        now=now,
        wall_now=wall_now,
    )
    commands.open_valuation(db, actor, valuation_id)
    return third_party_review_out(made, keys.register())


@router.get("", operation_id="list_third_party_reviews")
def list_signed(
    valuation_id: ValuationId, db: Db, actor: CurrentActor, asked: PageQuery, keys: Keys
) -> Page[ThirdPartyReviewOut]:
    """The signed reviews with their exact bytes, signature and key, each verified as it leaves."""
    found, register = commands.open_valuation(db, actor, valuation_id), keys.register()
    rows = queries.third_party_reviews_of(found)
    return page_of(db, rows, ThirdPartyReview.id, asked, lambda row: third_party_review_out(row, register))
