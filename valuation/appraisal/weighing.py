"""Weight sets: how much an indicator counts in a scene. There are no national weights, so a set is a unit's own or an example."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from kernel.errors import Malformed
from valuation.appraisal.indicators import Dimension, Indicator, Scene, Tree, tree
from valuation.appraisal.saying import Said

FILE: Final = Path(__file__).with_name("data") / "example_weights_01.json"
WHOLE_BP: Final = 10_000
EXTENSIONS_MAX: Final = 30
EXTENSION_PREFIX: Final = "x."


@dataclass(eq=False)
class IndicatorUnknown(Malformed):
    """There is no such indicator in the tree or among the extensions of the weight set."""

    zh = "指标体系和扩展指标中没有该指标。"
    field: str


@dataclass(eq=False)
class SharesOffSum(Malformed):
    """Weights sum to the whole: α + β + γ = 1, and the indicators of each first-level value sum to 1."""

    zh = "权重之和应为 100%：α + β + γ = 1，且各一级指标内的权重之和为 1。"
    field: str
    total_bp: int


@dataclass(frozen=True, slots=True)
class WeightSet:
    """The weights of one scene, in basis points. `owner` None means a labelled example, to be shown with its warning."""

    scene: Scene
    version: str
    shares: Mapping[Dimension, int]
    indicators: Mapping[str, int]
    extensions: Mapping[str, Indicator]
    source: str
    warning: Said | None

    @property
    def is_example(self) -> bool:
        """It belongs to nobody."""
        return self.warning is not None

    def known(self, code: str) -> Indicator | None:
        """An indicator of the tree, or of this set's extensions."""
        return tree().indicators.get(code) or self.extensions.get(code)

    def to_json(self) -> dict[str, Any]:
        """As it is kept with an organisation."""
        return {
            "shares_bp": {dimension.value: share for dimension, share in self.shares.items()},
            "indicators_bp": dict(self.indicators),
            "extensions": [
                {"code": one.code, "dimension": one.dimension.value, "zh": one.name.zh, "en": one.name.en}
                for one in self.extensions.values()
            ],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], *, scene: Scene, version: str, source: str) -> WeightSet:
        """A unit's own set, as it was kept."""
        extensions = [
            Indicator(one["code"], Said(one["zh"], one["en"]), Dimension(one["dimension"]), None)
            for one in document["extensions"]
        ]
        shares = {Dimension(name): share for name, share in document["shares_bp"].items()}
        indicators = document["indicators_bp"]
        return cls(scene, version, shares, indicators, {one.code: one for one in extensions}, source, None)


def check_weights(weights: WeightSet, indicators: Tree) -> None:
    """Raises IndicatorUnknown or SharesOffSum. An indicator left out does not count; a value with a share has indicators."""
    total = sum(weights.shares.values())
    if total != WHOLE_BP or min(weights.shares.values()) < 0:
        raise SharesOffSum("/shares_bp", total)
    for code in weights.indicators:
        if weights.known(code) is None:
            raise IndicatorUnknown("/indicators_bp")
    for code in weights.extensions:
        if code in indicators.indicators or not code.startswith(EXTENSION_PREFIX):
            raise IndicatorUnknown("/extensions")
    for dimension, codes in by_dimension(weights).items():
        held = sum(weights.indicators[code] for code in codes)
        wanted = WHOLE_BP if weights.shares.get(dimension, 0) or codes else 0
        if held != wanted:
            raise SharesOffSum(f"/indicators_bp/{dimension.value}", held)


def by_dimension(weights: WeightSet) -> dict[Dimension, list[str]]:
    """The codes that count, under their first-level value."""
    found: dict[Dimension, list[str]] = {dimension: [] for dimension in Dimension}
    for code in weights.indicators:
        indicator = weights.known(code)
        if indicator is not None:
            found[indicator.dimension].append(code)
    return found


@cache
def examples() -> Mapping[Scene, WeightSet]:
    """The labelled example sets, one a scene, with their source and warning."""
    document = json.loads(FILE.read_text("utf-8"))
    warning = Said(document["warning"]["zh"], document["warning"]["en"])
    sets = [_example(one, document["version"], document["source"], warning) for one in document["sets"]]
    return {one.scene: one for one in sets}


def _example(entry: Mapping[str, Any], version: str, source: str, warning: Said) -> WeightSet:
    shares = dict(zip(Dimension, (entry["alpha_bp"], entry["beta_bp"], entry["gamma_bp"]), strict=True))
    return WeightSet(Scene(entry["scene"]), version, shares, entry["indicators"], {}, source, warning)


def names_of(weights: WeightSet, codes: Sequence[str]) -> Said:
    """The names of indicators, in a row."""
    found = [indicator for code in codes if (indicator := weights.known(code)) is not None]
    return Said("、".join(one.name.zh for one in found), ", ".join(one.name.en for one in found))
