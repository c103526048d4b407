"""Model, human and realised price side by side: ratios by segment, and what may be told across organisations. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.ids import OrganisationId
from kernel.money import Money
from valuation.reviewing.figures import Figure

SEGMENTS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Compared:
    """A valuation with what people said and what came of it; `realised` is the price of an arm's-length deal, if any."""

    owner_id: OrganisationId
    kind: str
    trade: str
    model: Figure | None = None
    human: Figure | None = None
    realised: Money | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Ratios of one price to another: how many, the median ratio, and the median |ln ratio| (half are nearer than that)."""

    count: int
    median_ratio: float
    median_abs_log: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One kind and trade, or all of them (`kind` and `trade` None). A hidden segment tells nothing, not even how many.

    `in_range` of `ranged` arm's-length prices lay within the model's range.
    """

    kind: str | None
    trade: str | None
    hidden: bool
    valuations: int | None
    reviewed: int | None
    realised: int | None
    human_to_model: Spread | None
    realised_to_model: Spread | None
    realised_to_human: Spread | None
    ranged: int | None
    in_range: int | None


def compare(rows: Sequence[Compared], *, units_min: int) -> list[Segment]:
    """All valuations first, then the segments, the largest first. `units_min` 1 for an organisation's own rows.

    Across organisations no figure rests on fewer than `units_min` of them; where exactly one segment is hidden the next
    smallest is hidden too, or the total would give it away (统计法 art 25: nothing that identifies a single unit).
    """
    parts: dict[tuple[str, str], list[Compared]] = {}
    for row in rows:
        parts.setdefault((row.kind, row.trade), []).append(row)
    ordered = sorted(parts.items(), key=lambda item: (-len(item[1]), item[0]))[:SEGMENTS_MAX]
    hidden = {index for index, (_, part) in enumerate(ordered) if not _enough(part, units_min)}
    if len(hidden) == 1 and len(ordered) > 1:
        hidden.add(max(index for index in range(len(ordered)) if index not in hidden))
    whole = _segment(None, None, rows, units_min=units_min, hidden=not _enough(rows, units_min))
    return [
        whole,
        *(
            _segment(kind, trade, part, units_min=units_min, hidden=index in hidden)
            for index, ((kind, trade), part) in enumerate(ordered)
        ),
    ]


def _segment(kind: str | None, trade: str | None, rows: Sequence[Compared], *, units_min: int, hidden: bool) -> Segment:
    if hidden:
        return Segment(kind, trade, True, None, None, None, None, None, None, None, None)
    ranged = [one for one in rows if one.realised and one.model and one.model.low]
    told = _enough(ranged, units_min)
    return Segment(
        kind=kind,
        trade=trade,
        hidden=False,
        valuations=len(rows),
        reviewed=_count([one for one in rows if one.human], units_min),
        realised=_count([one for one in rows if one.realised], units_min),
        human_to_model=_spread(rows, _human, _model, units_min),
        realised_to_model=_spread(rows, _realised, _model, units_min),
        realised_to_human=_spread(rows, _realised, _human, units_min),
        ranged=len(ranged) if told else None,
        in_range=sum(one.model.holds(one.realised) for one in ranged if one.model and one.realised) if told else None,
    )


def _spread(
    rows: Sequence[Compared],
    over: Callable[[Compared], float | None],
    under: Callable[[Compared], float | None],
    units_min: int,
) -> Spread | None:
    both = [
        (row, top - bottom) for row in rows if (top := over(row)) is not None and (bottom := under(row)) is not None
    ]
    if not both or not _enough([row for row, _ in both], units_min):
        return None
    logs = [log for _, log in both]
    return Spread(len(logs), math.exp(statistics.median(logs)), statistics.median(abs(log) for log in logs))


def _human(row: Compared) -> float | None:
    return row.human.log_fen if row.human else None


def _model(row: Compared) -> float | None:
    """A range without a price is no price: it is compared as a range, never by its middle."""
    return row.model.log_fen if row.model and row.model.price else None


def _realised(row: Compared) -> float | None:
    return math.log(row.realised.fen) if row.realised else None


def _count(rows: Sequence[Compared], units_min: int) -> int | None:
    """None is said alike of none and of too few organisations."""
    return len(rows) if _enough(rows, units_min) else None


def _enough(rows: Sequence[Compared], units_min: int) -> bool:
    """Enough organisations stand behind the rows; one's own rows need none."""
    return units_min <= 1 or len({one.owner_id for one in rows}) >= units_min
