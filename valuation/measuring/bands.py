"""The accepted bands of the standard, as data with their sources, and what an interval says about a band."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Band:
    """From low to high, bounds included, in the unit of the measure."""

    measure: str
    low: float
    high: float
    unit: str
    source: str
    confidence: str

    def holds(self, value: float) -> bool:
        """The value lies inside."""
        return self.low <= value <= self.high

    def meets(self, low: float, high: float) -> bool:
        """An interval from low to high has a part inside."""
        return low <= self.high and high >= self.low


class Verdict(StrEnum):
    """What may be said of a measure: only an interval wholly outside its band shows that the standard is missed."""

    WITHIN = "within"
    NOT_SHOWN = "outside-not-shown"
    OUTSIDE = "outside"
    UNACCEPTABLE = "unacceptable"
    NO_BAND = "no-band"


@dataclass(frozen=True, slots=True)
class VeiGroups:
    """From how many sales on a sample is cut into how many groups."""

    sales_from: int
    groups: int


_DATA: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("bands.json").read_text("utf-8"))

STANDARD: Final[str] = _DATA["standard"]
NOTE: Final[str] = _DATA["note"]
BANDS: Final = {one["measure"]: Band(**one) for one in _DATA["bands"]}
OUTER_BANDS: Final = {one["measure"]: Band(**one) for one in _DATA["outer_bands"]}
VEI_GROUPS: Final = tuple(VeiGroups(**one) for one in _DATA["vei_groups"])
VEI_Z: Final[float] = _DATA["vei_z"]["value"]
STUDY_SALES_MIN: Final[int] = _DATA["study_sales_min"]["value"]


def band(measure: str) -> Band:
    """The band of a measure. Raises KeyError where the standard has none."""
    return BANDS[measure]


def verdict(measure: str, value: float, low: float | None = None, high: float | None = None) -> Verdict:
    """Judge a measure by its band and, where there is one, its interval (2013 §9.1: intervals decide, not the point).

    UNACCEPTABLE where the whole interval lies beyond an outer band, too.
    """
    accepted, outer = BANDS.get(measure), OUTER_BANDS.get(measure)
    if accepted is None:
        return Verdict.NO_BAND
    if accepted.holds(value):
        return Verdict.WITHIN
    if low is None or high is None or accepted.meets(low, high):
        return Verdict.NOT_SHOWN
    return Verdict.OUTSIDE if outer is None or outer.meets(low, high) else Verdict.UNACCEPTABLE
