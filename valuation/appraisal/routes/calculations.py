"""The calculators over HTTP: nothing is stored, unless the unit wants to keep the working paper."""

from __future__ import annotations

from kernel.db.locking import fetch
from kernel.http.auth import Actor, NoOrganisation
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import WorkingPaperId
from kernel.paging import Page, PageQuery, page_of
from valuation.appraisal import impossible, practice, queries
from valuation.appraisal.commands import keeping
from valuation.appraisal.schemas.calculations import (
    CalculationOut,
    CostToDo,
    IncomeToDo,
    MarketToDo,
    PaperOut,
    ToDo,
    calculation_out,
    paper_out,
)
from valuation.appraisal.schemas.entries import calculated
from valuation.appraisal.tables import WorkingPaper

router = Router(prefix="/v1/appraisals/calculations", tags=["appraisals"])

IMPOSSIBLE = (
    impossible.NotANumber,
    impossible.OutOfBounds,
    impossible.LooksLikePercent,
    impossible.RangeUpsideDown,
    impossible.InputMissing,
    impossible.OneWayOnly,
    impossible.NoPositiveValue,
    impossible.ValueTooLarge,
)
LIFE = (impossible.BeyondLegalLife, impossible.NoLifeLeft)


@router.post(
    "/cost",
    operation_id="calculate_by_cost",
    responses=problems(*IMPOSSIBLE, *LIFE, impossible.DepreciationAboveOne, NoOrganisation),
)
def by_cost(body: CostToDo, db: Db, actor: CurrentActor, now: Now) -> CalculationOut:
    """By cost: C_re × (1 − d), with every input, its source, and a sensitivity table."""
    return _done(body, db, actor, now)


@router.post(
    "/market",
    operation_id="calculate_by_market",
    responses=problems(
        *IMPOSSIBLE,
        impossible.TooFewComparables,
        impossible.WeightsDoNotSum,
        impossible.NotADeal,
        impossible.RelatedDeal,
        impossible.AfterBaseDate,
        NoOrganisation,
    ),
)
def by_market(body: MarketToDo, db: Db, actor: CurrentActor, now: Now) -> CalculationOut:
    """By comparable deals: Σ w · P · k, at least three of them, no asking prices."""
    return _done(body, db, actor, now)


@router.post(
    "/income",
    operation_id="calculate_by_income",
    responses=problems(
        *IMPOSSIBLE,
        *LIFE,
        impossible.PlanBeyondLife,
        impossible.GrowthReachesDiscount,
        impossible.TaxBasesDiffer,
        impossible.AboveOpenLicenceCap,
        NoOrganisation,
    ),
)
def by_income(body: IncomeToDo, db: Db, actor: CurrentActor, now: Now) -> CalculationOut:
    """By income: relief from royalty, or excess earnings, over the remaining economic life."""
    return _done(body, db, actor, now)


@router.get("", operation_id="list_working_papers")
def papers(db: Db, actor: CurrentActor, asked: PageQuery) -> Page[PaperOut]:
    """The working papers that one's unit keeps, newest first."""
    return page_of(db, queries.papers_of(actor), WorkingPaper.id, asked, paper_out)


@router.get("/{paper_id}", operation_id="get_working_paper")
def paper(paper_id: WorkingPaperId, db: Db, actor: CurrentActor) -> PaperOut:
    """One working paper of one's unit."""
    return paper_out(fetch(db, queries.papers_of(actor), WorkingPaper, paper_id))


def _done(body: ToDo, db: Db, actor: Actor, now: Now) -> CalculationOut:
    done = calculated(body, practice.shipped())
    if not body.keep:
        return calculation_out(done)
    kept = keeping.keep(
        db,
        done=done,
        entry=body.model_dump(mode="json", exclude={"keep"}),
        subject=body.subject or "",
        base_date=body.base_date,
        actor=actor,
        now=now,
    )
    return calculation_out(done, kept.id)
