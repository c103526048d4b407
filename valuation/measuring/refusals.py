"""What cannot be measured, each with its facts: a figure is never made up, and never a silent NaN."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(eq=False)
class BadMeasurement(ValueError):
    """These numbers cannot be measured."""

    def __str__(self) -> str:
        facts = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
        return f"{(self.__doc__ or '').splitlines()[0]} ({facts})"


@dataclass(eq=False)
class NotANumber(BadMeasurement):
    """A list of plain numbers is wanted: not texts, truth values, complex numbers or a table."""

    name: str
    found: str


@dataclass(eq=False)
class NotFinite(BadMeasurement):
    """A value is missing or infinite."""

    name: str
    place: int
    value: float


@dataclass(eq=False)
class NotPositive(BadMeasurement):
    """A price is not above zero."""

    name: str
    place: int
    value: float


@dataclass(eq=False)
class UnequalLengths(BadMeasurement):
    """The lists are not equally long."""

    name: str
    length: int
    expected: int


@dataclass(eq=False)
class TooFew(BadMeasurement):
    """There are too few rows for this measure."""

    measure: str
    rows: int
    needed: int


@dataclass(eq=False)
class NoSpread(BadMeasurement):
    """All values are the same: there is nothing that could rise or fall with them."""

    measure: str
    value: float


@dataclass(eq=False)
class BadWeight(BadMeasurement):
    """A weight is below zero, or all weights are zero."""

    place: int
    value: float


@dataclass(eq=False)
class BadQuantile(BadMeasurement):
    """A quantile, level, probability or count lies out of its range."""

    name: str
    value: float


@dataclass(eq=False)
class LowAboveHigh(BadMeasurement):
    """A range ends below its start."""

    place: int
    low: float
    high: float


@dataclass(eq=False)
class TooOftenUndefined(BadMeasurement):
    """In too many draws of the bootstrap the measure has no value: no interval can be given."""

    draws: int
    undefined: int
