"""The case whose legs are counted: a message comes, one step is done, its run has a new name, and it sleeps again."""

from __future__ import annotations

from typing import ClassVar

from models.forms.base import CaseFacts, Signal
from tasks.durable import audited, first_of, procedure, signal


class LineRang(Signal):
    """Somebody rang."""

    title: ClassVar[str] = "a call"


class LineHungUp(Signal):
    """They hung up."""

    title: ClassVar[str] = "the end of a call"


class Switchboard(CaseFacts):
    """What the case is opened with: nothing."""


@audited("Wrote down a call")
def write_down(number: int) -> int:
    """One step, with one entry."""
    return number


@procedure(follows="benchmark", title="Benchmark switchboard", acts_on={LineRang, LineHungUp})
def switchboard(_case: Switchboard) -> None:
    """Wait for a call, write it down, wait for its end, write that down, and so on without end."""
    number = 0
    while True:
        first_of(signal(LineRang if number % 2 == 0 else LineHungUp))
        number += 1
        write_down(number)
