"""What somebody says of one person on an incident's list while it goes on: a call that was made, or was not."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import Form, ShownWhen, Signal
from models.roles import Role


class CallRecorded(Signal):
    """A call on somebody was made or was not: by whom, and how they were, or why not and what was done."""

    title: ClassVar[str] = "what became of a call"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "at": "The time for which the call was planned",
        "made": "Was it made?",
        "made_by": "Who made it, or tried to",
        "how": "How they were, or why it was not made and what was done",
    }

    at: AwareDatetime
    made: bool
    made_by: str = Field(min_length=1)
    how: str = Field(min_length=1)

    @property
    def reached_the_person(self) -> bool:
        """Whoever made it was with them."""
        return self.made


class PersonGivenOn(Signal):
    """What is asked about somebody was given to others: so is whatever is asked from now on."""

    title: ClassVar[str] = "that somebody is looked after by others"
    by_hand: ClassVar[bool] = False

    to: str
    """Tag of the team or member of staff."""


class MoveWithoutAdvocate(Form):
    """
    A person who needs an independent advocate is to move, or another provider comes, and no advocate is there yet.

    The move waits for one, unless that would leave them unsafe: then say why it cannot wait. What keeps them safe
    until then goes on either way, and it goes on by itself once an advocate is in place.
    """

    title: ClassVar[str] = "whether a move can wait for an advocate"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = (Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)
    labels: ClassVar[dict[str, str]] = {"can_wait": "Can it wait?", "because": "Why it cannot wait"}
    shown_when: ClassVar[dict[str, ShownWhen]] = {"because": ShownWhen("can_wait", (False,))}

    can_wait: bool
    because: str = ""
    """Who would not be safe, and how. Compulsory where it cannot wait."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.can_wait == bool(self.because):
            raise ValueError("say in because why it cannot wait, and leave it out where it can")
        return self
