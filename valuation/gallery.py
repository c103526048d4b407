"""The past transactions that may stand beside an answer, kept in memory with the leaves they fall into.

Past transactions are append-only and runs never change: what was loaded once for a run and a segment stays good until a
transaction is added. That is asked of the database each time, by one count on the primary key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.ids import ModelRunId
from valuation import features
from valuation.comparables import Candidate, Likeness, nearest
from valuation.deals import Kind, PriceType, Trade
from valuation.tables import PastTransaction

if TYPE_CHECKING:
    import numpy as np

    from valuation.model import PriceModel

    Array = np.ndarray[Any, np.dtype[Any]]

CANDIDATES_MAX: Final = 2_000
COMPARABLES_MIN: Final = 3
KEPT_MAX: Final = 24
LATE_MS: Final = 3_600_000
"""Ids carry the time when they were made; no transaction commits its rows later than an hour after making their ids."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which past transactions: of one price type, of the same kind and trade or (not alike) of all the others."""

    run_id: ModelRunId | None
    price_type: PriceType
    kind: str
    trade: str
    generated: bool
    alike: bool = True


@dataclass(frozen=True, slots=True)
class Gallery:
    """The candidates, the newest first, and (candidates, trees) the leaf that each falls into; no trees, no leaves.

    `late` is the id an hour before the newest one, `newest` that one and `after` the number of rows from `late` on: while
    they are what they were, no row was added.
    """

    candidates: tuple[Candidate, ...]
    leaves: Array | None
    likeness: Likeness
    late: UUID
    newest: UUID | None
    after: int


_KEPT: dict[Wanted, Gallery] = {}
NIL: Final = UUID(int=0)


def comparables(
    session: Session,
    facts: Mapping[str, Any],
    price_type: PriceType,
    *,
    generated: bool,
    today: date,
    run_id: ModelRunId | None = None,
    model: PriceModel | None = None,
) -> list[dict[str, Any]]:
    """The nearest past transactions of one price type, at most five packages; generated ones only where allowed.

    First of the same kind and trade; if those are fewer than three packages, of any kind and trade. `model`: the one that
    answered, of the run `run_id`; without it, or where it has no trees, likeness is read from the facts.
    """
    wanted = Wanted(run_id if model else None, price_type, str(facts["kind"]), str(facts["trade"]), generated)
    here = None if model is None else _leaves(model, [dict(facts)])
    same = _gallery(session, wanted, model)
    found = _nearest(facts, [same], here, today)
    if len(found) < COMPARABLES_MIN:
        others = _gallery(session, replace(wanted, alike=False), model)
        found = _nearest(facts, [same, others], here, today)
    return found


def _nearest(
    facts: Mapping[str, Any], galleries: Sequence[Gallery], here: Array | None, today: date
) -> list[dict[str, Any]]:
    candidates = [one for gallery in galleries for one in gallery.candidates]
    if here is None:
        likenesses = [one for gallery in galleries for one in gallery.likeness.of(facts, today)]
        return nearest(facts, candidates, today=today, likenesses=likenesses)
    shares: list[float] = []
    for gallery in galleries:
        if gallery.leaves is not None:
            shares += (gallery.leaves == here).mean(axis=1).tolist()
    return nearest(facts, candidates, today=today, leaf_shares=shares)


def _gallery(session: Session, wanted: Wanted, model: PriceModel | None) -> Gallery:
    kept = _KEPT.get(wanted)
    if kept is not None and (kept.newest, kept.after) == _state(session, kept.late):
        return kept
    # The state is read before the rows: what arrives between is in the rows, and the next question loads them again.
    newest, _ = _state(session, NIL)
    late = NIL if newest is None else UUID(int=max(0, newest.int - (LATE_MS << 80)))
    _, after = _state(session, late)
    candidates = tuple(_candidates(session, wanted))
    leaves = None if model is None else _leaves(model, [_facts_of(one) for one in candidates])
    made = Gallery(candidates, leaves, Likeness.learn(candidates), late, newest, after)
    while len(_KEPT) >= KEPT_MAX:
        _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT[wanted] = made
    return made


def _state(session: Session, late: UUID) -> tuple[UUID | None, int]:
    """(the newest id, how many rows have ids from `late` on)."""
    table = PastTransaction
    newest = select(table.id).order_by(table.id.desc()).limit(1).scalar_subquery()
    count = select(func.count()).where(table.id >= late).scalar_subquery()
    row = session.execute(select(newest, count)).one()
    return row[0], row[1]


def _leaves(model: PriceModel, rows: Sequence[dict[str, Any]]) -> Array | None:
    """(rows, trees) in the smallest whole numbers that hold them; None where the model has no trees."""
    import numpy as np

    if model.forest is None:
        return None
    found = model.leaves(features.frame(rows)) if rows else np.zeros((0, 1), dtype=np.int32)
    return found.astype(np.uint8 if found.max(initial=0) < 256 else np.uint16)


def _facts_of(one: Candidate) -> dict[str, Any]:
    """The features of a past transaction as on its day."""
    return features.facts(
        title=one.title,
        kind=one.kind,
        trade=one.trade,
        on=one.dealt_on,
        filed_on=one.filed_on,
        filed_year=one.filed_year,
        rights=one.package_size,
        tech_field=one.tech_field,
        abstract=one.abstract,
    )


def _candidates(session: Session, wanted: Wanted) -> Sequence[Candidate]:
    """The newest arm's-length rows that are wanted."""
    table = PastTransaction
    # A kind that no past transaction can have is like none of them.
    same: ColumnElement[bool] = (table.kind == wanted.kind) & (table.trade == wanted.trade)
    if wanted.kind not in set(Kind) or wanted.trade not in set(Trade):
        same = table.id.is_(None)
    rows = (
        select(table)
        .where(
            table.price_type == wanted.price_type,
            table.related_party.is_(False),
            table.defaulted.is_(False),
            same if wanted.alike else ~same,
        )
        .order_by(table.dealt_on.desc(), table.id.desc())
        .limit(CANDIDATES_MAX)
    )
    if not wanted.generated:
        rows = rows.where(table.generated.is_(False))
    newest = rows.subquery()
    in_package = select(newest, func.count().over(partition_by=newest.c.package_key).label("package_rows"))
    ordered = in_package.order_by(newest.c.dealt_on.desc(), newest.c.id.desc())
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
            abstract=row.abstract,
        )
        for row in session.execute(ordered)
    ]
