"""
One part of a procedure as a drawing: from top to bottom, what stands inside something to its right.

A line joins what follows one another; where the case has gone it is thick. A mark's shape tells what it stands for,
what is in it how it stands. Words say both as well, so that nothing hangs on colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from deployments.worklist.picture.lettering import lines_of_text
from deployments.worklist.picture.marking import Mark, Told, ToldPart
from deployments.worklist.picture.nodes import Kind

ROOM = 288
"""Pixels for the words of a node."""
INDENT, MARGIN, RADIUS = 18, 14, 8
LARGE, SMALL = 16, 14
"""Sizes of letters in pixels."""
_LARGE_LINE, _SMALL_LINE, _GAP = 20, 18, 12
_HEADINGS = frozenset({Kind.WAY, Kind.CHOICE, Kind.LOOP, Kind.PART, Kind.SEE, Kind.FIRST})
_SILENT = frozenset({Kind.STEP, Kind.WAY, Kind.OVER})
"""What needs no word of what it is."""
_DIAMONDS = frozenset({Kind.WAY, Kind.CHOICE, Kind.FIRST})
_SQUARES = frozenset({Kind.QUESTION, Kind.PART, Kind.SEE})


@dataclass(frozen=True)
class _Row:
    """One node with its place in the drawing."""

    told: Told
    depth: int
    top: float
    titles: list[str]
    notes: list[str]
    status: list[str]

    @property
    def x(self) -> float:
        """The middle of its mark."""
        return MARGIN + RADIUS + self.depth * INDENT

    @property
    def y(self) -> float:
        """The middle of its mark."""
        return self.top + _LARGE_LINE / 2

    @property
    def height(self) -> float:
        """Its lines together."""
        return len(self.titles) * _LARGE_LINE + (len(self.notes) + len(self.status)) * _SMALL_LINE

    @property
    def is_now(self) -> bool:
        """Whether it is waited for itself, and not only something inside it."""
        return self.told.mark is Mark.NOW and bool(self.told.status)

    @property
    def is_on_the_way(self) -> bool:
        """Whether the case has come to it."""
        return self.told.mark in (Mark.NOW, Mark.DONE, Mark.ENDED)


def draw(part: ToldPart, number: int) -> Markup:
    """The drawing of a part as SVG; `number` tells it from others on the same page."""
    rows: list[_Row] = []
    rails: list[Markup] = []
    bottom = _lay_out(part.items, 0, MARGIN, rows, rails)
    width = max((row.x for row in rows), default=MARGIN) + RADIUS + 10 + ROOM + MARGIN
    drawn = Markup("").join((*rails, *(_drawn(row, width) for row in rows)))
    return Markup(
        '<svg class="app-picture{kind}" role="img" aria-labelledby="picture-{no}-title picture-{no}-desc" '
        'xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        '<title id="picture-{no}-title">{title}</title><desc id="picture-{no}-desc">{desc}</desc>'
        '<rect class="app-picture__paper" width="{w}" height="{h}"/>{drawn}</svg>'
    ).format(
        no=number,
        kind=" app-picture--case" if any(row.told.mark is not Mark.NONE for row in rows) else "",
        w=round(width),
        h=round(bottom + MARGIN - _GAP),
        title=f"Picture of: {part.title}",
        desc=_in_short(rows),
        drawn=drawn,
    )


def _in_short(rows: Iterable[_Row]) -> str:
    """The drawing in a sentence; the whole of it stands in words below."""
    now = [row.told.title for row in rows if row.is_now and row.told.kind is not Kind.FIRST]
    place = f"Waits now for: {', '.join(now)}. " if now else ""
    return f"{place}The same stands below in words."


# ------------------------------------------------------------------ where everything stands


def _lay_out(items: Sequence[Told], depth: int, top: float, rows: list[_Row], rails: list[Markup]) -> float:
    """Place the nodes under one another, and what is inside each to its right; gives where the next one begins."""
    placed: list[_Row] = []
    for told in items:
        row = _row(told, depth, top)
        rows.append(row)
        placed.append(row)
        top += row.height + _GAP
        if told.items:
            first = len(rows)
            top = _lay_out(told.items, depth + 1, top, rows, rails)
            inner = rows[first]
            way = "app-picture__way" if inner.is_on_the_way or _leads_on(told) else "app-picture__rail"
            corner = f"M{row.x} {row.y} V{inner.y} H{inner.x}"
            rails.append(Markup('<path class="{}" d="{}"/>').format(way, corner))
    _draw_rail(placed, rails)
    return top


def _leads_on(told: Told) -> bool:
    return any(one.mark in (Mark.NOW, Mark.DONE, Mark.ENDED) for one in told.items)


def _draw_rail(placed: Sequence[_Row], rails: list[Markup]) -> None:
    if len(placed) > 1:
        rails.append(_line("app-picture__rail", placed[0], placed[-1]))
    gone = [row for row in placed if row.is_on_the_way]
    if gone and (gone[0] is not placed[0] or len(gone) > 1):
        rails.append(_line("app-picture__way", placed[0], gone[-1]))


def _line(style: str, one: _Row, other: _Row) -> Markup:
    return Markup('<path class="{}" d="M{} {} V{}"/>').format(style, one.x, one.y, other.y)


def _row(told: Told, depth: int, top: float) -> _Row:
    bold = told.kind in _HEADINGS
    what = "" if told.kind in _SILENT else str(told.kind)
    note = ": ".join(one for one in (what, told.whom) if one)
    notes = " · ".join(one for one in (note, told.clauses) if one)
    status = f"✓ {told.status}" if told.mark is Mark.DONE and told.status else told.status
    return _Row(
        told,
        depth,
        top,
        lines_of_text(told.title, LARGE, ROOM, bold=bold or (told.mark is Mark.NOW and bool(status))),
        lines_of_text(notes, SMALL, ROOM),
        lines_of_text(status, SMALL, ROOM, bold=True),
    )


# ------------------------------------------------------------------ what it looks like


def _drawn(row: _Row, width: float) -> Markup:
    return Markup('<g class="app-picture__node app-picture__node--{}">{}{}{}</g>').format(
        (row.told.mark or "plain").replace(" ", "-"), _frame(row, width), _mark(row), _words(row)
    )


def _frame(row: _Row, width: float) -> Markup:
    """What is waited for now stands in a box of its own."""
    if not row.is_now:
        return Markup("")
    left = row.x - RADIUS - 4
    return Markup('<rect class="app-picture__now" x="{}" y="{}" width="{}" height="{}"/>').format(
        left, row.top - 4, width - left - 4, row.height + 8
    )


def _mark(row: _Row) -> Markup:
    shape = _shape(row)
    if row.told.mark is Mark.DONE:
        tick = f"M{row.x - 4} {row.y} l3 3.5 l5 -7"
        return shape + Markup('<path class="app-picture__tick" d="{}"/>').format(tick)
    if row.told.mark is Mark.NOW:
        return shape + Markup('<circle class="app-picture__here" cx="{}" cy="{}" r="4"/>').format(row.x, row.y)
    if row.told.mark is Mark.ENDED:
        return shape + Markup('<path class="app-picture__struck" d="M{} {} h8"/>').format(row.x - 4, row.y)
    return shape


def _shape(row: _Row) -> Markup:
    kind, x, y, r = row.told.kind, row.x, row.y, RADIUS
    if kind in _DIAMONDS:
        return Markup('<path class="app-picture__mark" d="M{} {} l{r} {r} l-{r} {r} l-{r} -{r} z"/>').format(
            x, y - r - 1, r=r + 1
        )
    if kind in _SQUARES:
        return Markup('<rect class="app-picture__mark" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
            x - r, y - r, 2 * r, 2 * r
        )
    if kind is Kind.OVER:
        return Markup('<path class="app-picture__stop" d="M{} {} h{}"/>').format(x - r, y, 2 * r)
    small = kind is Kind.NOTED
    circle = Markup('<circle class="app-picture__mark" cx="{}" cy="{}" r="{}"/>').format(x, y, 5 if small else r)
    if kind is Kind.OUTCOME:
        return Markup('<circle class="app-picture__mark" cx="{}" cy="{}" r="{}"/>').format(x, y, r + 3) + circle
    return circle


def _words(row: _Row) -> Markup:
    x, y, found = row.x + RADIUS + 10, row.top, []
    title = "app-picture__title"
    if row.told.kind in _HEADINGS or row.is_now:
        title += " app-picture__title--strong"
    for style, lines, step in (
        (title, row.titles, _LARGE_LINE),
        ("app-picture__note", row.notes, _SMALL_LINE),
        ("app-picture__status", row.status, _SMALL_LINE),
    ):
        for line in lines:
            found.append(Markup('<text class="{}" x="{}" y="{}">{}</text>').format(style, x, y + step - 5, line))
            y += step
    return Markup("").join(found)
