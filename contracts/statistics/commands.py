"""The figures only grow: a registered contract is counted, a correction takes the old figure back and counts the new one."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.statistics.counting import CountedContract
from contracts.statistics.tables import StatisticsFact
from kernel.errors import NotFound
from kernel.ids import ContractId, FactId, new_id


def count(session: Session, *, counted: CountedContract, now: datetime) -> StatisticsFact:
    """Write the fact of a registered contract, in the transaction that enters the registration."""
    same = {field.name: getattr(counted, field.name) for field in fields(counted)}
    fact = StatisticsFact(id=FactId(new_id()), contracts=1, written_at=now, **same)
    session.add(fact)
    session.flush()
    return fact


def take_back(session: Session, *, contract_id: ContractId, counted_on: date, now: datetime) -> StatisticsFact:
    """Reverse the newest count of a contract, on the day of the correction; the first figure stays in its own period.

    Raises NotFound if nothing stands to be taken back.
    """
    rows = select(StatisticsFact).where(StatisticsFact.contract_id == contract_id).order_by(StatisticsFact.id.desc())
    newest = session.execute(rows.limit(1)).scalar_one_or_none()
    if newest is None or newest.contracts < 0:
        raise NotFound
    same = {column.key: getattr(newest, column.key) for column in StatisticsFact.__table__.columns}
    reversal = StatisticsFact(
        **same
        | {
            "id": FactId(new_id()),
            "counted_on": counted_on,
            "contracts": -1,
            "contract_value": -newest.contract_value,
            "technology_value": -newest.technology_value,
            "written_at": now,
        }
    )
    session.add(reversal)
    session.flush()
    return reversal
