"""When carers call on somebody and which calls nobody covers: nights, clock changes, and what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from models.working_time import LONDON
from tasks.provider_failure.calls import (
    Cover,
    calls_between,
    covered_by,
    next_uncovered,
    read_times,
    until_morning,
)


def at(text: str, fold: int = 0) -> datetime:
    """A moment by the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def shown(*moments: datetime | None) -> list[str]:
    """Moments as the clock on the wall has them."""
    return [f"{one.astimezone(LONDON):%d %H:%M}" if one else "none" for one in moments]


FOUR = (time(7, 30), time(12, 30), time(18), time(21, 30))


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("07:30 12:30 18:00", [time(7, 30), time(12, 30), time(18)]),
        ("18:00, 7:30", [time(7, 30), time(18)]),
        ("8am, 12.30pm and 6pm", [time(8), time(12, 30), time(18)]),
        ("12am 12pm", [time(0), time(12)]),
        ("8 a.m. / 9.15 p.m.", [time(8), time(21, 15)]),
        ("08:00; 08:00", [time(8)]),
        ("", []),
        (None, []),
        ("  ", []),
    ],
)
def test_times_are_read_as_people_write_them(said: str | None, times: list[time]) -> None:
    """In order, each once; nothing where nothing is said."""
    read = read_times(said)
    assert list(read.times) == times
    assert read.is_clear


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("morning and bedtime", []),
        ("07:30 and bedtime", [time(7, 30)]),
        ("always there", []),
        ("25:00", []),
        ("13pm", []),
        ("4 a day", []),
        ("08:00-09:75", [time(8)]),
    ],
)
def test_what_is_no_time_is_never_passed_over(said: str, times: list[time]) -> None:
    """It is told as not readable, so that somebody asks."""
    read = read_times(said)
    assert list(read.times) == times
    assert not read.is_clear


def test_the_next_call_is_the_first_from_now_on() -> None:
    """The call of this very minute counts; after the last of a day comes tomorrow's first."""
    assert shown(next_uncovered(FOUR, at("2026-01-05 12:00"), [])) == ["05 12:30"]
    assert shown(next_uncovered(FOUR, at("2026-01-05 12:30"), [])) == ["05 12:30"]
    assert shown(next_uncovered(FOUR, at("2026-01-05 22:00"), [])) == ["06 07:30"]


def test_whoever_has_no_calls_has_no_next_one() -> None:
    """Carers are always there, or nobody calls."""
    assert next_uncovered((), at("2026-01-05 12:00"), []) is None
    assert calls_between((), at("2026-01-05 12:00"), at("2026-01-06 08:00")) == ()


def test_a_call_is_covered_until_cover_ends_and_not_at_its_end() -> None:
    """Somebody is there until six: the call at six is nobody's."""
    cover = [Cover("Rapid response", at("2026-01-05 18:00"))]
    assert shown(next_uncovered(FOUR, at("2026-01-05 09:00"), cover)) == ["05 18:00"]
    assert covered_by(at("2026-01-05 12:30"), cover) == "Rapid response"
    assert covered_by(at("2026-01-05 18:00"), cover) == ""


def test_cover_that_has_ended_covers_nothing() -> None:
    """As if there had been none."""
    cover = [Cover("Rapid response", at("2026-01-04 18:00"))]
    assert shown(next_uncovered(FOUR, at("2026-01-05 09:00"), cover)) == ["05 12:30"]


def test_the_longest_cover_counts() -> None:
    """The provider still comes until Friday; a neighbour until tonight."""
    covers = [Cover("a neighbour", at("2026-01-05 20:00")), Cover("the provider", at("2026-01-09 00:00"))]
    assert shown(next_uncovered(FOUR, at("2026-01-05 09:00"), covers)) == ["09 07:30"]
    assert [covered_by(at(f"2026-01-05 {one}"), covers) for one in ("18:00", "21:30")] == [
        "a neighbour", "the provider",
    ]  # fmt: skip


def test_a_night_has_its_calls_after_midnight_and_the_one_at_eight() -> None:
    """From now until eight tomorrow, whatever the hour is now."""
    times = (time(0, 15), time(8), time(8, 5), time(22))
    now = at("2026-01-05 21:00")
    assert shown(*calls_between(times, now, until_morning(now))) == ["05 22:00", "06 00:15", "06 08:00"]
    after_midnight = at("2026-01-06 02:00")
    assert shown(until_morning(after_midnight)) == ["07 08:00"]


def test_a_call_in_the_hour_that_spring_skips_is_at_two() -> None:
    """On 29 March 2026 there is no half past one."""
    now = at("2026-03-28 22:00")
    assert shown(*calls_between((time(1, 30), time(7)), now, until_morning(now))) == ["29 02:00", "29 07:00"]


def test_a_call_in_the_hour_that_autumn_repeats_is_once() -> None:
    """On 25 October 2026 the first half past one is meant."""
    now = at("2026-10-24 22:00")
    (call,) = calls_between((time(1, 30),), now, until_morning(now))
    assert call == at("2026-10-25 01:30", fold=0)
    again = next_uncovered((time(1, 30),), at("2026-10-25 01:10", fold=1), [])
    assert shown(again) == ["26 01:30"]


def test_the_clock_on_the_wall_counts_over_a_change() -> None:
    """Half past seven stays half past seven, in winter and in summer."""
    assert shown(next_uncovered((time(7, 30),), at("2026-03-28 20:00"), [])) == ["29 07:30"]
    assert shown(next_uncovered((time(7, 30),), at("2026-10-24 20:00"), [])) == ["25 07:30"]
