"""The picture of a procedure: which helpers are drawn where they are called, and which by themselves below."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace
from types import FunctionType

from deployments.worklist.picture.nodes import Kind, Node, Part, Picture
from deployments.worklist.picture.reading import Reader, part_id
from deployments.worklist.picture.source import first_sentence, hints_of, syntax_of
from deployments.worklist.picture.words import capital, words_of
from tasks.durable.procedure import procedure_named

LONGEST_INSIDE = 12
"""How many nodes a part may have that is drawn inside another."""
DEEPEST = 2
"""How deep parts are drawn inside one another."""
SHORT = 2
"""As many nodes stand where they are called, without a heading of their own."""
_SHAPES = frozenset({Kind.WAY, Kind.LOOP, Kind.FIRST, Kind.CHOICE})
_QUIET = frozenset({Kind.OVER, Kind.NOTED})
"""What a part can hold and still be no more than working something out."""


@functools.cache
def procedure_picture(name: str) -> Picture:
    """
    The picture of the procedure of that name, read from its source once in a process.

    Raises `UnknownProcedure`.
    """
    procedure = procedure_named(name)
    function = procedure.run
    assert isinstance(function, FunctionType)
    return Picture(name, procedure.title, procedure.follows, tuple(_Arranged(function, procedure.title).parts()))


class _Arranged:
    """The functions of one procedure as they were read, and where each is drawn."""

    def __init__(self, function: FunctionType, title: str) -> None:
        self._whole, self._title = part_id(function), title
        self._functions: dict[str, FunctionType] = {}
        self._read: dict[str, tuple[Node, ...]] = {}
        self._follow(function, hints_of(function).get("return"), function.__module__)
        while True:  # what has nothing for a reader may be all that another holds
            pruned = {one: tuple(_pruned(nodes, self._read)) for one, nodes in self._read.items()}
            if pruned == self._read:
                break
            self._read = pruned
        self._calls = Counter(
            node.part for nodes in self._read.values() for top in nodes for node in top.walk() if node.part
        )

    def _follow(self, function: FunctionType, outcome: object, home: str) -> None:
        name, syntax = part_id(function), syntax_of(function)
        if name in self._read or syntax is None:
            return
        reader = Reader(function, syntax, outcome, is_whole=name == self._whole, home=home)
        self._functions[name], self._read[name] = function, reader.nodes()
        for called in reader.calls.values():
            self._follow(called, outcome, home)

    def parts(self) -> list[Part]:
        """The procedure's own part, then those that are drawn by themselves, in the order in which they are met."""
        drawn: dict[str, Part] = {}
        wanted = [self._whole]
        while wanted:
            name = wanted.pop(0)
            if name in drawn:
                continue
            nodes = tuple(self._placed(self._read[name], (name,)))
            drawn[name] = Part(name, self._heading(name), first_sentence(self._functions[name].__doc__), nodes)
            below = [one.part for node in nodes for one in node.walk() if one.kind is Kind.SEE]
            wanted = [*below, *wanted]  # a part stands near the first that needs it
        return list(drawn.values())

    def _heading(self, name: str) -> str:
        return self._title if name == self._whole else capital(words_of(self._functions[name].__name__))

    def _placed(self, nodes: tuple[Node, ...], within: tuple[str, ...]) -> list[Node]:
        return [placed for node in nodes for placed in self._place(node, within)]

    def _place(self, node: Node, within: tuple[str, ...]) -> list[Node]:
        if not node.part:
            return [replace(node, inside=tuple(self._placed(node.inside, within)))]
        if node.part in within:
            return [replace(node, kind=Kind.SEE, title=f"{node.title}, from its beginning")]
        held = self._read[node.part]
        if self._is_short(node.part) or (len(held) == 1 and held[0].part):
            inner = self._placed(held, (*within[:-1], node.part, within[-1]))
            return [_without_heading(node, tuple(inner))]
        size = sum(1 for top in held for _ in top.walk())
        if self._calls[node.part] > 1 or size > LONGEST_INSIDE or len(within) > DEEPEST:
            return [replace(node, kind=Kind.SEE)]
        return [replace(node, inside=tuple(self._placed(held, (*within, node.part))))]

    def _is_short(self, name: str) -> bool:
        leaves = self._leaves_of(name, ())
        return leaves is not None and leaves <= SHORT

    def _leaves_of(self, name: str, within: tuple[str, ...]) -> int | None:
        """How many plain nodes a part comes to; None where it has ways, repeats or waits, or calls itself."""
        count = 0
        for node in self._read[name]:
            if node.kind in _SHAPES or node.part in (*within, name):
                return None
            below = self._leaves_of(node.part, (*within, name)) if node.part else 1
            if below is None:
                return None
            count += below
        return count


def _without_heading(node: Node, inner: tuple[Node, ...]) -> Node:
    """A part whose few nodes stand where it is called; what its call says of clauses goes to the only one."""
    if len(inner) == 1 and node.clauses:
        inner = (_with_clauses(inner[0], node.clauses),)
    return replace(node, title="", clauses=(), inside=inner)


def _with_clauses(node: Node, clauses: tuple[str, ...]) -> Node:
    if node.kind is Kind.PART and not node.title and len(node.inside) == 1:
        return replace(node, inside=(_with_clauses(node.inside[0], clauses),))
    return replace(node, clauses=tuple(dict.fromkeys((*node.clauses, *clauses))))


def _pruned(nodes: tuple[Node, ...], read: dict[str, tuple[Node, ...]]) -> list[Node]:
    """Without what holds nothing for a reader: empty ways, parts that only work something out."""
    kept = []
    for node in nodes:
        inside = tuple(_pruned(node.inside, read))
        if node.part and not _holds(read.get(node.part, ()), _QUIET):
            if node.acts:
                kept.append(replace(node, kind=Kind.NOTED, part=""))
        elif node.kind not in _SHAPES or node.kind is Kind.FIRST or _holds(inside, frozenset()):
            kept.append(replace(node, inside=inside))
    return kept


def _holds(nodes: tuple[Node, ...], beside: frozenset[Kind]) -> bool:
    """Whether there is anything in it but empty ways and repeats, and what stands beside them."""
    met = (node.kind for top in nodes for node in top.walk())
    return any(kind is Kind.FIRST or kind not in _SHAPES | beside for kind in met)
