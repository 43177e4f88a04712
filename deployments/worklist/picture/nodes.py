"""What a picture of a procedure is made of: nodes as people read them, in parts, each with its line in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Line:
    """A line of a module that was being carried out, and the column of the call in it; -1 where that is not known."""

    module: str
    line: int
    column: int


class Kind(StrEnum):
    """What a node stands for, in the word that a reader sees."""

    STEP = "Step"
    """Something that is done and entered."""
    QUESTION = "Question"
    """Somebody is asked on a form."""
    TIME = "Time"
    """A moment is waited for."""
    NEWS = "Message awaited"
    """A signal is waited for."""
    HEARD = "May come at any time"
    """A signal for which nobody waits in particular."""
    CLOSING = "Case awaited"
    """The closing of another case is waited for."""
    NOTICE = "Notice"
    """Staff are told."""
    CASE = "Case opened"
    """A case of another procedure is opened."""
    SENT = "Message to a case"
    """A signal is sent to another case."""
    FIRST = "Wait"
    """Whichever of several things comes first."""
    CHOICE = "Choice"
    """One of several ways is taken."""
    WAY = "Way"
    """One way of a choice, or what follows one of the things that can come."""
    LOOP = "Repeated"
    """What is done again and again."""
    PART = "Part"
    """A part of the procedure that is drawn here."""
    SEE = "Part drawn apart"
    """A part that is drawn by itself, because it is long or begun from several places."""
    NOTED = "Noted for what follows"
    """Something that the procedure remembers, and that shows in what it asks or awaits next."""
    OUTCOME = "Outcome"
    """How the case, or this part of it, ends."""
    OVER = "End of this part"
    """Nothing more is done in this part."""


WAITS = frozenset({Kind.QUESTION, Kind.TIME, Kind.NEWS, Kind.HEARD, Kind.CLOSING})
"""What somebody or something can be waited for by."""
KEPT = WAITS | {Kind.STEP, Kind.NOTICE, Kind.CASE, Kind.SENT}
"""What has entries in the ledger."""


@dataclass(frozen=True)
class Place:
    """Where a node stands in the source: from the line and column at which it begins to those at which it ends."""

    module: str
    first: int
    last: int
    begins: int = 0
    ends: int = 1_000_000

    def has(self, line: Line) -> bool:
        """Whether that line and column are within it."""
        if line.module != self.module or not self.first <= line.line <= self.last:
            return False
        if line.column < 0:
            return True
        return (self.first, self.begins) <= (line.line, line.column) < (self.last, self.ends)


@dataclass(frozen=True)
class Node:
    """One thing in a picture."""

    kind: Kind
    title: str
    place: Place
    whom: str = ""
    """Who is asked or told, as far as the source says."""
    clauses: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    """What its entries can be called in the ledger; empty: only its line tells."""
    inside: tuple[Node, ...] = ()
    part: str = ""
    """For PART and SEE: the id of the part."""
    acts: bool = False
    """For PART: whether it is called for what it does and not for what it gives."""

    def walk(self) -> Iterator[Node]:
        """Itself and everything inside, in order."""
        yield self
        for one in self.inside:
            yield from one.walk()


@dataclass(frozen=True)
class Part:
    """A stretch of a procedure that is drawn by itself: the procedure's own source, or one of its helpers."""

    id: str
    """Module and name, such as `flows.disclosure:give`; also what a node refers to."""
    title: str
    says: str
    """The first sentence of its docstring."""
    nodes: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """Every node in it, in order."""
        for node in self.nodes:
            yield from node.walk()


@dataclass(frozen=True)
class Picture:
    """A procedure as people read it; the first part is the procedure's own, the others are drawn below it."""

    procedure: str
    title: str
    follows: str
    parts: tuple[Part, ...]
