"""Results over HTTP: register, read, settle priorities, check the title, value, pool."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from contracts.licences.errors import AlreadyPooled, PurchaseNeedsPrice
from contracts.licences.schemas import PoolEntryOut
from kernel.calendar import local_date
from kernel.http.context import CurrentActor, Db, MaybeActor, Now
from kernel.http.fields import QueryInt, TechField
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ResultId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of
from market.results import commands, errors, queries
from market.results.guard import Stage
from market.results.kinds import ResultKind
from market.results.schemas import (
    EngageIn,
    GrantOut,
    PoolIn,
    RegisterResult,
    ResultOut,
    SettlePriority,
    TitleOut,
    ValueIn,
    grant_out,
    result_out,
    title_out,
)
from market.results.tables import Result
from parties.errors import NotVerified
from valuation import queries as valuations
from valuation.reviewing.commands import first_seen, seen
from valuation.schemas import ValuationOut, shape
from valuation.tables import Valuation

router = Router(prefix="/v1/results", tags=["results"])

STATED = (
    errors.NumberWanted,
    errors.NumberForbidden,
    errors.NumberNotValid,
    errors.NumberOfOtherKind,
    errors.FiledAfterNumber,
    errors.SharesDoNotSum,
)


@router.post(
    "",
    status_code=201,
    operation_id="register_result",
    responses=problems(*STATED, errors.NumberTaken, NotVerified),
)
def register(body: RegisterResult, db: Db, actor: CurrentActor, now: Now) -> ResultOut:
    """Register a result of one's organisation. For completers and the transfer office."""
    return result_out(commands.register(db, entry=body.entry(), actor=actor, now=now), actor)


@router.get("", operation_id="list_results")
def list_results(
    db: Db,
    actor: MaybeActor,
    asked: PageQuery,
    mine: bool = False,
    kind: ResultKind | None = None,
    field: TechField | None = None,
) -> Page[ResultOut]:
    """Published results, newest first; with `mine` those of one's own organisation, published or not."""
    rows = queries.owned_by(actor) if mine and actor is not None else queries.visible_to(actor)
    if kind is not None:
        rows = rows.where(Result.kind == kind)
    if field is not None:
        rows = rows.where(Result.tech_field == field)
    return page_of(db, rows, Result.id, asked, lambda row: result_out(row, actor))


@router.get("/{result_id}", operation_id="get_result")
def get_result(result_id: ResultId, db: Db, actor: MaybeActor) -> ResultOut:
    """One result, as far as the actor may see it."""
    return result_out(queries.result(db, actor, result_id), actor)


@router.get("/{result_id}/title-check", operation_id="check_title")
def check_title(
    result_id: ResultId,
    db: Db,
    actor: CurrentActor,
    now: Now,
    way: Annotated[str, Query(pattern="^(transfer|licence)$")] = "transfer",
    licence_kind: Annotated[str | None, Query(pattern="^(exclusive|sole|ordinary)$")] = None,
) -> TitleOut:
    """Ask the title guard before listing: what stands in the way, by which article, and how to cure it. For the owner."""
    result = queries.result(db, actor, result_id)
    queries.must_own(result, actor)
    found = queries.findings(db, result, way=way, licence_kind=licence_kind, stage=Stage.LISTING, on=local_date(now))
    return title_out(found)


@router.post(
    "/{result_id}/completers/{ordinal}/priority",
    operation_id="settle_priority",
    responses=problems(errors.NotYourCompletion),
)
def settle_priority(
    result_id: ResultId,
    ordinal: Annotated[int, QueryInt(1, 100)],
    body: SettlePriority,
    db: Db,
    actor: CurrentActor,
    now: Now,
) -> ResultOut:
    """Reserve or waive the right to buy on equal terms. For the completer in person (民法典 art 847)."""
    settled = commands.settle_priority(
        db, result_id=result_id, ordinal=ordinal, priority=body.priority, actor=actor, now=now
    )
    return result_out(settled, actor)


@router.post("/{result_id}/engagements", status_code=201, operation_id="engage_for_result")
def engage(result_id: ResultId, body: EngageIn, db: Db, actor: CurrentActor, now: Now) -> GrantOut:
    """Let a technology manager or an appraiser see the result before it is public. For the transfer office."""
    made = commands.engage(
        db,
        result_id=result_id,
        organisation_id=body.organisation_id,
        person_id=body.person_id,
        actor=actor,
        now=now,
    )
    return grant_out(made)


@router.post("/{result_id}/valuations", status_code=201, operation_id="value_result")
def value(result_id: ResultId, body: ValueIn, db: Db, actor: CurrentActor, now: Now) -> ValuationOut:
    """Ask for an initial price, explained. For the owner's people only; "not enough evidence" is an ordinary answer."""
    made = commands.value(db, result_id=result_id, trade=body.trade, actor=actor, now=now)
    first_seen(db, actor, made)
    return shape(made)


@router.get("/{result_id}/valuations", operation_id="list_valuations")
def list_valuations(result_id: ResultId, db: Db, actor: CurrentActor, asked: PageQuery) -> Page[ValuationOut]:
    """The valuations of a result that the actor may see: the owner's people, and those who were given sight."""
    queries.result(db, actor, result_id)

    def shown(row: Valuation) -> ValuationOut:
        seen(db, actor, [row])
        return shape(row)

    return page_of(db, valuations.of_result(actor, result_id), Valuation.id, asked, shown)


@router.post(
    "/{result_id}/pool",
    status_code=201,
    operation_id="pool_result",
    responses=problems(errors.RightNotClear, AlreadyPooled, PurchaseNeedsPrice),
)
def pool(result_id: ResultId, body: PoolIn, db: Db, actor: CurrentActor, now: Now) -> PoolEntryOut:
    """Offer the result for trial (先用后转). For the transfer office; silence at the end of a trial means return by default."""
    entry = commands.pool(
        db,
        result_id=result_id,
        ceiling=Money(body.ceiling_fen),
        gain_bp=body.gain_bp,
        way=body.way,
        licence_kind=body.licence_kind,
        term_months=body.term_months,
        silence_effect=body.silence_effect,
        actor=actor,
        now=now,
    )
    return PoolEntryOut.of(entry)
