"""Working days and periods: which days count, when a notice ends, and what 24:00 in Shanghai is in UTC.

Civil Code art 201: the starting day does not count. Art 202: months and years end on the corresponding day. Art 203:
a last day on a day off moves to the next working day, and ends at 24:00. The yearly holidays and make-up days are the
State Council's notices, kept as versioned data with their sources; a year without its notice is known only in part.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
DAYS_MAX: Final = 36_600
"""No period of the market is longer than a hundred years."""

_DAY: Final = timedelta(days=1)

# The notice for a year may move the last days of December before it (New Year on a Tuesday takes the Monday off).
_YEAR_END: Final = (12, 25)


def local_date(instant: datetime) -> date:
    """The day in Shanghai at an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """0:00 of the day in Shanghai, as an aware UTC instant."""
    return datetime.combine(_pure(day), time(), SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """24:00 of the day in Shanghai (Civil Code art 203), as an aware UTC instant: the first that is too late."""
    return start_of_day(_pure(day) + _DAY)


@dataclass(frozen=True, slots=True)
class YearNotice:
    """One year's holiday notice: its document, and the days it gives off and takes back."""

    year: int
    source: str
    confidence: str
    off: Mapping[date, str]
    made_up: frozenset[date]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days by the notices of the State Council; without one, weekends and the days fixed by the solar calendar."""

    version: str
    notices: Mapping[int, YearNotice]
    fixed: Mapping[tuple[int, int], int]
    """(month, day) → the first year in which that day is a public holiday every year."""

    @classmethod
    def shipped(cls) -> WorkingCalendar:
        """The calendar that comes with the house."""
        return _shipped()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> WorkingCalendar:
        """Read a calendar from its document. Raises ValueError when the days contradict each other or their year."""
        notices = [_notice(entry) for entry in document["years"]]
        if len({notice.year for notice in notices}) < len(notices):
            raise ValueError("two notices for one year")
        fixed = {}
        for entry in document["fixed"]:
            month, day = entry["month_day"].split("-")
            fixed[int(month), int(day)] = int(entry["from_year"])
        return cls(document["version"], {notice.year: notice for notice in notices}, fixed)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day."""
        own, following = self.notices.get(_pure(day).year), self.notices.get(day.year + 1)
        for notice in (own, following):
            if notice and day in notice.made_up:
                return True
            if notice and day in notice.off:
                return False
        if own is None and day.year >= self.fixed.get((day.month, day.day), day.year + 1):
            return False
        return day.weekday() < 5

    def is_certain(self, day: date) -> bool:
        """Whether the notices that settle this day are known."""
        years = {day.year, day.year + 1} if (day.month, day.day) >= _YEAR_END else {_pure(day).year}
        return years <= self.notices.keys()

    def next_working_day(self, day: date) -> date:
        """The day itself if offices work, else the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """The last day of a period of working days: the starting day does not count (Civil Code art 201).

        Raises ValueError unless 1 ≤ number ≤ 36,600.
        """
        for _ in range(_period(number)):
            day = self.next_working_day(_pure(day) + _DAY)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after the start up to and including the end; 0 when the end is not after it."""
        length = (_pure(end) - _pure(start)).days
        return sum(self.is_working_day(start + number * _DAY) for number in range(1, length + 1))

    def days_end_on(self, start: date, days: int) -> date:
        """The last day of a period of natural days (Civil Code arts 201, 203). Raises ValueError for silly periods."""
        return self.next_working_day(_pure(start) + _period(days) * _DAY)

    def months_end_on(self, start: date, months: int) -> date:
        """The last day of a period of months: the corresponding day, or the month's last (Civil Code arts 202, 203)."""
        years, month = divmod(_pure(start).month - 1 + _period(months), 12)
        year = start.year + years
        day = min(start.day, monthrange(year, month + 1)[1])
        return self.next_working_day(date(year, month + 1, day))

    def notice_ends_on(self, start: date, days: int) -> date:
        """The last day of a public notice 公示 of so many natural days, put up on the starting day.

        浙江省促进科技成果转化条例 art 17 wants at least fifteen; the day it goes up does not count.
        """
        return self.days_end_on(start, days)

    def notice_ends_at(self, put_up_at: datetime, days: int) -> datetime:
        """The instant from which a notice put up at an aware instant has run its natural days: 24:00 of the last."""
        return end_of_day(self.notice_ends_on(local_date(put_up_at), days))

    def working_days_end_at(self, started_at: datetime, number: int) -> datetime:
        """The instant at which a period of working days from an aware instant is over: 24:00 of the last day."""
        return end_of_day(self.add_working_days(local_date(started_at), number))


@cache
def _shipped() -> WorkingCalendar:
    return WorkingCalendar.of(json.loads((Path(__file__).with_name("data") / "holidays.json").read_text("utf-8")))


def _notice(entry: Mapping[str, Any]) -> YearNotice:
    year = int(entry["year"])
    off = {day: span["name"] for span in entry["off"] for day in _days(span["from"], span["to"])}
    made_up = frozenset(date.fromisoformat(day) for day in entry["made_up"])
    if not all(date(year - 1, *_YEAR_END) <= day <= date(year, 12, 31) for day in {*off, *made_up}):
        raise ValueError(f"the notice for {year} speaks of another year")
    if made_up & off.keys() or any(day.weekday() < 5 for day in made_up):
        raise ValueError(f"the notice for {year} makes up a day that is off, or a weekday")
    return YearNotice(year, entry["source"], entry["confidence"], off, made_up)


def _days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end < start:
        raise ValueError("a holiday ends before it begins")
    return [start + number * _DAY for number in range((end - start).days + 1)]


def _pure(day: date) -> date:
    if isinstance(day, datetime):
        raise TypeError("a day is wanted, not an instant; see local_date")
    return day


def _period(number: int) -> int:
    if type(number) is not int or not 1 <= number <= DAYS_MAX:
        raise ValueError(f"a period is a whole number from 1 to {DAYS_MAX}")
    return number
