"""Which node each entry of a case belongs to: by the lines that made it, else by its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from deployments.worklist.picture.nodes import Kind, Line, Node, Picture, Place
from deployments.worklist.picture.path import Passed
from deployments.worklist.picture.source import lines_of
from deployments.worklist.picture.tracing import Calls

Route = tuple[Place, ...]
"""The calls by which a node is reached from the beginning of its part, and its own place."""


def entries_of_nodes(picture: Picture, passed: Iterable[Passed]) -> tuple[dict[int, list[Passed]], int]:
    """The entries of each node, by the node's `id()`; and how many belong to none."""
    at: defaultdict[int, list[Passed]] = defaultdict(list)
    by_kind: defaultdict[Kind, list[tuple[Route, Node]]] = defaultdict(list)
    for part in picture.parts:
        for route, node in _routes(part.nodes, ()):
            by_kind[node.kind].append((route, node))
    unplaced, known = 0, dict[tuple[Kind, str, Calls], list[Node]]()
    for one in passed:
        what = (one.kind, one.name, one.calls)
        if what not in known:
            known[what] = _nodes_for(one, by_kind[one.kind])
        found = known[what]
        for node in found:
            at[id(node)].append(one)
        unplaced += not found and one.kind is not Kind.HEARD
    return at, unplaced


def _nodes_for(one: Passed, nodes: Sequence[tuple[Route, Node]]) -> list[Node]:
    """The node of an entry: by its line where that is known, else by its name where only one node has it."""
    if one.calls:
        on_the_way = [at for at in nodes if leads(at[0], one.calls) and _is_called(at[1], one.name)]
        return [max(on_the_way, key=lambda at: len(at[0]))[1]] if on_the_way else []
    named = [node for _, node in nodes if one.name in node.names]
    return named if len(named) == 1 or one.kind is Kind.HEARD else []


def _is_called(node: Node, name: str) -> bool:
    return not node.names or name in node.names


def leads(route: Route, calls: Sequence[Line]) -> bool:
    """Whether the last of the lines are those of the route."""
    if len(calls) < len(route):
        return False
    return all(place.has(line) for place, line in zip(route, calls[-len(route) :], strict=True))


def _routes(nodes: Iterable[Node], before: Route) -> Iterable[tuple[Route, Node]]:
    """Every node with the calls that lead to it."""
    for node in nodes:
        yield (*before, node.place), node
        yield from _routes(node.inside, (*before, node.place) if node.part else before)


def is_through(every: Iterable[Calls], node: Node, route: Route) -> bool:
    """Whether any of the calls went into a part that was begun by that node."""
    inner = Place(*lines_of(node.part))
    return any(
        inner.has(calls[end]) and leads(route, calls[:end]) for calls in every for end in range(len(route), len(calls))
    )
