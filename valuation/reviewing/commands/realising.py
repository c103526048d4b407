"""What a result was really sold for, told by the market when a contract settles, beside what had been said of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.calendar import end_of_day
from kernel.ids import ContractId, OrganisationId, ResultId, ValuationId
from kernel.money import Money
from valuation.reviewing.tables import RealisedPrice
from valuation.tables import Valuation


def record_realised(
    session: Session,
    *,
    contract_id: ContractId,
    result_id: ResultId,
    owner_id: OrganisationId,
    trade: str,
    price: Money,
    arms_length: bool,
    agreed_on: date,
    now: datetime,
) -> bool:
    """Keep the price of a settled contract, once a contract. False if it is kept already.

    A deal between related parties is kept and marked: it is shown, and measures nothing.
    """
    row = {
        "contract_id": contract_id,
        "valuation_id": _valued_before(session, result_id, owner_id, trade, agreed_on),
        "result_id": result_id,
        "owner_id": owner_id,
        "trade": trade,
        "price": price,
        "arms_length": arms_length,
        "agreed_on": agreed_on,
        "recorded_at": now,
    }
    kept = upsert(RealisedPrice).values(row).on_conflict_do_nothing().returning(RealisedPrice.contract_id)
    return session.execute(kept).first() is not None


def _valued_before(
    session: Session, result_id: ResultId, owner_id: OrganisationId, trade: str, agreed_on: date
) -> ValuationId | None:
    """The newest valuation that was made by the day of agreement: a later one would have known the price."""
    rows = select(Valuation.id).where(
        Valuation.result_id == result_id,
        Valuation.owner_id == owner_id,
        Valuation.subject["trade"].astext == trade,
        Valuation.valued_at < end_of_day(agreed_on),
    )
    return session.execute(rows.order_by(Valuation.valued_at.desc(), Valuation.id.desc()).limit(1)).scalar_one_or_none()
