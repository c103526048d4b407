"""Numbers of practice that the calculators use: a versioned file, each number with its source and how sure it is.

None of them is a constant in the code: rulebook marks become `verified` (the text was read), `memory` (to be confirmed) or
`design` (the market's own choice), and whatever is not verified is shown with a warning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from valuation.appraisal.saying import Said

FILE: Final = Path(__file__).with_name("data") / "practice_01.json"


class Certainty(StrEnum):
    """How sure a number is."""

    VERIFIED = "verified"
    MEMORY = "memory"
    DESIGN = "design"


@dataclass(frozen=True, slots=True)
class Figure:
    """One configured number, or a range of two; rates are shares of one."""

    name: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    label: Said
    source: str
    certainty: Certainty
    low_confidence: bool

    @property
    def warning(self) -> Said | None:
        """What has to be said wherever the number is used; nothing where its text was read."""
        if self.low_confidence:
            return Said(
                f"低可信度：经验数据，未经核实（{self.source}）。",
                f"Low confidence: a rule of thumb, not verified ({self.source}).",
            )
        match self.certainty:
            case Certainty.MEMORY:
                return Said(f"该数值有待核实（{self.source}）。", f"This number is to be confirmed ({self.source}).")
            case Certainty.DESIGN:
                return Said(
                    f"该数值为本市场的设定，并非法定（{self.source}）。",
                    f"This number is the market's own choice, not law ({self.source}).",
                )
        return None

    @property
    def note(self) -> Said | None:
        """The warning with the name of the number in front."""
        said = self.warning
        return said and Said(f"{self.label.zh}：{said.zh}", f"{self.label.en}: {said.en}")


@dataclass(frozen=True, slots=True)
class Practice:
    """The numbers of one version of the file."""

    version: str
    sha256: str
    figures: Mapping[str, Figure]

    def __getitem__(self, name: str) -> Figure:
        """A figure by name. Raises KeyError: a fault of configuration."""
        return self.figures[name]

    def value(self, name: str) -> Decimal:
        """The value of a figure. Raises KeyError or ValueError: faults of configuration."""
        found = self.figures[name].value
        if found is None:
            raise ValueError(f"{name} is a range")
        return found

    def span(self, name: str) -> tuple[Decimal, Decimal]:
        """The ends of a figure that is a range. Raises KeyError or ValueError: faults of configuration."""
        figure = self.figures[name]
        if figure.low is None or figure.high is None or figure.low > figure.high:
            raise ValueError(f"{name} is no range")
        return figure.low, figure.high

    @property
    def industries(self) -> tuple[str, ...]:
        """The industries for which a royalty range is configured."""
        return tuple(name.removeprefix("royalty.") for name in self.figures if name.startswith("royalty."))


@cache
def shipped() -> Practice:
    """The file that comes with the market."""
    return read(FILE.read_bytes())


def read(content: bytes) -> Practice:
    """A file of numbers. Raises KeyError, ValueError or json.JSONDecodeError: faults of configuration."""
    document = json.loads(content)
    figures = {entry["name"]: _figure(entry) for entry in document["figures"]}
    return Practice(document["version"], hashlib.sha256(content).hexdigest(), figures)


def _figure(entry: Mapping[str, Any]) -> Figure:
    value, low, high = (Decimal(entry[name]) if name in entry else None for name in ("value", "low", "high"))
    if (value is None) == (low is None or high is None):
        raise ValueError(f"{entry['name']} has a value, or two ends")
    return Figure(
        name=entry["name"],
        value=value,
        low=low,
        high=high,
        label=Said(entry["zh"], entry["en"]),
        source=entry["source"],
        certainty=Certainty(entry["certainty"]),
        low_confidence=bool(entry.get("low_confidence", False)),
    )
