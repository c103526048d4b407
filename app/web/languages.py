"""What the pages say: one catalogue a language, and how days, times, numbers and money are written in each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from kernel.calendar import SHANGHAI, local_date
from kernel.money import Money, capitals, for_people

LANGUAGES: Final = ("zh", "en")
DEFAULT: Final = "zh"
TAGS: Final = {"zh": "zh-CN", "en": "en"}
"""The language tag (BCP 47) of each catalogue, for the `lang` attribute."""
CATALOGUES: Final = Path(__file__).with_name("catalogues")
Either = TypeVar("Either")
_ARTICLE: Final = re.compile(r" arts? ([0-9][0-9–, ]*[0-9]|[0-9])")
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Words:
    """The voice of the pages in one language."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language, self.tag, self._texts = language, TAGS[language], texts

    def __call__(self, key: str, **facts: object) -> str:
        """The text under a key, with `{name}` filled in. Raises KeyError for a key that no catalogue has."""
        return self._texts[key].format(**facts) if facts else self._texts[key]

    def knows(self, key: str) -> bool:
        """The catalogue has such a key."""
        return key in self._texts

    def many(self, key: str, number: int) -> str:
        """A number of things: `key.one` or `key.many`."""
        return self(f"{key}.{'one' if number == 1 else 'many'}", n=self.number(number))

    def either(self, zh: Either, en: Either) -> Either:
        """Of what is kept in both languages, the one to show."""
        return zh if self.language == "zh" else en

    def tongue(self, text: str) -> str | None:
        """The language tag of a text that people wrote, where it is not that of the page: for the `lang` of a phrase."""
        is_chinese = any("一" <= character <= "鿿" for character in text)
        own = TAGS["zh"] if is_chinese else TAGS["en"]
        return None if own == self.tag or not text.strip() else own

    def day(self, day: date) -> str:
        """2026年11月21日, or 21 November 2026."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """2026年11月, or November 2026."""
        return f"{day.year}年{day.month}月" if self.language == "zh" else f"{_MONTHS[day.month - 1]} {day.year}"

    def local(self, instant: datetime) -> date:
        """The day in Shanghai at an instant."""
        return local_date(instant)

    def moment(self, instant: datetime) -> str:
        """Day and time to the minute, in Beijing time."""
        local = instant.astimezone(SHANGHAI)
        return f"{self.day(local.date())} {local:%H:%M}"

    def clock(self, instant: datetime) -> str:
        """Day and time to the millisecond, in Beijing time: for books of bids."""
        local = instant.astimezone(SHANGHAI)
        return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"

    def number(self, number: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{number:,}"

    def share(self, basis_points: int) -> str:
        """A share as a percentage: 1250 is 12.5%."""
        return f"{Decimal(basis_points).scaleb(-2).normalize():f}%"

    def price(self, amount: Money) -> str:
        """A price, exact: the fen are shown where there are any."""
        return str(amount).removesuffix(".00")

    def typed(self, amount: Money) -> str:
        """An amount as one would type it into a field: 1,280 or 1,280.50."""
        return self.price(amount).removeprefix("¥")

    def signed(self, amount: Money) -> str:
        """A difference in price, with its sign."""
        return f"{'−' if amount.fen < 0 else '+'}{self.price(Money(abs(amount.fen)))}"

    def estimate(self, amount: Money) -> str:
        """An estimate in two significant digits: more would pretend to know more."""
        return for_people(amount, self.language)

    def article(self, cited: str) -> str:
        """An article as lawyers cite it: `拍卖法 art 36` reads 拍卖法第36条 in Chinese."""
        if self.language != "zh":
            return cited
        return _ARTICLE.sub(lambda found: f"第{found[1].replace(', ', '、')}条", cited)

    def capitals_of(self, typed: str) -> str:
        """The capitals of what stands in a field; nothing for what is no amount."""
        try:
            return capitals(Money.yuan(typed.replace(",", "").replace(" ", "")))
        except ValueError:
            return ""

    def capitals(self, amount: Money) -> str:
        """The amount in Chinese capitals 大写, beside amounts that bind. It is Chinese in both languages."""
        return capitals(amount)


@cache
def words(language: str) -> Words:
    """The voice in a language; an unknown one speaks the default."""
    chosen = language if language in LANGUAGES else DEFAULT
    texts: dict[str, str] = json.loads((CATALOGUES / f"{chosen}.json").read_text("utf-8"))
    return Words(chosen, texts)


def chosen(asked: str | None, remembered: str | None) -> str:
    """The language of a visit: the one asked for now, else the one asked for before, else Chinese."""
    return next((one for one in (asked, remembered) if one in LANGUAGES), DEFAULT)
