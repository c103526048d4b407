"""The indicator tree of GB/T 42748-2023: 3 first-, 14 second- and 27 third-level indicators, read from a versioned file.

Each level says how sure it is: the names of the third level are verified, their grouping is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from valuation.appraisal.practice import Certainty
from valuation.appraisal.saying import Said

FILE: Final = Path(__file__).with_name("data") / "gbt_42748_2023.json"


class Scene(StrEnum):
    """What an assessment is for; indicators and weights are chosen by scene (GB/T 42748-2023)."""

    LICENCE_TRANSFER = "licence_transfer"
    FINANCE = "finance"
    REPORTING = "reporting"
    INFRINGEMENT = "infringement"
    MANAGEMENT = "management"
    OTHER = "other"


class Dimension(StrEnum):
    """The three first-level indicators."""

    LEGAL = "legal"
    TECHNICAL = "technical"
    ECONOMIC = "economic"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A third-level indicator and the second-level one that it stands under; an extension stands under none."""

    code: str
    name: Said
    dimension: Dimension
    group: Said | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The indicators of one version of the file."""

    version: str
    standard: str
    source: str
    certainty: Mapping[str, Certainty]
    notes: Mapping[str, Said]
    scenes: Mapping[Scene, Said]
    dimensions: Mapping[Dimension, Said]
    groups: Mapping[str, Said]
    indicators: Mapping[str, Indicator]

    def to_json(self) -> dict[str, Any]:
        """The tree as it is sent, the mark of certainty with every level."""
        return {
            "version": self.version,
            "standard": self.standard,
            "source": self.source,
            "levels": [
                {"level": level, "certainty": sure.value, "note_zh": self.notes[level].zh, "note_en": self.notes[level].en}
                for level, sure in self.certainty.items()
            ],
            "scenes": [{"code": scene.value, "zh": said.zh, "en": said.en} for scene, said in self.scenes.items()],
            "indicators": [_told(one, self.dimensions[one.dimension]) for one in self.indicators.values()],
        }  # fmt: skip


@cache
def tree() -> Tree:
    """The tree that comes with the market. Raises KeyError or ValueError: faults of the file."""
    document = json.loads(FILE.read_text("utf-8"))
    indicators, groups = {}, {}
    for first in document["tree"]:
        for second in first["second"]:
            groups[second["code"]] = _said(second)
            for third in second["third"]:
                dimension = Dimension(first["code"])
                indicators[third["code"]] = Indicator(third["code"], _said(third), dimension, _said(second))
    return Tree(
        version=document["version"],
        standard=document["standard"],
        source=document["source"],
        certainty={level: Certainty(mark) for level, mark in document["certainty"].items()},
        notes={level: Said(*note) for level, note in document["notes"].items()},
        scenes={Scene(one["code"]): _said(one) for one in document["scenes"]},
        dimensions={Dimension(one["code"]): _said(one) for one in document["tree"]},
        groups=groups,
        indicators=indicators,
    )


def _said(entry: Mapping[str, Any]) -> Said:
    return Said(entry["zh"], entry["en"])


def _told(one: Indicator, dimension: Said) -> dict[str, Any]:
    return {
        "code": one.code,
        "zh": one.name.zh,
        "en": one.name.en,
        "dimension": one.dimension.value,
        "dimension_zh": dimension.zh,
        "dimension_en": dimension.en,
        "group_zh": one.group.zh if one.group else None,
        "group_en": one.group.en if one.group else None,
    }
