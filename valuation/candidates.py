"""The candidates of every run and the loss that decides between them, declared before any of them has learnt anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation import features
from valuation.model import PriceModel

if TYPE_CHECKING:
    from collections.abc import Mapping

LOSS: Final = "mean_abs_log_ratio"
"""The mean of |ln ŷ/y| on later packages, one unit a package: too high and too low by one factor cost the same."""

COMMON: Final = {
    "segments": features.SEGMENTS,
    "strata": features.STRATA,
    "text": features.TEXT,
    "directions": features.DIRECTIONS,
}
RECENT: Final = {"half_life_days": 365, "segment_half_life_days": 270}
"""Old deals lose half of their weight in a year, in a typical price in nine months: found on rolling origins."""
PLAIN: Final = {"time": False, "linear": False, "trees": False}

CANDIDATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "global-median": {"strata": features.STRATA, **PLAIN},
    "segment-median": {"segments": ("kind", "trade", features.BOOK), "strata": features.STRATA, **PLAIN},
    "ridge-with-titles": {
        **COMMON, **RECENT, "segments": (features.BOOK,), "time": False, "trees": False, "linear_share": 1.0,
    },
    "nearest-deals": {**COMMON, **RECENT, "linear": False, "trees": False, "neighbours": 10},
    "lightgbm": {**COMMON, **RECENT, "segments": (features.BOOK,), "time": False, "linear": False},
    "pooled-segments-and-trees": {**COMMON, **RECENT},
}  # fmt: skip
"""From the dumbest to the one that usually wins; each is a `PriceModel` of its own settings, explained and kept alike."""
BASELINE: Final = "segment-median"
USUAL: Final = "pooled-segments-and-trees"


@dataclass(frozen=True, slots=True)
class Examined:
    """A candidate and how it did out of time; NaN where there was too little to say."""

    name: str
    model: PriceModel

    @property
    def loss(self) -> float:
        """The declared loss."""
        return self.model.out_of_time.get(LOSS, float("nan"))


def made(name: str) -> PriceModel:
    """An unfitted candidate."""
    return PriceModel(**CANDIDATES[name])


def best(examined: list[Examined]) -> Examined:
    """The candidate with the smallest loss; where none could be examined, the segment's typical price has to do."""
    known = [one for one in examined if one.loss == one.loss]
    if not known:
        return next(one for one in examined if one.name == BASELINE)
    return min(known, key=lambda one: one.loss)
