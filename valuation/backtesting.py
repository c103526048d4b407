"""How the engine would have done: every origin learns from earlier days only, all candidates side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kernel.money import Money
from valuation import features, measuring, splitting
from valuation.arms_length import left_out
from valuation.candidates import BASELINE, CANDIDATES, USUAL, made
from valuation.dataset import Row, matrix
from valuation.deals import PastDeal, PriceType
from valuation.discounts import bounded
from valuation.explaining import money
from valuation.importing.rows import read_row
from valuation.importing.sheets import open_table
from valuation.intervals import TooFewToPromise
from valuation.model import package_weights

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

START: Final = "2017-08-01"
ORIGIN_DAYS: Final = 30
LEVEL: Final = 0.9
SEED: Final = 20_171_101
DRAWS: Final = 2_000
MEASURED: Final = ("r2_log", "mdape", "median_abs_log_ratio", "pinball90")


def rows_of_file(path: Path, *, today: date) -> list[Row]:
    """The distinct good rows of a file that teach a price. Raises UnreadableTable."""
    found: dict[str, Row] = {}
    with open_table(path) as table:
        for line, cells in table.rows:
            deal = read_row(table.layout, cells, line=line, today=today)
            if isinstance(deal, PastDeal):
                found[deal.source_id] = as_training_row(deal)
    rows = list(found.values())
    unused = left_out(rows)
    return [row for row in rows if row.source_id not in unused]


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
        application_number=deal.application_number,
        abstract=deal.abstract,
        seller=deal.seller,
        buyer=deal.buyer,
        related_party=deal.related_party,
        defaulted=deal.defaulted,
    )


@dataclass(slots=True)
class Table:
    """What is examined: features, prices (yuan), days, packages and weights (one over the rows of the package)."""

    frame: pd.DataFrame
    price: Array
    when: Array
    package: Array
    weight: Array
    book: Array
    at_most: Array


@dataclass(slots=True)
class Foretold:
    """What one candidate said of the rows that were examined, by row; NaN where nothing, or no range, was said.

    `as_deal`: what a row would be dealt at, whatever it states, before its own ask bounds it.
    """

    estimate: Array
    low: Array
    high: Array
    as_deal: Array
    calibrations: dict[str, int] = field(default_factory=dict)


def backtest(
    rows: Sequence[Row],
    *,
    start: str = START,
    days: int = ORIGIN_DAYS,
    split: str = "rolling",
    candidates: Sequence[str] = tuple(CANDIDATES),
    draws: int = DRAWS,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Measures of the model that usually serves under "rolling", and of every candidate under "candidates".

    One model foretells asks and deals, each in its own book; "ask" and "deal" give the measures apart. Weights are one over
    the rows of a package. `delta_mdape_ci90` is the 90 % interval of the difference in MdAPE to the typical price of a
    segment, by bootstrap over days of listing. Raises RandomSplitRefused for a split that is not one of days.
    """
    table = _table(rows)
    folds = splitting.split(split, table.when, table.package, folds=None, start=start, days=days)
    told = {}
    for number, name in enumerate(candidates, start=1):
        told[name] = _foretell(table, name, [(fold.teaching, fold.examined) for fold in folds])
        if on_progress is not None:
            on_progress(name, number, len(candidates))
    examined = _examined(folds, table)
    report = {
        "split": split,
        "origin_days": days,
        "start": start,
        "rows": len(rows),
        "packages": len(set(table.package.tolist())),
        "candidates": {name: _measures(table, one, examined) for name, one in told.items()},
    }
    if USUAL in told and len(examined):
        usual = told[USUAL]
        measured = (_measures(table, usual, examined) or {}) | _against(
            table, usual, told.get(BASELINE), examined, draws
        )
        for book in (PriceType.ASK, PriceType.DEAL):
            measured[book.value] = _measures(table, usual, examined[table.book[examined] == book.value])
        measured["deals_of_asks"] = _deals_of_asks(table, usual, examined)
        report["rolling" if split == "rolling" else "examined"] = measured
    return report


def _table(rows: Sequence[Row]) -> Table:
    import numpy as np

    frame, price, when, package = matrix(rows)
    return Table(
        frame,
        price,
        when,
        package,
        package_weights(package),
        np.array([row.price_type for row in rows]),
        np.array([row.at_most for row in rows], dtype=bool),
    )


def _examined(folds: Sequence[splitting.Fold], table: Table) -> Array:
    import numpy as np

    rows = np.concatenate([fold.examined for fold in folds]) if folds else np.zeros(0, dtype=int)
    known: Array = rows[~table.at_most[rows]]
    return known


