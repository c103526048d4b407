"""Valuing a result, taking a completed deal into the training set, and giving a person sight of a valuation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.codes import BadCode, normalise_application_number
from kernel.db.base import table_of
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import PersonId, ValuationId, new_id
from kernel.money import Money
from valuation import features, gallery, shelf
from valuation.deals import TITLE_LENGTH_MAX, PastDeal, PriceType
from valuation.estimates import Estimate, book_of, estimate
from valuation.events import ResultValued
from valuation.grading import Grade
from valuation.importing.commands import as_row
from valuation.policy import policy_on
from valuation.reasoned import reasoned_range
from valuation.statements import statement
from valuation.subjects import Subject
from valuation.tables import ModelRun, PastTransaction, Valuation, ValuationView


def value(session: Session, *, subject: Subject, actor: Actor, now: datetime, ask: Money | None = None) -> Valuation:
    """Value a result as it is offered today, and keep the answer, also where it is "not enough evidence".

    `ask` is what its owner publicly asks for it: no price is foretold above.

    Whoever asks is given sight of it; whether they may ask is for the caller, who knows the result. The same facts, day
    and model give the same answer.
    """
    today = local_date(now)
    facts = facts_of(subject, now)
    served = shelf.serving(session)
    run, models = served if served else (None, None)
    answer = estimate(models, facts, policy_on(session, today), ask=ask)
    facts = facts | {features.BOOK: book_of(answer.grade)}
    price_type = PriceType.ASK if answer.grade in (Grade.C, Grade.D) and not answer.evidence.deals else PriceType.DEAL
    shown = gallery.comparables(
        session,
        facts,
        price_type,
        generated=answer.grade is Grade.G,
        today=today,
        run_id=run.id if run else None,
        model=models.for_grade(answer.grade) if models else None,
    )
    made = _row(subject, facts, answer, shown, actor, run, now, ask)
    pooled = reasoned_range(session, result_id=subject.result_id, answer=answer, on=today)
    if pooled is not None:
        made.explanation = made.explanation | {"indications": pooled}
    session.add(made)
    session.flush()
    grant_view(session, valuation_id=made.id, person_id=actor.person_id, now=now)
    told = ResultValued(
        valuation_id=made.id, result_id=made.result_id, owner_id=made.owner_id, has_price=made.price is not None
    )
    emit(session, told, now=now)
    after = {"grade": made.grade.value, "price": made.price, "run": str(made.run_id)}
    record(session, actor=actor, action="valuation.make", kind="valuation", object_id=made.id, after=after, now=now)
    return made


def record_deal(session: Session, *, deal: PastDeal, now: datetime) -> bool:
    """Take a past deal into the training set, once. False if it is there already.

    `deal.application_number` may be written in any usual form; one that proves wrong is left out rather than the deal.
    """
    row = as_row(deal, None, now)
    row["application_number"] = _canonical(deal.application_number)
    row["title"] = deal.title[:TITLE_LENGTH_MAX]
    statement = upsert(PastTransaction).values(row).on_conflict_do_nothing(index_elements=["source", "source_id"])
    return session.execute(statement.returning(PastTransaction.id)).first() is not None


def grant_view(session: Session, *, valuation_id: ValuationId, person_id: PersonId, now: datetime) -> None:
    """Give a person sight of a valuation; giving it twice is giving it once."""
    grant_views(session, {(valuation_id, person_id)}, now=now)


def grant_views(session: Session, sights: Iterable[tuple[ValuationId, PersonId]], *, now: datetime) -> None:
    """Give each person sight of a valuation, in one statement; giving it twice is giving it once."""
    rows = [{"valuation_id": one, "person_id": person_id, "granted_at": now} for one, person_id in sights]
    if rows:
        session.execute(upsert(table_of(ValuationView)).values(rows).on_conflict_do_nothing())


def facts_of(subject: Subject, now: datetime) -> dict[str, Any]:
    """The features of a subject as on the day of the question; the year of filing is read from the number if need be."""
    filed_year = None
    if subject.filed_on is None and subject.application_number:
        try:
            filed_year = normalise_application_number(subject.application_number).year
        except BadCode:
            filed_year = None
    return features.facts(
        title=subject.title,
        kind=subject.kind,
        trade=subject.trade,
        on=local_date(now),
        filed_on=subject.filed_on,
        filed_year=filed_year,
        tech_field=subject.tech_field,
        ipc=subject.ipc,
        trl=subject.trl,
        abstract=subject.abstract,
    )


def _row(
    subject: Subject,
    facts: dict[str, Any],
    answer: Estimate,
    comparables: list[dict[str, Any]],
    actor: Actor,
    run: ModelRun | None,
    now: datetime,
    ask: Money | None,
) -> Valuation:
    return Valuation(
        id=ValuationId(new_id()),
        result_id=subject.result_id,
        owner_id=subject.owner_id,
        asked_by=actor.person_id,
        run=run,
        subject=facts,
        grade=answer.grade,
        reason=answer.reason,
        price=answer.price,
        low=answer.range.low if answer.range else None,
        high=answer.range.high if answer.range else None,
        level_bp=answer.range.level_bp if answer.range else None,
        rests_on_generated=answer.rests_on_generated,
        evidence={
            "deals": answer.evidence.deals,
            "generated": answer.evidence.generated,
            "asks": answer.evidence.asks,
            "deals_needed": answer.policy.deals_for_price_min,
            "policy": answer.policy.version,
        },
        explanation={
            "base_fen": answer.base.fen if answer.base else None,
            "base_log": answer.base_log,
            "ask_fen": ask.fen if ask else None,
            "withheld": answer.withheld,
            "after": [{"name": name, "log": log} for name, log in answer.after],
            "beyond": list(answer.beyond),
            "contributions": [one.to_json() for one in answer.contributions],
            "statement": statement(answer),
        },
        comparables=comparables,
        valued_at=now,
    )


def _canonical(number: str | None) -> str | None:
    try:
        return str(normalise_application_number(number)) if number else None
    except BadCode:
        return None
