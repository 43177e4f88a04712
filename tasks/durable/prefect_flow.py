"""A procedure as Prefect knows it. It stands apart so that whatever only reads or answers need not load Prefect."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prefect import Flow

if TYPE_CHECKING:
    from tasks.durable.procedure import Procedure


class CaseFlow(Flow[[str], None]):
    """A plain Prefect flow with one parameter, the ref of the case that it carries on."""

    shows_steps = True
    """Whether Prefect shows the case's steps as task runs."""


class ProcedureFlow(CaseFlow):
    """The flow of one procedure."""

    procedure: Procedure


class RestrictedFlow(CaseFlow):
    """The one flow of every restricted case, of which nothing is shown."""

    shows_steps = False


def as_flow(described: Procedure, function: Callable[..., Any]) -> ProcedureFlow:
    """The flow that runs a leg of the procedure for the case whose ref it is given."""

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
