"""Model, human and realised price: of one valuation, of an organisation's own, or of all as far as that may be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, Select, or_, select, text
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.ids import OrganisationId
from kernel.money import Money
from valuation.reviewing.anchoring import Anchoring, Pair, anchoring
from valuation.reviewing.comparing import Compared, Segment, compare
from valuation.reviewing.figures import Figure
from valuation.reviewing.policy import ReviewPolicy, review_policy_on
from valuation.reviewing.tables import RealisedPrice
from valuation.tables import Valuation

ROWS_MAX: Final = 50_000
PAIRS_MAX: Final = 2_000
"""The newest first judgements; more would not be more of today's people."""

# Two views, made with the tables: under the web role they show what its policies show. The functions of the same rows are
# for the exchange and the command line, which see figures over everybody and nobody's own.
_OWN = text("SELECT * FROM valuation_compared WHERE owner_id = :owner ORDER BY valued_at DESC LIMIT :most")
_ALL = text("SELECT * FROM valuation_compared_all() ORDER BY valued_at DESC LIMIT :most")
_OWN_JUDGED = text("SELECT * FROM valuation_judged WHERE owner_id = :owner ORDER BY reviewed_at DESC LIMIT :most")
_ALL_JUDGED = text("SELECT * FROM valuation_judged_all() ORDER BY reviewed_at DESC LIMIT :most")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The anchoring measure, or that too few organisations stand behind it (`hidden`)."""

    hidden: bool
    measured: Anchoring | None


@dataclass(frozen=True, slots=True)
class Report:
    """The comparison over an organisation's own valuations, or over all (`owner_id` None), with the numbers behind it."""

    owner_id: OrganisationId | None
    segments: list[Segment]
    anchoring: Anchor
    units_min: int
    policy: ReviewPolicy


def realised_of(found: Valuation) -> Select[RealisedPrice]:
    """What the result was sold for in the same trade since it was valued so, the earliest first."""
    since = or_(RealisedPrice.valuation_id == found.id, RealisedPrice.agreed_on >= local_date(found.valued_at))
    rows = select(RealisedPrice).where(
        RealisedPrice.result_id == found.result_id, RealisedPrice.trade == str(found.subject.get("trade")), since
    )
    return rows.order_by(RealisedPrice.agreed_on, RealisedPrice.contract_id)


def report(session: Session, *, owner_id: OrganisationId | None, on: date) -> Report:
    """Over one organisation's valuations, or over all: then no figure rests on fewer organisations than the rule says.

    The caller has checked who may ask. Raises NoSuchRule.
    """
    policy = review_policy_on(session, on)
    units_min = policy.report_units_min if owner_id is None else 1
    rows = _rows(session, _ALL, _OWN, owner_id, ROWS_MAX)
    return Report(
        owner_id=owner_id,
        segments=compare([_compared(row) for row in rows], units_min=units_min),
        anchoring=anchored(
            _rows(session, _ALL_JUDGED, _OWN_JUDGED, owner_id, PAIRS_MAX),
            units_min=units_min,
            pairs_min=policy.anchoring_pairs_min,
        ),
        units_min=units_min,
        policy=policy,
    )


def anchored(rows: Sequence[Row[Any]], *, units_min: int, pairs_min: int) -> Anchor:
    """Measure the pull over first judgements; across organisations each group needs enough of them behind it."""
    told = [row for row in rows if row.shown_before], [row for row in rows if not row.shown_before]
    if units_min > 1 and min(len({row.owner_id for row in group}) for group in told) < units_min:
        return Anchor(True, None)
    return Anchor(False, anchoring([_pair(row) for row in rows], pairs_min=pairs_min))


def _rows(session: Session, all_: Any, own: Any, owner_id: OrganisationId | None, most: int) -> Sequence[Row[Any]]:
    if owner_id is None:
        return session.execute(all_, {"most": most}).all()
    return session.execute(own, {"owner": owner_id, "most": most}).all()


def _compared(row: Row[Any]) -> Compared:
    return Compared(
        owner_id=row.owner_id,
        kind=row.kind,
        trade=row.trade,
        model=_figure(row.model_price, row.model_low, row.model_high),
        human=_figure(row.human_price, row.human_low, row.human_high),
        realised=Money(row.realised) if row.realised is not None else None,
    )


def _pair(row: Row[Any]) -> Pair:
    human = _figure(row.human_price, row.human_low, row.human_high)
    assert human is not None  # a review has a figure, says the database
    return Pair(
        human=human.log_fen,
        model=math.log(row.model_price),
        shown=row.shown_before,
        realised=math.log(row.realised) if row.realised is not None else None,
        reviewer=str(row.reviewer_id),
    )


def _figure(price: int | None, low: int | None, high: int | None) -> Figure | None:
    if price is None and low is None:
        return None
    return Figure(*(None if one is None else Money(one) for one in (price, low, high)))
