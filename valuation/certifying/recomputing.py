"""A price model recomputed by plain Python: log price, every contribution and the range of one result, from its JSON alone.

Standard library and the tree walker only. Written from the formats: segments that fall back to coarser ones, the latest price
level, straight terms, titles hashed by CRC-32, boosters, nearest deals, split conformal ranges (Lei et al. 2018).
"""

from __future__ import annotations

import base64
import math
import sys
import unicodedata
import zlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from valuation.certifying.walking import BadModel, Booster, Steps, real, whole

Key = tuple[str, ...]
Found = TypeVar("Found")

MISSING: Final = "\x00"
NAN: Final = math.nan
SEGMENT, TIME, NEAREST = "segment", "time", "nearest"
BUCKETS: Final = 4096
TITLE_CHARACTERS_MAX: Final = 300
GROUP_SCORES_MIN: Final = 50
SCALE_POOLING_PACKAGES: Final = 5.0


@dataclass(frozen=True, slots=True)
class Walked:
    """What the model says of one result, natural logs: `log_price` from leaves alone, base + Σ parts by Shapley values."""

    log_price: float
    base: float
    parts: dict[str, float]


class Model:
    """A price model as `PriceModel.to_json` writes it. Raises BadModel for anything else."""

    def __init__(self, stored: Any) -> None:
        try:
            self._read(stored)
        except BadModel:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as fault:
            raise BadModel(f"a part is missing or of another form ({type(fault).__name__})") from None

    def _read(self, stored: Any) -> None:
        settings, columns = stored["settings"], stored["columns"]
        self._segments, self._strata = _texts(settings["segments"]), _texts(settings["strata"])
        self._names = _texts(columns["names"])
        self._codes = {
            name: {value: float(code) for code, value in enumerate(_texts(values))}
            for name, values in columns["categories"].items()
        }
        self._titles = {name: Titles(one) for name, one in sorted(columns["spaces"].items())}
        self._width = len(self._names) + sum(one.size for one in self._titles.values())
        self._overall = real(stored["prior"]["overall"])
        self._levels = [{_texts(key): real(value) for key, value in one} for one in stored["prior"]["levels"]]
        level, linear, nearest, forest = (stored[name] for name in ("level", "linear", "nearest", "forest"))
        self._level = None if level is None else real(level["levels"][-1])
        self._linear = None if linear is None else _terms(linear, self._width)
        self._nearest = None if nearest is None else Nearest(nearest, self._width)
        self._forest = None if forest is None else [Booster(one["trees"], one["places"], self._width) for one in forest]
        self._scores = {
            _texts(book): [(_texts(group), real(score)) for group, score in scores]
            for book, scores in stored["calibration"]
        }

    def walk(self, facts: Mapping[str, Any]) -> Walked:
        """Log price, base and parts of one result; a fact that is not there is missing. Raises BadModel."""
        walked = _finite(lambda: self._walk(facts))
        if not all(map(math.isfinite, (walked.log_price, walked.base, *walked.parts.values()))):
            raise BadModel("its numbers grow beyond all bounds")
        return walked

    def half_width(self, facts: Mapping[str, Any], level: float) -> float | None:
        """Half the range on the log scale that holds with probability `level`; None where too few prices were examined.

        Raises BadModel.
        """
        return _finite(lambda: self._half_width(facts, level))

    def _walk(self, facts: Mapping[str, Any]) -> Walked:
        row = self._row(facts)
        prior = self._prior(_key(facts, self._segments))
        base, parts = self._overall, {SEGMENT: prior - self._overall}
        log_price = prior
        if self._level is not None:
            parts[TIME] = self._level
            log_price += self._level
        by_place = [0.0] * self._width
        for place, part in self._straight(row):
            by_place[place] += part
            log_price += part
        if self._forest:
            own, reached = self._shap(row, by_place)
            base, log_price = base + own, log_price + reached
        if self._linear is not None or self._forest is not None:
            parts |= {name: math.fsum(by_place[one] for one in places) for name, places in self._places().items()}
        if self._nearest is not None:
            parts[NEAREST] = self._nearest.of(row)
            log_price += parts[NEAREST]
        return Walked(log_price, base, parts)

    def _half_width(self, facts: Mapping[str, Any], level: float) -> float | None:
        coarse = [name for name in self._segments if name not in self._strata][:1]
        scores = self._scores.get(_key(facts, self._strata), [])
        group = _key(facts, coarse)
        own = [score for key, score in scores if key == group]
        if len(own) >= GROUP_SCORES_MIN:
            return conformal(own, level)
        if not scores:
            return None
        everything = _mean([score for _, score in scores])
        groups: dict[Key, list[float]] = {}
        for key, score in scores:
            groups.setdefault(key, []).append(score)
        scale = {
            key: (math.fsum(one) + SCALE_POOLING_PACKAGES * everything) / (len(one) + SCALE_POOLING_PACKAGES)
            for key, one in groups.items()
        }
        half = conformal([score / scale[key] for key, score in scores], level)
        return None if half is None else scale.get(group, everything) * half

    def _places(self) -> dict[str, list[int]]:
        places = {name: [place] for place, name in enumerate(self._names)}
        start = len(self._names)
        for name, titles in self._titles.items():
            places[name] = list(range(start, start + titles.size))
            start += titles.size
        return places

    def _row(self, facts: Mapping[str, Any]) -> list[float]:
        """The facts as the trees see them: numbers, codes of categories (missing or unseen: NaN), places of titles."""
        row = []
        for name in self._names:
            if name in self._codes:
                row.append(self._codes[name].get(_text(facts.get(name)), NAN))
            else:
                row.append(_fact(facts.get(name)))
        for name, titles in self._titles.items():
            said = _text(facts.get(name))
            row += titles.of("" if said == MISSING else said)
        return row

    def _prior(self, key: Key) -> float:
        for depth in range(len(self._levels), 0, -1):
            if key[:depth] in self._levels[depth - 1]:
                return self._levels[depth - 1][key[:depth]]
        return self._overall

    def _straight(self, row: Sequence[float]) -> list[tuple[int, float]]:
        found = []
        for place, code, centre, low, high, coefficient in self._linear or ():
            value = row[place]
            if math.isnan(value):
                continue
            if code is not None:
                value = 1.0 if value == code else 0.0
            found.append((place, (min(max(value, low), high) - centre) * coefficient))
        return found

    def _shap(self, row: Sequence[float], by_place: list[float]) -> tuple[float, float]:
        """(mean over the training rows, log price) of the boosters' mean; adds their Shapley values to `by_place`."""
        boosters = self._forest or []
        base = reached = 0.0
        steps = Steps()
        for one in boosters:
            own = [row[place] for place in one.places]
            shap = [0.0] * len(own)
            for tree in one.trees:
                base += tree.expected / len(boosters)
                reached += tree.of(own) / len(boosters)
                tree.shap(own, shap, steps)
            for place, part in zip(one.places, shap, strict=True):
                by_place[place] += part / len(boosters)
        return base, reached


