"""Organisations over HTTP: the public directory, registering, the exchange's decisions, bank account, size."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from kernel.calendar import local_date
from kernel.db.locking import fetch
from kernel.errors import NotFound, WrongState
from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db, MaybeActor, Now, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import OrganisationId
from kernel.paging import Page, PageQuery, page_of
from parties import errors, queries
from parties.commands import organisations, sign_in
from parties.kinds import OrganisationKind
from parties.roles import Role
from parties.routes.answers import act_again_as, place_of, refuse_and_keep
from parties.schemas.organisations import (
    BankAccountIn,
    BankAccountOut,
    DecideOrganisation,
    DeclareSize,
    OrganisationDetailOut,
    OrganisationOut,
    PartyTypeOut,
    RegisteredOut,
    RegisterOrganisation,
    SizeDeclarationOut,
    SizeThresholdOut,
)
from parties.states import OrganisationState
from parties.tables import BankAccount, Organisation, SizeDeclaration

router = Router(prefix="/v1/organisations", tags=["organisations"])
codes = Router(prefix="/v1", tags=["organisations"])

REFUSALS = problems(
    errors.UsccNotValid,
    errors.UsccTaken,
    errors.RegionNotValid,
    errors.PartyTypeNotValid,
    errors.ExchangeIsFounded,
    errors.EmailTaken,
    errors.PasswordTooCommon,
    errors.TooManyAttempts,
)


@router.post(
    "", status_code=201, operation_id="organisation_register", responses=REFUSALS, response_model=RegisteredOut
)
def register(
    body: RegisterOrganisation, request: Request, db: Db, actor: MaybeActor, now: Now, wall_now: WallNow
) -> RegisteredOut | Response:
    """Register an organisation. Its first person becomes its administrator; the exchange verifies it before it may trade."""
    founder = body.founder.new() if body.founder else None
    guess = sign_in.Guess.of(founder.email if founder else "", place_of(request).address)
    sign_in.await_turn(db, guess, now=wall_now)
    try:
        home, person_id = organisations.register(
            db, particulars=body.particulars(), founder=founder, actor=actor, now=now
        )
    except errors.EmailTaken as taken:
        # Told only so many times, or the form would be a way to try out addresses.
        sign_in.note_failure(db, guess, now=wall_now)
        return refuse_and_keep(taken, request)
    act_again_as(db, actor)
    detail = OrganisationDetailOut.detail(home, queries.look_alikes(db, home), inside=True)
    return RegisteredOut(organisation=detail, person_id=person_id)


@router.get("", operation_id="organisation_list")
def directory(
    db: Db,
    page: PageQuery,
    actor: MaybeActor,
    kind: OrganisationKind | None = None,
    region_code: Annotated[str | None, Query(pattern="^[0-9]{6}$", max_length=6)] = None,
    state: OrganisationState | None = None,
) -> Page[OrganisationOut]:
    """The directory: verified organisations for the public, all for operators; never bank data."""
    rows = queries.organisations_visible_to(actor)
    if kind is not None:
        rows = rows.where(Organisation.kind == kind)
    if region_code is not None:
        rows = rows.where(Organisation.region_code == region_code)
    if state is not None or actor is None:
        rows = rows.where(Organisation.state == (state or OrganisationState.VERIFIED))
    return page_of(db, rows, Organisation.id, page, OrganisationOut.of)


@router.get("/{organisation_id}", operation_id="organisation_get")
def one(organisation_id: OrganisationId, db: Db, actor: MaybeActor) -> OrganisationDetailOut:
    """An organisation: name, kind and region for all; the rest for its members and the exchange's operators."""
    home = fetch(db, queries.organisations_visible_to(actor), Organisation, organisation_id)
    inside = actor is not None and (actor.organisation_id == home.id or _is_staff(actor))
    # Who else looks like this is for those who must decide, and for the organisation itself.
    return OrganisationDetailOut.detail(home, queries.look_alikes(db, home) if inside else [], inside=inside)


