"""The mornings on which something agreed for a day is asked for: never late for a closed day, never lost for a slip."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deployments.example_council import example_policy
from models.working_time import LONDON, local_day
from tasks.coming_days import morning_of, next_morning

CALENDAR = example_policy().working_calendar()
NEW_YEAR = datetime(2026, 1, 1, tzinfo=LONDON)
moments = st.integers(0, 364 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))
days = st.dates(date(2025, 1, 1), date(2062, 12, 31))


@given(day=days, now=moments)
def test_a_morning_is_never_past_nor_after_its_day(day: date, now: datetime) -> None:
    """The day itself or an open day before it; a day that is over means now, and nothing is put off for over a year."""
    morning = morning_of(CALENDAR, day, now)
    assert morning >= now
    assert local_day(morning) <= max(day, local_day(now))
    assert morning - now < timedelta(days=367)
    if morning > now:
        assert CALENDAR.is_working_day(local_day(morning))


@given(wanted=st.none() | days, now=moments)
def test_a_next_morning_is_always_to_come_and_on_an_open_day(wanted: date | None, now: datetime) -> None:
    """Whatever day is named, it comes after now, on a day on which somebody is there."""
    morning = next_morning(CALENDAR, wanted, now)
    assert morning > now
    assert CALENDAR.is_working_day(local_day(morning))
    if wanted is not None and wanted > local_day(now):
        assert local_day(morning) <= max(wanted, CALENDAR.next_working_day(local_day(now)))
