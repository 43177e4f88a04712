"""What working time busy times leave: worked-out examples, and properties against counting minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendars import BusyKind, BusyTime
from models.free_time import Diary
from models.working_time import LONDON, OpeningHours, WorkingCalendar
from tests.calendar_servers import at

NINE_TO_FIVE = OpeningHours(time(9), time(17))
OFFICE = WorkingCalendar(
    office_hours=dict.fromkeys(range(5), NINE_TO_FIVE), closure_days=frozenset({date(2026, 3, 30)})
)
"""Closed on Monday 30 March 2026, the day after the clocks go forward; Good Friday and Easter Monday follow."""
HALF_AN_HOUR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


def diary(*times: tuple[str, str] | tuple[str, str, BusyKind]) -> Diary:
    """A diary with these busy times in local time; busy where no kind is given."""
    return Diary(OFFICE, [BusyTime(at(one[0]), at(one[1]), (*one, BusyKind.BUSY)[2]) for one in times])


# ------------------------------------------------------------------ there in time


@pytest.mark.clauses("DUTY-19")
def test_half_an_hour_between_two_meetings_is_enough() -> None:
    """DUTY-19: thirty free minutes before the contact is needed are there in time; twenty-nine are not."""
    now, needed_by = at("2026-01-05 09:00"), at("2026-01-05 12:00")
    assert diary(("2026-01-05 09:00", "2026-01-05 11:30")).in_time(now, needed_by, HALF_AN_HOUR)
    assert not diary(("2026-01-05 09:00", "2026-01-05 11:31")).in_time(now, needed_by, HALF_AN_HOUR)


def test_time_outside_office_hours_is_not_free_time() -> None:
    """Who is busy until closing is not there in time because of the evening."""
    busy = diary(("2026-01-05 09:00", "2026-01-05 17:00"))
    assert not busy.in_time(at("2026-01-05 09:00"), at("2026-01-05 23:00"), HALF_AN_HOUR)


def test_tentative_counts_as_free() -> None:
    """An appointment that may not happen keeps nobody from a contact."""
    perhaps = diary(("2026-01-05 09:00", "2026-01-05 17:00", BusyKind.TENTATIVE))
    assert perhaps.in_time(at("2026-01-05 09:00"), at("2026-01-05 12:00"), HALF_AN_HOUR)
    assert not perhaps.is_away(at("2026-01-05 09:00"))


def test_less_time_than_is_wanted_must_be_free_as_a_whole() -> None:
    """Twenty minutes before closing all of them must be free; a meeting of five minutes in them is too much."""
    now, closing = at("2026-01-05 16:40"), at("2026-01-05 17:00")
    assert diary().in_time(now, closing, HALF_AN_HOUR)
    assert not diary(("2026-01-05 16:50", "2026-01-05 16:55")).in_time(now, closing, HALF_AN_HOUR)


def test_a_time_that_has_passed_asks_whether_they_are_there_next() -> None:
    """A contact that is late already goes to who is free when the office is open next, and to nobody away then."""
    now = at("2026-01-05 18:00")
    assert diary().in_time(now, now, HALF_AN_HOUR)
    assert not diary(("2026-01-06 08:00", "2026-01-06 12:00", BusyKind.AWAY)).in_time(now, now, HALF_AN_HOUR)


# ------------------------------------------------------------------ away, and back


@pytest.mark.clauses("DUTY-24")
@pytest.mark.parametrize(
    ("times", "there_from"),
    [
        pytest.param([("2026-01-05 00:00", "2026-01-08 00:00", "away")], "2026-01-08 09:00", id="out of office"),
        pytest.param([("2026-01-05 00:00", "2026-01-08 10:30", "away")], "2026-01-08 10:30", id="back in the morning"),
        pytest.param([("2026-01-05 08:00", "2026-01-05 18:00", "busy")], "2026-01-06 09:00", id="a whole day taken"),
        pytest.param(
            [("2026-01-05 09:00", "2026-01-05 12:00", "busy"), ("2026-01-05 12:00", "2026-01-05 17:00", "busy")],
            "2026-01-06 09:00",
            id="a whole day taken by two appointments",
        ),
        pytest.param([("2026-01-05 09:00", "2026-01-05 16:59", "busy")], "2026-01-05 10:00", id="at work and busy"),
        pytest.param(
            [("2026-01-05 00:00", "2026-01-06 00:00", "away"), ("2026-01-06 09:00", "2026-01-07 17:00", "busy")],
            "2026-01-08 09:00",
            id="leave, then two days of training",
        ),
        pytest.param([("2026-04-02 00:00", "2026-04-03 00:00", "away")], "2026-01-05 10:00", id="later"),
    ],
)
def test_back_is_the_first_working_moment_after_the_absence(times: list[tuple[str, str, str]], there_from: str) -> None:
    """DUTY-24: out of office, or whole working days taken, is away; a meeting is not."""
    found = Diary(OFFICE, [BusyTime(at(start), at(end), BusyKind(kind)) for start, end, kind in times])
    now = at("2026-01-05 10:00")
    assert found.there_from(now, at("2026-03-01 00:00")) == at(there_from)
    assert found.is_away(now) == (there_from != "2026-01-05 10:00")


def test_leave_up_to_easter_ends_after_the_bank_holidays() -> None:
    """Away to Thursday evening before Good Friday: back on Tuesday at nine, on summer time."""
    away = diary(("2026-03-23 00:00", "2026-04-02 18:00", BusyKind.AWAY))
    back = away.there_from(at("2026-03-25 09:00"), at("2026-05-01 00:00"))
    assert back == datetime(2026, 4, 7, 8, 0, tzinfo=UTC)


def test_a_return_beyond_the_horizon_is_not_known() -> None:
    """Whoever is away for as far as was looked has no return."""
    away = diary(("2026-01-05 00:00", "2026-06-01 00:00", BusyKind.AWAY))
    assert away.there_from(at("2026-01-05 09:00"), at("2026-03-01 00:00")) is None


def test_free_from_wants_the_time_in_one_piece() -> None:
    """A quarter of an hour between two meetings is no time to take a contact on."""
    busy = diary(("2026-01-05 09:00", "2026-01-05 10:00"), ("2026-01-05 10:15", "2026-01-05 12:00"))
    now, horizon = at("2026-01-05 09:00"), at("2026-02-01 00:00")
    assert busy.free_from(now, horizon, HALF_AN_HOUR) == at("2026-01-05 12:00")
    assert busy.free_from(now, horizon, timedelta(minutes=15)) == at("2026-01-05 10:00")


def test_a_piece_of_free_time_may_go_over_a_night_and_an_evening_out() -> None:
    """The last quarter of an hour before closing and the next morning are one piece, whatever the evening holds."""
    busy = diary(("2026-01-05 09:00", "2026-01-05 16:45"), ("2026-01-05 18:00", "2026-01-05 22:00"))
    assert busy.free_from(at("2026-01-05 09:00"), at("2026-02-01 00:00"), HALF_AN_HOUR) == at("2026-01-05 16:45")


# ------------------------------------------------------------------ properties

FIRST = datetime(2026, 3, 26, tzinfo=UTC)
"""A Thursday; the clocks go forward on the Sunday, Monday is closed, and Easter comes eight days later."""
MINUTES = 13 * 24 * 60
moments = st.integers(0, MINUTES).map(lambda minute: FIRST + minute * MINUTE)
busy_times = st.builds(
    lambda start, length, kind: BusyTime(start, start + length * MINUTE, kind),
    moments,
    st.integers(1, 4 * 24 * 60),
    st.sampled_from(BusyKind),
)
LINE = [FIRST + minute * MINUTE for minute in range(MINUTES + 1)]
OPEN = frozenset(
    moment
    for moment in LINE
    if (local := moment.astimezone(LONDON)).weekday() < 5
    and 9 <= local.hour < 17
    and local.date() not in (date(2026, 3, 30), date(2026, 4, 3), date(2026, 4, 6))
)
"""Every minute in which the office is open, worked out without the calendar that is tested."""


def free_minutes(times: list[BusyTime]) -> set[datetime]:
    """Every open minute that nothing takes."""
    taken = set[datetime]()
    for one in times:
        if one.kind is not BusyKind.TENTATIVE:
            taken.update(moment for moment in OPEN if one.start <= moment < one.end)
    return set(OPEN - taken)


@settings(max_examples=150, deadline=None)
@given(st.lists(busy_times, max_size=6), moments, moments)
def test_free_time_is_every_open_minute_that_nothing_takes(
    times: list[BusyTime], one: datetime, other: datetime
) -> None:
    """Counted minute by minute over a clock change, a closure day and Easter, the free time is the same."""
    start, end = sorted((one, other))
    free = sum(start <= moment < end for moment in free_minutes(times))
    assert Diary(OFFICE, times).free_between(start, end) == free * MINUTE


@settings(max_examples=150, deadline=None)
@given(st.lists(busy_times, max_size=6), moments, moments, st.integers(1, 120))
def test_in_time_means_enough_free_minutes(times: list[BusyTime], one: datetime, other: datetime, needed: int) -> None:
    """In time is who has the minutes wanted, or all that there are; and what is more is never less in time."""
    now, needed_by = sorted((one, other))
    there_are = sum(now <= moment < needed_by for moment in OPEN)
    free = sum(now <= moment < needed_by for moment in free_minutes(times))
    said = Diary(OFFICE, times).in_time(now, needed_by, needed * MINUTE)
    if there_are:
        assert said == (free >= min(needed, there_are))
        assert not said or Diary(OFFICE, times).in_time(now, needed_by, max(1, needed - 1) * MINUTE)
        assert not said or Diary(OFFICE, times[1:]).in_time(now, needed_by, needed * MINUTE)


@settings(max_examples=150, deadline=None)
@given(st.lists(busy_times, max_size=6), moments)
def test_a_return_is_an_open_minute_at_which_they_are_not_away(times: list[BusyTime], now: datetime) -> None:
    """They come back in office hours, never within an absence, and no open minute before could have been meant."""
    until = LINE[-1]
    found = Diary(OFFICE, times)
    back = found.there_from(now, until)
    out = {moment for one in times if one.kind is BusyKind.AWAY for moment in OPEN if one.start <= moment < one.end}
    free = free_minutes(times)
    days_taken = {moment.date() for moment in OPEN} - {moment.date() for moment in free}
    away = {moment for moment in OPEN if moment in out or moment.date() in days_taken}
    expected = min((moment for moment in OPEN - away if moment >= now), default=None)
    assert back == (expected if expected is None or expected < until else None)


@settings(max_examples=150, deadline=None)
@given(st.lists(busy_times, max_size=6), moments, st.integers(1, 90))
def test_free_from_begins_so_many_free_minutes(times: list[BusyTime], now: datetime, needed: int) -> None:
    """From there on the next open minutes are all free, and from no open minute before."""
    open_minutes, free = sorted(moment for moment in OPEN if moment >= now), free_minutes(times)
    pieces = (open_minutes[at : at + needed] for at in range(len(open_minutes) - needed + 1))
    expected = next((piece[0] for piece in pieces if free.issuperset(piece)), None)
    if expected is not None:
        assert Diary(OFFICE, times).free_from(now, LINE[-1], needed * MINUTE) == expected
