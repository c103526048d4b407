"""What a run's training facts looked like, in a few numbers: the reference that later questions are compared with."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

BINS: Final = 10
CATEGORIES_MAX: Final = 20
KNOWN_MAX: Final = 1_000
"""As many categories as a model tells apart (see `columns`)."""
OTHER: Final = "\x00other"
"""The bin of categories that are rare in training, or that training has never seen."""
NUMBERS: Final = ("rights", "remaining_life", "trl", "is_method", "title_length")
CATEGORIES: Final = ("kind", "trade", "tech_field", "ipc_section")
WATCHED: Final = (*NUMBERS, *CATEGORIES)
"""Titles and abstracts are watched by their length and by what is missing; `scrutiny` follows from the kind."""
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One feature in training. `shares` are of the rows that have it, bin by bin: of a number by `edges` (value ≤ edge, the
    last bin above all), of a category by `names`, the last share for all others. `known` are all categories met.
    """

    missing: float
    shares: tuple[float, ...]
    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def taught_nothing(self) -> bool:
        """It was missing, or one and the same, on every row: no model can have made a price depend on it."""
        return self.missing >= 1.0 or (self.missing <= 0.0 and max(self.shares, default=1.0) >= 1.0)

    def place(self, value: Any) -> int:
        """The bin of a value that is there."""
        if self.names:
            text = str(value)
            return self.names.index(text) if text in self.names else len(self.names)
        return bisect_left(self.edges, float(value))


@dataclass(frozen=True, slots=True)
class Profile:
    """The reference of a run: `packages` stand behind it, one unit of weight each."""

    packages: int
    columns: Mapping[str, Column]

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a run."""
        return {
            "packages": self.packages,
            "columns": {
                name: {
                    "missing": one.missing,
                    "shares": list(one.shares),
                    "edges": list(one.edges),
                    "names": list(one.names),
                    "known": list(one.known),
                }
                for name, one in self.columns.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Profile:
        """Read what `to_json` wrote. Raises KeyError or TypeError for what it did not write."""
        # The database keeps no order of keys; people read the features in ours.
        held = stored["columns"]
        columns = {
            name: Column(
                float(one["missing"]),
                tuple(map(float, one["shares"])),
                tuple(map(float, one["edges"])),
                tuple(map(str, one["names"])),
                tuple(map(str, one["known"])),
            )
            for name in WATCHED
            if (one := held.get(name)) is not None
        }
        return cls(int(stored["packages"]), columns)


def profile(facts: Sequence[Mapping[str, Any]], packages: Sequence[str]) -> Profile:
    """The profile of training facts (see `features.facts`), every package one unit of weight."""
    rows_of = Counter(packages)
    weight = [1.0 / rows_of[one] for one in packages]
    return Profile(len(rows_of), {name: _column(name, [one.get(name) for one in facts], weight) for name in WATCHED})


def is_missing(value: Any) -> bool:
    """Not given: None, NaN or an empty text."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def _column(name: str, values: Sequence[Any], weight: Sequence[float]) -> Column:
    there = [(value, one) for value, one in zip(values, weight, strict=True) if not is_missing(value)]
    total, mass = math.fsum(weight), math.fsum(one for _, one in there)
    missing = _rounded(1.0 - mass / total) if total else 1.0
    if not there:
        return Column(1.0, ())
    empty = Column(missing, (), edges=_edges(there, mass)) if name in NUMBERS else _named(missing, there)
    bins = [0.0] * (len(empty.names or empty.edges) + 1)
    for value, one in there:
        bins[empty.place(value)] += one
    shares = tuple(_rounded(one / mass) for one in bins)
    return Column(missing, shares, empty.edges, empty.names, empty.known)


def _named(missing: float, there: Sequence[tuple[Any, float]]) -> Column:
    counted: Counter[str] = Counter()
    for value, one in there:
        counted[str(value)] += one  # type: ignore[assignment]  # weights, not counts
    common = sorted(counted, key=lambda name: (-counted[name], name))
    return Column(missing, (), names=tuple(common[:CATEGORIES_MAX]), known=tuple(sorted(common)[:KNOWN_MAX]))


def _edges(there: Sequence[tuple[Any, float]], mass: float) -> tuple[float, ...]:
    """Weighted quantiles as upper ends of bins; equal ones are one, and nothing lies above the last but what is new."""
    ordered = sorted((float(value), one) for value, one in there)
    edges, so_far, place = [], 0.0, 1
    for value, one in ordered:
        so_far += one
        while place < BINS and so_far >= mass * place / BINS - 1e-12:
            edges.append(value)
            place += 1
    return tuple(sorted({*edges, ordered[-1][0]}))


def _rounded(share: float) -> float:
    return round(share, DIGITS)
