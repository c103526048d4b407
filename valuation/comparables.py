"""Nearest past transactions: one a package, the likest first, with the differences in words.

Where the model that answered has trees, likeness is the share of its trees in which a past transaction falls into the same
leaf as the result: what the model prices alike is alike for this price (Breiman 2001 calls it proximity). Without trees it
is what title, kind, trade, field, remaining term and day say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final

from kernel.money import Money
from valuation.deals import FROM_CONTRACT, PriceType
from valuation.features import remaining_life
from valuation.titles import grams
from valuation.words import PRICE_TYPES, value_in_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

SHOWN_MAX: Final = 5
YEARS_APART_MAX: Final = 20
LOOKED_AT_MAX: Final = 60
"""Packages of the largest shares of leaves that are told apart by title and day."""
TITLES_KEPT_MAX: Final = 16_384

LEAVES, FACTS = "leaves", "facts"
"""What likeness was read from."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A past transaction that may be shown beside an estimate."""

    package_key: str
    package_rows: int
    source: str
    title: str
    kind: str
    trade: str
    price_type: str
    price: Money
    dealt_on: date
    package_size: int
    generated: bool
    tech_field: str | None
    filed_on: date | None
    filed_year: int | None
    abstract: str = ""

    @property
    def rows(self) -> int:
        """How many results were sold together."""
        return max(self.package_rows, self.package_size)


