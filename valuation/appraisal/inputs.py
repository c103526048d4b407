"""The inputs of a calculation: each a number with its unit, its range, where it comes from, and how sure that source is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from kernel.money import FEN_MAX
from valuation.appraisal.impossible import LooksLikePercent, NotANumber, OutOfBounds, RangeUpsideDown
from valuation.appraisal.practice import Certainty, Figure
from valuation.appraisal.saying import Said

YEARS_MAX: Final = 50
"""No right of the market lives longer: software and its copyright have fifty years."""

FACTOR_MAX: Final = 10
YUAN_MAX: Final = Decimal(FEN_MAX) / 100


class Unit(StrEnum):
    """What a number counts. Rates and scores are shares of one: 0.15 is 15 %."""

    YUAN = "yuan"
    RATE = "rate"
    GROWTH = "growth"
    YEARS = "years"
    FACTOR = "factor"
    WEIGHT = "weight"


class Origin(StrEnum):
    """Where an input comes from."""

    STATED = "stated"
    """A person stated it."""
    CONFIGURED = "configured"
    """It stands in the configuration, with its source."""
    DEFAULT = "default"
    """Nobody stated it; a default stands in, with a warning."""
    COMPUTED = "computed"
    """It follows from other facts, by a rule that is cited."""


class Shape(StrEnum):
    """How likely the numbers of a range are: most likely at the value, or all alike."""

    TRIANGULAR = "triangular"
    UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an input can be; an open end is not reached."""

    low: Decimal
    high: Decimal
    open_low: bool = False
    open_high: bool = False

    def hold(self, number: Decimal) -> bool:
        """The number lies inside."""
        above = number > self.low if self.open_low else number >= self.low
        below = number < self.high if self.open_high else number <= self.high
        return above and below

    def __str__(self) -> str:
        return f"{'(' if self.open_low else '['}{self.low:f}, {self.high:f}{')' if self.open_high else ']'}"


_ZERO, _ONE = Decimal(0), Decimal(1)
AMOUNT: Final = Bounds(_ZERO, YUAN_MAX)
PRICE: Final = Bounds(_ZERO, YUAN_MAX, open_low=True)
SHARE: Final = Bounds(_ZERO, _ONE, open_high=True)
WHOLE_SHARE: Final = Bounds(_ZERO, _ONE)
POSITIVE_SHARE: Final = Bounds(_ZERO, _ONE, open_low=True, open_high=True)
GROWTH: Final = Bounds(-_ONE, _ONE, open_low=True, open_high=True)
LIFE: Final = Bounds(_ZERO, Decimal(YEARS_MAX), open_low=True)
AGE: Final = Bounds(_ZERO, Decimal(YEARS_MAX))
FACTOR: Final = Bounds(_ZERO, Decimal(FACTOR_MAX), open_low=True)
_RATES: Final = frozenset({Unit.RATE, Unit.GROWTH, Unit.WEIGHT})
PERCENT_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A number as a person states it: the value, perhaps a range, and where it comes from. Any number or decimal text."""

    value: Any
    low: Any = None
    high: Any = None
    source: str = ""
    shape: Shape = Shape.TRIANGULAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a calculation. `name` is a pointer without its first slash; without a range it is taken as certain.

    `ranged` says that it is uncertain by its nature: where no range is stated, the configured default range stands in and
    `assumed` is set.
    """

    name: str
    label: Said
    unit: Unit
    bounds: Bounds
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    origin: Origin = Origin.STATED
    source: str = ""
    certainty: Certainty | None = None
    warning: Said | None = None
    ranged: bool = True
    assumed: bool = False
    shape: Shape = Shape.TRIANGULAR

    def to_json(self) -> dict[str, Any]:
        """As it is kept and sent; numbers as decimal text."""
        return {
            "name": self.name,
            "label_zh": self.label.zh,
            "label_en": self.label.en,
            "unit": self.unit.value,
            "value": plain(self.value),
            "low": None if self.low is None else plain(self.low),
            "high": None if self.high is None else plain(self.high),
            "origin": self.origin.value,
            "source": self.source,
            "certainty": None if self.certainty is None else self.certainty.value,
            "assumed_range": self.assumed,
            "shape": self.shape.value,
            "warning_zh": self.warning.zh if self.warning else None,
            "warning_en": self.warning.en if self.warning else None,
        }


