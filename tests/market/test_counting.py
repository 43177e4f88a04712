"""Figures of oversight are always the sum of what is behind them, and no window loses or doubles an event."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.market.kinds import Figure
from models.market.themes import MarketEvent, Tally, Window, proposals, rate, tallies_of
from models.policy.market_oversight import MarketOversight, Threshold

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The days on which the clocks change."""
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
MOMENTS = st.integers(0, 400 * 86_400).map(
    lambda seconds: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@st.composite
def windows_in_a_row(draw: st.DrawFn) -> list[Window]:
    """Windows as one oversight after the other counts them: each begins on the day after the last."""
    first, found = draw(DAYS), []
    for days in draw(st.lists(st.integers(1, 40), min_size=1, max_size=5)):
        found.append(Window(first_day=first, last_day=first + timedelta(days=days - 1)))
        first += timedelta(days=days)
    return found


@st.composite
def edges(draw: st.DrawFn) -> datetime:
    """Moments near midnight, where a window could lose or double something; the days of changed clocks among them."""
    day = draw(st.one_of(DAYS, st.sampled_from([SPRING, AUTUMN])))
    near = draw(st.integers(-3_600_000_001, 3_600_000_001))
    return Window(first_day=day, last_day=day).starts_at + timedelta(microseconds=near)


EVENTS = st.lists(
    st.builds(
        MarketEvent,
        provider=st.sampled_from(["willow-bank", "larch-court"]),
        figure=st.sampled_from(list(Figure)),
        kind=st.sampled_from(["", "somebody at risk", "other"]),
        ref=st.sampled_from([f"CASE-{number}" for number in range(12)]),
        at=st.one_of(MOMENTS, edges()),
    ),
    max_size=40,
)


def in_one(events: list[MarketEvent]) -> dict[tuple[str, Figure, str], MarketEvent]:
    """Each event once, at its earliest moment."""
    found: dict[tuple[str, Figure, str], MarketEvent] = {}
    for one in sorted(events, key=lambda one: (one.at, one.ref, one.kind)):
        found.setdefault((one.provider, one.figure, one.ref), one)
    return found


@given(EVENTS, windows_in_a_row())
def test_every_event_is_in_one_window_and_in_no_two(events: list[MarketEvent], windows: list[Window]) -> None:
    """TRN-54: what one oversight counts and what the next does add up to what happened, whatever hour it was."""
    counted = [
        (provider, tally.figure, one.ref)
        for window in windows
        for provider, tallies in tallies_of(events, window).items()
        for tally in tallies
        for one in tally.now
    ]
    start, end = windows[0].starts_at, windows[-1].ends_before
    happened = [key for key, one in in_one(events).items() if start <= one.at < end]
    assert sorted(counted) == sorted(happened)


@given(EVENTS, windows_in_a_row())
def test_a_figure_is_the_sum_of_its_refs_and_of_its_kinds(events: list[MarketEvent], windows: list[Window]) -> None:
    """TRN-55: no ref twice behind a figure, and the kinds together are the figure."""
    for window in windows:
        for tallies in tallies_of(events, window).values():
            assert [one.figure for one in tallies] == list(Figure)
            for tally in tallies:
                assert tally.count == len({one.ref for one in tally.now}) == sum(tally.kinds.values())
                assert tally.count_before == len({one.ref for one in tally.before})
                assert not {one.ref for one in tally.now} & {one.ref for one in tally.before}


@given(windows_in_a_row(), st.one_of(MOMENTS, edges()))
def test_windows_touch_and_do_not_overlap(windows: list[Window], moment: datetime) -> None:
    """TRN-54: where one ends the next begins; the one before is as long, and ends where this begins."""
    for one, following in pairwise(windows):
        assert one.ends_before == following.starts_at
    for one in windows:
        before = one.preceding()
        assert before.ends_before == one.starts_at
        assert before.last_day - before.first_day == one.last_day - one.first_day
        assert one.has(moment) == (one.starts_at <= moment < one.ends_before)
        assert not (one.has(moment) and before.has(moment))


def counted(now: int, before: int = 0, figure: Figure = Figure.CONCERNS) -> Tally:
    """A figure of so many in the window and before."""
    events = [
        MarketEvent(
            provider="willow-bank", figure=figure, ref=f"CASE-{number}", at=datetime(2026, month, 9, 12, tzinfo=UTC)
        )
        for month, count in ((2, now), (1, before))
        for number in range(month * 100, month * 100 + count)
    ]
    window = Window(first_day=date(2026, 2, 1), last_day=date(2026, 2, 28))
    found = tallies_of(events, window).get("willow-bank", ())
    return next((one for one in found if one.figure is figure), Tally(figure=figure, now=(), before=()))


@pytest.mark.parametrize(
    ("threshold", "now", "before", "supported", "reached"),
    [
        ({"at_least": 3}, 3, 9, None, True),
        ({"at_least": 3}, 2, 0, None, False),
        ({"at_least": 2, "risen_by": 2}, 3, 1, None, True),
        ({"at_least": 2, "risen_by": 2}, 3, 2, None, False),
        ({"at_least": 2, "per_hundred": 10}, 2, 0, 20, True),
        ({"at_least": 2, "per_hundred": 10}, 2, 0, 21, False),
        ({"at_least": 2, "per_hundred": 10}, 1, 0, 5, False),
        ({"at_least": 2, "per_hundred": 10}, 9, 0, None, False),
        ({"at_least": 2, "per_hundred": 10}, 9, 0, 0, False),
    ],
)
def test_all_that_a_threshold_names_must_hold(
    threshold: dict[str, int], now: int, before: int, supported: int | None, reached: bool
) -> None:
    """GAP-46: number, rise and rate; a rate out of a number that nobody knows is never reached."""
    one = Threshold.model_validate({"id": "a-threshold", "figure": "concerns", **threshold})
    found = proposals([counted(now, before)], supported, [one])
    assert [(by.threshold, by.figure) for by in found] == ([("a-threshold", Figure.CONCERNS)] if reached else [])
    assert all(str(now) in by.because for by in found)


def test_a_threshold_counts_its_own_figure() -> None:
    """GAP-46: safeguarding concerns reach no threshold of concerns."""
    own = Threshold(id="a-threshold", figure=Figure.CONCERNS, at_least=1)
    assert proposals([counted(5, figure=Figure.SAFEGUARDING)], None, [own]) == ()


def test_thresholds_go_by_different_names() -> None:
    """GAP-46: whoever reads that a threshold was reached knows which."""
    twice = Threshold(id="a-threshold", figure=Figure.CONCERNS, at_least=1)
    with pytest.raises(ValueError, match="two thresholds have the same id"):
        MarketOversight(thresholds=(twice, twice))


def test_a_rate_has_a_number_that_it_is_out_of() -> None:
    """TRN-54: nobody shows a rate where it is not known of how many."""
    assert rate(2, 40) == 5
    assert rate(2, None) is rate(2, 0) is None
