"""`market valuation report`: model, human and realised prices side by side, and how far people are pulled to the model's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from valuation.reviewing.schemas.comparing import AnchoringOut, SegmentOut, SpreadOut


def report(
    organisation: Annotated[
        str | None, typer.Option(help="only this organisation's own valuations, by its id; left out: all of them")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Compare what the model said with what people said and what was paid, by kind and trade.

    Over all organisations no figure rests on fewer of them than the trading rule says. Exit codes: 0 done, 2 no such id.

    Example: market valuation report --json
    """
    from app.cli.failing import fail
    from app.wiring import open_database
    from kernel.calendar import local_date
    from kernel.db import market_now
    from kernel.ids import OrganisationId
    from valuation.reviewing import queries
    from valuation.reviewing.schemas.comparing import report_out

    try:
        owner = None if organisation is None else OrganisationId(UUID(organisation))
    except ValueError:
        fail("--organisation takes an id such as 0198c0de-0000-7000-8000-000000000000", code=2)
    with open_database() as db, db.session("worker") as session:
        made = report_out(queries.report(session, owner_id=owner, on=local_date(market_now(session))))
    if as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    for segment in made.segments:
        typer.echo(_line(segment, made.units_min))
    typer.echo(_pull(made.anchoring))


def _line(segment: SegmentOut, units_min: int) -> str:
    name = f"{segment.kind}, {segment.trade}" if segment.kind else "all valuations with a review or a deal"
    if segment.hidden:
        return f"{name}: not told, fewer than {units_min} organisations"
    parts = [f"{segment.valuations} valuations"]
    parts += [
        f"{label} {_spread(spread)}"
        for label, spread in (
            ("human/model", segment.human_to_model),
            ("realised/model", segment.realised_to_model),
            ("realised/human", segment.realised_to_human),
        )
    ]
    if segment.ranged:
        parts.append(f"{segment.in_range} of {segment.ranged} realised within the range")
    return f"{name}: " + "; ".join(parts)


def _spread(spread: SpreadOut | None) -> str:
    if spread is None:
        return "none to tell"
    return f"×{spread.median_ratio:.2f} (|ln| {spread.median_abs_log:.2f}, n {spread.count})"


def _pull(found: AnchoringOut) -> str:
    if found.hidden:
        return "anchoring: not told, too few organisations"
    assert found.shown is not None and found.blind is not None
    counts = f"{found.shown.pairs} shown, {found.blind.pairs} blind"
    if found.too_few or found.pull is None:
        return f"anchoring: too few to say ({counts}; {found.pairs_min} of each are needed)"
    interval = "" if found.low is None or found.high is None else f", {found.low:.2f} to {found.high:.2f}"
    return f"anchoring: pull {found.pull:.2f}{interval} ({counts})"
