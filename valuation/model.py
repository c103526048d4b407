"""The price model: log price = segment + time + straight part + trees, every part an additive contribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from valuation.calibrating import Calibration, calibrate
from valuation.columns import Columns, texts
from valuation.level import PriceLevel
from valuation.linear import Linear
from valuation.neighbours import Neighbours
from valuation.segments import SegmentPrior
from valuation.trees import Forest, Growth

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

SEGMENT, TIME, NEAREST = "segment", "time", "nearest"
"""The names of the parts among the contributions that belong to no column of the table."""

PACKAGES_FOR_TREES_MIN = 30
"""Below this number of packages trees would learn single deals by heart; the segment's typical price has to do."""


BACKFITS = 2
"""Time is fitted once before the straight part and once more on what that leaves, where less noise hides it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is made; what is not set does well on tables of any kind.

    `segments`: columns from coarse to fine whose typical prices lean on each other; `strata`: those of them that say which
    book of prices is asked about (deals, asks): they move the level of their segment and nothing else, and their errors
    are never taken for each other's. `text`: columns of titles. `directions`: +1 dearer, −1 cheaper, by column.
    `half_life_days`: how fast old deals lose weight, `segment_half_life_days` the same for typical prices.
    """

    segments: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    directions: Mapping[str, int] = field(default_factory=dict)
    half_life_days: float | None = None
    segment_half_life_days: float | None = None
    time: bool = True
    linear: bool = True
    trees: bool = True
    neighbours: int = 0
    title_size: int = 40
    tree_title_size: int = 20
    linear_penalty: float = 20.0
    linear_share: float = 0.7
    folds: int = 5
    seed: int = 20_261_121
    # Threads of LightGBM wait for each other by spinning: on two shared cores two threads took ten times one thread's time.
    threads: int = 1


class NotFitted(RuntimeError):
    """The model has learnt nothing yet."""