@router.post("/{organisation_id}/decisions", operation_id="organisation_decide", responses=problems(WrongState))
def decide(
    organisation_id: OrganisationId, body: DecideOrganisation, db: Db, actor: CurrentActor, now: Now
) -> OrganisationDetailOut:
    """Verify, reject, suspend or reinstate an organisation. OPERATOR of the exchange."""
    home = organisations.decide(
        db,
        organisation_id=organisation_id,
        action=body.action,
        reason=body.reason,
        evidence_sha256=body.evidence_sha256,
        actor=actor,
        now=now,
    )
    return OrganisationDetailOut.detail(home, queries.look_alikes(db, home), inside=True)


@router.put("/{organisation_id}/bank-account", operation_id="bank_account_set")
def set_bank_account(
    organisation_id: OrganisationId, body: BankAccountIn, db: Db, actor: CurrentActor, now: Now
) -> BankAccountOut:
    """Say where the organisation is paid. Its ADMIN or FINANCE."""
    _own(actor, organisation_id)
    return BankAccountOut.of(
        organisations.set_bank_account(db, account=body.account(), actor=actor, now=now), whole=True
    )


@router.get("/{organisation_id}/bank-account", operation_id="bank_account_get")
def get_bank_account(organisation_id: OrganisationId, db: Db, actor: CurrentActor) -> BankAccountOut:
    """The bank account, for members and the exchange; the whole number for FINANCE and the organisation's ADMIN."""
    row = db.get(BankAccount, _visible(db, actor, organisation_id))
    if row is None:
        raise NotFound
    own = actor.organisation_id == organisation_id
    return BankAccountOut.of(row, whole=actor.has(Role.FINANCE) or (own and actor.has(Role.ADMIN)))


@router.post("/{organisation_id}/size-declarations", status_code=201, operation_id="size_declare")
def declare_size(
    organisation_id: OrganisationId, body: DeclareSize, db: Db, actor: CurrentActor, now: Now
) -> SizeDeclarationOut:
    """中小企业声明函: declare figures; the size class follows from the standard. ADMIN of the enterprise."""
    _own(actor, organisation_id)
    return SizeDeclarationOut.of(organisations.declare_size(db, figures=body.figures(), actor=actor, now=now))


@router.get("/{organisation_id}/size-declarations", operation_id="size_list")
def list_sizes(
    organisation_id: OrganisationId, db: Db, actor: CurrentActor, page: PageQuery
) -> Page[SizeDeclarationOut]:
    """The declarations so far, for members and the exchange."""
    home = _visible(db, actor, organisation_id)
    rows = select(SizeDeclaration).where(SizeDeclaration.organisation_id == home)
    return page_of(db, rows, SizeDeclaration.id, page, SizeDeclarationOut.of)


@codes.get("/party-types", operation_id="party_type_list")
def party_types(db: Db, now: Now) -> list[PartyTypeOut]:
    """交易主体类型 in force today."""
    return [PartyTypeOut.of(row) for row in queries.party_types(db, on=local_date(now))]


@codes.get("/size-thresholds", operation_id="size_threshold_list")
def size_thresholds(db: Db, now: Now) -> list[SizeThresholdOut]:
    """The limits of the size standard in force today."""
    return [SizeThresholdOut.of(row) for row in queries.size_thresholds(db, on=local_date(now))]


def _is_staff(actor: Actor) -> bool:
    return actor.has(Role.OPERATOR, Role.SUPERVISOR)


def _own(actor: Actor, organisation_id: OrganisationId) -> None:
    if actor.organisation_id != organisation_id:
        raise NotFound


def _visible(db: Session, actor: Actor, organisation_id: OrganisationId) -> OrganisationId:
    """One's own organisation, or any for the exchange's staff. Raises NotFound."""
    if actor.organisation_id != organisation_id:
        home = None if actor.organisation_id is None else queries.organisation(db, actor.organisation_id)
        if home is None or home.kind is not OrganisationKind.EXCHANGE:
            raise NotFound
    return organisation_id
