"""Model, human and realised price over HTTP: of one valuation, and as a report over one's own or over all."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from kernel.calendar import local_date
from kernel.http.context import CurrentActor, Db, Keys, Now
from kernel.http.routing import Router
from kernel.ids import ValuationId
from parties.roles import Role
from valuation.reviewing import commands, queries
from valuation.reviewing.routes.shaping import Shaper
from valuation.reviewing.schemas.comparing import ComparisonOut, ReportOut, report_out

router = Router(prefix="/v1/valuations", tags=["valuation reviews"])

OWN_READERS = (Role.TRANSFER_OFFICE, Role.UNIT_APPROVER, Role.TECHNOLOGY_MANAGER, Role.FINANCE, Role.ADMIN)
ALL_READERS = (Role.OPERATOR, Role.STATISTICIAN, Role.SUPERVISOR)
"""Held in the exchange only."""


@router.get("/report", operation_id="get_valuation_report")
def get_report(
    db: Db,
    actor: CurrentActor,
    now: Now,
    scope: Annotated[Literal["own", "all"], Query(description="one's own unit's valuations, or all")] = "own",
) -> ReportOut:
    """Model, human and realised prices by segment, and how far people are pulled to the model's price.

    `own` for the unit's people; `all` for the exchange's operators, statisticians and supervisors, who see no figure that
    rests on fewer organisations than the rule says.
    """
    actor.must_have(*(ALL_READERS if scope == "all" else OWN_READERS))
    owner_id = None if scope == "all" else actor.organisation()
    return report_out(queries.report(db, owner_id=owner_id, on=local_date(now)))


@router.get("/{valuation_id}/comparison", operation_id="compare_valuation")
def compare(valuation_id: ValuationId, db: Db, actor: CurrentActor, now: Now, keys: Keys) -> ComparisonOut:
    """Model, human and realised price of one result side by side."""
    return Shaper(db, commands.open_valuation(db, actor, valuation_id)).comparison(actor, keys, now=now)
