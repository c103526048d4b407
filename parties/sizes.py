"""大中小微: the size class of an enterprise from its industry, staff, revenue and assets. Pure; the limits are data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parties.errors import IndustryNotKnown
from parties.kinds import EnterpriseSize


@dataclass(frozen=True, slots=True)
class Limits:
    """The lower limits of one measure: staff in people, revenue and assets in fen."""

    measure: str
    small_from: int
    medium_from: int
    large_from: int

    def reached_by(self, value: int) -> EnterpriseSize:
        """The highest class whose lower limit the value reaches; a value below all is micro."""
        steps = (
            (self.large_from, EnterpriseSize.LARGE),
            (self.medium_from, EnterpriseSize.MEDIUM),
            (self.small_from, EnterpriseSize.SMALL),
        )
        return next((size for limit, size in steps if value >= limit), EnterpriseSize.MICRO)


def classify(limits: Iterable[Limits], figures: Mapping[str, int | None]) -> EnterpriseSize:
    """The size class: large, medium and small need the lower limit of every measure, else the class below; micro needs one.

    So the class is the lowest that any measure of the industry gives. Raises IndustryNotKnown without limits, or where
    a figure is missing. Source: 工信部联企业〔2011〕300号; 统计上大中小微型企业划分办法（2017）.
    """
    order = list(EnterpriseSize)
    classes = [limit.reached_by(_figure(figures, limit.measure)) for limit in limits]
    if not classes:
        raise IndustryNotKnown
    return min(classes, key=order.index)


def _figure(figures: Mapping[str, int | None], measure: str) -> int:
    value = figures.get(measure)
    if value is None:
        raise IndustryNotKnown
    return value
