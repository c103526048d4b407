"""Putting a result into the pool of 先用后转, where small firms may try it first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.licences import commands as licences
from contracts.licences.tables import PoolEntry
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ResultId
from kernel.money import Money
from market.results.access import owned_by
from market.results.commands.registering import note, publish
from market.results.guard import Stage
from market.results.subjects import pool_terms_of
from market.results.tables import Result
from market.results.titles import must_be_clear
from parties.roles import Role


def pool(
    session: Session,
    *,
    result_id: ResultId,
    ceiling: Money,
    gain_bp: int,
    way: str,
    licence_kind: str | None,
    term_months: int | None,
    silence_effect: str,
    actor: Actor,
    now: datetime,
) -> PoolEntry:
    """Offer a result for trial, with the most that a conversion may cost; silence at the end means return by default.

    For the transfer office. The title guard is asked first. Raises NotFound, RightNotClear, AlreadyPooled,
    PurchaseNeedsPrice (Civil Code 638) or MissingRole.
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    result = lock(session, Result, result_id, within=owned_by(actor))
    must_be_clear(session, result, way=way, licence_kind=licence_kind, stage=Stage.LISTING, on=local_date(now))
    terms = pool_terms_of(
        result,
        ceiling=ceiling,
        gain_bp=gain_bp,
        way=way,
        licence_kind=licence_kind,
        term_months=term_months,
        silence_effect=silence_effect,
    )
    entry = licences.pool(session, entry=terms, now=now, actor=actor)
    publish(session, result=result, now=now)
    note(session, actor, "result.pool", result, now)
    return entry
