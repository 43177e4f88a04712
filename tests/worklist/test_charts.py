"""Charts: each value where it belongs, nothing told by colour alone, and sound SVG whatever stands in a name."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.worklist.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    PATTERNS,
    RIGHT,
    TOP,
    WIDTH,
    Chart,
    Series,
    bars,
    lines,
    nice_top,
    rows,
)

FIRST = date(2026, 1, 4)
SVG = "{http://www.w3.org/2000/svg}"


def chart(*series: Series, **changes: object) -> Chart:
    """A chart of as many weeks as the series have."""
    ends = [FIRST + timedelta(days=7 * number) for number in range(len(series[0].values) if series else 0)]
    said = {"key": "k", "title": "How many wait", "sentence": "Week by week.", "ends": ends, "series": series}
    return Chart(**said | changes)  # type: ignore[arg-type]


def drawn(markup: str) -> ElementTree.Element:
    """The drawing, as a browser reads it."""
    return ElementTree.fromstring(str(markup))


def rects(root: ElementTree.Element) -> list[tuple[str, float, float, float]]:
    """Fill, left, top and height of each part of a bar; those of the key, at the right, left out."""
    found = [one for one in root.findall(f"{SVG}rect") if float(one.attrib["x"]) < WIDTH - RIGHT]
    return [
        (one.attrib["fill"], float(one.attrib["x"]), float(one.attrib["y"]), float(one.attrib["height"]))
        for one in found
    ]


def test_parts_of_a_bar_stand_on_one_another() -> None:
    """Two of eight below, six above them: a quarter and three quarters of the height, without a gap."""
    [low, high] = rects(drawn(bars(chart(Series("Green", [2], "green"), Series("Red", [6], "red"), most=8))))
    whole = HEIGHT - TOP - BOTTOM
    assert low[3] == pytest.approx(whole / 4, abs=0.1)
    assert high[3] == pytest.approx(whole * 3 / 4, abs=0.1)
    assert high[2] == pytest.approx(TOP)
    assert high[2] + high[3] == pytest.approx(low[2], abs=0.1)


def test_every_part_of_a_bar_has_a_pattern_and_a_name() -> None:
    """Red is striped, amber dotted, green plain; each name stands in the key with its pattern, the topmost first."""
    looks = ("green", "amber", "red")
    root = drawn(bars(chart(*(Series(one.capitalize(), [1], one) for one in looks))))
    filled = {one.attrib["id"]: list(one) for one in root.iter(f"{SVG}pattern")}
    assert set(filled) == {f"chart-k-{one}" for one in looks}
    assert [len(filled[f"chart-k-{one}"]) for one in looks] == [1, 3, 2]
    assert [text for text in texts(root) if text.lower() in looks] == ["Red", "Amber", "Green"]


def texts(root: ElementTree.Element) -> list[str]:
    """What is written in the drawing, in order."""
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_parts_of_one_chart_differ_in_more_than_colour() -> None:
    """In black and white the three fates of a contact, and the three colours, are told apart."""
    for looks in (("on-time", "late", "missed"), ("red", "amber", "green")):
        assert len({str(PATTERNS[one]) for one in looks}) == 3


def test_a_line_is_broken_where_a_week_has_no_value() -> None:
    """Two weeks, a gap, one week: a line and a point, and the name with the last value at the end."""
    root = drawn(lines(chart(Series("Median", [3, 5, None, 9], "plain"))))
    [path] = root.findall(f"{SVG}path")
    assert path.attrib["d"].count("L") == 1
    assert len(root.findall(f"{SVG}circle")) == 1
    assert "Median 9" in texts(root)


def test_names_at_the_ends_of_lines_do_not_lie_on_one_another() -> None:
    """Two lines that end at the same value have their names one line apart, both inside the drawing."""
    root = drawn(lines(chart(Series("Median", [0, 0], "plain"), Series("9 in 10", [0, 0], "dashed"))))
    places = [
        float(one.attrib["y"]) for one in root.iter(f"{SVG}text") if (one.text or "").startswith(("Median", "9 in"))
    ]
    assert len(places) == 2
    assert abs(places[0] - places[1]) >= 14
    assert max(places) <= HEIGHT


def test_a_drawing_has_a_name_and_a_description() -> None:
    """A screen reader says both; no style is written into it, which our own policy would refuse."""
    markup = str(bars(chart(Series("Red", [1], "red"))))
    root = drawn(markup)
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    said = {one.attrib["id"]: one.text for one in root if "id" in one.attrib}
    assert [said[one] for one in named] == ["How many wait", "Week by week."]
    assert not re.search(r"style=|<script|<style", markup)


def test_whatever_stands_in_a_name_is_text() -> None:
    """A name cannot close the drawing."""
    root = drawn(lines(chart(Series("</text><script>", [1], "plain"), title="<b>")))
    assert "</text><script> 1" in texts(root)


@pytest.mark.parametrize(("largest", "top"), [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (41, 80), (90, 200)])
def test_the_scale_ends_at_a_round_number(largest: float, top: float) -> None:
    """Its quarters can be read."""
    assert nice_top(largest) == top


@given(st.integers(min_value=0, max_value=100_000))
def test_no_value_is_above_the_scale(largest: int) -> None:
    """And the scale is never more than three times too tall."""
    top = nice_top(largest)
    assert largest <= top <= max(4, 2.5 * largest)
    assert top % 4 == 0


@given(st.lists(st.one_of(st.none(), st.integers(0, 5000)), min_size=1, max_size=30))
def test_everything_lies_inside_the_drawing(values: list[int | None]) -> None:
    """Whatever the values are."""
    one = Series("All", values, "plain")
    for _, x, y, height in rects(drawn(bars(chart(Series("Red", values, "red"))))):
        assert LEFT <= x <= WIDTH - RIGHT
        assert y >= TOP - 0.1
        assert y + height <= HEIGHT - BOTTOM + 0.1
    for place in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", str(lines(chart(one)))):
        assert LEFT <= float(place[0]) <= WIDTH - RIGHT
        assert TOP - 0.1 <= float(place[1]) <= HEIGHT - BOTTOM + 0.1


def test_lying_bars_have_their_names_and_what_they_come_to() -> None:
    """Parts stand beside one another, as long as they are many; a bar of nothing still says nought."""
    red, green = Series("Red", [2, 0], "red"), Series("Green", [6, 0], "green")
    root = drawn(rows(chart(red, green), ["Listed", "Seen"]))
    parts = [one for one in root.findall(f"{SVG}rect") if float(one.attrib["x"]) < WIDTH - RIGHT]
    assert [one.attrib["fill"] for one in parts] == ["url(#chart-k-red)", "url(#chart-k-green)"]
    first, second = ((float(one.attrib["x"]), float(one.attrib["width"])) for one in parts)
    assert second[1] == pytest.approx(3 * first[1], abs=0.2)
    assert second[0] == pytest.approx(first[0] + first[1], abs=0.2)
    assert [one.text for one in root.findall(f"{SVG}text")][:4] == ["Listed", "8", "Seen", "0"]


def test_lying_bars_of_nothing_are_sound() -> None:
    """Nobody is on the list yet."""
    assert drawn(rows(chart(Series("Red", [0], "red")), ["Listed"])).tag == f"{SVG}svg"