class Titles:
    """Directions of titles: `idf` (4096,) and `directions` (4096, size), base64 of little-endian floats of 32 bits."""

    def __init__(self, stored: Any) -> None:
        self.size = whole(stored["size"], 0, BUCKETS)
        self._idf = _floats(stored["idf"], BUCKETS)
        self._directions = _floats(stored["directions"], BUCKETS * self.size)

    def of(self, title: str) -> list[float]:
        """The coordinates of a title: its characters and neighbouring pairs, hashed, weighted by rarity, at length one."""
        plain = "".join(unicodedata.normalize("NFKC", title[:TITLE_CHARACTERS_MAX]).casefold().split())
        grams = set(plain) | {plain[place : place + 2] for place in range(len(plain) - 1)}
        # From the last bucket to the first: the order in which the sparse product that serves adds them up.
        buckets = sorted({zlib.crc32(gram.encode()) % BUCKETS for gram in grams}, reverse=True)
        length = math.sqrt(sum(self._idf[one] ** 2 for one in reversed(buckets)))
        scale = 1 / max(length, 1e-12)
        found = [0.0] * self.size
        for bucket in buckets:
            mass = scale * self._idf[bucket]
            start = bucket * self.size
            for place in range(self.size):
                found[place] += mass * self._directions[start + place]
        return found


