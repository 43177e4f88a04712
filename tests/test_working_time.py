"""Due times keep office hours, bank holidays, closure days and the change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.durations import (
    DayEnd,
    Duration,
    calendar_days,
    calendar_hours,
    minutes,
    working_days,
    working_hours,
    working_time,
)
from models.working_time import (
    LONDON,
    OfficeClosed,
    OpeningHours,
    WorkingCalendar,
    for_people,
    local_day,
    months_after,
)

WEEK = {day: OpeningHours(time(8, 30), time(17)) for day in range(5)}
WENBRIDGE = WorkingCalendar(WEEK, closure_days=frozenset({date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)}))
ORDINARY = WorkingCalendar(WEEK)


def at(text: str) -> datetime:
    """A moment on the wall clock in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def wall(moment: datetime) -> str:
    """A moment as the wall clock in London shows it; it must come in UTC."""
    assert moment.tzinfo is UTC
    return moment.astimezone(LONDON).strftime("%a %Y-%m-%d %H:%M")


moments = st.integers(
    int(datetime(2025, 12, 1, tzinfo=UTC).timestamp()), int(datetime(2028, 1, 31, tzinfo=UTC).timestamp())
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
stretches = st.integers(1, 300_000).map(lambda seconds: working_time(timedelta(seconds=seconds)))
lengths: st.SearchStrategy[Duration] = st.one_of(
    stretches, st.integers(1, 40).map(working_days), st.integers(1, 60).map(calendar_days)
)


# ---------------------------------------------------------------- working days


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23 10:00", "Tue 2026-11-24 17:00"),  # Monday morning
        ("2026-11-23 06:00", "Tue 2026-11-24 17:00"),  # before opening counts for that day
        ("2026-11-23 17:00", "Tue 2026-11-24 17:00"),  # so does the moment of closing
        ("2026-11-23 17:01", "Wed 2026-11-25 17:00"),  # after closing counts from the next opening
        ("2026-11-27 10:00", "Mon 2026-11-30 17:00"),  # over the weekend
        ("2026-11-28 10:00", "Tue 2026-12-01 17:00"),  # Saturday counts from Monday's opening
    ],
)
def test_one_working_day_ends_at_closing_of_the_next_working_day(start: str, due: str) -> None:
    """A working day ends at closing time, and a start while the office is closed counts from its opening."""
    assert wall(WENBRIDGE.add(at(start), working_days(1))) == due


def test_working_days_pass_over_christmas_2026_and_the_closure() -> None:
    """Christmas Day, the substitute for Boxing Day, the closure and New Year's Day are no working days."""
    assert wall(WENBRIDGE.add(at("2026-12-23 10:00"), working_days(1))) == "Thu 2026-12-24 17:00"
    assert wall(WENBRIDGE.add(at("2026-12-23 10:00"), working_days(2))) == "Mon 2027-01-04 17:00"
    assert wall(ORDINARY.add(at("2026-12-23 10:00"), working_days(2))) == "Tue 2026-12-29 17:00"


def test_working_days_pass_over_easter() -> None:
    """Good Friday and Easter Monday are no working days."""
    assert wall(WENBRIDGE.add(at("2026-04-02 10:00"), working_days(1))) == "Tue 2026-04-07 17:00"


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 12, 27), date(2027, 12, 28), date(2028, 1, 3)])
def test_substitute_day_is_a_bank_holiday(day: date) -> None:
    """Where a bank holiday falls on a weekend, a weekday is closed in its stead."""
    assert day.weekday() < 5
    assert not ORDINARY.is_working_day(day)


def test_scottish_and_irish_holidays_are_working_days_in_england() -> None:
    """St Patrick's Day, 2 January and St Andrew's Day are ordinary days in England."""
    for day in (date(2026, 3, 17), date(2026, 1, 2), date(2026, 11, 30)):
        assert ORDINARY.is_working_day(day)


def test_policy_adds_and_withdraws_bank_holidays() -> None:
    """A holiday proclaimed late closes the office; one that is moved opens it."""
    moved = WorkingCalendar(
        WEEK,
        extra_holidays=frozenset({date(2026, 5, 8)}),
        withdrawn_holidays=frozenset({date(2026, 5, 4)}),
    )
    assert not moved.is_working_day(date(2026, 5, 8))
    assert moved.is_working_day(date(2026, 5, 4))
    assert ORDINARY.is_working_day(date(2026, 5, 8)) and not ORDINARY.is_working_day(date(2026, 5, 4))


def test_neighbouring_working_days_never_are_the_day_itself() -> None:
    """The working day before or after is another day, over weekends and holidays."""
    assert WENBRIDGE.previous_working_day(date(2026, 12, 28)) == date(2026, 12, 24)
    assert WENBRIDGE.previous_working_day(date(2026, 12, 24)) == date(2026, 12, 23)
    assert WENBRIDGE.next_working_day(date(2026, 12, 24)) == date(2027, 1, 4)


