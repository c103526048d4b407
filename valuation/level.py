"""The price level by date: how much dearer or cheaper the market has become, in periods that lean on the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

PERIOD_DAYS = 91
POOLING_PACKAGES = 8.0
"""How many packages' worth of weight the level of the period before has in a period's own."""


@dataclass(frozen=True, slots=True)
class PriceLevel:
    """Log price levels of successive periods of PERIOD_DAYS since `first`; valuing happens at the last one."""

    first: str
    levels: tuple[float, ...]

    @classmethod
    def fit(cls, days: Array, rest: Array, weight: Array) -> PriceLevel:
        """Fit to what the segments leave (log): (w·median + k·before)/(w + k), from the oldest period to the newest.

        `days` (rows,) datetime64[D], `rest` (rows,) log residuals, `weight` (rows,) in packages.
        """
        import numpy as np

        from valuation.measuring import weighted_median

        first = days.min()
        period = _periods(days, first)
        levels, before = [], 0.0
        for one in range(int(period.max()) + 1):
            at = np.flatnonzero(period == one)
            if len(at):
                mass = float(weight[at].sum())
                before = (mass * weighted_median(rest[at], weight[at]) + POOLING_PACKAGES * before) / (
                    mass + POOLING_PACKAGES
                )
            levels.append(before)
        return cls(str(first), tuple(levels))

    @property
    def latest(self) -> float:
        """The level at which results are valued today."""
        return self.levels[-1]

    def of(self, days: Array) -> Array:
        """(rows,) the log level of each day; later days than were learnt have the latest, earlier ones the first."""
        import numpy as np

        period = np.clip(_periods(days, np.datetime64(self.first, "D")), 0, len(self.levels) - 1)
        found: Array = np.asarray(self.levels, dtype=float)[period]
        return found

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"first": self.first, "levels": list(self.levels)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> PriceLevel:
        """Read what `to_json` wrote."""
        return cls(stored["first"], tuple(stored["levels"]))


def _periods(days: Array, first: Any) -> Array:
    import numpy as np

    return np.asarray((days - first).astype("timedelta64[D]").astype(int) // PERIOD_DAYS)