class PriceModel:
    """A price model for any table of prices: numbers, categories and titles, with missing values and unseen words.

    `PriceModel().fit(frame, price, when=days, group=packages)`; rows of one package share one unit of weight. Training is
    deterministic on one machine; serving is reproducible everywhere: trees and numbers are stored as text.
    """

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.columns: Columns | None = None
        self.prior: SegmentPrior | None = None
        self.level: PriceLevel | None = None
        self.linear: Linear | None = None
        self.forest: Forest | None = None
        self.nearest: Neighbours | None = None
        self.calibration = Calibration()
        self.out_of_time: dict[str, float] = {}

    def fit(
        self,
        frame: pd.DataFrame,
        price: Any,
        when: Any = None,
        group: Any = None,
        weight: Any = None,
        *,
        at_most: Any = None,
        calibrated: bool = True,
    ) -> Self:
        """Learn from rows and their prices (above zero, any unit).

        `when`: days, for the decay of weights and splits into past and future; `group`: package keys, one unit of weight
        each (default: every row by itself); `weight`: replaces the latter; `at_most`: marks prices that are upper bounds
        only, which move the level of their segment and nothing else. Raises ValueError on prices that are not above zero,
        on lengths that differ and on days that are not there.
        """
        import numpy as np

        prices = np.asarray(price, dtype=float)
        if len(prices) == 0 or not np.isfinite(prices).all() or (prices <= 0).any():
            raise ValueError("prices must be finite and above zero, and there must be some")
        days = None if when is None else np.asarray(when).astype("datetime64[D]")
        groups = np.arange(len(prices)) if group is None else np.asarray(group)
        weights = package_weights(groups) if weight is None else np.asarray(weight, dtype=float)
        bound = np.zeros(len(prices), dtype=bool) if at_most is None else np.asarray(at_most, dtype=bool)
        _must_fit_together(frame, prices, days, groups, weights, bound)
        if bound.all():
            raise ValueError("some prices must be known, not only bounds")
        self._fit(frame, np.log(prices), days, groups, weights, bound)
        if calibrated:
            calibrate(self, frame, np.log(prices), days, groups, weights, bound)
        return self

    def predict(self, frame: pd.DataFrame) -> Array:
        """The price of each row, in the unit of the prices learnt."""
        import numpy as np

        return np.exp(self.log_price(frame))

    def predict_interval(self, frame: pd.DataFrame, level: float) -> tuple[Array, Array]:
        """(low, high) of each row, so that about `level` of future packages fall inside. Raises TooFewToPromise."""
        import numpy as np

        fitted = self.log_price(frame)
        half = self.calibration.half_widths(self.strata_of(frame), self.groups_of(frame), level)
        return np.exp(fitted - half), np.exp(fitted + half)

    def contributions(self, frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """(base, parts) on the log scale: exp(base + parts.sum(axis=1)) is the prediction.

        Exact SHAP values of the trees, a title's directions summed into one part, straight terms with them, and segment,
        time and nearest deals as parts of their own.
        """
        return self._contributions(frame, self._learnt()[1].matrix(frame))

    def reasoned(self, frame: pd.DataFrame) -> tuple[float, pd.DataFrame, Array]:
        """(base, parts, log price): `contributions` and `log_price` from one reading of the table."""
        matrix = self._learnt()[1].matrix(frame)
        return *self._contributions(frame, matrix), self._log_price(frame, matrix)

    def _contributions(self, frame: pd.DataFrame, matrix: Array) -> tuple[float, pd.DataFrame]:
        import numpy as np
        import pandas as pd

        prior, columns = self._learnt()
        base = prior.overall
        parts: dict[str, Array] = {SEGMENT: prior.of(self._keys(frame)) - prior.overall}
        if self.level is not None:
            parts[TIME] = np.full(len(frame), self.level.latest)
        by_place = np.zeros(matrix.shape)
        if self.linear is not None:
            by_place += self.linear.parts(matrix)
        if self.forest is not None:
            own, shap = self.forest.parts(matrix, threads=self.settings.threads)
            base, by_place = base + own, by_place + shap
        if self.linear is not None or self.forest is not None:
            parts |= {name: by_place[:, places].sum(axis=1) for name, places in columns.places().items()}
        if self.nearest is not None:
            parts[NEAREST] = self.nearest.of(matrix)
        return base, pd.DataFrame(parts, index=frame.index, dtype=float)

    def leaves(self, frame: pd.DataFrame) -> Array:
        """(rows, trees) the leaf each row falls into; no trees, no columns."""
        import numpy as np

        _, columns = self._learnt()
        if self.forest is None:
            return np.zeros((len(frame), 0), dtype=np.int32)
        return self.forest.leaves(columns.matrix(frame), threads=self.settings.threads)

    def log_price(self, frame: pd.DataFrame) -> Array:
        """(rows,) natural log of the price."""
        return self._log_price(frame, self._learnt()[1].matrix(frame))

    def _log_price(self, frame: pd.DataFrame, matrix: Array) -> Array:
        total = self._learnt()[0].of(self._keys(frame)) + (0.0 if self.level is None else self.level.latest)
        if len(frame) == 0:
            return total
        if self.linear is not None:
            total = total + self.linear.of(matrix)
        if self.forest is not None:
            total = total + self.forest.of(matrix, threads=self.settings.threads)
        if self.nearest is not None:
            total = total + self.nearest.of(matrix)
        return total

    def strata_of(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        """The book of each row; the same for all where there are none."""
        return _tuples(frame, self.settings.strata)

    def groups_of(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        """The coarsest segment of each row besides its book: what its errors are compared with."""
        coarse = [name for name in self.settings.segments if name not in self.settings.strata]
        return _tuples(frame, coarse[:1])

    def to_json(self) -> dict[str, Any]:
        """The whole model as plain values; the trees as LightGBM's own text."""
        prior, columns = self._learnt()
        return {
            "settings": asdict(self.settings),
            "columns": columns.to_json(),
            "prior": prior.to_json(),
            "level": None if self.level is None else self.level.to_json(),
            "linear": None if self.linear is None else self.linear.to_json(),
            "forest": None if self.forest is None else self.forest.to_json(),
            "nearest": None if self.nearest is None else self.nearest.to_json(),
            "calibration": self.calibration.to_json(),
            "out_of_time": self.out_of_time,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> PriceModel:
        """Read what `to_json` wrote. The caller has checked its hash: LightGBM does not survive every damaged text."""
        lists = {name: tuple(stored["settings"][name]) for name in ("segments", "strata", "text")}
        model = cls(**{**stored["settings"], **lists})
        model.columns = Columns.from_json(stored["columns"])
        model.prior = SegmentPrior.from_json(stored["prior"])
        model.level = None if stored["level"] is None else PriceLevel.from_json(stored["level"])
        model.linear = None if stored["linear"] is None else Linear.from_json(stored["linear"])
        model.forest = None if stored["forest"] is None else Forest.from_json(stored["forest"])
        model.nearest = None if stored["nearest"] is None else Neighbours.from_json(stored["nearest"])
        model.calibration = Calibration.from_json(stored["calibration"])
        model.out_of_time = stored["out_of_time"]
        return model

    def _fit(
        self, frame: pd.DataFrame, log_price: Array, days: Array | None, group: Array, weight: Array, at_most: Array
    ) -> None:
        import numpy as np

        settings = self.settings
        self.linear = self.forest = self.nearest = self.level = None
        decayed = weight * decay(days, settings.half_life_days)
        recent = weight * decay(days, settings.segment_half_life_days)
        self.prior = SegmentPrior.fit(self._keys(frame), log_price, recent, at_most)
        known = np.flatnonzero(~at_most)
        frame, log_price, decayed, weight = frame.iloc[known], log_price[known], decayed[known], weight[known]
        rest = log_price - self.prior.of(self._keys(frame))
        moments = days[known] if settings.time and days is not None else None
        packages = len(np.unique(group[known]))
        self.columns = Columns.learn(frame, weight, text=settings.text, aside=settings.strata, size=settings.title_size)
        if packages >= PACKAGES_FOR_TREES_MIN:
            self._fit_rest(self.columns.matrix(frame), rest, moments, decayed, recent[known], packages)
        elif moments is not None:
            self.level = PriceLevel.fit(moments, rest, recent[known])

    def _fit_rest(
        self, matrix: Array, rest: Array, days: Array | None, weight: Array, recent: Array, packages: int
    ) -> None:
        """Time and the straight part, each on what the other leaves; then trees (or nearest deals) on what both leave."""
        settings, columns = self.settings, self._learnt()[1]
        places = columns.places()
        directions = [0] * matrix.shape[1]
        for name, sign in settings.directions.items():
            if name in columns.names and name not in columns.categories:
                directions[places[name][0]] = sign
        left = rest
        for _ in range(BACKFITS if settings.linear and days is not None else 1):
            straight = 0.0 if self.linear is None else self.linear.of(matrix)
            if days is not None:
                self.level = PriceLevel.fit(days, rest - straight, recent)
            left = rest - (0.0 if self.level is None or days is None else self.level.of(days))
            if settings.linear and matrix.shape[1]:
                self.linear = Linear.fit(
                    matrix,
                    left,
                    weight,
                    columns,
                    penalty=settings.linear_penalty,
                    share=settings.linear_share,
                    directions=directions,
                )
        if self.linear is not None:
            left = left - self.linear.of(matrix)
        if settings.trees and matrix.shape[1]:
            titles = [place for name in columns.spaces for place in places[name][: settings.tree_title_size]]
            hidden = [place for name in columns.spaces for place in places[name][settings.tree_title_size :]]
            self.forest = Forest.grow(
                matrix,
                left,
                weight,
                Growth.for_size(packages, titled=bool(titles)),
                titles=titles,
                hidden=hidden,
                categorical=columns.categorical_places,
                directions=directions,
                seed=settings.seed,
                threads=settings.threads,
            )
        if settings.neighbours:
            self.nearest = Neighbours.fit(matrix, left, weight, count=settings.neighbours)

    def _keys(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        return _tuples(frame, self.settings.segments)

    def _learnt(self) -> tuple[SegmentPrior, Columns]:
        if self.prior is None or self.columns is None:
            raise NotFitted("fit the model first")
        return self.prior, self.columns


def package_weights(group: Sequence[Any] | Array) -> Array:
    """One over the number of rows of the package, so that every package weighs one."""
    import numpy as np

    _, at, count = np.unique(np.asarray(group), return_inverse=True, return_counts=True)
    weights: Array = 1.0 / count[at]
    return weights


def decay(days: Array | None, half_life_days: float | None) -> Array | float:
    """(rows,) weights that halve with each half-life before the newest day."""
    import numpy as np

    if days is None or half_life_days is None:
        return 1.0
    age = (days.max() - days).astype("timedelta64[D]").astype(float)
    return np.asarray(0.5 ** (age / half_life_days))


def _tuples(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    if not names:
        return [()] * len(frame)
    return list(zip(*(texts(frame[name]) for name in names), strict=True))


def _must_fit_together(frame: pd.DataFrame, price: Array, days: Array | None, *rest: Array) -> None:
    import numpy as np

    if any(len(one) != len(price) for one in (frame, *rest, *([] if days is None else [days]))):
        raise ValueError("table, prices, days, packages and weights must be of one length")
    if days is not None and np.isnat(days).any():
        raise ValueError("every row needs its day, or none has one")
    weight = rest[1]
    if not np.isfinite(weight).all() or (weight <= 0).any():
        raise ValueError("weights must be finite and above zero")
