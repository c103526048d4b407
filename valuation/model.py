"""The price model: log price = base + segment + what LightGBM finds in the rest, every part an additive contribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from valuation import splitting
from valuation.intervals import half_width
from valuation.segments import MISSING, SegmentPrior
from valuation.titles import TitleSpace

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

SEGMENT = "segment"
"""The name of the segment's own part among the contributions."""

SCORES_MAX = 2_000
"""Calibration keeps the latest packages only: old errors say little about today's market."""

PACKAGES_FOR_TREES_MIN = 40
"""Below this number of packages trees would learn single deals by heart; the segment's typical price has to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is made. `segments` are columns from coarse to fine; `text` columns hold titles."""

    segments: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    half_life_days: float | None = None
    rounds: int = 200
    leaves: int = 15
    leaf_rows_min: int = 5
    learning_rate: float = 0.05
    text_size: int = 12
    folds: int = 5
    seed: int = 20_261_121
    # Threads of LightGBM wait for each other by spinning: on two shared cores two threads took ten times one thread's time.
    threads: int = 1


class NotFitted(RuntimeError):
    """The model has learnt nothing yet."""


class PriceModel:
    """A price model for any table of prices: numbers, categories and titles, with missing values and unseen words.

    `PriceModel().fit(frame, price, when=days, group=packages)`; rows of one package share one unit of weight. Absolute
    errors of the log price are minimised (LightGBM `regression_l1`), deterministically on one machine. Serving is
    reproducible everywhere: trees and numbers are stored as text.
    """

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.columns: tuple[str, ...] = ()
        self.categories: dict[str, list[str]] = {}
        self.prior: SegmentPrior | None = None
        self.spaces: dict[str, TitleSpace] = {}
        self.scores: list[float] = []
        self.out_of_time: dict[str, float] = {}
        self.booster: Any = None

    def fit(
        self,
        frame: pd.DataFrame,
        price: Any,
        when: Any = None,
        group: Any = None,
        weight: Any = None,
        *,
        calibrate: bool = True,
    ) -> Self:
        """Learn from rows and their prices (above zero, any unit).

        `when`: days, for the decay of weights and splits into past and future; `group`: package keys, one score and one
        unit of weight each (default: every row by itself); `weight`: replaces the latter. Raises ValueError on prices
        that are not above zero.
        """
        import numpy as np

        prices = np.asarray(price, dtype=float)
        if len(prices) == 0 or not np.isfinite(prices).all() or (prices <= 0).any():
            raise ValueError("prices must be finite and above zero, and there must be some")
        days = None if when is None else np.asarray(when, dtype="datetime64[D]")
        groups = np.arange(len(prices)) if group is None else np.asarray(group)
        weights = package_weights(groups) if weight is None else np.asarray(weight, dtype=float)
        self._fit(frame, np.log(prices), days, groups, weights)
        if calibrate:
            self._calibrate(frame, np.log(prices), days, groups, weights)
        return self

    def predict(self, frame: pd.DataFrame) -> Array:
        """The price of each row, in the unit of the prices learnt."""
        import numpy as np

        return np.exp(self._log_price(frame))

    def predict_interval(self, frame: pd.DataFrame, level: float) -> tuple[Array, Array]:
        """(low, high) of each row, so that about `level` of future packages fall inside. Raises TooFewToPromise."""
        import numpy as np

        fitted, half = self._log_price(frame), half_width(self.scores, level)
        return np.exp(fitted - half), np.exp(fitted + half)

    def contributions(self, frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """(base, parts) on the log scale: exp(base + parts.sum(axis=1)) is the prediction.

        Exact SHAP values of the trees, a title's directions summed into one part, and the segment as a part of its own.
        """
        import numpy as np
        import pandas as pd

        prior = self._prior()
        parts = {SEGMENT: prior.of(self._keys(frame)) - prior.overall}
        base = prior.overall
        if self.booster is not None:
            shap = self.booster.predict(self._matrix(frame), pred_contrib=True, num_threads=self.settings.threads)
            base += float(shap[0, -1]) if len(shap) else 0.0
            for name, places in self._places().items():
                parts[name] = shap[:, places].sum(axis=1)
        return base, pd.DataFrame(
            {name: np.asarray(part, dtype=float) for name, part in parts.items()}, index=frame.index
        )

    def to_json(self) -> dict[str, Any]:
        """The whole model as plain values; the trees as LightGBM's own text."""
        return {
            "settings": asdict(self.settings),
            "columns": list(self.columns),
            "categories": self.categories,
            "prior": self._prior().to_json(),
            "spaces": {name: space.to_json() for name, space in self.spaces.items()},
            "scores": self.scores,
            "out_of_time": self.out_of_time,
            "trees": None if self.booster is None else self.booster.model_to_string(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> PriceModel:
        """Read what `to_json` wrote. The caller has checked its hash: LightGBM does not survive every damaged text."""
        settings = dict(stored["settings"])
        settings["segments"], settings["text"] = tuple(settings["segments"]), tuple(settings["text"])
        model = cls(**settings)
        model.columns = tuple(stored["columns"])
        model.categories = stored["categories"]
        model.prior = SegmentPrior.from_json(stored["prior"])
        model.spaces = {name: TitleSpace.from_json(one) for name, one in stored["spaces"].items()}
        model.scores = [float(score) for score in stored["scores"]]
        model.out_of_time = stored["out_of_time"]
        if stored["trees"] is not None:
            import lightgbm

            model.booster = lightgbm.Booster(model_str=stored["trees"])
        return model

    def _fit(self, frame: pd.DataFrame, log_price: Array, days: Array | None, group: Array, weight: Array) -> None:
        import numpy as np

        settings = self.settings
        self.columns = tuple(str(name) for name in frame.columns if name not in settings.text)
        self.categories = {name: _categories(frame[name]) for name in self.columns if not _is_number(frame[name])}
        decayed = weight * _decay(days, settings.half_life_days)
        self.prior = SegmentPrior.fit(self._keys(frame), log_price, decayed)
        self.spaces, self.booster = {}, None
        if len(np.unique(group)) < PACKAGES_FOR_TREES_MIN or settings.rounds == 0:
            return
        for name in settings.text:
            space = TitleSpace.fit(_titles(frame[name]), weight, size=settings.text_size)
            if space is not None:
                self.spaces[name] = space
        self._grow(self._matrix(frame), log_price - self.prior.of(self._keys(frame)), decayed)

    def _grow(self, matrix: Array, residual: Array, weight: Array) -> None:
        import lightgbm

        settings = self.settings
        parameters = {
            "objective": "regression_l1",
            "learning_rate": settings.learning_rate,
            "num_leaves": settings.leaves,
            "min_data_in_leaf": settings.leaf_rows_min,
            "feature_fraction": 0.8,
            "seed": settings.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": settings.threads,
            "verbosity": -1,
        }
        names = [f"f{place}" for place in range(matrix.shape[1])]
        places = [place for place, name in enumerate(self.columns) if name in self.categories]
        data = lightgbm.Dataset(
            matrix,
            label=residual,
            weight=weight / weight.mean(),
            feature_name=names,
            categorical_feature=places,
        )
        self.booster = lightgbm.train(parameters, data, settings.rounds)

    def _calibrate(
        self, frame: pd.DataFrame, log_price: Array, days: Array | None, group: Array, weight: Array
    ) -> None:
        """Residuals of models that had only seen the past, one per package; and how good those models were."""
        import numpy as np

        from valuation import measuring

        splits = splitting.by_group(group, folds=self.settings.folds)
        if days is not None:
            splits = splitting.forward(days, group, folds=self.settings.folds)
        examined, fitted = [], []
        for past, future in splits:
            if len(np.unique(group[past])) < 2:
                continue
            before = PriceModel(**asdict(self.settings))
            before._fit(
                frame.iloc[past], log_price[past], None if days is None else days[past], group[past], weight[past]
            )
            examined.append(future)
            fitted.append(before._log_price(frame.iloc[future]))
        self.scores, self.out_of_time = [], {}
        if not examined:
            return
        rows, predicted = np.concatenate(examined), np.concatenate(fitted)
        self.scores = _package_scores(predicted - log_price[rows], group[rows])[-SCORES_MAX:]
        estimate, actual = np.exp(predicted), np.exp(log_price[rows])
        for measure in (measuring.r2_log, measuring.mdape, measuring.median_abs_log_ratio):
            self.out_of_time[measure.__name__] = measure(estimate, actual, weight[rows])
        self.out_of_time["packages"] = float(len(np.unique(group[rows])))

    def _log_price(self, frame: pd.DataFrame) -> Array:
        typical = self._prior().of(self._keys(frame))
        if self.booster is None or len(frame) == 0:
            return typical
        rest: Array = self.booster.predict(self._matrix(frame), num_threads=self.settings.threads)
        return typical + rest

    def _matrix(self, frame: pd.DataFrame) -> Array:
        """Numbers as they are, categories as codes (unknown and unseen ones missing), titles as their directions."""
        import numpy as np

        blocks: list[Array] = []
        for name in self.columns:
            if name in self.categories:
                code = {value: float(place) for place, value in enumerate(self.categories[name])}
                blocks.append(np.array([code.get(value, np.nan) for value in _texts(frame[name])])[:, None])
            else:
                blocks.append(frame[name].to_numpy(dtype=float, na_value=np.nan)[:, None])
        blocks += [space.transform(_titles(frame[name])) for name, space in self.spaces.items()]
        return np.hstack(blocks) if blocks else np.zeros((len(frame), 0))

    def _places(self) -> dict[str, list[int]]:
        """Which columns of the matrix belong to which column of the frame."""
        places = {name: [place] for place, name in enumerate(self.columns)}
        start = len(self.columns)
        for name, space in self.spaces.items():
            places[name] = list(range(start, start + space.directions.shape[1]))
            start += space.directions.shape[1]
        return places

    def _keys(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        if not self.settings.segments:
            return [()] * len(frame)
        return list(zip(*(_texts(frame[name]) for name in self.settings.segments), strict=True))

    def _prior(self) -> SegmentPrior:
        if self.prior is None:
            raise NotFitted("fit the model first")
        return self.prior


def package_weights(group: Sequence[Any] | Array) -> Array:
    """One over the number of rows of the package, so that every package weighs one."""
    import numpy as np

    _, at, count = np.unique(np.asarray(group), return_inverse=True, return_counts=True)
    weights: Array = 1.0 / count[at]
    return weights


def _package_scores(residual: Array, group: Array) -> list[float]:
    """One absolute score per package, the median of its rows, in the order in which packages were examined."""
    import numpy as np

    rows: dict[Any, list[int]] = {}
    for place, key in enumerate(group.tolist()):
        rows.setdefault(key, []).append(place)
    return [float(abs(np.median(residual[places]))) for places in rows.values()]


def _decay(days: Array | None, half_life_days: float | None) -> Array | float:
    import numpy as np

    if days is None or half_life_days is None:
        return 1.0
    age = (days.max() - days).astype("timedelta64[D]").astype(float)
    return np.asarray(0.5 ** (age / half_life_days))


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(column))


def _categories(column: pd.Series) -> list[str]:
    return sorted(set(_texts(column)) - {MISSING})


def _texts(column: pd.Series) -> list[str]:
    """Text values; a missing one is a value of its own that no text can equal."""
    return [MISSING if value is None or value != value else str(value) for value in column.tolist()]


def _titles(column: pd.Series) -> list[str]:
    return ["" if value == MISSING else value for value in _texts(column)]
