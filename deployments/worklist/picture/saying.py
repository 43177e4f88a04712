"""How something stands, in sentences for a reader: done when, waited for until when, not any more."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.worklist.picture.nodes import Kind, Node
from deployments.worklist.picture.path import Passed, PathSoFar
from deployments.worklist.picture.words import capital, words_of
from models.forms.base import Form, Signal
from models.states import CaseStatus, WaitState
from models.working_time import for_people

_CAME = {
    Kind.STEP: "Done",
    Kind.QUESTION: "Answered",
    Kind.TIME: "The time came",
    Kind.NEWS: "Came",
    Kind.HEARD: "Came",
    Kind.CLOSING: "Closed",
    Kind.NOTICE: "Told",
    Kind.CASE: "Opened",
    Kind.SENT: "Sent",
}


def came_in_words(kind: Kind, came: Sequence[Passed]) -> str:
    """When something was done or came, and how often."""
    last = for_people(max(one.ended or one.since for one in came))
    if len(came) == 1:
        return f"{_CAME[kind]} on {last}"
    return f"{_CAME[kind]} {len(came)} times, last on {last}"


def open_in_words(node: Node, one: Passed) -> str:
    """Who or what is waited for, and until when."""
    until = f" until {for_people(one.due)}" if one.due is not None else ""
    if node.kind is Kind.QUESTION:
        return f"Now: waits for {one.of}{until}" if one.of else f"Now: waits for an answer{until}"
    which = f" for “{_named(one)}”" if node.kind is Kind.TIME and not node.names else ""
    return f"Now: waits{which}{until}"


def ended_in_words(kind: Kind, one: Passed) -> str:
    """Since when something is not asked or awaited any more."""
    when = f" since {for_people(one.ended)}" if one.ended is not None else ""
    if one.state is WaitState.LAPSED:
        return f"Nobody answered in time{when.replace('since', 'by')}"
    return f"No longer asked{when}" if kind is Kind.QUESTION else f"No longer awaited{when}"


def now_in_words(one: Passed) -> str:
    """One thing that is waited for, in a list of all of them."""
    until = f", until {for_people(one.due)}" if one.due is not None else ""
    match one.kind:
        case Kind.QUESTION:
            of = f" (asked of: {one.of})" if one.of else ""
            return f"{capital(Form.words_for(one.name)[0])}{of}{until}."
        case Kind.NEWS:
            return f"A message: {Signal.words_for(one.name)}{until}."
        case Kind.CLOSING:
            return "The closing of another case."
        case _:
            return f"A time: {_named(one)}{until}."


def _named(one: Passed) -> str:
    """A timer's name in words, without what it is keyed by."""
    return words_of(one.name.partition(":")[0])


def due_first(one: Passed) -> tuple[bool, float]:
    """For sorting: the earliest first, what has no time last."""
    return one.due is None, one.due.timestamp() if one.due is not None else 0.0


def how_it_stands(path: PathSoFar) -> str:
    """How a case stands that does not simply wait; empty where it does."""
    match path.status:
        case CaseStatus.CLOSED:
            return f"The case was closed on {for_people(path.closed_at)}." if path.closed_at else "The case is closed."
        case CaseStatus.NEEDS_ATTENTION:
            return "The case needs attention: it goes on once somebody has said how."
        case CaseStatus.OPEN:
            return ""
