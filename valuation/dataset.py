"""The training set: past transactions as they are stored, arm's length only, asks, deals and bounds each as what it is."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from valuation import features
from valuation.arms_length import left_out
from valuation.deals import PriceType
from valuation.discounts import AskDiscount, discount, pairs_of
from valuation.grading import Evidence, Policy

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

ROWS_MAX: Final = 200_000
"""Training reads the newest rows up to here: older ones weigh next to nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One past transaction as the model sees it."""

    source: str
    source_id: str
    package_key: str
    title: str
    kind: str
    trade: str
    price_type: str
    price_fen: int
    dealt_on: date
    filed_on: date | None
    filed_year: int | None
    tech_field: str | None
    package_size: int
    generated: bool
    application_number: str | None = None
    abstract: str = ""
    seller: str | None = None
    buyer: str | None = None
    related_party: bool = False
    defaulted: bool = False

    @property
    def at_most(self) -> bool:
        """The price is only an upper bound: nobody took the lot at its start."""
        return self.price_type == PriceType.UNSOLD

    @property
    def segment(self) -> tuple[str, str]:
        """Kind and trade: what is compared with what."""
        return self.kind, self.trade


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows by what they teach. `real` are deals, asks and unsold lots; `helped` the same and generated deals where real
    ones are too few (none if no generated one is needed). `left_out` counts what was not used, by reason.
    """

    real: tuple[Row, ...]
    helped: tuple[Row, ...]
    evidence: Mapping[tuple[str, str], Evidence]
    discount: AskDiscount
    left_out: Mapping[str, int]

    @property
    def generated_rows(self) -> int:
        """How many generated rows are in use."""
        return sum(row.generated for row in self.helped)

    def count(self, price_type: PriceType) -> int:
        """Real rows of a price type."""
        return sum(row.price_type == price_type for row in self.real)


def training_set(rows: Sequence[Row], policy: Policy) -> TrainingSet:
    """Sort rows out. Generated deals are used only where the policy allows and real ones are fewer than a price needs."""
    reasons = left_out(rows)
    kept = [row for row in rows if row.source_id not in reasons]
    real = [row for row in kept if not row.generated]
    deals = [row for row in real if row.price_type == PriceType.DEAL]
    asks = [row for row in real if row.price_type == PriceType.ASK]
    generated = [row for row in kept if row.price_type == PriceType.DEAL and row.generated and policy.generated_allowed]
    counted = _packages(deals)
    used = [row for row in generated if counted.get(row.segment, 0) < policy.deals_for_price_min]
    counts = (counted, _packages(used), _packages(asks))
    evidence = {
        segment: Evidence(*(count.get(segment, 0) for count in counts))
        for segment in sorted({*counts[0], *counts[1], *counts[2]})
    }
    return TrainingSet(
        real=tuple(real),
        helped=tuple(real + used) if used else (),
        evidence=evidence,
        discount=discount(pairs_of(real), policy.ask_discount),
        left_out=dict(sorted(Counter(reason.value for reason in reasons.values()).items())),
    )


def weights(rows: Sequence[Row], *, seller_share_max_bp: int) -> Array:
    """(rows,) one unit a package, and no seller (where the list names them) above its share of the whole.

    What a seller has beyond the share is taken off all his rows alike; where a handful of sellers are everything, each
    keeps an equal part.
    """
    import numpy as np

    from valuation.model import package_weights

    weight = package_weights([row.package_key for row in rows])
    names = [row.seller for row in rows]
    if not any(names):
        return weight
    sellers = np.array([name or "" for name in names])
    masses = {name: float(weight[sellers == name].sum()) for name in sorted(set(sellers)) if name}
    ceiling = _ceiling(list(masses.values()), float(weight.sum()), seller_share_max_bp / 10_000)
    for name, mass in masses.items():
        if mass > ceiling:
            weight[sellers == name] *= ceiling / mass
    return weight


def _ceiling(masses: Sequence[float], total: float, share: float) -> float:
    """The largest mass c so that a seller held to c has at most `share` of what is left, or equal parts if none has."""
    free = total - sum(masses)
    ordered = sorted(masses, reverse=True)
    for held in range(len(ordered)):
        rest = free + sum(ordered[held:])
        if share * held < 1 and ordered[held] <= (ceiling := share * rest / (1 - share * held)):
            return max(ceiling, ordered[held])
    return min(ordered)


def _packages(rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """Packages by segment; a package of mixed kinds counts in each of them."""
    keys: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        keys.setdefault(row.segment, set()).add(row.package_key)
    return {segment: len(found) for segment, found in keys.items()}


def data_hash(rows: Iterable[Row]) -> str:
    """SHA-256 over the rows in the order of their natural keys: the same rows give the same hash on any machine."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda one: (one.source, one.source_id)):
        values = [
            row.source,
            row.source_id,
            row.package_key,
            row.title,
            row.kind,
            row.trade,
            row.price_type,
            row.price_fen,
        ]
        values += [row.dealt_on.isoformat(), row.filed_on and row.filed_on.isoformat(), row.filed_year, row.tech_field]
        values += [row.package_size, row.generated, row.application_number, row.abstract, row.seller, row.buyer]
        line = json.dumps([*values, row.related_party, row.defaulted], ensure_ascii=False, separators=(",", ":"))
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def facts_of(row: Row) -> dict[str, Any]:
    """The features of a past transaction as on its day."""
    return features.facts(
        title=row.title,
        kind=row.kind,
        trade=row.trade,
        on=row.dealt_on,
        filed_on=row.filed_on,
        filed_year=row.filed_year,
        rights=row.package_size,
        tech_field=row.tech_field,
        abstract=row.abstract,
        book=features.ASKED if row.price_type == PriceType.ASK else features.DEALT,
    )


def matrix(rows: Sequence[Row]) -> tuple[pd.DataFrame, Array, Array, Array]:
    """(features, prices in yuan, days, package keys) of the rows: what PriceModel.fit takes."""
    import numpy as np

    frame = features.frame([facts_of(row) for row in rows])
    prices = np.array([row.price_fen / 100 for row in rows])
    days = np.array([row.dealt_on for row in rows], dtype="datetime64[D]")
    return frame, prices, days, np.array([row.package_key for row in rows])
