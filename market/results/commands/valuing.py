"""Valuing a result, and engaging a technology manager or an appraiser who may see it and its valuations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId, ResultId
from market.results import queries
from market.results.access import owned_by
from market.results.subjects import subject_of
from market.results.tables import Result, ResultGrant
from parties.roles import Role
from valuation import commands as valuation
from valuation.reviewing import commands as reviewing
from valuation.reviewing.kinds import Capacity
from valuation.tables import Valuation


def value(session: Session, *, result_id: ResultId, trade: str, actor: Actor, now: datetime) -> Valuation:
    """Ask for an initial price of one's own result, explained, or an honest "not enough evidence".

    Completers and engaged managers are given sight of it; nobody else outside the unit is. Raises NotFound or MissingRole.
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE, Role.TECHNOLOGY_MANAGER, Role.UNIT_APPROVER)
    result = fetch(session, owned_by(actor), Result, result_id)
    ask = queries.public_ask(session, result_id)
    made = valuation.value(session, subject=subject_of(result, trade=trade), actor=actor, now=now, ask=ask)
    engaged = select(ResultGrant).where(ResultGrant.result_id == result_id).order_by(ResultGrant.granted_at)
    parts = [
        reviewing.Part(made.id, one.person_id, Capacity.ENGAGED, one.organisation_id)
        for one in session.execute(engaged).scalars()
    ]
    completers = {one.person_id for one in result.completers if one.person_id is not None}
    parts += [reviewing.Part(made.id, person_id, Capacity.COMPLETER) for person_id in sorted(completers)]
    reviewing.take_part(session, parts, now=now)
    return made


def engage(
    session: Session,
    *,
    result_id: ResultId,
    organisation_id: OrganisationId,
    person_id: PersonId,
    actor: Actor,
    now: datetime,
) -> ResultGrant:
    """Let a technology manager or an appraiser of another organisation see a result, its listings and valuations.

    For the transfer office. To engage twice is to engage once. Raises NotFound or MissingRole.
    """
    actor.must_have(Role.TRANSFER_OFFICE)
    result = fetch(session, owned_by(actor), Result, result_id)
    row = {
        "result_id": result.id,
        "organisation_id": organisation_id,
        "person_id": person_id,
        "granted_by": actor.person_id,
        "granted_at": now,
    }
    session.execute(upsert(ResultGrant).values(row).on_conflict_do_nothing())
    made = select(Valuation.id).where(Valuation.result_id == result_id, Valuation.owner_id == result.owner_id)
    valuations = session.execute(made).scalars().all()
    parts = [reviewing.Part(one, person_id, Capacity.ENGAGED, organisation_id) for one in valuations]
    reviewing.take_part(session, parts, now=now)
    after = {"organisation_id": organisation_id, "person_id": person_id}
    record(session, actor=actor, action="result.engage", kind="result", object_id=result_id, after=after, now=now)
    return session.get_one(ResultGrant, (result_id, organisation_id, person_id))
