"""A valuation for those who may see it: the sentence first, then the reasons, then what stands beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from app.web import forms, judging
from app.web.reasons import reasons_of
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from kernel.errors import Problem
from kernel.ids import ValuationId
from market.results import queries as results
from market.results.commands import appraising
from valuation.appraisal import queries as appraisal
from valuation.appraisal.commands.pooling import REVIEWERS
from valuation.appraisal.schemas.indications import PoolingReviewIn
from valuation.appraisal.tables import PoolingReview
from valuation.indications import Way
from valuation.reconciling import REVIEWABLE
from valuation.reviewing.commands import open_valuation
from valuation.schemas import shape
from valuation.starting import queries as starting
from valuation.starting.schemas import shape as shape_start_price
from valuation.statements import factor_text
from valuation.supposing.changes import NothingChanged
from valuation.supposing.queries import limits_of, suppose
from valuation.supposing.schemas import LimitOut, WhatIfIn, WhatIfOut, shape_limits, shape_what_if
from valuation.tables import Valuation
from valuation.waterfall import height_of
from valuation.words import BASE, KINDS, TRADES

router = PageRouter()
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Supposed:
    """A what-if on the page: its answer or why there is none, and what was typed."""

    answer: WhatIfOut | None = None
    problem: Problem | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@router.get("/valuations/{valuation_id}")
def valuation(visit: Visit, valuation_id: ValuationId) -> Response:
    """One valuation."""
    return show_valuation(visit, valuation_id)


def show_valuation(
    visit: Visiting, valuation_id: ValuationId, *, problem: Problem | None = None, supposed: Supposed = Supposed()
) -> Response:
    """The page of a valuation, after a form that was refused with what was refused; with a what-if, its answer."""
    actor = visit.member()
    row = open_valuation(visit.db, actor, valuation_id)
    found = shape(row)
    return visit.show(
        "valuation.html",
        status=problem.status if problem else 200,
        here=f"/valuations/{valuation_id}",
        valuation=found,
        panel=judging.panel(visit, row),
        problem=problem,
        typed=visit.form if problem else {},
        title=results.result(visit.db, actor, row.result_id).title,
        sentences=visit.t.either(found.statement.zh, found.statement.en),
        reasons=reasons_of(found, visit.t.language),
        height_of=height_of,
        pooling=_pooling(visit, row),
        limits=shape_limits(limits_of(visit.db, row)).limits,
        base_name=visit.t.either(*BASE),
        supposed=supposed,
        factor_text=factor_text,
        kinds=KINDS,
        trades=TRADES,
    )


@dataclass(frozen=True, slots=True)
class Pooling:
    """What the page says of ranges that do not meet: the review that stands, or whether the visitor may write one."""

    standing: PoolingReview | None
    may_review: bool
    ways: list[Way]


def _pooling(visit: Visiting, row: Valuation) -> Pooling | None:
    """None where nothing is pooled, or nothing holds the price that a review could free."""
    pooled = row.explanation.get("indications")
    if not pooled or pooled["held"] not in REVIEWABLE:
        return None
    since = appraisal.pooling_reviews_of(row.result_id).where(PoolingReview.reviewed_at >= row.valued_at)
    standing = visit.db.execute(since.order_by(PoolingReview.id.desc()).limit(1)).scalar_one_or_none()
    ways = [Way(one["method"]) for one in pooled["items"]]
    return Pooling(standing, visit.member().has(*REVIEWERS), [one for one in Way if one in ways])


@router.post("/valuations/{valuation_id}/pooling-reviews")
def review_pool(visit: Visit, valuation_id: ValuationId) -> Response:
    """Say why the methods' ranges do not meet; the next valuation pools them accordingly."""
    actor, typed = visit.member(), visit.form
    row = open_valuation(visit.db, actor, valuation_id)

    def step() -> PoolingReview:
        left_out = [one for one in Way if typed.get(f"left_out_{one}")]
        body = forms.as_body(PoolingReviewIn, reason=typed.get("pooling_reason", ""), left_out=left_out)
        return appraising.review_pool(
            visit.db,
            result_id=row.result_id,
            left_out=body.left_out,
            reason=body.reason,
            actor=actor,
            now=visit.now,
        )

    found = visit.attempt(step)
    if isinstance(found, Problem):
        return show_valuation(visit, valuation_id, problem=found)
    return go(f"/valuations/{valuation_id}#reasoned-title")


@router.post("/valuations/{valuation_id}/what-if")
def what_if(visit: Visit, valuation_id: ValuationId) -> Response:
    """What the model would say of a changed result: the whole page, or only the answer where htmx asks. Nothing is stored."""
    actor = visit.member()
    row = open_valuation(visit.db, actor, valuation_id)

    def step() -> WhatIfOut:
        changes = _typed(visit.form, shape_limits(limits_of(visit.db, row)).limits)
        body = forms.as_body(WhatIfIn, changes=changes) if changes else None
        if body is None:
            raise NothingChanged
        return shape_what_if(row.id, suppose(visit.db, row, body.changes))

    found = visit.attempt(step)
    refused = found if isinstance(found, Problem) else None
    supposed = Supposed(None if isinstance(found, Problem) else found, refused, visit.form)
    if visit.request.headers.get("hx-request") == "true":
        # htmx swaps no refusal by itself: as a part of the page it is an answer like any other.
        return visit.show(
            "what_if_answer.html", here=f"/valuations/{valuation_id}", supposed=supposed, factor_text=factor_text
        )
    return show_valuation(visit, valuation_id, supposed=supposed)


def _typed(form: Mapping[str, str], limits: list[LimitOut]) -> dict[str, int | str]:
    """What was typed and differs from what is: whole numbers where a range is offered. What is no number stays text."""
    changes: dict[str, int | str] = {}
    for one in limits:
        text = unicodedata.normalize("NFKC", form.get(one.feature, "")).strip()
        value = int(text) if not one.choices and _WHOLE.fullmatch(text) else text
        if text and value != one.value:
            changes[one.feature] = value
    return changes


@router.get("/valuations/{valuation_id}/start-price")
def start_price(visit: Visit, valuation_id: ValuationId) -> Response:
    """What past lots say of start prices for a result that was valued."""
    actor = visit.member()
    row = open_valuation(visit.db, actor, valuation_id)
    guidance = starting.guidance_for(visit.db, row, on=visit.t.local(visit.now))
    found = shape_start_price(row.id, guidance, generated=row.rests_on_generated)
    return visit.show(
        "start_price.html",
        here=f"/valuations/{valuation_id}",
        guidance=found,
        result_id=row.result_id,
        title=results.result(visit.db, actor, row.result_id).title,
        sentences=visit.t.either(found.statement.zh, found.statement.en),
        whole_share=_whole_share,
    )


def _whole_share(basis_points: int) -> str:
    """A share in whole per cent: the ranges are far wider than its decimals."""
    return f"{(basis_points + 50) // 100}%"
