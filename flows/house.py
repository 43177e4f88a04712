"""
Flows that a schedule starts, and that are no cases: housekeeping, mail, seals, lists, retention.

Prefect runs them with its own engine. What ends one with an error becomes its run's state message, and is written with
pickle under Prefect's home, so an error's text, which may be about somebody, must not get that far.
"""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from prefect import Flow, flow

from models.errors import PathwaysError

log = logging.getLogger("pathways")
R = TypeVar("R")

FRAMES = 4


class HouseFlowFailed(PathwaysError):
    """A scheduled flow ended with an error; says which, the error's kind and the places in the code, and no more."""


def house_flow(name: str) -> Callable[[Callable[[], R]], Flow[[], R]]:
    """
    A flow for a schedule, under that name in Prefect.

    Whatever error ends it leaves as `HouseFlowFailed`, alone: the error itself does not hang on it.
    """

    def made(work: Callable[[], R]) -> Flow[[], R]:
        @functools.wraps(work)
        def without_texts() -> R:
            try:
                return work()
            except Exception as caught:  # no text of the error, which may be personal
                failed = HouseFlowFailed(
                    f"{name} ended with {type(caught).__name__} at {_places(caught)}: see docs/runbook/run-failed.md"
                )
            log.error("%s", failed)
            raise failed  # outside of `except`, so that the error that was caught is not its context

        return flow(name=name, persist_result=False, retries=0)(without_texts)

    return made


def _places(caught: Exception) -> str:
    """Where it came through, the innermost place last."""
    frames = traceback.extract_tb(caught.__traceback__)[-FRAMES:]
    return ", ".join(f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in frames)