# ---------------------------------------------------------------- working hours


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23 09:00", "Mon 2026-11-23 13:00"),
        ("2026-11-23 13:00", "Mon 2026-11-23 17:00"),  # may end at closing
        ("2026-11-23 16:00", "Tue 2026-11-24 11:30"),
        ("2026-11-27 16:00", "Mon 2026-11-30 11:30"),
        ("2026-11-28 23:00", "Mon 2026-11-30 12:30"),
        ("2026-12-24 16:00", "Mon 2027-01-04 11:30"),
    ],
)
def test_working_hours_run_while_the_office_is_open(start: str, due: str) -> None:
    """Four working hours stop at closing and go on at the next opening."""
    assert wall(WENBRIDGE.add(at(start), working_hours(4))) == due


@settings(deadline=None)  # the first question about a year reads its bank holidays
@given(moments, stretches)
def test_working_hours_never_end_outside_office_hours(start: datetime, length: Duration) -> None:
    """A due time in working hours falls on a working day, between opening and closing."""
    due = WENBRIDGE.add(start, length)
    day = local_day(due)
    assert WENBRIDGE.opening_time(day) < due <= WENBRIDGE.closing_time(day)
    assert due > start


@settings(deadline=None)
@given(moments, stretches)
def test_office_is_open_for_just_the_working_time_added(start: datetime, length: Duration) -> None:
    """Between the start and the due time the office is open for the length that was added."""
    assert WENBRIDGE.working_time_between(start, WENBRIDGE.add(start, length)) == length.time


@settings(deadline=None)
@given(moments, stretches, stretches)
def test_working_hours_add_up(start: datetime, first: Duration, second: Duration) -> None:
    """One length after another ends where both together end: a stopped clock loses nothing."""
    in_two = WENBRIDGE.add(WENBRIDGE.add(start, first), second)
    assert in_two == WENBRIDGE.add(start, working_time(first.time + second.time))


@settings(deadline=None)
@given(moments, st.integers(1, 20), st.integers(1, 20))
def test_working_days_add_up(start: datetime, first: int, second: int) -> None:
    """Two lengths in working days end where both together end."""
    in_two = WENBRIDGE.add(WENBRIDGE.add(start, working_days(first)), working_days(second))
    assert in_two == WENBRIDGE.add(start, working_days(first + second))


@settings(deadline=None)
@given(moments, moments, lengths)
def test_who_starts_later_is_never_due_earlier(one: datetime, other: datetime, length: Duration) -> None:
    """Due times keep the order of their starts, by every rule (but for the hour that autumn repeats)."""
    sooner, later = sorted((one, other))
    assume(not any(moment.astimezone(LONDON).fold for moment in (sooner, later)))
    for rule in (WENBRIDGE.add, WENBRIDGE.safety_due, WENBRIDGE.administrative_due):
        assert rule(sooner, length) <= rule(later, length)


def test_working_time_between_counts_nothing_backwards_or_while_closed() -> None:
    """Closed hours are no working time, and neither is time that runs backwards."""
    assert WENBRIDGE.working_time_between(at("2026-11-27 17:00"), at("2026-11-30 08:30")) == timedelta(0)
    assert WENBRIDGE.working_time_between(at("2026-11-27 12:00"), at("2026-11-27 09:00")) == timedelta(0)
    assert WENBRIDGE.working_time_between(at("2026-11-27 16:00"), at("2026-11-30 09:00")) == timedelta(minutes=90)


# ---------------------------------------------------------------- calendar time and the clocks


def test_fourteen_days_from_nine_is_nine_over_both_clock_changes() -> None:
    """Calendar days keep the time on the wall when the clocks change."""
    assert wall(ORDINARY.add(at("2026-03-20 09:00"), calendar_days(14))) == "Fri 2026-04-03 09:00"
    assert wall(ORDINARY.add(at("2026-10-19 09:00"), calendar_days(14))) == "Mon 2026-11-02 09:00"


def test_twenty_four_hours_pass_whatever_the_clocks_do() -> None:
    """Elapsed hours do not keep the time on the wall: spring is an hour later, autumn an hour earlier."""
    assert wall(ORDINARY.add(at("2026-03-28 09:00"), calendar_hours(24))) == "Sun 2026-03-29 10:00"
    assert wall(ORDINARY.add(at("2026-10-24 09:00"), calendar_hours(24))) == "Sun 2026-10-25 08:00"


def test_hour_that_spring_skips_becomes_two_o_clock() -> None:
    """Half past one does not exist on the night of the spring change; 2am is the first moment after it."""
    assert wall(ORDINARY.add(at("2026-03-28 01:30"), calendar_days(1))) == "Sun 2026-03-29 02:00"


