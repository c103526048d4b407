"""Laws of periods: they end on working days, never early, and longer ones never end sooner."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.calendar import WorkingCalendar, end_of_day, local_date, start_of_day
from tests.support.counting import counts

CALENDAR = WorkingCalendar.shipped()
days = st.dates(date(2023, 6, 1), date(2028, 6, 30))
periods = st.integers(1, 400)
instants = st.datetimes(datetime(1992, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # `timezones` gives them their zone


@settings(max_examples=counts(4_000))
@given(days, periods)
def test_a_period_ends_on_a_working_day_and_never_early__civil_code_203(start, number):
    ends = CALENDAR.days_end_on(start, number)

    assert CALENDAR.is_working_day(ends)
    assert ends >= start + timedelta(days=number)
    assert CALENDAR.working_days_between(start + timedelta(days=number - 1), ends) == 1


@settings(max_examples=counts(4_000))
@given(days, st.integers(1, 60))
def test_working_days_are_counted_as_they_are_added(start, number):
    ends = CALENDAR.add_working_days(start, number)

    assert CALENDAR.is_working_day(ends)
    assert CALENDAR.working_days_between(start, ends) == number
    assert ends >= CALENDAR.days_end_on(start, number)


@settings(max_examples=counts(4_000))
@given(days, st.integers(1, 40), st.integers(1, 40))
def test_working_days_may_be_added_in_two_steps(start, first, second):
    together = CALENDAR.add_working_days(start, first + second)

    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, first), second) == together


@settings(max_examples=counts(4_000))
@given(days, periods, periods)
def test_a_longer_period_never_ends_sooner(start, one, other):
    shorter, longer = sorted((one, other))

    assert CALENDAR.days_end_on(start, shorter) <= CALENDAR.days_end_on(start, longer)
    assert CALENDAR.months_end_on(start, shorter) <= CALENDAR.months_end_on(start, longer)


@settings(max_examples=counts(4_000))
@given(instants)
def test_a_day_is_the_instants_from_its_start_up_to_its_end(instant):
    day = local_date(instant)

    assert start_of_day(day) <= instant < end_of_day(day)
    assert end_of_day(day) == start_of_day(day + timedelta(days=1))


@settings(max_examples=counts(4_000))
@given(instants, periods)
def test_fifteen_days_are_at_least_fifteen_times_twenty_four_hours__zhejiang_17(put_up_at, number):
    assert CALENDAR.notice_ends_at(put_up_at, number) - put_up_at >= timedelta(days=number)
