"""
Charts as SVG, drawn here: lines over weeks, bars of which the parts stand on one another, and rows of such bars.

Nothing hangs on colour: lines differ in how they are drawn and carry their names, parts of bars have a pattern each and
stand in the key in the order in which they are stacked. What a chart shows stands beside it as a table too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 40, 100, 14, 30
"""Room around the plot, for the scale, the names, and the days."""
LETTER = 14
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
_LINE = 18
"""From one name to the next."""
_SWATCH = 12
_NAMES, _SUM = 108, 30
"""Room for the names at the left of lying bars, and for what each comes to."""


@dataclass(frozen=True)
class Series:
    """One line of a chart, or one part of each bar, with a value for each week."""

    name: str
    values: Sequence[float | None]
    """None: there is nothing to be said of that week."""
    look: str
    """Its class: `plain` and `dashed` for lines; for parts of bars one of `PATTERNS`."""


@dataclass(frozen=True)
class Chart:
    """What is drawn. `key` tells it from others on the same page."""

    key: str
    title: str
    sentence: str
    """What it shows, for whoever does not see it."""
    ends: Sequence[date]
    """The last day of each week."""
    series: Sequence[Series]
    unit: str = ""
    """Behind each number of the scale, such as "%"."""
    most: float | None = None
    """The top of the scale; None: as the values need it."""


_THREADS = Markup('<path class="app-chart__thread" d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6"/>')
_DOTS = Markup(
    '<circle class="app-chart__dot" cx="2" cy="2" r="1.3"/><circle class="app-chart__dot" cx="6" cy="6" r="1.3"/>'
)
_CROSSES = Markup('<path class="app-chart__thread" d="M0 0 L8 8 M8 0 L0 8"/>')
_PLAIN = Markup("")
PATTERNS = {
    "red": _THREADS,
    "amber": _DOTS,
    "green": _PLAIN,
    "unrated": _PLAIN,
    "on-time": _PLAIN,
    "late": _DOTS,
    "missed": _CROSSES,
}
"""What is drawn into each part of a bar; its ground is the stylesheet's. "unrated" is an outline."""


def lines(chart: Chart) -> Markup:
    """A line for each series, broken where a week has no value; its name and last value stand at its end."""
    most = _top(chart, (value for one in chart.series for value in one.values if value is not None))
    drawn: list[Markup] = []
    ends: list[tuple[float, str]] = []
    for one in chart.series:
        points = [
            None if value is None else (_x(number, len(chart.ends)), _y(value, most))
            for number, value in enumerate(one.values)
        ]
        for run in _runs(points):
            drawn.append(_run(run, one.look))
        last = next((number for number in range(len(points) - 1, -1, -1) if points[number] is not None), None)
        if last is not None:
            place, value = points[last], one.values[last]
            assert place is not None and value is not None
            ends.append((place[1], f"{one.name} {value:.0f}{chart.unit}"))
    return _whole(chart, most, [*drawn, *_names(ends)])


def bars(chart: Chart) -> Markup:
    """A bar for each week, the first series at its foot; what has no value takes no room."""
    sums = [sum(one.values[week] or 0 for one in chart.series) for week in range(len(chart.ends))]
    most = _top(chart, sums)
    step = _PLOT_WIDTH / max(len(chart.ends), 1)
    drawn: list[Markup] = []
    for week in range(len(chart.ends)):
        below = 0.0
        for one in chart.series:
            value = one.values[week] or 0
            if value:
                top, foot = _y(below + value, most), _y(below, most)
                drawn.append(_rect(chart.key, one.look, LEFT + step * week + 1, top, step - 2, foot - top))
                below += value
    return _whole(chart, most, [*_patterns(chart), *drawn, *_key(chart)])


def rows(chart: Chart, names: Sequence[str]) -> Markup:
    """A bar for each name, lying, the first series at its left; how much it is altogether stands at its end."""
    sums = [sum(one.values[number] or 0 for one in chart.series) for number in range(len(names))]
    width = WIDTH - _NAMES - RIGHT - _SUM
    scale, step = width / max(*sums, 1), _PLOT_HEIGHT / max(len(names), 1)
    drawn: list[Markup] = []
    for number, name in enumerate(names):
        x, y, height = float(_NAMES), TOP + step * number, min(step - 8, 26)
        drawn.append(_text(name, _NAMES - 6, y + height / 2 + 5, "end"))
        for one in chart.series:
            if value := one.values[number] or 0:
                drawn.append(_rect(chart.key, one.look, x, y, value * scale, height))
                x += value * scale
        drawn.append(_text(f"{sums[number]:g}", x + 5, y + height / 2 + 5, "start"))
    return _drawing(chart, [*_patterns(chart), *drawn, *_key(chart)])