def test_hour_that_autumn_repeats_is_the_first_of_the_two() -> None:
    """Half past one comes twice on the night of the autumn change; the first is never too late."""
    due = ORDINARY.add(at("2026-10-24 01:30"), calendar_days(1))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_working_hours_are_right_in_the_weeks_the_clocks_change() -> None:
    """The office opens by the wall clock: at 7:30 UTC in summer, at 8:30 UTC in winter."""
    assert ORDINARY.opening_time(date(2026, 3, 27)) == datetime(2026, 3, 27, 8, 30, tzinfo=UTC)
    assert ORDINARY.opening_time(date(2026, 3, 30)) == datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    assert wall(ORDINARY.add(at("2026-03-27 16:00"), working_hours(2))) == "Mon 2026-03-30 09:30"
    assert wall(ORDINARY.add(at("2026-10-23 16:00"), working_hours(2))) == "Mon 2026-10-26 09:30"


def test_day_is_the_day_in_london_and_not_in_utc() -> None:
    """Half past eleven at night in UTC is the next day in London in summer."""
    assert local_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_office_that_works_at_night_loses_and_gains_an_hour() -> None:
    """A service open through the night of a clock change has an hour less, or more, to work."""
    nights = WorkingCalendar({6: OpeningHours(time(0), time(6))})
    for day, hours in ((date(2026, 3, 29), 5), (date(2026, 10, 25), 7), (date(2026, 11, 1), 6)):
        start = datetime.combine(day, time(0), tzinfo=LONDON)
        assert nights.working_time_between(start, start + timedelta(hours=12)) == timedelta(hours=hours)


# ---------------------------------------------------------------- safety and administrative timers


def test_safety_timer_that_falls_on_a_closed_day_comes_earlier() -> None:
    """A Red contact due on the Saturday is due at closing on the Friday (GAP-51)."""
    assert wall(WENBRIDGE.safety_due(at("2026-11-21 11:00"), calendar_days(7))) == "Fri 2026-11-27 17:00"


def test_safety_timer_is_brought_before_the_christmas_shutdown() -> None:
    """Whoever is due within the shutdown is contacted on the last day before it (GAP-51)."""
    assert wall(WENBRIDGE.safety_due(at("2026-12-23 11:00"), calendar_days(7))) == "Thu 2026-12-24 17:00"


def test_safety_timer_on_an_open_day_keeps_its_hour() -> None:
    """On an open day a safety timer is due when calendar time says so, early or late."""
    assert wall(WENBRIDGE.safety_due(at("2026-11-23 20:00"), calendar_days(7))) == "Mon 2026-11-30 20:00"


def test_safety_timer_with_no_open_day_between_stays_for_out_of_hours() -> None:
    """From Friday night to Saturday no office closes: the timer stays where it fell and never precedes its start."""
    assert wall(WENBRIDGE.safety_due(at("2026-11-27 18:00"), calendar_hours(24))) == "Sat 2026-11-28 18:00"
    assert wall(WENBRIDGE.safety_due(at("2026-12-25 09:00"), calendar_days(3))) == "Mon 2026-12-28 09:00"


@settings(deadline=None)
@given(moments, st.integers(1, 60).map(calendar_days))
def test_safety_timer_is_never_later_than_calendar_time_nor_before_its_start(start: datetime, length: Duration) -> None:
    """A closed day only ever brings a safety timer forward, and never to before it began."""
    due = WENBRIDGE.safety_due(start, length)
    assert start < due <= WENBRIDGE.add(start, length)


def test_administrative_timer_that_falls_on_a_closed_day_comes_later() -> None:
    """A plan due on Boxing Day is due at closing of the next working day (GAP-51)."""
    assert wall(WENBRIDGE.administrative_due(at("2026-12-12 11:00"), calendar_days(14))) == "Mon 2027-01-04 17:00"
    assert wall(WENBRIDGE.administrative_due(at("2026-12-01 11:00"), calendar_days(14))) == "Tue 2026-12-15 11:00"
    assert wall(WENBRIDGE.administrative_due(at("2026-12-24 11:00"), working_days(1))) == "Mon 2027-01-04 17:00"


# ---------------------------------------------------------------- today


def test_office_is_open_from_opening_up_to_closing() -> None:
    """At opening time the office is open; at closing time it is closed."""
    assert WENBRIDGE.is_open(at("2026-11-23 08:30"))
    assert WENBRIDGE.is_open(at("2026-11-23 16:59"))
    assert not WENBRIDGE.is_open(at("2026-11-23 17:00"))
    assert not WENBRIDGE.is_open(at("2026-11-23 08:29"))
    assert not WENBRIDGE.is_open(at("2026-11-22 10:00"))


