"""The typical price of a segment: weighted medians, pulled towards the coarser segment where there is little to go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

POOLING_PACKAGES = 0.25
"""How many packages' worth of weight the coarser segment has in the finer one."""


@dataclass(frozen=True, slots=True)
class SegmentPrior:
    """Typical log prices: of everything, and of each tuple of leading segment values, finer ones after coarser ones."""

    overall: float
    levels: tuple[dict[tuple[str, ...], float], ...]

    @classmethod
    def fit(
        cls, keys: Sequence[tuple[str, ...]], log_price: Array, weight: Array, at_most: Array | None = None
    ) -> SegmentPrior:
        """Fit from coarse to fine: (w·median + k·coarser)/(w + k), w the weight in the segment, k of POOLING_PACKAGES.

        `at_most` (rows,) marks prices that are upper bounds only: lots that nobody bought at their start.
        """
        import numpy as np

        bound = np.zeros(len(log_price), dtype=bool) if at_most is None else at_most
        overall = censored_median(log_price, weight, bound)
        depth = len(keys[0]) if keys else 0
        levels: list[dict[tuple[str, ...], float]] = []
        for length in range(1, depth + 1):
            rows: dict[tuple[str, ...], list[int]] = {}
            for place, key in enumerate(keys):
                rows.setdefault(key[:length], []).append(place)
            level = {}
            for key, places in sorted(rows.items()):
                chosen = np.asarray(places)
                mass = float(weight[chosen].sum())
                coarser = levels[-1][key[:-1]] if levels else overall
                own = censored_median(log_price[chosen], weight[chosen], bound[chosen], otherwise=coarser)
                level[key] = (mass * own + POOLING_PACKAGES * coarser) / (mass + POOLING_PACKAGES)
            levels.append(level)
        return cls(overall, tuple(levels))

    def of(self, keys: Sequence[tuple[str, ...]]) -> Array:
        """The typical log price of each key; one never seen gets that of the nearest coarser segment."""
        import numpy as np

        known: dict[tuple[str, ...], float] = {}
        for key in keys:
            if key not in known:
                known[key] = self._one(key)
        return np.array([known[key] for key in keys], dtype=float)

    def _one(self, key: tuple[str, ...]) -> float:
        for depth in range(len(self.levels), 0, -1):
            found = self.levels[depth - 1].get(key[:depth])
            if found is not None:
                return found
        return self.overall

    def to_json(self) -> dict[str, Any]:
        """Exact: floats are written so that they are read back the same."""
        return {
            "overall": self.overall,
            "levels": [[[list(key), value] for key, value in one.items()] for one in self.levels],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> SegmentPrior:
        """Read what `to_json` wrote."""
        return cls(stored["overall"], tuple({tuple(key): value for key, value in one} for one in stored["levels"]))


def censored_median(log_price: Array, weight: Array, at_most: Array, otherwise: float | None = None) -> float:
    """The weighted median where some prices are only upper bounds (log of any unit).

    The product-limit estimator of Kaplan and Meier (1958) run from the dear end: at each price, the weight priced there
    over all weight known to lie at or below it. Without bounds it is the weighted median. Where bounds alone leave more
    than half the weight below every price that is known, the lowest bound or price stands for the median. Bounds alone
    say nothing of the level: `otherwise`, kept below the lowest bound.
    """
    import numpy as np

    from valuation.measuring import weighted_median

    if not at_most.any():
        return weighted_median(log_price, weight)
    if at_most.all():
        lowest = float(log_price.min())
        return lowest if otherwise is None else min(otherwise, lowest)
    # From dear to cheap; at one price the known ones come before the bounds, which may still lie there.
    order = np.lexsort((at_most, -log_price))
    price, mass, bound = log_price[order], weight[order], at_most[order]
    at_or_below = mass[::-1].cumsum()[::-1]
    below = np.cumprod(np.where(bound, 1.0, 1.0 - mass / at_or_below))
    reached = np.flatnonzero((below <= 0.5 + 1e-12) & ~bound)
    return float(price[reached[0]]) if len(reached) else float(price[-1])
