"""What may be asked about start prices: the lots that count for a way of trade, and the guidance for a valuation."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from kernel.money import Money
from valuation.deals import Trade
from valuation.starting.guidance import Guidance, guide
from valuation.starting.lots import PastLot
from valuation.starting.policy import policy_on
from valuation.starting.tables import AnnulledLot, PastLotRow
from valuation.tables import Valuation

LOTS_MAX: Final = 2_000
"""The newest lots are enough, and an answer over HTTP stays quick."""


def lots(session: Session, trade: str) -> list[PastLot]:
    """The newest lots of a way of trade and those of which none is stated: at arm's length, and not undone afterwards."""
    table = PastLotRow
    undone = exists().where(AnnulledLot.source == table.source, AnnulledLot.source_id == table.source_id)
    # A way of trade that no lot can have leaves those of which none is stated.
    same = or_(table.trade.is_(None), table.trade == trade) if trade in set(Trade) else table.trade.is_(None)
    rows = (
        select(table)
        .where(same, table.related_party.is_(False), ~undone)
        .order_by(table.closed_on.desc().nulls_last(), table.source, table.source_id)
        .limit(LOTS_MAX)
    )
    return [_lot(row) for row in session.execute(rows).scalars()]


def guidance(session: Session, *, trade: str, reference: Money | None, on: date) -> Guidance:
    """Guidance for something believed to be worth `reference`, by the rule in force on a day."""
    return guide(lots(session, trade), reference, policy_on(session, on))


def guidance_for(session: Session, valuation: Valuation, *, on: date) -> Guidance:
    """Guidance for a result that was valued; without a single price there is nothing to start from."""
    return guidance(session, trade=str(valuation.subject["trade"]), reference=valuation.price, on=on)


def _lot(row: PastLotRow) -> PastLot:
    return PastLot(
        source=row.source,
        source_id=row.source_id,
        title=row.title,
        start=row.start,
        outcome=row.outcome,
        final=row.final,
        reference=row.reference,
        reference_kind=row.reference_kind,
        trade=row.trade,
        closed_on=row.closed_on,
        session_name=row.session_name,
        bidders=row.bidders,
        related_party=row.related_party,
        source_url=row.source_url,
    )