def _foretell(table: Table, name: str, folds: Sequence[tuple[Array, Array]]) -> Foretold:
    """Each fold by a model that has seen its teaching rows only; its ranges are calibrated among these."""
    import numpy as np

    told = Foretold(*np.full((4, len(table.price)), np.nan))
    for past, future in folds:
        if table.at_most[past].all():
            continue
        model = made(name).fit(
            table.frame.iloc[past],
            table.price[past],
            table.when[past],
            table.package[past],
            table.weight[past],
            at_most=table.at_most[past],
        )
        told.estimate[future] = model.predict(table.frame.iloc[future])
        told.as_deal[future] = model.predict(table.frame.iloc[future].assign(**{features.BOOK: features.DEALT}))
        for book in (features.ASKED, features.DEALT):
            own = future[table.frame[features.BOOK].to_numpy()[future] == book]
            if not len(own):
                continue
            try:
                told.low[own], told.high[own] = model.predict_interval(table.frame.iloc[own], LEVEL)
            except TooFewToPromise:
                continue
            packages = model.calibration.packages_of((book,))
            told.calibrations[book] = min(packages, told.calibrations.get(book, packages))
    return told


def _measures(table: Table, told: Foretold, rows: Array) -> dict[str, Any] | None:
    import numpy as np

    rows = rows[np.isfinite(told.estimate[rows])]
    if not len(rows):
        return None
    estimate, price, weight = told.estimate[rows], table.price[rows], table.weight[rows]
    ranged = rows[np.isfinite(told.low[rows])]
    measures: dict[str, Any] = {
        "packages": len(set(table.package[rows].tolist())),
        **{
            measure.__name__: _number(measure(estimate, price, weight))
            for measure in (measuring.r2_log, measuring.mdape, measuring.median_abs_log_ratio)
        },
        "mean_abs_log_ratio": float(np.average(np.abs(np.log(estimate / price)), weights=weight)),
        "packages_with_range90": len(set(table.package[ranged].tolist())),
    }
    if len(ranged):
        low, high, mass = told.low[ranged], told.high[ranged], table.weight[ranged]
        measures["coverage90"] = measuring.coverage(low, high, table.price[ranged], mass)
        measures["width90"] = measuring.weighted_median(high / low, mass)
        measures["pinball90"] = _pinball(table, told, ranged)
        measures["coverage90_by_scrutiny"] = _promises(table, told, ranged)
    return measures


def _pinball(table: Table, told: Foretold, rows: Array) -> float:
    """The pinball loss of both ends on the log scale, so that a dear package costs no more than a cheap one."""
    import numpy as np

    tail = (1 - LEVEL) / 2
    price = np.log(table.price[rows])
    total = 0.0
    for end, quantile in ((told.low[rows], tail), (told.high[rows], 1 - tail)):
        above = price - np.log(end)
        total += float(np.average(np.maximum(quantile * above, (quantile - 1) * above), weights=table.weight[rows]))
    return total / 2


def _promises(table: Table, told: Foretold, rows: Array) -> dict[str, Any]:
    """Coverage by book and scrutiny with the p-value that it is what was promised, Holm-corrected over the groups."""
    import numpy as np

    found: dict[str, dict[str, Any]] = {}
    scrutiny = table.frame["scrutiny"].to_numpy()
    for book in (features.ASKED, features.DEALT):
        for kind in sorted({str(one) for one in scrutiny[rows]}):
            own = rows[(table.book[rows] == book) & (scrutiny[rows].astype(str) == kind)]
            packages = round(float(table.weight[own].sum()))
            if packages == 0:
                continue
            inside = (told.low[own] <= table.price[own]) & (table.price[own] <= told.high[own])
            share = float(np.average(inside, weights=table.weight[own]))
            p = measuring.beta_binomial_p(round(share * packages), LEVEL, packages, told.calibrations[book])
            found[f"{book}/{kind}"] = {"packages": packages, "coverage": share, "p": p}
    for one, corrected in zip(found.values(), measuring.holm([one["p"] for one in found.values()]), strict=True):
        one["p_holm"] = corrected
    return found


def _against(
    table: Table, told: Foretold, baseline: Foretold | None, rows: Array, draws: int
) -> dict[str, list[float] | None]:
    import numpy as np

    if baseline is None:
        return {"delta_mdape_ci90": None}
    rows = rows[np.isfinite(told.estimate[rows]) & np.isfinite(baseline.estimate[rows])]
    found = measuring.bootstrap(
        measuring.mdape,
        told.estimate[rows],
        table.price[rows],
        table.when[rows],
        seed=SEED,
        draws=draws,
        level=LEVEL,
        against=baseline.estimate[rows],
        weight=table.weight[rows],
    )
    return {"delta_mdape_ci90": [found.low, found.high]}


def _deals_of_asks(table: Table, told: Foretold, rows: Array) -> dict[str, float]:
    """What rows that state an ask would be dealt at: how often their own ask bounds it, and how often it lies above."""
    asks = [row for row in rows.tolist() if table.book[row] == PriceType.ASK and told.as_deal[row] > 0]
    if not asks:
        return {"rows": 0, "bounded_share": 0.0, "above_ask_rows": 0}
    stated = [Money(round(float(table.price[row]) * 100)) for row in asks]
    free = [money(math.log(float(told.as_deal[row]))) for row in asks]
    foretold = [bounded(one, ask) for one, ask in zip(free, stated, strict=True)]
    return {
        "rows": len(asks),
        "bounded_share": sum(one > ask for one, ask in zip(free, stated, strict=True)) / len(asks),
        "above_ask_rows": sum(one > ask for one, ask in zip(foretold, stated, strict=True)),
    }


def _number(value: float) -> float | None:
    return value if value == value else None
