"""What may be asked about valuations: who may see one, and the past transactions that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import ResultId, ValuationId
from parties.roles import Role
from valuation.comparables import Candidate, nearest
from valuation.deals import Kind, PriceType, Trade
from valuation.reviewing.tables import ReviewInvitation
from valuation.tables import ModelRun, PastTransaction, Valuation, ValuationView

CANDIDATES_MAX: Final = 2_000
COMPARABLES_MIN: Final = 3


def visible_to(actor: Actor) -> Select[Valuation]:
    """The owner unit's people, whoever was given sight of it (the asker, completers, the engaged manager), and the
    appraisers of an organisation that the owner invited to review it.
    """
    given = select(ValuationView.valuation_id).where(ValuationView.person_id == actor.person_id)
    seen = or_(Valuation.owner_id == actor.organisation_id, Valuation.id.in_(given))
    if actor.has(Role.APPRAISER) and actor.organisation_id is not None:
        invited = select(ReviewInvitation.valuation_id).where(
            ReviewInvitation.organisation_id == actor.organisation_id, ReviewInvitation.withdrawn_at.is_(None)
        )
        seen = or_(seen, Valuation.id.in_(invited))
    return select(Valuation).where(seen)


def valuation(session: Session, actor: Actor, valuation_id: ValuationId) -> Valuation:
    """One valuation that the actor may see. Raises NotFound."""
    return fetch(session, visible_to(actor), Valuation, valuation_id)


def of_result(actor: Actor, result_id: ResultId) -> Select[Valuation]:
    """The valuations of a result that the actor may see; for `page_of`, newest first."""
    return visible_to(actor).where(Valuation.result_id == result_id)


def model_id(session: Session, found: Valuation) -> tuple[str, str] | None:
    """(model id, data hash) of the run behind a valuation; None if there was no model."""
    rows = select(ModelRun.model_id, ModelRun.data_hash).where(ModelRun.id == found.run_id)
    row = session.execute(rows).first()
    return None if row is None else (row.model_id, row.data_hash)


def comparables(
    session: Session, facts: Mapping[str, Any], price_type: PriceType, *, generated: bool, today: date
) -> list[dict[str, Any]]:
    """The nearest past transactions of one price type, at most five packages; generated ones only where allowed.

    First of the same kind and trade; if those are fewer than three packages, of any kind and trade.
    """
    same = _candidates(session, facts, price_type, generated=generated, alike=True)
    found = nearest(facts, same, today=today)
    if len(found) < COMPARABLES_MIN:
        others = _candidates(session, facts, price_type, generated=generated, alike=False)
        found = nearest(facts, [*same, *others], today=today)
    return found


def _candidates(
    session: Session, facts: Mapping[str, Any], price_type: PriceType, *, generated: bool, alike: bool
) -> Sequence[Candidate]:
    """The newest arm's-length rows of a price type, of the same kind and trade or (not alike) of all the others."""
    table = PastTransaction
    # A kind that no past transaction can have is like none of them.
    same = (table.kind == facts["kind"]) & (table.trade == facts["trade"])
    if facts["kind"] not in set(Kind) or facts["trade"] not in set(Trade):
        same = table.id.is_(None)
    rows = (
        select(table)
        .where(table.price_type == price_type, table.related_party.is_(False), same if alike else ~same)
        .order_by(table.dealt_on.desc(), table.id.desc())
        .limit(CANDIDATES_MAX)
    )
    if not generated:
        rows = rows.where(table.generated.is_(False))
    newest = rows.subquery()
    in_package = select(newest, func.count().over(partition_by=newest.c.package_key).label("package_rows"))
    return [
        Candidate(
            package_key=row.package_key,
            package_rows=row.package_rows,
            source=row.source,
            title=row.title,
            kind=row.kind.value,
            trade=row.trade.value,
            price_type=row.price_type.value,
            price=row.price,
            dealt_on=row.dealt_on,
            package_size=row.package_size,
            generated=row.generated,
            tech_field=row.tech_field,
            filed_on=row.filed_on,
            filed_year=row.filed_year,
        )
        for row in session.execute(in_package)
    ]
