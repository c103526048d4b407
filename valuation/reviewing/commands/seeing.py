"""Seeing a valuation's price: whoever is shown it is on record from the first time on, by the reading itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from kernel.db.locking import hold
from kernel.http.auth import Actor
from kernel.ids import PersonId, ResultId, ValuationId
from valuation import queries
from valuation.reviewing.tables import PriceSight
from valuation.tables import Valuation

_SEE: Final = text("""
    INSERT INTO price_sight (valuation_id, person_id, result_id, first_seen_at)
    VALUES (:valuation_id, :person_id, :result_id, market_now()) ON CONFLICT DO NOTHING""")
"""The clock is read by this statement, after the one that holds the eyes."""


def open_valuation(session: Session, actor: Actor, valuation_id: ValuationId) -> Valuation:
    """One valuation that the actor may see, opened for reading: its price is shown from now on. Raises NotFound.

    Every route and page that shows a price, a range or a contribution opens the valuation here.
    """
    found = queries.valuation(session, actor, valuation_id)
    seen(session, actor, [found])
    return found


def seen(session: Session, actor: Actor, shown: Iterable[Valuation]) -> None:
    """Record that the actor was shown the price or range of these valuations; where there is neither, nothing was shown."""
    with_price = [one for one in shown if one.price is not None or one.low is not None]
    known = _known(session, actor.person_id, [one.id for one in with_price])
    for one in sorted((one for one in with_price if one.id not in known), key=lambda one: one.id):
        first_seen(session, actor, one)


def first_seen(session: Session, actor: Actor, shown: Valuation) -> None:
    """`seen`, for one valuation that the actor cannot have seen before: it was made in this transaction."""
    if shown.price is None and shown.low is None:
        return
    # A price that is being given blind at this moment is written before the sight, or after it, never beside it.
    hold_eyes(session, actor.person_id, shown.result_id)
    session.execute(_SEE, {"valuation_id": shown.id, "person_id": actor.person_id, "result_id": shown.result_id})


def was_shown(session: Session, person_id: PersonId, result_id: ResultId) -> bool:
    """The person has been shown a price of this result: an older valuation of the same thing anchors as well."""
    sights = PriceSight.person_id == person_id, PriceSight.result_id == result_id
    return bool(session.execute(select(exists().where(*sights))).scalar_one())


def hold_eyes(session: Session, person_id: PersonId, result_id: ResultId) -> None:
    """Nothing is shown to this person of this result until the transaction ends."""
    hold(session, f"price-sight:{person_id}:{result_id}")


def _known(session: Session, person_id: PersonId, valuation_ids: list[ValuationId]) -> set[ValuationId]:
    if not valuation_ids:
        return set()
    rows = select(PriceSight.valuation_id).where(
        PriceSight.person_id == person_id, PriceSight.valuation_id.in_(valuation_ids)
    )
    return set(session.execute(rows).scalars())
