"""The typical price of a segment: weighted medians, pulled towards the coarser segment where there is little to go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

POOLING_PACKAGES = 0.25
"""How many packages' worth of weight the coarser segment has in the finer one."""

MISSING = "\x00"


@dataclass(frozen=True, slots=True)
class SegmentPrior:
    """Typical log prices: of everything, and of each tuple of leading segment values, finer ones after coarser ones."""

    overall: float
    levels: tuple[dict[tuple[str, ...], float], ...]

    @classmethod
    def fit(cls, keys: Sequence[tuple[str, ...]], log_price: Array, weight: Array) -> SegmentPrior:
        """Fit from coarse to fine: (w·median + k·coarser)/(w + k), w the weight in the segment, k of POOLING_PACKAGES."""
        import numpy as np

        from valuation.measuring import weighted_median

        overall = weighted_median(log_price, weight)
        depth = len(keys[0]) if keys else 0
        levels: list[dict[tuple[str, ...], float]] = []
        for length in range(1, depth + 1):
            rows: dict[tuple[str, ...], list[int]] = {}
            for place, key in enumerate(keys):
                rows.setdefault(key[:length], []).append(place)
            level = {}
            for key, places in sorted(rows.items()):
                chosen = np.asarray(places)
                own, mass = weighted_median(log_price[chosen], weight[chosen]), float(weight[chosen].sum())
                coarser = levels[-1][key[:-1]] if levels else overall
                level[key] = (mass * own + POOLING_PACKAGES * coarser) / (mass + POOLING_PACKAGES)
            levels.append(level)
        return cls(overall, tuple(levels))

    def of(self, keys: Sequence[tuple[str, ...]]) -> Array:
        """The typical log price of each key; one never seen gets that of the nearest coarser segment."""
        import numpy as np

        return np.array([self._one(key) for key in keys], dtype=float)

    def _one(self, key: tuple[str, ...]) -> float:
        for level in reversed(self.levels):
            found = level.get(key[: len(next(iter(level)))])
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