def nearest(
    facts: Mapping[str, Any],
    candidates: Sequence[Candidate],
    *,
    today: date,
    leaf_shares: Sequence[float] | None = None,
    likenesses: Sequence[float] | None = None,
) -> list[dict[str, Any]]:
    """The likest packages as plain values, at most five. Of a contract made in this market neither its title nor its
    exact price or day is shown: it belongs to other people.

    `leaf_shares`: for each candidate the share of trees, 0 to 1, in which it falls into the leaf of the result. Shares
    that are equal to the hundredth are told apart by title, then by day. `likenesses`: what `Likeness.of` says of the
    candidates, if the caller has it.
    """
    if leaf_shares is None:
        read = Likeness.learn(candidates).of(facts, today) if likenesses is None else likenesses
        chosen = _one_a_package(_ranked(read, candidates))
    else:
        wanted = grams(str(facts["title"]))
        top = islice(_one_a_package(_ranked(leaf_shares, candidates)), LOOKED_AT_MAX)
        chosen = iter(
            sorted(top, key=lambda pair: (-round(pair[0], 2), -_said(wanted, pair[1]), *_newest_first(pair[1])))
        )
    read_from = FACTS if leaf_shares is None else LEAVES
    return [
        _shown(facts, one, round(float(likeness), 6), read_from, today) for likeness, one in islice(chosen, SHOWN_MAX)
    ]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like many past transactions are to a result by what is known of them, read once for all questions.

    `holding`: for each character and pair of characters of titles the places of those that have it; `sizes` how many each
    title has. Terms that are not known are NaN.
    """

    holding: Mapping[str, Array]
    sizes: Array
    kinds: Array
    trades: Array
    fields: Array
    lives: Array
    days: Array

    @classmethod
    def learn(cls, candidates: Sequence[Candidate]) -> Likeness:
        """Read the candidates; the places are theirs."""
        import numpy as np

        places: dict[str, list[int]] = {}
        said = [_grams(one.title) for one in candidates]
        for place, grams_of_one in enumerate(said):
            for gram in grams_of_one:
                places.setdefault(gram, []).append(place)
        lives = [_life(one) for one in candidates]
        return cls(
            holding={gram: np.array(those) for gram, those in places.items()},
            sizes=np.array([len(one) for one in said], dtype=float),
            kinds=np.array([one.kind for one in candidates], dtype=object),
            trades=np.array([one.trade for one in candidates], dtype=object),
            fields=np.array([one.tech_field for one in candidates], dtype=object),
            lives=np.array([np.nan if one is None else one for one in lives], dtype=float),
            days=np.array([one.dealt_on.toordinal() for one in candidates], dtype=float),
        )

    def of(self, facts: Mapping[str, Any], today: date) -> list[float]:
        """(candidates,) between 0 and 1: half what the title says (Dice's coefficient of characters and pairs), the rest
        kind, trade, field, remaining term and how recent it is.
        """
        import numpy as np

        years_ago = np.abs(today.toordinal() - self.days) / 365.25
        life, field = facts.get("remaining_life"), facts.get("tech_field")
        apart = np.minimum(np.abs((np.nan if life is None else life) - self.lives), YEARS_APART_MAX)
        same_field = np.zeros(len(self.days)) if field is None else self.fields == field
        likeness = (
            0.5 * self._said(grams(str(facts["title"])))
            + 0.12 * (self.kinds == facts["kind"])
            + 0.08 * (self.trades == facts["trade"])
            + 0.10 * same_field
            + 0.10 * np.where(np.isnan(apart), 0.5, 1 - apart / YEARS_APART_MAX)
            + 0.10 * np.maximum(0.0, 1 - years_ago / 10)
        )
        found: list[float] = np.round(likeness.astype(float), 6).tolist()
        return found

    def _said(self, wanted: set[str]) -> Array:
        import numpy as np

        shared = np.zeros(len(self.sizes))
        for gram in wanted & self.holding.keys():
            shared[self.holding[gram]] += 1
        both = len(wanted) + self.sizes
        return 2 * shared / np.where(both > 0, both, 1)


def _ranked(scores: Sequence[float], candidates: Sequence[Candidate]) -> Iterator[tuple[float, Candidate]]:
    """The highest score first, of equal ones the newest; only as far as somebody looks."""
    import numpy as np

    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable").tolist()
    for score, places in groupby(order, key=lambda place: scores[place]):
        for one in sorted((candidates[place] for place in places), key=_newest_first):
            yield score, one


def _newest_first(one: Candidate) -> tuple[int, str, str]:
    return -one.dealt_on.toordinal(), one.package_key, one.title


def _one_a_package(ranked: Iterable[tuple[float, Candidate]]) -> Iterator[tuple[float, Candidate]]:
    seen: set[str] = set()
    for likeness, one in ranked:
        if one.package_key not in seen:
            seen.add(one.package_key)
            yield likeness, one


@lru_cache(maxsize=TITLES_KEPT_MAX)
def _grams(title: str) -> frozenset[str]:
    """The grams of a title of the past, which is asked for again and again."""
    return frozenset(grams(title))


def _said(wanted: set[str], one: Candidate) -> float:
    """Between 0 and 1: how much two titles share (Dice's coefficient of characters and pairs)."""
    theirs = _grams(one.title)
    return 2 * len(wanted & theirs) / (len(wanted) + len(theirs)) if wanted and theirs else 0.0


def _shown(facts: Mapping[str, Any], one: Candidate, likeness: float, read_from: str, today: date) -> dict[str, Any]:
    private = one.source == FROM_CONTRACT
    differences = _differences(facts, one, today)
    price_type = PRICE_TYPES[one.price_type]
    return {
        "title": "" if private else one.title,
        "kind": one.kind,
        "trade": one.trade,
        "price_type": one.price_type,
        "price_type_zh": price_type[0],
        "price_type_en": price_type[1],
        "price_fen": _two_digits(one.price).fen if private else one.price.fen,
        "price_is_rounded": private,
        "dealt_on": (one.dealt_on.replace(day=1) if private else one.dealt_on).isoformat(),
        "package_rows": one.rows,
        "generated": one.generated,
        "likeness": likeness,
        "likeness_from": read_from,
        "differences_zh": [zh for zh, _ in differences],
        "differences_en": [en for _, en in differences],
    }


def _differences(facts: Mapping[str, Any], one: Candidate, today: date) -> list[tuple[str, str]]:
    """What is not alike, in words; what is not known on one side is no difference."""
    return [*_other_price(one), *_other_sort(facts, one), *_other_size(facts, one), *_other_day(one, today)]


def _other_price(one: Candidate) -> Iterator[tuple[str, str]]:
    """Whatever was not paid is no deal, and that is said first."""
    if one.price_type != PriceType.DEAL:
        zh, en = PRICE_TYPES[one.price_type]
        yield f"对方为{zh}", f"theirs: {en}"


def _other_sort(facts: Mapping[str, Any], one: Candidate) -> Iterator[tuple[str, str]]:
    for name in ("kind", "trade", "tech_field"):
        theirs, ours = getattr(one, name), facts.get(name)
        if theirs is not None and ours is not None and theirs != ours:
            zh, en = value_in_words(name, theirs)
            yield f"对方为{zh}", f"theirs: {en}"


def _other_size(facts: Mapping[str, Any], one: Candidate) -> Iterator[tuple[str, str]]:
    """The term that was left, and how many were sold together."""
    life, other = facts.get("remaining_life"), _life(one)
    if life is not None and other is not None and abs(life - other) >= 1:
        zh, en = ("短", "shorter") if other < life else ("长", "longer")
        yield f"剩余保护期{zh}{_years(life - other)[0]}", f"its remaining term was {_years(life - other)[1]} {en}"
    if one.rows != int(facts.get("rights") or 1):
        yield (f"{one.rows}件打包", f"a package of {one.rows}") if one.rows > 1 else ("单件", "a single right")


def _other_day(one: Candidate, today: date) -> Iterator[tuple[str, str]]:
    """A price of years ago was made in another market."""
    ago = (today - one.dealt_on).days / 365.25
    if ago >= 1:
        zh, en = _years(ago)
        yield f"约{zh}前", f"about {en} ago"


def _years(number: float) -> tuple[str, str]:
    years = round(abs(number))
    return f"{years}年", f"{years} year{'' if years == 1 else 's'}"


def _life(one: Candidate) -> float | None:
    return remaining_life(one.kind, on=one.dealt_on, filed_on=one.filed_on, filed_year=one.filed_year)


def _two_digits(price: Money) -> Money:
    step = Decimal(1).scaleb(max(0, Decimal(price.fen).adjusted() - 1))
    return Money(int((Decimal(price.fen) / step).quantize(Decimal(1), ROUND_HALF_UP) * step))
