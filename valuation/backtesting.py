"""How the engine would have done: rolling origins over a list of past transactions, asks and deals apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from valuation import features, measuring, splitting
from valuation.dataset import Row, matrix
from valuation.deals import PastDeal, PriceType
from valuation.importing.rows import read_row
from valuation.importing.sheets import open_table
from valuation.intervals import TooFewToPromise
from valuation.model import PriceModel, package_weights

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

START: Final = "2017-08-01"
ORIGIN_DAYS: Final = 30
LEVEL: Final = 0.9


def rows_of_file(path: Path, *, today: date) -> list[Row]:
    """The distinct good rows of a file, arm's length only. Raises UnreadableTable."""
    found: dict[str, Row] = {}
    with open_table(path) as table:
        for line, cells in table.rows:
            deal = read_row(table.layout, cells, line=line, today=today)
            if isinstance(deal, PastDeal) and not deal.related_party:
                found[deal.source_id] = as_training_row(deal)
    return list(found.values())


def as_training_row(deal: PastDeal) -> Row:
    """A past deal as the model sees it."""
    return Row(
        source=deal.source,
        source_id=deal.source_id,
        package_key=deal.package_key(),
        title=deal.title,
        kind=str(deal.kind),
        trade=str(deal.trade),
        price_type=str(deal.price_type),
        price_fen=deal.price.fen,
        dealt_on=deal.dealt_on,
        filed_on=deal.filed_on,
        filed_year=deal.filed_year,
        tech_field=deal.tech_field,
        package_size=deal.package_size,
        generated=deal.generated,
    )


def backtest(
    rows: Sequence[Row], *, half_life_days: float, start: str = START, days: int = ORIGIN_DAYS
) -> dict[str, Any]:
    """Measures by price type and together: every origin learns from earlier days only, its ranges are calibrated there too.

    Weights are one over the rows of a package. "all" puts the asks' and the deals' estimates side by side, each made by
    its own model: at no time is one taken for the other.
    """
    examined = {
        kind.value: _examined([row for row in rows if row.price_type == kind], half_life_days, start, days)
        for kind in (PriceType.ASK, PriceType.DEAL)
    }
    together = [one for some in examined.values() for one in some]
    return {
        "origin_days": days,
        "start": start,
        **{name: _measures(some) for name, some in (*examined.items(), ("all", together))},
    }


def _examined(rows: Sequence[Row], half_life_days: float, start: str, days: int) -> list[tuple[Array, ...]]:
    """(estimate, price, weight, packages, low, high) for each origin; bounds are NaN where no range can be promised."""
    import numpy as np

    if not rows:
        return []
    frame, prices, when, packages = matrix(rows)
    weights = package_weights(packages)
    found: list[tuple[Array, ...]] = []
    for _, past, future in splitting.rolling(when, start=start, days=days):
        model = PriceModel(segments=features.SEGMENTS, text=features.TEXT, half_life_days=half_life_days)
        model.fit(frame.iloc[past], prices[past], when[past], packages[past])
        estimate = model.predict(frame.iloc[future])
        try:
            low, high = model.predict_interval(frame.iloc[future], LEVEL)
        except TooFewToPromise:
            low = high = np.full(len(future), np.nan)
        found.append((estimate, prices[future], weights[future], packages[future], low, high))
    return found


def _measures(examined: Sequence[tuple[Array, ...]]) -> dict[str, float] | None:
    import numpy as np

    if not examined:
        return None
    estimate, price, weight, packages, low, high = (np.concatenate(column) for column in zip(*examined, strict=True))
    ranged = np.isfinite(low)
    measures = {
        "packages": float(len(np.unique(packages))),
        "r2_log": measuring.r2_log(estimate, price, weight),
        "mdape": measuring.mdape(estimate, price, weight),
        "median_abs_log_ratio": measuring.median_abs_log_ratio(estimate, price, weight),
        "packages_with_range90": float(len(np.unique(packages[ranged]))),
    }
    if ranged.any():
        measures["coverage90"] = measuring.coverage(low[ranged], high[ranged], price[ranged], weight[ranged])
        measures["width90"] = measuring.weighted_median(high[ranged] / low[ranged], weight[ranged])
    return measures