@pytest.mark.parametrize(
    ("moment", "closing", "same_day"),
    [
        ("2026-11-23 07:00", "Mon 2026-11-23 17:00", "Mon 2026-11-23 17:00"),
        ("2026-11-23 16:59", "Mon 2026-11-23 17:00", "Mon 2026-11-23 17:00"),
        ("2026-11-23 17:00", "Tue 2026-11-24 17:00", "Mon 2026-11-23 23:59"),
        ("2026-12-25 12:00", "Mon 2027-01-04 17:00", "Fri 2026-12-25 23:59"),
    ],
)
def test_before_closing_moves_on_and_same_day_does_not(moment: str, closing: str, same_day: str) -> None:
    """Once the office has closed, "before closing" is the next working day; "same day" is before midnight."""
    assert wall(WENBRIDGE.due(at(moment), DayEnd.BEFORE_CLOSING)) == closing
    assert wall(WENBRIDGE.due(at(moment), DayEnd.SAME_DAY)) == same_day
    assert WENBRIDGE.end_of_working_day(at(moment)) == WENBRIDGE.due(at(moment), DayEnd.BEFORE_CLOSING)


def test_same_day_is_never_before_now() -> None:
    """In the last second of a day the same day still does not lie in the past."""
    moment = at("2026-11-23 23:59:59.500")
    assert WENBRIDGE.same_day(moment) == moment


def test_deadline_may_be_a_length_of_time() -> None:
    """A deadline that is a duration falls due as the duration says."""
    assert WENBRIDGE.due(at("2026-11-23 20:00"), minutes(30)) == at("2026-11-23 20:30")


def test_next_opening_is_now_while_the_office_is_open() -> None:
    """An open office needs no waiting; a closed one is waited for."""
    assert WENBRIDGE.next_opening(at("2026-11-23 10:00")) == at("2026-11-23 10:00")
    assert wall(WENBRIDGE.next_opening(at("2026-11-23 06:00"))) == "Mon 2026-11-23 08:30"
    assert wall(WENBRIDGE.next_opening(at("2026-12-24 17:00"))) == "Mon 2027-01-04 08:30"


def test_day_on_which_somebody_is_back_starts_at_the_next_opening() -> None:
    """A closed day has no opening of its own: whoever is back on it is there when the office next opens."""
    assert wall(WENBRIDGE.opening_time_of(date(2026, 11, 23))) == "Mon 2026-11-23 08:30"
    assert wall(WENBRIDGE.opening_time_of(date(2026, 12, 26))) == "Mon 2027-01-04 08:30"


def test_closed_day_has_no_closing_time() -> None:
    """Asking when the office closes on Christmas Day is a mistake that says what to do."""
    with pytest.raises(OfficeClosed, match="ask for a working day"):
        WENBRIDGE.closing_time(date(2026, 12, 25))


def test_naive_moment_is_refused_everywhere() -> None:
    """A moment without a zone cannot be placed in a calendar."""
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - that is what is refused
    for ask in (
        WENBRIDGE.is_open,
        WENBRIDGE.next_opening,
        WENBRIDGE.same_day,
        WENBRIDGE.end_of_working_day,
        for_people,
    ):
        with pytest.raises(ValueError, match="without a zone"):
            ask(naive)
    for length in (calendar_days(1), calendar_hours(1), working_days(1), working_hours(1)):
        with pytest.raises(ValueError, match="without a zone"):
            WENBRIDGE.add(naive, length)


def test_office_that_never_opens_or_closes_before_it_opens_is_refused() -> None:
    """A calendar without a working day would wait for ever."""
    with pytest.raises(ValueError, match="at least one weekday"):
        WorkingCalendar({})
    with pytest.raises(ValueError, match="before it closes"):
        OpeningHours(time(17), time(9))


# ---------------------------------------------------------------- for people


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-30 17:00", "Monday 30 November 2026, 5pm"),
        ("2026-07-01 17:30", "Wednesday 1 July 2026, 5:30pm"),
        ("2026-07-01 09:05", "Wednesday 1 July 2026, 9:05am"),
        ("2026-07-01 12:00", "Wednesday 1 July 2026, midday"),
        ("2026-07-01 00:00", "Wednesday 1 July 2026, midnight"),
        ("2026-07-01 00:20", "Wednesday 1 July 2026, 12:20am"),
    ],
)
def test_moment_is_said_in_words_in_london(moment: str, words: str) -> None:
    """People read the day, the date and the hour of the wall clock, in summer and in winter."""
    assert for_people(at(moment).astimezone(UTC)) == words
    assert WENBRIDGE.for_people(at(moment)) == words


def test_months_keep_the_day_or_end_with_the_month() -> None:
    """Twelve months from 29 February is 28 February; a month from 31 January is the last of February."""
    assert months_after(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 11, 15), 12) == date(2027, 11, 15)
    assert months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)
