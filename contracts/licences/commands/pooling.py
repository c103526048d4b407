"""Put a result into the pool of results that may be tried first, and take it out again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.licences.access import pool_in_force
from contracts.licences.errors import AlreadyPooled
from contracts.licences.tables import PoolEntry
from contracts.licences.terms import PoolTerms
from contracts.licences.trying import PriceTerms, SilenceEffect, check_silence
from kernel import audit, rules
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import PoolEntryId, ResultId, new_id


def pool(session: Session, *, entry: PoolTerms, now: datetime, actor: Actor | None = None) -> PoolEntry:
    """Put a result into the pool; the caller has checked title and the owner's consent.

    Raises AlreadyPooled, PurchaseNeedsPrice (Civil Code 638).
    """
    today = local_date(now)
    effect = SilenceEffect(entry.silence_effect)
    check_silence(effect, PriceTerms(entry.ceiling, entry.gain_bp))
    if _entry_of(session, entry.result_id) is not None:
        raise AlreadyPooled
    row = PoolEntry(
        id=PoolEntryId(new_id()),
        result_id=entry.result_id,
        owner_id=entry.owner_id,
        title=entry.title,
        summary=entry.summary,
        trl=entry.trl,
        ceiling=entry.ceiling,
        gain_bp=entry.gain_bp,
        way=entry.way,
        licence_kind=entry.licence_kind,
        term_months=entry.term_months or rules.whole_number(session, "trials.term_months", on=today),
        silence_effect=effect,
        deal=_facts(entry),
        pooled_on=today,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="pool.enter",
        kind="pool-entry",
        object_id=row.id,
        after={"result_id": entry.result_id, "ceiling": entry.ceiling, "way": entry.way},
        now=now,
    )
    return row


def withdraw_from_pool(session: Session, *, entry_id: PoolEntryId, actor: Actor | None, now: datetime) -> PoolEntry:
    """Take a result out of the pool; trials under way go on. The caller has checked who may. Raises NotFound."""
    row = lock(session, PoolEntry, entry_id, within=pool_in_force())
    row.withdrawn_on = local_date(now)
    session.flush()
    audit.record(session, actor=actor, action="pool.withdraw", kind="pool-entry", object_id=row.id, now=now)
    return row


def _entry_of(session: Session, result_id: ResultId) -> PoolEntry | None:
    rows = select(PoolEntry).where(PoolEntry.result_id == result_id, PoolEntry.withdrawn_on.is_(None))
    return session.execute(rows).scalar_one_or_none()


def _facts(entry: PoolTerms) -> dict[str, object]:
    """What the paid contract will be drafted from, as JSON."""
    return {
        "tech_field": entry.tech_field,
        "ip_kind": entry.ip_kind,
        "application_numbers": list(entry.application_numbers),
        "patent_expires_on": entry.patent_expires_on.isoformat() if entry.patent_expires_on else None,
        "contract_type": entry.contract_type,
        "basis": entry.basis,
        "plan_source": entry.plan_source,
        "valuation_id": str(entry.valuation_id) if entry.valuation_id else None,
    }
