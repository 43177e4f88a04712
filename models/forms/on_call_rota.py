"""The alarm about a rota that does not say for certain who is on call."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from models.forms.base import CaseFacts, Form, Signal
from models.on_call.rota import RotaTrouble


class RotaNotCertainFacts(CaseFacts):
    """What is wrong with the rota, and for when."""

    trouble: RotaTrouble
    begins_at: AwareDatetime
    """From when on: the first hour concerned, or when the rota was last read."""
    ends_at: AwareDatetime | None = None
    """Until when; None: for as long as it is not put right."""
    not_understood: int = 0
    """How many events of the rota say neither duty worker nor manager."""


class RotaPutRight(Form):
    """
    The rota of who is on call is not to be relied on. Put it right in the council's calendar, and say what was done.

    Until then whoever holds the on-call manager's role is told of what cannot wait, so that it reaches somebody.
    """

    title: ClassVar[str] = "a rota that does not say who is on call"
    may_concern_safety: ClassVar[bool] = False

    what_was_done: str = Field(min_length=1)
    """What was wrong, who is on call in those hours, and whether it stands in the calendar now."""


class RotaCertainAgain(Signal):
    """The rota says again who is on call."""

    title: ClassVar[str] = "the rota says again who is on call"
    by_hand: ClassVar[bool] = False
