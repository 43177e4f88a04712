"""What a page is handed: the parts of a picture, each drawn and in words, and where the case stands now."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from deployments.worklist.picture.drawing import draw
from deployments.worklist.picture.marking import Mark, ToldPart, told
from deployments.worklist.picture.nodes import Picture
from deployments.worklist.picture.path import PathSoFar


@dataclass(frozen=True)
class ShownPart:
    """One part as the template writes it."""

    number: int
    """Its place in the picture, from 1; for links to it."""
    told: ToldPart
    drawing: Markup
    is_open: bool
    """Whether it is shown at once: the procedure's own, and where the case is now."""


@dataclass(frozen=True)
class ShownPicture:
    """A picture as `picture.html` takes it."""

    title: str
    follows: str
    parts: tuple[ShownPart, ...]
    now: tuple[str, ...]
    end: str
    unplaced: int
    is_of_a_case: bool

    def number_of(self, part: str) -> int:
        """The place of the part with that id."""
        return next(one.number for one in self.parts if one.told.id == part)


def shown(picture: Picture, path: PathSoFar) -> ShownPicture:
    """The picture with a path on it, as `templates/picture.html` takes it."""
    marked = told(picture, path)
    parts = tuple(
        ShownPart(number, part, draw(part, number), number == 1 or part.mark is Mark.NOW)
        for number, part in enumerate(marked.parts, start=1)
    )
    return ShownPicture(
        picture.title, picture.follows, parts, marked.now, marked.end, marked.unplaced, bool(path.passed)
    )


def drawn(picture: Picture, path: PathSoFar) -> Markup:
    """Every part of the picture as SVG, one below the other, each with its heading as title."""
    return Markup("\n").join(part.drawing for part in shown(picture, path).parts)
