"""
The procedure decorator: a flow with one parameter, the case's ref, whose function receives its typed case.

What the decorator returns is a plain Prefect flow; the local runtime runs the same function without Prefect.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from prefect import Flow

from models.errors import PathwaysError
from models.forms.base import CaseFacts

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
    run: Callable[[Any], Any]


class ProcedureFlow(Flow[[str], None]):
    """A procedure as Prefect knows it."""

    procedure: Procedure


_procedures: dict[str, ProcedureFlow] = {}


def procedure(*, follows: str, retired: Collection[str] = ()) -> Callable[[Callable[[F], Any]], ProcedureFlow]:
    """
    Make a function a procedure.

    Its one parameter is annotated with the `CaseFacts` its cases are opened with; what it returns (a StrEnum, a text
    or None) is the case's outcome. `retired` names steps that were taken out of the code while cases were open.
    """

    def decorate(function: Callable[[F], Any]) -> ProcedureFlow:
        parameter = next(iter(inspect.signature(function).parameters))
        words = function.__name__.replace("_", " ")
        described = Procedure(
            name=function.__name__.replace("_", "-"),
            title=words[0].upper() + words[1:],
            follows=follows,
            retired=frozenset(retired),
            facts=get_type_hints(function)[parameter],
            run=function,
        )
        flow = _as_flow(described, function)
        _procedures[described.name] = flow
        return flow

    return decorate


def procedure_named(name: str) -> Procedure:
    """The procedure of that name. Raises `UnknownProcedure`."""
    if name not in _procedures:
        raise UnknownProcedure(name)
    return _procedures[name].procedure


def all_procedures() -> list[Procedure]:
    """Every procedure that was imported, by name."""
    return [flow.procedure for _, flow in sorted(_procedures.items())]


def _as_flow(described: Procedure, function: Callable[[Any], Any]) -> ProcedureFlow:
    def run(ref: str) -> Any:
        from tasks.durable.prefect_runtime import run_under_prefect

        return run_under_prefect(ref)

    # Prefect takes name, documentation and place from the function; the signature must stay that of `run`.
    run.__name__, run.__qualname__ = function.__name__, function.__qualname__
    run.__module__, run.__doc__ = function.__module__, function.__doc__
    flow = ProcedureFlow(
        run,
        name=described.title,
        description=inspect.cleandoc(function.__doc__ or described.title),
        retries=0,
        persist_result=False,
        log_prints=False,
        validate_parameters=True,
    )
    flow.procedure = described
    return flow
