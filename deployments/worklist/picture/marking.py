"""A picture with a case's path on it: each node with how it stands, for the drawing and for those who read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from deployments.worklist.picture.nodes import KEPT, Kind, Node, Part, Picture
from deployments.worklist.picture.path import Passed, PathSoFar
from deployments.worklist.picture.placing import Route, entries_of_nodes, is_through, leads
from deployments.worklist.picture.saying import (
    came_in_words,
    due_first,
    ended_in_words,
    how_it_stands,
    now_in_words,
    open_in_words,
)
from deployments.worklist.picture.source import in_short
from models.states import CaseStatus, WaitState


class Mark(StrEnum):
    """How a node stands on the path of a case."""

    NOW = "now"
    """It is waited for now."""
    DONE = "done"
    """It was done, answered, or came; or something inside it was."""
    ENDED = "ended"
    """It was asked or awaited, and is not any more."""
    NOT_REACHED = "not reached"
    """The case has not come to it."""
    NONE = ""
    """There is no case, or nothing that its ledger could say about it."""


@dataclass(frozen=True)
class Told:
    """One thing of the picture in words; `items` are what stands inside it."""

    kind: Kind
    title: str
    mark: Mark
    status: str
    """How it stands, as a sentence; empty where its mark says it all."""
    whom: str = ""
    clauses: str = ""
    part: str = ""
    items: tuple[Told, ...] = ()


@dataclass(frozen=True)
class ToldPart:
    """A part of the picture in words."""

    id: str
    title: str
    says: str
    mark: Mark
    items: tuple[Told, ...]


@dataclass(frozen=True)
class Marked:
    """The whole picture with a path on it."""

    title: str
    parts: tuple[ToldPart, ...]
    now: tuple[str, ...]
    """What is waited for at present, in sentences."""
    end: str
    """How the case stands as a whole, where it does not simply wait."""
    unplaced: int
    """How many entries no node stands for: the procedure was changed since, or the picture cannot tell two apart."""


def told(picture: Picture, path: PathSoFar) -> Marked:
    """The picture in words, with how each node stands; what is drawn, and what a screen reader reads."""
    placed, unplaced = entries_of_nodes(picture, path.passed)
    case = _Case(picture, path, placed)
    parts = tuple(case.part(one) for one in picture.parts)
    now = tuple(now_in_words(one) for one in sorted(path.passed, key=due_first) if one.is_open)
    besides = tuple(f"Somebody is asked besides the procedure: {title}." for title in path.besides)
    return Marked(picture.title, parts, (*now, *besides), how_it_stands(path), unplaced)


class _Case:
    """One case's path on one picture."""

    def __init__(self, picture: Picture, path: PathSoFar, placed: dict[int, list[Passed]]) -> None:
        self._path = path
        self._been = {*(one.calls for one in path.passed), *path.looked}
        self._now = {*(one.calls for one in path.passed if one.is_open), path.waits_at}
        self._placed = placed
        self._is_of_a_case = bool(path.passed) or path.status is CaseStatus.CLOSED
        ends = [node for part in picture.parts for node in part.walk() if path.outcome and path.outcome in node.names]
        outcomes = [node for node in ends if node.kind is Kind.OUTCOME]
        self._outcome = outcomes[0] if len(outcomes) == 1 and path.status is CaseStatus.CLOSED else None

    def part(self, part: Part) -> ToldPart:
        """One part of the picture."""
        items = tuple(self._told(part.nodes, ()))
        return ToldPart(part.id, part.title, part.says, _together(items, Mark.NONE), items)

    def _told(self, nodes: Iterable[Node], before: Route) -> list[Told]:
        found: list[Told] = []
        for node in nodes:
            route = (*before, node.place)
            inside = self._told(node.inside, route if node.part else before)
            if node.kind is Kind.PART and not node.title:
                found += inside
                continue
            mark, status = self._standing(node, route)
            found.append(
                Told(
                    node.kind,
                    node.title,
                    _together(inside, mark),
                    status,
                    node.whom,
                    in_short(node.clauses),
                    node.part,
                    tuple(inside),
                )
            )
        return found

    def _standing(self, node: Node, route: Route) -> tuple[Mark, str]:
        if node.kind in KEPT:
            return self._kept(node, self._placed.get(id(node), []))
        if not self._is_of_a_case:
            return Mark.NONE, ""
        match node.kind:
            case Kind.FIRST if leads(route, self._path.waits_at):
                return Mark.NOW, "Now: the procedure waits here"
            case Kind.FIRST:
                has_looked = any(leads(route, calls) for calls in self._path.looked)
                return (Mark.DONE if has_looked else Mark.NOT_REACHED), ""
            case Kind.SEE | Kind.PART:
                if is_through(self._now, node, route):
                    return Mark.NOW, ""
                return (Mark.DONE if is_through(self._been, node, route) else Mark.NOT_REACHED), ""
            case Kind.OUTCOME:
                return (Mark.DONE, "The case ended so") if node is self._outcome else (Mark.NOT_REACHED, "")
            case _:
                return Mark.NONE, ""

    def _kept(self, node: Node, passed: list[Passed]) -> tuple[Mark, str]:
        kind = node.kind
        if not self._is_of_a_case:
            return Mark.NONE, ""
        still = [one for one in passed if one.is_open]
        came = [one for one in passed if one.state is WaitState.CAME]
        said = [came_in_words(kind, came)] if came else []
        if still:
            return Mark.NOW, ". ".join((*(open_in_words(node, one) for one in still), *said))
        if came:
            return Mark.DONE, said[0]
        if passed:
            return Mark.ENDED, ended_in_words(kind, passed[-1])
        return Mark.NONE if kind is Kind.HEARD else Mark.NOT_REACHED, ""


def _together(inside: Iterable[Told], own: Mark) -> Mark:
    """The mark of something that holds others: the most that is true of any of them."""
    marks = {own, *(one.mark for one in inside)}
    if Mark.NOW in marks:
        return Mark.NOW
    if Mark.DONE in marks or Mark.ENDED in marks:
        return own if own is Mark.ENDED and Mark.DONE not in marks else Mark.DONE
    return Mark.NOT_REACHED if Mark.NOT_REACHED in marks else own
