"""
The procedure decorator: a flow with one parameter, the case's ref, whose function receives its typed case.

What the decorator returns is a plain Prefect flow; the local runtime runs the same function without Prefect.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from models.errors import PathwaysError
from models.forms.base import CaseFacts, Signal

if TYPE_CHECKING:
    from tasks.durable.prefect_flow import ProcedureFlow

F = TypeVar("F", bound=CaseFacts)


class UnknownProcedure(PathwaysError):
    """This version of the code has no procedure of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"this version has no procedure {name}: install the version that opened the case")
        self.name = name


@dataclass(frozen=True)
class Procedure:
    """What is known of a procedure apart from Prefect."""

    name: str
    """As in the ledger and on the command line: written-contact-transfer."""
    title: str
    """As people say it and Prefect shows it: Written contact transfer."""
    follows: str
    """The document it follows."""
    retired: frozenset[str]
    """Names of steps and waits that the code no longer has and that old ledgers may hold."""
    facts: type[CaseFacts]
    restricted: bool
    """Whether Prefect shows its cases under one neutral name, because even that there is one may tell too much."""
    somebody_waits: bool
    """Whether a person waits on the council in its cases: then they stand on the one list (`pathways unseen`)."""
    acts_on: frozenset[type[Signal]]
    """Signals that the flow itself acts on whenever they come: nobody is asked to read them besides."""
    by_hand: bool
    """Whether staff open its cases themselves, from their own page; all others are opened by the house."""
    run: Callable[[Any], Any]


_procedures: dict[str, ProcedureFlow] = {}


def procedure(
    *,
    follows: str,
    title: str = "",
    retired: Collection[str] = (),
    restricted: bool = False,
    somebody_waits: bool = True,
    acts_on: Collection[type[Signal]] = (),
    by_hand: bool = False,
) -> Callable[[Callable[[F], Any]], ProcedureFlow]:
    """
    Make a function a procedure.

    Its one parameter is annotated with the `CaseFacts` its cases are opened with; what it returns (a StrEnum, a text
    or None) is the case's outcome. `title` is what Prefect shows; it is made from the function's name where none is
    given, and never changed while cases are open. `retired` names steps that were taken out of the code while cases
    were open. `restricted` gives its cases, and those they open, one neutral name in Prefect. `somebody_waits` is False
    for what only the house itself waits for, such as an alarm about a mailbox: the one list leaves it out. `acts_on`
    names signals that its owner would be asked to read, and that the flow acts on by itself at any time. `by_hand`
    offers it to staff as something that they may begin.
    """

    def decorate(function: Callable[[F], Any]) -> ProcedureFlow:
        parameter = next(iter(inspect.signature(function).parameters))
        words = function.__name__.replace("_", " ")
        described = Procedure(
            name=function.__name__.replace("_", "-"),
            title=title or words[0].upper() + words[1:],
            follows=follows,
            retired=frozenset(retired),
            facts=get_type_hints(function)[parameter],
            restricted=restricted,
            somebody_waits=somebody_waits,
            acts_on=frozenset(acts_on),
            by_hand=by_hand,
            run=function,
        )
        from tasks.durable.prefect_flow import as_flow  # only who defines a procedure needs Prefect

        flow = as_flow(described, function)
        _procedures[described.name] = flow
        return flow

    return decorate


def procedure_named(name: str) -> Procedure:
    """The procedure of that name; its file in `flows/` has the same name. Raises `UnknownProcedure`."""
    if name not in _procedures:
        module = f"flows.{name.replace('-', '_')}"
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as missing:
            if missing.name != module:
                raise
    if name not in _procedures:
        raise UnknownProcedure(name)
    return _procedures[name].procedure


def flow_acts_on(name: str, signal: Signal) -> bool:
    """Whether a procedure acts on that signal by itself; one that this version does not know acts on none."""
    try:
        return type(signal) in procedure_named(name).acts_on
    except UnknownProcedure:
        return False


def all_procedures() -> list[Procedure]:
    """Every procedure that was imported, by name."""
    return [flow.procedure for _, flow in sorted(_procedures.items())]
