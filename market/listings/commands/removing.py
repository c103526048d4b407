"""Taking a result out of the register, if it is not on offer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.http.auth import Actor
from kernel.ids import ResultId
from market.listings.states import OVER
from market.listings.tables import Listing
from market.results import commands as results
from market.results.errors import ResultInUse
from market.results.tables import Result


def withdraw_result(session: Session, *, result_id: ResultId, reason: str, actor: Actor, now: datetime) -> Result:
    """Take a registration back; its number is free again. Raises ResultInUse, NotFound, MissingRole, WrongState."""
    result = results.withdraw(session, result_id=result_id, reason=reason, actor=actor, now=now)
    on_offer = exists().where(Listing.result_id == result_id, Listing.state.not_in(OVER))
    if session.execute(select(on_offer)).scalar_one():
        raise ResultInUse
    return result
