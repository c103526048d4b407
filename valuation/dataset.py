"""The training set: past transactions as they are stored, arm's length only, with asks and deals apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from valuation import features
from valuation.deals import PriceType
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

    @property
    def segment(self) -> tuple[str, str]:
        """Kind and trade: what is compared with what."""
        return self.kind, self.trade


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows by what they teach. `helped` are the real deals and the generated ones of segments that are short of them.

    Appraisals are a separate indication: they are neither asks nor deals and teach nothing here.
    """

    deals: tuple[Row, ...]
    helped: tuple[Row, ...]
    asks: tuple[Row, ...]
    evidence: Mapping[tuple[str, str], Evidence]

    @property
    def generated_rows(self) -> int:
        """How many generated rows are in use."""
        return sum(row.generated for row in self.helped)


def training_set(rows: Sequence[Row], policy: Policy) -> TrainingSet:
    """Sort rows out. Generated deals are used only where the policy allows and real ones are fewer than a price needs."""
    deals = [row for row in rows if row.price_type == PriceType.DEAL and not row.generated]
    asks = [row for row in rows if row.price_type == PriceType.ASK and not row.generated]
    generated = [row for row in rows if row.price_type == PriceType.DEAL and row.generated and policy.generated_allowed]
    real = _packages(deals)
    used = [row for row in generated if real.get(row.segment, 0) < policy.deals_for_price_min]
    counts = (real, _packages(used), _packages(asks))
    evidence = {
        segment: Evidence(*(count.get(segment, 0) for count in counts))
        for segment in sorted({*counts[0], *counts[1], *counts[2]})
    }
    return TrainingSet(tuple(deals), tuple(deals + used) if used else (), tuple(asks), evidence)


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
        line = json.dumps([*values, row.package_size, row.generated], ensure_ascii=False, separators=(",", ":"))
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
        book=features.ASKED if row.price_type == PriceType.ASK else features.DEALT,
    )


def matrix(rows: Sequence[Row]) -> tuple[pd.DataFrame, Array, Array, Array]:
    """(features, prices in yuan, days, package keys) of the rows: what PriceModel.fit takes."""
    import numpy as np

    frame = features.frame([facts_of(row) for row in rows])
    prices = np.array([row.price_fen / 100 for row in rows])
    days = np.array([row.dealt_on for row in rows], dtype="datetime64[D]")
    return frame, prices, days, np.array([row.package_key for row in rows])
