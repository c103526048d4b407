"""Making the generated reference set: `python -m valuation.reference.generate [FILE]` writes it, the same bytes every time.

Why. Real deals may not be shipped, and the published list is a cheap market of asks. A demonstration needs deals on which
the engine can be seen at work. So they are made up, said so on every row (`generated` = yes), and labelled
「生成的参考数据」 wherever they show. They stand in for real deals only while those are too few, and never after.

What. 2,400 packages from January 2016 to October 2026, a few more each year. Nine in ten are deals, the others asks at
the deal's level times a mark-up of e^N(0.20, 0.12). Shares of trades are those of 2023: of 37,741 contracts of 4,028
universities and institutes 61.0 % transfer, 37.8 % licence, 1.2 % equity (中国科技成果转化年度报告 2024).

Prices are log-normal. With everything independent unless said otherwise,

    ln price = trade + kind + field + words + 0.03·(remaining term − 10) + 0.55·ln(size) + 0.03·(year − 2023) + seller + noise

| part | values |
|---|---|
| trade | set at the end so that the mean deal at 2023 prices is the published mean: transfer 46.1, licence 63.5, equity 946.0 万元 |
| kind | invention 0, utility model −0.9, design −1.1, software −0.6, plant variety 0.2, know-how 0.3 |
| field | N(0, 0.25) for each of the eleven fields; chosen by weights that favour manufacturing and information |
| words | N(0, 0.30) for each object a title can name; a method costs 0.10 less than a thing |
| remaining term | of patents; filed 0.5 to 12 years before the deal (at most 0.8 of the term), more often lately |
| size | 1 in 70 %, 2–5 in 25 %, 6–15 in 5 % of packages; the exponent 0.55 is the discount of quantity |
| seller | 60 units, N(0, 0.20): known to no model, as in life |
| noise | N(0, 0.45) |

Prices are rounded to three digits, as people write them. Days of deals are working days; December has twice its share.
Correlations worth knowing: older rights are cheaper, packages dearer but not by as much as they are larger, licences
exclusive in 45 %, sole in 10 %. The seed is fixed; only `random.Random.random` is drawn from, whose sequence Python keeps.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from valuation.deals import TERM_YEARS, Kind, PriceType, Trade
from valuation.reference import vocabulary as words

SEED: Final = 20_231_130
PACKAGES: Final = 2_400
FIRST_YEAR, LAST_DAY = 2016, date(2026, 10, 30)
MEANS_WAN: Final = {Trade.TRANSFER: 46.1, Trade.LICENCE: 63.5, Trade.EQUITY: 946.0}
TRADE_SHARES: Final = {Trade.TRANSFER: 0.610, Trade.LICENCE: 0.378, Trade.EQUITY: 0.012}
KIND_SHARES: Final = {
    Kind.INVENTION: 0.68,
    Kind.UTILITY_MODEL: 0.16,
    Kind.DESIGN: 0.03,
    Kind.SOFTWARE: 0.06,
    Kind.PLANT_VARIETY: 0.02,
    Kind.KNOW_HOW: 0.05,
}
KIND_EFFECTS: Final = {
    Kind.INVENTION: 0.0,
    Kind.UTILITY_MODEL: -0.9,
    Kind.DESIGN: -1.1,
    Kind.SOFTWARE: -0.6,
    Kind.PLANT_VARIETY: 0.2,
    Kind.KNOW_HOW: 0.3,
}
FIELD_SHARES: Final = dict(
    zip(words.SCENES, (0.18, 0.03, 0.22, 0.13, 0.11, 0.09, 0.07, 0.01, 0.06, 0.06, 0.04), strict=True)
)
LICENCE_SHARES: Final = {"exclusive": 0.45, "sole": 0.10, "ordinary": 0.45}
ASK_SHARE: Final = 0.10
YEARLY_DRIFT: Final = 0.03
COLUMNS: Final = (
    "package_id", "title", "kind", "trade", "licence_kind", "tech_field", "filed_on",
    "date", "price_type", "price_yuan", "package_size", "seller", "generated",
)  # fmt: skip

T = TypeVar("T")


@dataclass(slots=True)
class Package:
    """One made-up package; `log_price` is at the prices of its own year, before the trade's level is set."""

    number: int
    title: str
    kind: Kind
    trade: Trade
    licence_kind: str
    field: str
    filed_on: date | None
    dealt_on: date
    price_type: PriceType
    size: int
    seller: int
    log_price: float


