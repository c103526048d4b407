"""How far people are pulled towards the model's price by having seen it. Pure.

Anchoring: a number seen first draws later judgements towards itself (Tversky & Kahneman 1974; for property appraisers
Northcraft & Neale 1987). Of each reviewer's first judgement of a valuation it is known, from recorded reads, whether the
model's price had been shown before. If the shown stand nearer to the model than the blind, seeing it has pulled them.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

LEVEL: Final = 0.9
"""The level of the interval."""
REVIEWERS_FOR_CLUSTERS: Final = 5
"""From so many reviewers in each group on, reviewers are drawn anew rather than single prices: one person's prices
resemble each other."""
SLOPE_PAIRS_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """A person's first judgement and the model's price, as natural logarithms; `realised` once there was a deal."""

    human: float
    model: float
    shown: bool
    realised: float | None = None
    reviewer: str = ""

    @property
    def distance(self) -> float:
        """|ln human ÷ model|."""
        return abs(self.human - self.model)


@dataclass(frozen=True, slots=True)
class Group:
    """The shown or the blind: how many, how near to the model, and how the human price moves with the model's.

    `slope` is that of ln human on ln model. `weight` is that of (human − realised) on (model − realised): 0 pays no heed
    to the model's error, 1 repeats it. None where there are too few to say.
    """

    pairs: int
    reviewers: int
    median_distance: float | None
    slope: float | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """`pull` = 1 − (median distance of the shown ÷ of the blind): 0 none, 1 the model is repeated, negative: pushed away.

    `low` and `high` bound it at LEVEL by a seeded bootstrap; all None where `too_few`: a group has fewer than `pairs_min`.
    """

    shown: Group
    blind: Group
    pull: float | None
    low: float | None
    high: float | None
    pairs_min: int
    too_few: bool


def anchoring(pairs: Sequence[Pair], *, pairs_min: int, seed: int = 0, draws: int = 999) -> Anchoring:
    """Measure the pull over pairs in any order; the same pairs and seed give the same interval.

    Groups below `pairs_min` are counted and nothing else is said of them.
    """
    ordered = sorted(pairs, key=lambda one: (one.reviewer, one.human, one.model, one.realised or 0.0))
    shown = [one for one in ordered if one.shown]
    blind = [one for one in ordered if not one.shown]
    too_few = min(len(shown), len(blind)) < max(1, pairs_min)
    groups = [_group(one, pairs_min) for one in (shown, blind)]
    pull = None if too_few else _pull([one.distance for one in shown], [one.distance for one in blind])
    if pull is None:
        return Anchoring(groups[0], groups[1], None, None, None, pairs_min, too_few)
    low, high = _interval(shown, blind, seed=seed, draws=draws)
    return Anchoring(groups[0], groups[1], pull, low, high, pairs_min, too_few)


def slope(x: Sequence[float], y: Sequence[float]) -> float | None:
    """The least-squares slope of y on x; None below three points or where x does not vary."""
    if len(x) < SLOPE_PAIRS_MIN or max(x) - min(x) < 1e-12:
        return None
    return statistics.linear_regression(x, y).slope


def _group(pairs: Sequence[Pair], pairs_min: int) -> Group:
    reviewers = len({one.reviewer for one in pairs})
    if len(pairs) < max(1, pairs_min):
        return Group(len(pairs), reviewers, None, None, None)
    sold = [(one.model - one.realised, one.human - one.realised) for one in pairs if one.realised is not None]
    return Group(
        pairs=len(pairs),
        reviewers=reviewers,
        median_distance=statistics.median(one.distance for one in pairs),
        slope=slope([one.model for one in pairs], [one.human for one in pairs]),
        weight=slope([one for one, _ in sold], [one for _, one in sold]) if len(sold) >= pairs_min else None,
    )


def _pull(shown: Sequence[float], blind: Sequence[float]) -> float | None:
    """Of distances; None where the blind stand exactly on the model's price: there is nothing to be pulled over."""
    before = statistics.median(blind)
    return None if before < 1e-12 else 1 - statistics.median(shown) / before


def _interval(
    shown: Sequence[Pair], blind: Sequence[Pair], *, seed: int, draws: int
) -> tuple[float | None, float | None]:
    """The percentile interval over draws in which both groups are drawn anew, apart from each other."""
    chance = random.Random(seed)  # a bootstrap wants to be repeatable, not secret
    again = [_drawing(group, chance) for group in (shown, blind)]
    pulls = [pull for _ in range(draws) if (pull := _pull(again[0](), again[1]())) is not None]
    if len(pulls) < draws / 2:
        return None, None
    pulls.sort()
    tail = (1 - LEVEL) / 2
    return pulls[int(tail * (len(pulls) - 1))], pulls[round((1 - tail) * (len(pulls) - 1))]


def _drawing(group: Sequence[Pair], chance: random.Random) -> Callable[[], list[float]]:
    by_reviewer: dict[str, list[float]] = {}
    for one in group:
        by_reviewer.setdefault(one.reviewer, []).append(one.distance)
    if len(by_reviewer) < REVIEWERS_FOR_CLUSTERS:
        distances = [one.distance for one in group]
        return lambda: chance.choices(distances, k=len(distances))
    clusters = list(by_reviewer.values())
    return lambda: [one for cluster in chance.choices(clusters, k=len(clusters)) for one in cluster]