class Nearest:
    """What the likest rows of the past were off by, nearer ones more."""

    def __init__(self, stored: Any, width: int) -> None:
        self._centre, self._scale = _reals(stored["centre"], width), _reals(stored["scale"], width)
        self._rows = [_reals(one, width) for one in stored["rows"]]
        self._rest, self._weight = (_reals(stored[name], len(self._rows)) for name in ("rest", "weight"))
        self._count = whole(stored["count"], 1, 10_000)

    def of(self, row: Sequence[float]) -> float:
        """The mean of their rests, weighted by w / (1 + squared distance); equally near ones in the order they are kept."""
        if not self._rows:
            return 0.0
        asked = [
            0.0 if math.isnan(value) else (value - centre) * scale
            for value, centre, scale in zip(row, self._centre, self._scale, strict=True)
        ]
        apart = [math.fsum((a - b) ** 2 for a, b in zip(asked, kept, strict=True)) for kept in self._rows]
        near = sorted(range(len(apart)), key=lambda one: (round(apart[one], 9), one))[: self._count]
        mass = [self._weight[one] / (1.0 + apart[one]) for one in near]
        total = math.fsum(mass)
        if not total > 0:
            raise BadModel("the nearest deals weigh nothing")
        return math.fsum(one * self._rest[place] for one, place in zip(mass, near, strict=True)) / total


def _finite(compute: Callable[[], Found]) -> Found:
    """What is computed; numbers that grow beyond all bounds on the way belong to no price. Raises BadModel."""
    try:
        return compute()
    except BadModel:
        raise
    except (ArithmeticError, ValueError):
        raise BadModel("its numbers grow beyond all bounds") from None


def conformal(scores: Sequence[float], level: float) -> float | None:
    """The ⌈(n+1)·level⌉-th smallest score, None where there are fewer than that."""
    place = math.ceil(round((len(scores) + 1) * level, 9))
    return sorted(scores)[place - 1] if place <= len(scores) else None


def _mean(scores: Sequence[float]) -> float:
    return max(math.fsum(scores) / len(scores), 1e-12)


def _terms(stored: Any, width: int) -> list[tuple[int, float | None, float, float, float, float]]:
    places = [whole(one, 0, width - 1) for one in stored["place"]]
    codes = [None if one is None else real(one) for one in stored["code"]]
    rest = [_reals(stored[name], len(places)) for name in ("centre", "low", "high", "coefficient")]
    return list(zip(places, codes, *rest, strict=True))


def _floats(text: str, count: int) -> array[float]:
    content = base64.b64decode(text, validate=True)
    if len(content) != 4 * count:
        raise BadModel("title directions of another size")
    found = array("f", content)
    if sys.byteorder == "big":
        found.byteswap()
    if not all(map(math.isfinite, found)):
        raise BadModel("a number is not one")
    return found


def _reals(values: Any, count: int) -> list[float]:
    if len(values) != count:
        raise BadModel("a list of another length")
    return [real(one) for one in values]


def _texts(values: Any) -> Key:
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise BadModel("a text is not one")
    return tuple(values)


def _text(value: Any) -> str:
    return MISSING if value is None or value != value else str(value)


def _key(facts: Mapping[str, Any], names: Sequence[str]) -> Key:
    return tuple(_text(facts.get(name)) for name in names)


def _fact(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return NAN
    return found if math.isfinite(found) else NAN
