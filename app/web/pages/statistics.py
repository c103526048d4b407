"""The figures of the market: the official tables as the public may see them, to read and to take away."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from app.web.routing import PageRouter
from app.web.visits import Visit
from contracts.statistics import queries
from contracts.statistics.cells import Cell
from kernel.calendar import local_date
from kernel.errors import NotFound
from parties.roles import Role

YEAR_MIN: Final = 2000
YEAR_MAX: Final = 2199
SHOWN: Final = "by_year"

router = PageRouter()


@router.get("/statistics")
def statistics(
    visit: Visit, table: str = SHOWN, year: Annotated[int | None, Query(ge=YEAR_MIN, le=YEAR_MAX)] = None
) -> Response:
    """One table, for one year or for all: what the public may see, or every cell for who may see all in the interface."""
    if table not in queries.TABLES:
        raise NotFound
    on, sees_all = local_date(visit.now), visit.has(Role.STATISTICIAN, Role.SUPERVISOR)
    found = queries.table(visit.db, table, year=year, on=on, sees_all=sees_all)
    years = queries.table(visit.db, "by_year", year=None, on=on, sees_all=sees_all)
    return visit.show(
        "statistics.html",
        table=found,
        tables=list(queries.TABLES),
        parts=_parts(found.cells),
        year=year,
        years=sorted((int(cell.code) for cell in years.cells), reverse=True),
        sees_all=sees_all,
        hidden=any(cell.suppressed for cell in found.cells),
    )


def _parts(cells: list[Cell]) -> dict[str, list[Cell]]:
    """The cells by direction: contracts have one, of the seller's region (export) or of the buyer's (absorb)."""
    parts: dict[str, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(cell.direction or "", []).append(cell)
    return parts