UNSOURCED: Final = Said("由用户填写，未注明出处。", "Stated by the user without a source.")
NOT_STATED: Final = Said("未填写，采用默认值。", "Not stated; a default stands in.")


def stated(name: str, label: Said, unit: Unit, bounds: Bounds, said: Stated, *, ranged: bool = True) -> Input:
    """An input as a person stated it. Raises NotANumber, OutOfBounds, LooksLikePercent or RangeUpsideDown."""
    value = number(f"/{name}", said.value)
    check_bounds(f"/{name}", value, unit, bounds)
    low, high = _range(name, said, value, unit, bounds)
    source = said.source.strip()
    return Input(
        name=name,
        label=label,
        unit=unit,
        bounds=bounds,
        value=value,
        low=low,
        high=high,
        source=source,
        warning=None if source else UNSOURCED,
        ranged=ranged,
        shape=said.shape,
    )


def default(
    name: str, label: Said, unit: Unit, bounds: Bounds, value: Decimal | int, *, why: Said = NOT_STATED
) -> Input:
    """An input that nobody stated: a neutral value with a warning in place of a source; it has no range of its own."""
    return Input(
        name=name,
        label=label,
        unit=unit,
        bounds=bounds,
        value=Decimal(value),
        origin=Origin.DEFAULT,
        warning=why,
        ranged=False,
    )


def configured(name: str, label: Said, unit: Unit, bounds: Bounds, figure: Figure, value: Decimal) -> Input:
    """An input out of the configuration, with its source and the warning that goes with it."""
    return Input(
        name=name,
        label=label,
        unit=unit,
        bounds=bounds,
        value=value,
        origin=Origin.CONFIGURED,
        source=figure.source,
        certainty=figure.certainty,
        warning=figure.warning,
        ranged=False,
    )


def within(one: Input, share: Decimal) -> Input:
    """The input with its range; where none is stated, the value ± a share of it, cut off at the bounds, and marked."""
    if one.low is not None or not one.ranged or one.value == 0:
        return one
    reach = abs(one.value) * share
    low, high = one.value - reach, one.value + reach
    low = low if one.bounds.hold(low) else one.value
    high = high if one.bounds.hold(high) else one.value
    return replace(one, low=low, high=high, assumed=True)


def number(field: str, raw: Any) -> Decimal:
    """A finite decimal. Takes Decimal, int, text and float (by its shortest text). Raises NotANumber."""
    if isinstance(raw, bool) or not isinstance(raw, int | str | float | Decimal):
        raise NotANumber(field)
    try:
        found = Decimal(repr(raw) if isinstance(raw, float) else raw)
    except InvalidOperation:
        raise NotANumber(field) from None
    if not found.is_finite():
        raise NotANumber(field)
    return found


def check_bounds(field: str, value: Decimal, unit: Unit, bounds: Bounds) -> None:
    """Raises OutOfBounds; LooksLikePercent for a rate between one and a hundred."""
    if bounds.hold(value):
        return
    if unit in _RATES and 1 <= value <= PERCENT_MAX:
        raise LooksLikePercent(field, str(bounds))
    raise OutOfBounds(field, str(bounds))


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no idle zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _range(
    name: str, said: Stated, value: Decimal, unit: Unit, bounds: Bounds
) -> tuple[Decimal | None, Decimal | None]:
    """The stated ends; an end left out is the value itself."""
    if said.low is None and said.high is None:
        return None, None
    ends = []
    for end, raw in (("low", said.low), ("high", said.high)):
        found = value if raw is None else number(f"/{name}/{end}", raw)
        check_bounds(f"/{name}/{end}", found, unit, bounds)
        ends.append(found)
    if not ends[0] <= value <= ends[1]:
        raise RangeUpsideDown(f"/{name}")
    return ends[0], ends[1]
