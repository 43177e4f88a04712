"""The words for flow authors as nodes of a picture: what asking, waiting, telling and opening look like to a reader."""

from __future__ import annotations

import ast
import functools
import sys
from enum import Enum
from types import FunctionType
from typing import Any

from deployments.worklist.picture.known import Known
from deployments.worklist.picture.nodes import Kind, Node, Place
from deployments.worklist.picture.source import clauses_of, syntax_of
from deployments.worklist.picture.words import capital, condition, whom, words_of
from models.forms.base import Form, Signal
from tasks.durable import (
    after,
    ask,
    at,
    closed,
    day,
    decision,
    first_of,
    hand_over,
    hears,
    open_case,
    send,
    signal,
    taken_on,
    tell,
)
from tasks.durable.audited import Audited, audited_task
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.recording.leaving import STEP as LEAVE_NOTE
from tasks.recording.leaving import leave

_QUESTIONS: tuple[Any, ...] = (ask, decision, hand_over)
_TIMES: tuple[Any, ...] = (at, after, day)


def is_first_of(known: Known, call: ast.expr) -> bool:
    """Whether an expression waits for whichever comes first."""
    return isinstance(call, ast.Call) and known.stands_for(call.func) is first_of


def place_of(known: Known, one: ast.expr | ast.stmt | ast.pattern) -> Place:
    """Where something stands in the source."""
    last, ends = one.end_lineno or one.lineno, one.end_col_offset or 0
    return Place(known.source.module, one.lineno, last, one.col_offset, ends)


def nodes_of_call(known: Known, call: ast.Call) -> list[Node]:
    """What a call stands for to a reader; empty for what only works something out."""
    called = known.stands_for(call.func)
    if isinstance(called, Audited):
        return [_node(known, call, Kind.STEP, called.says, called.name, clauses=called.clauses)]
    if isinstance(called, FunctionType):
        return _word(known, call, called) or [
            _node(known, call, Kind.STEP, task.says, task.name, clauses=task.clauses, beside=False)
            for task in _steps_of(called)
        ]
    return []


@functools.cache
def _steps_of(called: FunctionType) -> tuple[Audited[Any, Any], ...]:
    """The audited tasks that a plain function of `tasks/` carries out, however deep they are called."""
    if not called.__module__.startswith("tasks.") or called.__module__.startswith("tasks.durable"):
        return ()
    syntax = syntax_of(called)
    found: dict[str, Audited[Any, Any]] = {}
    for one in ast.walk(syntax) if syntax is not None else ():
        named = vars(sys.modules[called.__module__]).get(one.id) if isinstance(one, ast.Name) else None
        if isinstance(named, Audited):
            found[named.name] = named
        elif isinstance(named, FunctionType) and named is not called:
            found |= {task.name: task for task in _steps_of(named)}
    return tuple(found.values())


def _word(known: Known, call: ast.Call, called: FunctionType) -> list[Node]:
    if called in _QUESTIONS:
        return _question(known, call, called)
    if called in _TIMES:
        return [_time(known, call)]
    if called is signal or called is hears:
        model = known.classes_in(call.args[0])
        titled, names = _titles(model), [one.__name__ for one in model]
        return [_node(known, call, Kind.NEWS if called is signal else Kind.HEARD, titled, *names)]
    if called is closed:
        return [_node(known, call, Kind.CLOSING, f"A case that was opened: {condition(call.args[0], known.names)}")]
    if called is tell:
        what = call.args[2]
        named = str(what.value) if isinstance(what, ast.Constant) else ""
        title = capital(words_of(named)) or "A notice"
        return [_node(known, call, Kind.NOTICE, title, *[named] * bool(named), to=whom(call.args[0], known.names))]
    if called is open_case:
        return _opening(known, call)
    if called is send:
        sent = known.classes_in(call.args[1]) or tuple(filter(None, [known.type_of(call.args[1])]))
        return [_node(known, call, Kind.SENT, _titles(sent), *[one.__name__ for one in sent])]
    if called is taken_on:
        return [_ownership(known, call)]
    if called is leave:
        return [_node(known, call, Kind.STEP, "Left a note for the recording system", LEAVE_NOTE)]
    return []


def _question(known: Known, call: ast.Call, called: FunctionType) -> list[Node]:
    forms = known.classes_in(call.args[0])
    asked = _keyword(call, "to" if called is hand_over else "of")
    to = whom(asked, known.names) if asked is not None else ""
    # A variable form is named by the first, which all the others are made from.
    shown = forms[:1] if isinstance(call.args[0], ast.Name) else forms
    question = _node(known, call, Kind.QUESTION, _titles(shown), *[form.__name__ for form in forms], to=to)
    return [question, _ownership(known, call)] if called is hand_over else [question]


def _ownership(known: Known, call: ast.Call) -> Node:
    """What an acceptance does: the case has another owner."""
    task = audited_task("pass-ownership")
    assert task is not None
    return _node(known, call, Kind.STEP, f"{task.says}, where it is accepted", task.name, beside=False)


def _time(known: Known, call: ast.Call) -> Node:
    name = call.args[0]
    value = name.value if isinstance(name, ast.Constant) else known.stands_for(name)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _node(known, call, Kind.TIME, capital(words_of(value)), value)
    return _node(known, call, Kind.TIME, "Each of several moments")


def _opening(known: Known, call: ast.Call) -> list[Node]:
    procedure = known.stands_for(call.args[0])
    if not isinstance(procedure, ProcedureFlow):
        return [_node(known, call, Kind.CASE, "Another procedure")]
    owner = _keyword(call, "owner")
    to = whom(owner, known.names) if owner is not None else ""
    return [_node(known, call, Kind.CASE, procedure.procedure.title, procedure.procedure.name, to=to)]


def _node(
    known: Known,
    call: ast.Call,
    kind: Kind,
    title: str,
    *names: str,
    to: str = "",
    clauses: tuple[str, ...] = (),
    beside: bool = True,
) -> Node:
    place = place_of(known, call)
    said = (*clauses_said(call), *known.source.clauses_beside(place.first, place.last)) if beside else ()
    found = (*clauses, *said)
    return Node(kind, title, place, to, tuple(dict.fromkeys(found)), frozenset(names))


def clauses_said(call: ast.Call) -> tuple[str, ...]:
    """The clauses that a call's own `clauses=` names, as far as they stand there."""
    said = _keyword(call, "clauses")
    return clauses_of(said.value) if isinstance(said, ast.Constant) and isinstance(said.value, str) else ()


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _titles(classes: tuple[type, ...]) -> str:
    # What only others are made from has no title of its own.
    titled = [one for one in classes if issubclass(one, Form | Signal) and hasattr(one, "title")]
    titles = dict.fromkeys(str(one.title) for one in titled)
    return capital(" or ".join(titles)) or "A question"