def nice_top(largest: float) -> float:
    """The top of a scale: the next of 4, 8, 20, 40, 80, 200 … of which a quarter is a round number."""
    if largest <= 4:
        return 4
    power: int = 10 ** math.floor(math.log10(largest / 4))
    return next(4.0 * times * power for times in (1, 2, 5, 10) if 4 * times * power >= largest)


# ------------------------------------------------------------------ parts of a drawing


def _whole(chart: Chart, most: float, inside: Iterable[Markup]) -> Markup:
    return _drawing(chart, [*_scale(chart, most), *_days(chart), *inside])


def _drawing(chart: Chart, inside: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="app-chart" role="img" aria-labelledby="chart-{key}-title chart-{key}-desc" '
        'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-size="{letter}">'
        '<title id="chart-{key}-title">{title}</title><desc id="chart-{key}-desc">{desc}</desc>{inside}</svg>'
    ).format(
        key=chart.key,
        w=WIDTH,
        h=HEIGHT,
        letter=LETTER,
        title=chart.title,
        desc=chart.sentence,
        inside=Markup("").join(inside),
    )


def _top(chart: Chart, values: Iterable[float]) -> float:
    return chart.most if chart.most is not None else nice_top(max(values, default=0))


def _x(week: int, weeks: int) -> float:
    """The middle of a week."""
    return LEFT + _PLOT_WIDTH * (week + 0.5) / weeks


def _y(value: float, most: float) -> float:
    return TOP + _PLOT_HEIGHT * (1 - value / most)


def _scale(chart: Chart, most: float) -> Iterator[Markup]:
    for part in range(5):
        value = most * part / 4
        y = _y(value, most)
        yield Markup('<line class="app-chart__rule" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            LEFT, WIDTH - RIGHT, y, y
        )
        yield _text(f"{value:g}{chart.unit}", LEFT - 5, y + 5, "end")


def _days(chart: Chart) -> Iterator[Markup]:
    """The first and the last week's last day, and one between them."""
    last = len(chart.ends) - 1
    shown = [0, last] if last < 12 else [0, last // 2, last]
    for week in sorted({one for one in shown if one >= 0}):
        x = _x(week, len(chart.ends))
        day = chart.ends[week]
        yield Markup('<line class="app-chart__tick" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(
            x, TOP + _PLOT_HEIGHT, TOP + _PLOT_HEIGHT + 5
        )
        yield _text(f"{day.day} {day:%b}", x, TOP + _PLOT_HEIGHT + 5 + LETTER, "middle")


def _runs(points: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """The stretches of a line without a gap."""
    run: list[tuple[float, float]] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []


def _run(run: Sequence[tuple[float, float]], look: str) -> Markup:
    if len(run) == 1:
        [(x, y)] = run
        return Markup('<circle class="app-chart__point" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(x, y)
    places = " L".join(f"{x:.1f} {y:.1f}" for x, y in run)
    return Markup('<path class="app-chart__line app-chart__line--{}" d="M{}"/>').format(look, places)


def _names(ends: Sequence[tuple[float, str]]) -> Iterator[Markup]:
    """The names at the lines' ends, moved apart where they would lie on one another."""
    lowest = TOP + _PLOT_HEIGHT
    placed: list[tuple[float, str]] = []
    for y, words in sorted(ends):
        placed.append((max(y, placed[-1][0] + _LINE) if placed else max(y, TOP), words))
    over = max(placed[-1][0] - lowest, 0) if placed else 0
    for y, words in placed:
        yield _text(words, WIDTH - RIGHT + 6, y - over + 5, "start")


def _patterns(chart: Chart) -> Iterator[Markup]:
    """Each fill as a pattern of its own, so that the parts are told apart in black and white."""
    drawn = [
        Markup(
            '<pattern id="chart-{}-{}" width="8" height="8" patternUnits="userSpaceOnUse">'
            '<rect class="app-chart__fill--{}" width="8" height="8"/>{}</pattern>'
        ).format(chart.key, look, look, PATTERNS[look])
        for look in dict.fromkeys(one.look for one in chart.series)
    ]
    yield Markup("<defs>{}</defs>").format(Markup("").join(drawn))


def _rect(key: str, look: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup(
        '<rect class="app-chart__bar" fill="url(#chart-{}-{})" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
    ).format(key, look, x, y, width, height)


def _key(chart: Chart) -> Iterator[Markup]:
    """Name and pattern of each part, the topmost first, as they are stacked."""
    for number, one in enumerate(reversed(chart.series)):
        y = TOP + number * (_LINE + 4)
        yield _rect(chart.key, one.look, WIDTH - RIGHT + 8, y, _SWATCH, _SWATCH)
        yield _text(one.name, WIDTH - RIGHT + 8 + _SWATCH + 5, y + _SWATCH - 1, "start")


def _text(words: str, x: float, y: float, anchor: str) -> Markup:
    return Markup('<text class="app-chart__text" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, words
    )
