"""Calibration: how far models that had only seen the past were off, one score a package, each book by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from valuation import splitting
from valuation.intervals import TooFewToPromise, half_width, packages_needed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from valuation.model import PriceModel

    Array = np.ndarray[Any, np.dtype[Any]]
    Key = tuple[str, ...]

SCORES_MAX = 2_000
"""Calibration keeps the latest packages only: old errors say little about today's market."""
GROUP_SCORES_MIN = 50
"""A group with as many scores is promised by its own; one with fewer by its book's, stretched by how wide its own are."""
SCALE_POOLING_PACKAGES = 5.0
"""How many packages' worth the book's mean error has in the scale of a group."""
SCORE_QUANTILE = 0.75
"""Rows of one package have one price and different estimates: its score is no better than three quarters of them."""
PACKAGES_FOR_MANY_FOLDS_MAX = 1_000
"""A larger table is calibrated on three later parts instead of `folds`: there are scores enough, and each part is a training."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What models that had only seen the past said of later rows: for the measures of a run, kept with no artefact.

    `rows`: places in the table learnt from; `fold`: which examination, the earliest first; `log_estimate` and `log_price` of
    those rows.
    """

    rows: Array
    fold: Array
    log_estimate: Array
    log_price: Array


@dataclass(frozen=True, slots=True)
class Calibration:
    """Absolute log errors out of time, one a package, oldest first: by book, then (group, error).

    A range is split conformal prediction with errors divided by the scale of their group (Lei et al. 2018, §5.2), the
    scale being the mean error of the group, pooled with that of its book. `foretold` stands behind the errors of a model that
    was fitted just now; it is not kept with it.
    """

    books: Mapping[Key, list[tuple[Key, float]]] = field(default_factory=dict)
    foretold: Foretold | None = field(default=None, compare=False, repr=False)

    def half_widths(self, books: Sequence[Key], groups: Sequence[Key], level: float) -> Array:
        """(rows,) half widths on the log scale. Raises TooFewToPromise where a row's book has too few scores."""
        import numpy as np

        known: dict[tuple[Key, Key], float] = {}
        for one in zip(books, groups, strict=True):
            if one not in known:
                known[one] = self._half_width(*one, level)
        return np.array([known[one] for one in zip(books, groups, strict=True)], dtype=float)

    @property
    def packages(self) -> int:
        """How many packages were examined."""
        return sum(len(one) for one in self.books.values())

    def packages_of(self, book: Key) -> int:
        """How many packages of a book were examined."""
        return len(self.books.get(book, ()))

    def _half_width(self, book: Key, group: Key, level: float) -> float:
        scores = self.books.get(book, [])
        own = [score for key, score in scores if key == group]
        if len(own) >= GROUP_SCORES_MIN:
            return half_width(own, level)
        if not scores:
            raise TooFewToPromise(0, packages_needed(level))
        scales = _scales(scores)
        stretch = scales.get(group, _mean([score for _, score in scores]))
        return stretch * half_width([score / scales[key] for key, score in scores], level)

    def to_json(self) -> list[Any]:
        """As plain values."""
        return [[list(book), [[list(key), score] for key, score in scores]] for book, scores in self.books.items()]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Calibration:
        """Read what `to_json` wrote."""
        return cls({tuple(book): [(tuple(key), score) for key, score in scores] for book, scores in stored})


def _scales(scores: Sequence[tuple[Key, float]]) -> dict[Key, float]:
    """The mean error of each group, pooled with the mean of all; never zero."""
    everything = _mean([score for _, score in scores])
    groups: dict[Key, list[float]] = {}
    for key, score in scores:
        groups.setdefault(key, []).append(score)
    return {
        key: (math.fsum(own) + SCALE_POOLING_PACKAGES * everything) / (len(own) + SCALE_POOLING_PACKAGES)
        for key, own in groups.items()
    }


def _mean(scores: Sequence[float]) -> float:
    return max(math.fsum(scores) / len(scores), 1e-12)


def calibrate(
    model: PriceModel,
    frame: pd.DataFrame,
    log_price: Array,
    days: Array | None,
    group: Array,
    weight: Array,
    at_most: Array,
) -> None:
    """Examine models of the same settings on later days (or, without days, on packages left out), and keep their errors.

    Sets `model.calibration` and `model.out_of_time`. What is only a bound teaches and is not examined.
    """
    import numpy as np

    from valuation import measuring

    folds = model.settings.folds if len(np.unique(group)) <= PACKAGES_FOR_MANY_FOLDS_MAX else 3
    splits = splitting.by_group(group, folds=folds) if days is None else splitting.forward(days, group, folds=folds)
    examined, fitted = [], []
    for past, future in splits:
        future = future[~at_most[future]]
        if len(np.unique(group[past])) < 2 or at_most[past].all() or not len(future):
            continue
        before = type(model)(**asdict(model.settings))
        own_days = None if days is None else days[past]
        before._fit(frame.iloc[past], log_price[past], own_days, group[past], weight[past], at_most[past])
        examined.append(future)
        fitted.append(before.log_price(frame.iloc[future]))
    model.calibration, model.out_of_time = Calibration(), {}
    if not examined:
        return
    rows, predicted = np.concatenate(examined), np.concatenate(fitted)
    fold = np.repeat(np.arange(len(examined)), [len(one) for one in examined])
    foretold = Foretold(rows, fold, predicted, log_price[rows])
    shown = frame.iloc[rows]
    books, groups = model.strata_of(shown), model.groups_of(shown)
    model.calibration = Calibration(scores_of(predicted - log_price[rows], group[rows], books, groups), foretold)
    estimate, actual = np.exp(predicted), np.exp(log_price[rows])
    for measure in (measuring.r2_log, measuring.mdape, measuring.median_abs_log_ratio):
        model.out_of_time[measure.__name__] = measure(estimate, actual, weight[rows])
    off = np.abs(predicted - log_price[rows])
    model.out_of_time["mean_abs_log_ratio"] = float(np.average(off, weights=weight[rows]))
    model.out_of_time["packages"] = float(len(np.unique(group[rows])))


def scores_of(
    residual: Array, package: Array, books: Sequence[Key], groups: Sequence[Key]
) -> dict[Key, list[tuple[Key, float]]]:
    """One absolute score per package and group, in the order in which packages were examined, the latest SCORES_MAX."""
    import numpy as np

    rows: dict[tuple[Key, Key, Any], list[int]] = {}
    for place, one in enumerate(zip(books, groups, package.tolist(), strict=True)):
        rows.setdefault(one, []).append(place)
    scores: dict[Key, list[tuple[Key, float]]] = {}
    for (book, group, _), places in rows.items():
        score = float(np.quantile(np.abs(residual[places]), SCORE_QUANTILE))
        scores.setdefault(book, []).append((group, score))
    return {book: found[-SCORES_MAX:] for book, found in scores.items()}
