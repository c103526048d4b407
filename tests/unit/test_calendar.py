"""When offices work in China, and when the periods of the law end."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kernel.calendar import WorkingCalendar, end_of_day, local_date, start_of_day

CALENDAR = WorkingCalendar.shipped()

SMALL = {
    "version": "test",
    "fixed": [{"month_day": "10-01", "name": "国庆节", "from_year": 2000}],
    "years": [
        {
            "year": 2030,
            "source": "test",
            "confidence": "made up",
            "off": [{"from": "2029-12-31", "to": "2030-01-01", "name": "元旦"}],
            "made_up": ["2029-12-29"],
        }
    ],
}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-09", True),  # New Year's Eve, rest encouraged only
        ("2024-02-10", False),
        ("2024-02-18", True),  # a Sunday made up
        ("2024-05-11", True),
        ("2025-01-28", False),
        ("2025-02-08", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-11-20", True),
        ("2026-11-21", False),
    ],
)
def test_offices_work_as_the_state_council_says(day, works):
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_published_number_of_working_days(year, working_days):
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == working_days


def test_every_year_names_its_document_and_how_sure_we_are():
    assert set(CALENDAR.notices) == {2024, 2025, 2026}
    assert all(notice.source.startswith("国办发明电〔") and notice.confidence for notice in CALENDAR.notices.values())


def test_a_year_without_its_notice_knows_weekends_and_fixed_days_only_and_says_so():
    new_year, monday = date(2027, 1, 1), date(2027, 3, 1)

    assert not CALENDAR.is_working_day(new_year)
    assert CALENDAR.is_working_day(monday)
    assert not CALENDAR.is_certain(monday)
    assert CALENDAR.is_certain(date(2026, 11, 23))


def test_the_last_days_of_december_wait_for_the_next_notice():
    assert CALENDAR.is_certain(date(2025, 12, 31))
    assert CALENDAR.is_certain(date(2026, 12, 24))
    assert not CALENDAR.is_certain(date(2026, 12, 25))


def test_a_notice_may_reach_back_into_december():
    calendar = WorkingCalendar.of(SMALL)

    assert calendar.is_working_day(date(2029, 12, 29))  # a Saturday
    assert not calendar.is_working_day(date(2029, 12, 31))


@pytest.mark.parametrize(
    "change",
    [
        {"made_up": ["2030-01-02"]},  # a Wednesday
        {"made_up": ["2031-01-04"]},
        {"off": [{"from": "2030-01-02", "to": "2030-01-01", "name": "元旦"}]},
        {"off": [{"from": "2030-01-05", "to": "2030-01-05", "name": "元旦"}], "made_up": ["2030-01-05"]},
    ],
)
def test_contradictory_data_are_refused(change):
    document = deepcopy(SMALL)
    document["years"][0].update(change)

    with pytest.raises(ValueError):
        WorkingCalendar.of(document)


def test_two_notices_for_one_year_are_refused():
    document = deepcopy(SMALL)
    document["years"] *= 2

    with pytest.raises(ValueError, match="two notices"):
        WorkingCalendar.of(document)


def test_the_starting_day_does_not_count__civil_code_201():
    assert CALENDAR.notice_ends_on(date(2026, 3, 2), 15) == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        ("2026-09-16", 15, "2026-10-08"),  # the last day would be 1 October
        ("2026-10-25", 6, "2026-11-02"),  # a Saturday
        ("2026-09-05", 15, "2026-09-20"),  # a Sunday, but made up
        ("2026-02-01", 15, "2026-02-24"),  # the Spring Festival
    ],
)
def test_a_last_day_off_moves_to_the_next_working_day__civil_code_203(start, days, ends):
    assert CALENDAR.days_end_on(date.fromisoformat(start), days) == date.fromisoformat(ends)


@pytest.mark.parametrize(
    ("start", "months", "ends"),
    [
        ("2026-03-12", 3, "2026-06-12"),
        ("2025-11-30", 3, "2026-02-28"),  # no 30 February; a Saturday, but made up
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-04-01", 6, "2026-10-08"),
        ("2026-11-20", 1, "2026-12-21"),  # a Sunday
        ("2025-12-15", 12, "2026-12-15"),
    ],
)
def test_months_end_on_the_corresponding_day__civil_code_202(start, months, ends):
    assert CALENDAR.months_end_on(date.fromisoformat(start), months) == date.fromisoformat(ends)


def test_twenty_working_days_jump_over_the_national_holiday():
    assert CALENDAR.add_working_days(date(2026, 9, 18), 20) == date(2026, 10, 22)


def test_the_last_day_ends_at_midnight_in_shanghai__civil_code_203():
    assert end_of_day(date(2026, 3, 17)) == datetime(2026, 3, 17, 16, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 17)).tzinfo is UTC
    assert start_of_day(date(2026, 3, 17)) == datetime(2026, 3, 16, 16, tzinfo=UTC)


def test_a_notice_put_up_late_in_the_evening_in_utc_began_the_next_day_in_shanghai():
    put_up_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert CALENDAR.notice_ends_at(put_up_at, 15) == datetime(2026, 3, 17, 16, tzinfo=UTC)


def test_working_days_end_at_midnight_too():
    started_at = datetime(2026, 2, 13, 3, tzinfo=UTC)

    assert CALENDAR.working_days_end_at(started_at, 2) == datetime(2026, 2, 24, 16, tzinfo=UTC)


def test_the_zone_of_an_instant_does_not_matter():
    instant = datetime(2026, 3, 1, 17, tzinfo=UTC)

    assert local_date(instant) == date(2026, 3, 2)
    assert local_date(instant.astimezone(timezone(timedelta(hours=-8)))) == date(2026, 3, 2)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 3, 1))  # noqa: DTZ001  # an instant without a zone is the point


def test_an_instant_is_not_a_day():
    with pytest.raises(TypeError):
        CALENDAR.notice_ends_on(datetime(2026, 3, 1, tzinfo=UTC), 15)


@pytest.mark.parametrize("number", [0, -1, 36_601, True, 1.5])
def test_a_silly_period_is_refused(number):
    for period in (CALENDAR.days_end_on, CALENDAR.add_working_days, CALENDAR.months_end_on):
        with pytest.raises(ValueError, match="period"):
            period(date(2026, 3, 1), number)