class Dice:
    """Draws from one seeded sequence of uniform numbers."""

    def __init__(self, seed: int) -> None:
        self._uniform = Random(seed).random

    def one(self) -> float:
        """Uniform in [0, 1)."""
        return self._uniform()

    def normal(self, mean: float, deviation: float) -> float:
        """Normal, by Box and Muller."""
        radius = math.sqrt(-2 * math.log(1 - self.one()))
        return mean + deviation * radius * math.cos(2 * math.pi * self.one())

    def among(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[int(self.one() * len(choices))]

    def weighted(self, shares: dict[T, float]) -> T:
        """One of the keys, by its share."""
        left = self.one() * sum(shares.values())
        for choice, share in shares.items():
            left -= share
            if left < 0:
                return choice
        return next(reversed(shares))


def generate(seed: int = SEED) -> list[Package]:
    """The packages in the order of their days, without the level of their trade."""
    dice = Dice(seed)
    fields = {field: dice.normal(0, 0.25) for field in words.SCENES}
    objects = {name: dice.normal(0, 0.30) for names in words.OBJECTS.values() for name in names}
    sellers = [dice.normal(0, 0.20) for _ in range(60)]
    days = sorted(_day(dice) for _ in range(PACKAGES))
    return [_package(dice, number, day, fields, objects, sellers) for number, day in enumerate(days, start=1)]


def _package(
    dice: Dice, number: int, day: date, fields: dict[str, float], objects: dict[str, float], sellers: list[float]
) -> Package:
    trade, kind, field = dice.weighted(TRADE_SHARES), dice.weighted(KIND_SHARES), dice.weighted(FIELD_SHARES)
    if kind is Kind.PLANT_VARIETY:
        field = "09"
    title, said = _title(dice, kind, field, objects)
    filed_on = _filed(dice, kind, day)
    size, seller = _size(dice), int(dice.one() * len(sellers))
    life = TERM_YEARS[kind] - (day - filed_on).days / 365.25 if filed_on else 10.0
    log_price = (
        KIND_EFFECTS[kind]
        + fields[field]
        + said
        + 0.03 * (life - 10)
        + 0.55 * math.log(size)
        + YEARLY_DRIFT * (day.year - 2023)
        + sellers[seller]
        + dice.normal(0, 0.45)
    )
    licence, asked = dice.weighted(LICENCE_SHARES), dice.one() < ASK_SHARE
    if asked:
        log_price += dice.normal(0.20, 0.12)
    return Package(
        number=number,
        title=title,
        kind=kind,
        trade=trade,
        licence_kind=licence if trade is Trade.LICENCE else "",
        field=field,
        filed_on=filed_on,
        dealt_on=day,
        price_type=PriceType.ASK if asked else PriceType.DEAL,
        size=size,
        seller=seller + 1,
        log_price=log_price,
    )


def _day(dice: Dice) -> date:
    """A weekday; later years have more, and December twice its share."""
    while True:
        year = FIRST_YEAR + int(11 * dice.one() ** 0.8)
        day = date(year, 1, 1) + timedelta(days=int(dice.one() * 365))
        if day <= LAST_DAY and day.weekday() < 5 and (day.month == 12 or dice.one() < 0.5):
            return day


def _filed(dice: Dice, kind: Kind, day: date) -> date | None:
    term = TERM_YEARS.get(kind)
    if term is None:
        return None
    years = 0.5 + min(11.5, 0.8 * term - 0.5) * dice.one() ** 1.5
    return day - timedelta(days=int(years * 365.25))


def _size(dice: Dice) -> int:
    roll = dice.one()
    if roll < 0.70:
        return 1
    return 2 + int(dice.one() * 4) if roll < 0.95 else 6 + int(dice.one() * 10)


def _title(dice: Dice, kind: Kind, field: str, objects: dict[str, float]) -> tuple[str, float]:
    """A title and what its words do to the log price."""
    scene, thing = dice.among(words.SCENES[field]), dice.among(words.OBJECTS[field])
    while _share_a_word(scene, thing):
        thing = dice.among(words.OBJECTS[field])
    effect = objects[thing] - (0.10 if thing.endswith(("方法", "工艺")) else 0.0)
    match kind:
        case Kind.SOFTWARE:
            return words.SOFTWARE_FORM.format(scene=scene, version=1 + int(dice.one() * 4)), 0.0
        case Kind.KNOW_HOW:
            return words.KNOW_HOW_FORM.format(scene=scene, object=thing), effect
        case Kind.PLANT_VARIETY:
            crop, name = dice.among(words.CROPS), dice.among(words.NAMES)
            return words.PLANT_FORM.format(crop=crop, name=name, number=1 + int(dice.one() * 40)), 0.0
    return dice.among(words.FORMS).format(scene=scene, object=thing), effect


def _share_a_word(scene: str, thing: str) -> bool:
    """Two neighbouring characters in common: nobody names a result 杨梅保鲜的保鲜工艺."""
    return any(scene[place : place + 2] in thing for place in range(len(scene) - 1))


def rows(packages: Sequence[Package]) -> Iterable[tuple[str, ...]]:
    """The rows of the file: each trade's deals at 2023 prices are brought to the published mean, then prices are rounded."""
    level = {
        trade: math.log(mean * 10_000 / _mean_at_2023(packages, trade)) if _mean_at_2023(packages, trade) else 0.0
        for trade, mean in MEANS_WAN.items()
    }
    for one in packages:
        price = _three_digits(math.exp(one.log_price + level[one.trade]))
        yield (
            f"REF-{one.number:04d}", one.title, one.kind.value, one.trade.value, one.licence_kind, one.field,
            one.filed_on.isoformat() if one.filed_on else "", one.dealt_on.isoformat(), one.price_type.value,
            str(price), str(one.size), f"示例单位{one.seller:02d}", "yes",
        )  # fmt: skip


def _mean_at_2023(packages: Sequence[Package], trade: Trade) -> float:
    deals = [one for one in packages if one.trade is trade and one.price_type is PriceType.DEAL]
    values = [math.exp(one.log_price - YEARLY_DRIFT * (one.dealt_on.year - 2023)) for one in deals]
    return math.fsum(values) / len(values) if values else 0.0


def _three_digits(yuan: float) -> int:
    step = 10 ** max(0, len(str(int(yuan))) - 3)
    return int(max(1, round(yuan / step)) * step)


FILE: Final = Path(__file__).with_name("generated_transactions.csv")


def write(path: Path = FILE) -> None:
    """Write the file: UTF-8, LF, the same bytes on every machine."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(generate()))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
