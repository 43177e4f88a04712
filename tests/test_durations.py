"""Durations say whether they are calendar or working time, and read as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from models.durations import (
    DayEnd,
    Deadline,
    Duration,
    TimeKind,
    calendar_days,
    calendar_hours,
    minutes,
    parse_deadline,
    working_days,
    working_hours,
    working_time,
)

durations = st.one_of(
    st.integers(1, 36_525).map(calendar_days),
    st.builds(
        lambda days, seconds: Duration(TimeKind.CALENDAR, days, timedelta(seconds=seconds)),
        st.integers(0, 400),
        st.integers(1, 200_000),
    ),
    st.integers(1, 5_000).map(working_days),
    st.integers(1, 900_000).map(lambda seconds: working_time(timedelta(seconds=seconds))),
)


@pytest.mark.parametrize(
    ("text", "duration", "words"),
    [
        ("P14D", calendar_days(14), "14 days"),
        ("P2W", calendar_days(14), "14 days"),
        ("PT24H", calendar_hours(24), "24 hours"),
        ("PT30M", minutes(30), "30 minutes"),
        ("P1DT1H30M", Duration(TimeKind.CALENDAR, 1, timedelta(minutes=90)), "1 day 1 hour 30 minutes"),
        ("4 working hours", working_hours(4), "4 working hours"),
        ("90 working minutes", working_time(timedelta(minutes=90)), "90 working minutes"),
        ("3 working days", working_days(3), "3 working days"),
        ("1 working day", working_days(1), "1 working day"),
        ("  1 Working Day ", working_days(1), "1 working day"),
    ],
)
def test_duration_is_read_as_written_and_said_in_words(text: str, duration: Duration, words: str) -> None:
    """A duration in a policy is read to its kind and length, and shown to people in words."""
    assert Duration.parse(text) == duration
    assert str(duration) == words


@settings(deadline=None)
@given(durations)
def test_duration_written_as_a_setting_is_read_back_the_same(duration: Duration) -> None:
    """Nothing is lost when a duration is stored as text."""
    assert Duration.parse(duration.setting()) == duration


def test_day_and_twenty_four_hours_are_not_the_same() -> None:
    """One day keeps the time on the wall; 24 hours pass whatever the clocks do."""
    assert Duration.parse("P1D") != Duration.parse("PT24H")


@pytest.mark.parametrize("text", ["P1M", "P12M", "P1Y"])
def test_month_is_refused_since_it_is_not_one_length(text: str) -> None:
    """A month in a timer is written in days (GAP-16)."""
    with pytest.raises(ValueError, match="P28D"):
        Duration.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "soon", "3 days", "-P1D", "P1.5D", "working days", "0 working days", "P0D", "P99999999999D"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Anything that is not a length of time longer than nothing is refused."""
    with pytest.raises(ValueError, match="duration"):
        Duration.parse(text)


def test_number_is_refused_because_its_unit_is_not_said() -> None:
    """A bare number says neither the unit nor the kind of time."""
    with pytest.raises(ValueError, match="P14D"):
        Duration.parse(14)


def test_duration_does_not_mix_working_days_and_hours() -> None:
    """Working time counts in days or in hours."""
    with pytest.raises(ValueError, match="not both"):
        Duration(TimeKind.WORKING_DAYS, 1, timedelta(hours=1))
    with pytest.raises(ValueError, match="not both"):
        Duration(TimeKind.WORKING_HOURS, 1, timedelta(hours=1))


class Rhythm(BaseModel):
    """A model with durations, as forms and policies have them."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    every: Duration
    first: Deadline


def test_model_reads_and_writes_durations_as_text() -> None:
    """Pydantic reads a duration or a deadline from its text and writes the same text."""
    rhythm = Rhythm.model_validate_json('{"every": "P7D", "first": "before closing"}')
    assert rhythm == Rhythm(every=calendar_days(7), first=DayEnd.BEFORE_CLOSING)
    assert rhythm.model_dump(mode="json") == {"every": "P7D", "first": "before closing"}
    assert Rhythm.model_json_schema(mode="validation")["properties"]["every"]["type"] == "string"


def test_model_says_once_how_a_duration_is_written() -> None:
    """A deadline that cannot be read makes one problem, and the problem says how to write it."""
    with pytest.raises(ValidationError) as refused:
        Rhythm.model_validate({"every": "P7D", "first": "tomorrow"})
    (error,) = refused.value.errors()
    assert error["loc"] == ("first",)
    assert '"3 working days"' in error["msg"] and '"before closing"' in error["msg"]


def test_deadline_may_be_an_hour_of_today() -> None:
    """A deadline is the close of business, the end of the day, or a length of time."""
    assert parse_deadline("same day") is DayEnd.SAME_DAY
    assert parse_deadline("Before closing") is DayEnd.BEFORE_CLOSING
    assert parse_deadline("2 working days") == working_days(2)
