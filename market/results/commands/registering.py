"""Registering a result, settling the completers' priority, publishing it, and taking it out again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.db import lock
from kernel.errors import NotFound
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ResultId, new_id
from market.results.access import owned_by
from market.results.entries import CompleterEntry, ResultEntry, check_shares
from market.results.errors import NotYourCompletion, NumberTaken
from market.results.events import ResultPublished, ResultRegistered
from market.results.kinds import Priority, read_number
from market.results.states import RESULT, ResultAction, ResultState
from market.results.tables import Result, ResultCompleter
from market.words import search_vector
from parties import queries as parties
from parties.roles import Role
from parties.tables import Organisation


def register(session: Session, *, entry: ResultEntry, actor: Actor, now: datetime) -> Result:
    """Register a result of the actor's organisation; the public does not see it before it is offered.

    For completers and the transfer office of a verified organisation. Raises what `read_number` raises, SharesDoNotSum,
    NumberTaken, NotVerified or MissingRole.
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE)
    owner = parties.must_be_verified(session, actor.organisation())
    number = read_number(entry.kind, entry.number, filed_on=entry.filed_on)
    check_shares(entry.completers)
    if number is not None and _is_taken(session, str(number)):
        raise NumberTaken
    result = _row(entry, owner, str(number) if number else None, actor, now)
    session.add(result)
    session.flush()
    emit(session, ResultRegistered(result.id, owner.id), now=now)
    note(session, actor, "result.register", result, now)
    return result


def settle_priority(
    session: Session, *, result_id: ResultId, ordinal: int, priority: Priority, actor: Actor, now: datetime
) -> Result:
    """A completer reserves or waives the right to buy on equal terms (民法典 art 847).

    For the completer in person; the transfer office enters the written statement of one who has no account here.
    Raises NotFound, NotYourCompletion or MissingRole.
    """
    actor.must_have(Role.COMPLETER, Role.TRANSFER_OFFICE)
    result = lock(session, Result, result_id, within=owned_by(actor))
    completer = next((one for one in result.completers if one.ordinal == ordinal), None)
    if completer is None:
        raise NotFound
    by_office = completer.person_id is None and actor.has(Role.TRANSFER_OFFICE)
    if completer.person_id != actor.person_id and not by_office:
        raise NotYourCompletion
    completer.priority, completer.priority_at = priority, now
    session.flush()
    after = {"completer": ordinal, "priority": priority.value}
    record(
        session,
        actor=actor,
        action="result.settle-priority",
        kind="result",
        object_id=result_id,
        after=after,
        now=now,
    )
    return result


def publish(session: Session, *, result: Result, now: datetime) -> None:
    """The result is on offer: everybody may find it from now on. The caller has checked title and decision."""
    first = result.published_at is None
    result.state = RESULT.advance(result.state, ResultAction.PUBLISH)
    result.published_at = result.published_at or now
    session.flush()
    if first:
        emit(session, ResultPublished(result.id, result.owner_id), now=now)


def withdraw(session: Session, *, result_id: ResultId, reason: str, actor: Actor, now: datetime) -> Result:
    """Take a registration back; its number is free again. The caller checks that it is not on offer."""
    actor.must_have(Role.TRANSFER_OFFICE)
    result = lock(session, Result, result_id, within=owned_by(actor))
    result.state = RESULT.advance(result.state, ResultAction.WITHDRAW)
    session.flush()
    note(session, actor, "result.withdraw", result, now, reason=reason)
    return result


def mark_sold(session: Session, *, result: Result) -> None:
    """The right itself was sold: it is not offered again."""
    result.state = RESULT.advance(result.state, ResultAction.TRANSFER)
    session.flush()


def mark_returned(session: Session, *, result: Result) -> None:
    """The sale of the right was undone; a second telling changes nothing."""
    if result.state is ResultState.TRANSFERRED:
        result.state = RESULT.advance(result.state, ResultAction.RETURN)
        session.flush()


def note(
    session: Session, actor: Actor, action: str, result: Result, now: datetime, *, reason: str | None = None
) -> None:
    """The audit row of something done with a result."""
    after = {"state": result.state.value, "title": result.title, "number": result.number}
    record(
        session,
        actor=actor,
        action=action,
        kind="result",
        object_id=result.id,
        after=after,
        reason=reason,
        now=now,
    )


def _row(entry: ResultEntry, owner: Organisation, number: str | None, actor: Actor, now: datetime) -> Result:
    heading = " ".join(filter(None, (entry.title, number, entry.ipc, owner.name)))
    return Result(
        id=ResultId(new_id()),
        owner_id=owner.id,
        registered_by=actor.person_id,
        title=entry.title,
        summary=entry.summary,
        kind=entry.kind,
        number=number,
        filed_on=entry.filed_on,
        tech_field=entry.tech_field,
        ipc=entry.ipc,
        trl=entry.trl,
        fiscally_funded=entry.fiscally_funded,
        plan_source=entry.plan_source,
        secret=entry.secret,
        co_owners=list(entry.co_owners),
        co_owners_consent=entry.co_owners_consent,
        regime=owner.regime,
        state=RESULT.initial,
        registered_at=now,
        search=search_vector(heading=heading, body=entry.summary),
        completers=[_completer(ordinal, one, now) for ordinal, one in enumerate(entry.completers, start=1)],
    )


def _completer(ordinal: int, entry: CompleterEntry, now: datetime) -> ResultCompleter:
    return ResultCompleter(
        ordinal=ordinal,
        name=entry.name,
        person_id=entry.person_id,
        share_bp=entry.share_bp,
        priority=entry.priority,
        priority_at=None if entry.priority is Priority.OPEN else now,
    )


def _is_taken(session: Session, number: str) -> bool:
    alive = exists().where(Result.number == number, Result.state != ResultState.WITHDRAWN)
    return bool(session.execute(select(alive)).scalar_one())
