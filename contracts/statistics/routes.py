"""Statistics over HTTP: official tables as JSON or CSV; the public sees cells, the exchange's statistician all of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from contracts.statistics import queries
from contracts.statistics.schemas import HEADER, TableName, TableOut
from kernel.calendar import local_date
from kernel.csv_text import csv_text
from kernel.http.context import Db, MaybeActor, Now
from kernel.http.fields import QueryInt
from kernel.http.routing import Router
from parties.roles import Role

router = Router(prefix="/v1/statistics", tags=["statistics"])

Year = Annotated[int, QueryInt(2000, 2199)]


@router.get(
    "/{table}",
    operation_id="statistics_table",
    response_model=TableOut,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_table(
    table: TableName,
    request: Request,
    db: Db,
    actor: MaybeActor,
    now: Now,
    year: Annotated[Year | None, Query(description="registered in this year; left out: all years")] = None,
    format: Annotated[Literal["json", "csv"] | None, Query(description="or ask by Accept: text/csv")] = None,
) -> TableOut | Response:
    """Registered contracts, 合同成交额 and 技术交易额 by the dimension of the table, counted by registration date.

    Public cells need at least three organisations on each side; STATISTICIAN and SUPERVISOR see every cell.
    """
    sees_all = actor is not None and actor.has(Role.STATISTICIAN, Role.SUPERVISOR)
    shown = TableOut.of(queries.table(db, table, year=year, on=local_date(now), sees_all=sees_all))
    if format != "csv" and (format == "json" or "text/csv" not in request.headers.get("accept", "")):
        return shown
    name = f"{table}-{year or 'all'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept, Authorization, Cookie"}
    return Response(csv_text(HEADER, shown.csv_rows()).encode(), 200, headers, "text/csv; charset=utf-8")
