"""The calculators of the three methods, for signed-in people; their units may keep the working papers."""

from __future__ import annotations

import base64
from typing import Any, Final

from starlette.responses import Response

from app.web import calculators, forms, layouts
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting
from kernel.calendar import local_date
from kernel.db.locking import fetch
from kernel.errors import Problem
from kernel.ids import WorkingPaperId
from kernel.money import Money
from kernel.paging import PageAsked
from valuation.appraisal import describing, practice, queries, tornado
from valuation.appraisal.commands import keeping
from valuation.appraisal.methods import METHOD_NAMES, Method
from valuation.appraisal.schemas.entries import ENTRIES, calculated
from valuation.appraisal.tables import WorkingPaper

ADDRESS: Final = "/appraisals/calculator"
SHOWN: Final = 20

router = PageRouter()


@router.get(ADDRESS)
def calculators_page(visit: Visit) -> Response:
    """The form of the method that is asked for most."""
    return _form(visit, Method.INCOME)


@router.get(f"{ADDRESS}/{{method}}")
def calculator(visit: Visit, method: Method) -> Response:
    """The form of one method."""
    return _form(visit, method)


@router.post(f"{ADDRESS}/{{method}}")
def calculate(visit: Visit, method: Method) -> Response:
    """Calculate what was typed; nothing is stored unless the unit wants to keep it."""
    visit.member()
    told = visit.attempt(lambda: _told(visit, method))
    if isinstance(told, Problem):
        return _page(visit, method, visit.form, problem=told)
    return _page(visit, method, visit.form, told=told)


@router.get("/appraisals/papers/{paper_id}")
def paper(visit: Visit, paper_id: WorkingPaperId) -> Response:
    """A working paper of one's unit."""
    found = fetch(visit.db, queries.papers_of(visit.member()), WorkingPaper, paper_id)
    shown = _calculation(found.outcome, visit.t.language)
    return visit.show("working_paper.html", paper=found, method=METHOD_NAMES[found.method], done=shown)


def _form(visit: Visiting, method: Method) -> Response:
    visit.member()
    return _page(visit, method, {"base_date": local_date(visit.now).isoformat()})


def _told(visit: Visiting, method: Method) -> dict[str, Any]:
    """The calculation as it is kept and sent, with the paper's id where it was kept."""
    body = forms.as_body(ENTRIES[method], **calculators.body(method, visit.form))
    done = calculated(body, practice.shipped())
    if "keep" not in visit.form:
        return done.to_json()
    kept = keeping.keep(
        visit.db,
        done=done,
        entry=body.model_dump(mode="json"),
        subject=body.subject or "",
        base_date=body.base_date,
        actor=visit.member(),
        now=visit.now,
    )
    return done.to_json() | {"paper_id": kept.id}


def _page(
    visit: Visiting,
    method: Method,
    typed: Any,
    *,
    problem: Problem | None = None,
    told: dict[str, Any] | None = None,
) -> Response:
    papers: list[WorkingPaper] = []
    found = calculators.faults(problem) if problem else {}
    if visit.member().organisation_id is not None:
        papers, _ = visit.rows(queries.papers_of(visit.member()), WorkingPaper.id, PageAsked(SHOWN, None))
    return visit.show(
        "calculator.html",
        status=problem.status if problem else 200,
        here=f"{ADDRESS}/{method}",
        method=method,
        methods=METHOD_NAMES,
        sections=layouts.layout(method),
        typed=typed,
        problem=problem,
        faults=found,
        places=calculators.places(method, found),
        done=_calculation(told, visit.t.language) if told else None,
        papers=papers,
    )


def _calculation(told: dict[str, Any], language: str) -> dict[str, Any]:
    """What the page shows of a calculation."""
    picture = base64.b64encode(tornado.svg(told, language=language).encode()).decode()
    return {
        "headline": describing.headline(told, language),
        "value": Money(told["value_fen"]),
        "label": told["label_en" if language == "en" else "label_zh"],
        "formula": told["formula"],
        "facts": describing.fact_lines(told, language),
        "facts_head": describing.HEADS["facts"].in_(language),
        "inputs": describing.input_rows(told, language),
        "swings": describing.swing_rows(told, language),
        "steps": [(one["label_en" if language == "en" else "label_zh"], one["value"]) for one in told["steps"]],
        "conventions": describing.said(told["conventions"], language),
        "warnings": describing.said(told["warnings"], language),
        "practice": told["practice"]["version"],
        "picture": f"data:image/svg+xml;base64,{picture}",
        "height": 36 * min(len(told["sensitivity"]), tornado.BARS_MAX) + 24,
        "paper_id": told.get("paper_id"),
    }
