"""The facts and forms of telling another council about a placement: through the gate, and answered by name there."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, ShownWhen, Signal
from models.out_of_area.kinds import SharedKind


class PlacementToShare(CaseFacts):
    """What a case is opened with in which another council is told about a placement."""

    kind: SharedKind
    placement: str
    """Ref of the placement's case."""
    council: str
    contact: str
    """Whom to ring there; empty where that is not known."""
    about_person: str | None
    """Register id."""
    person_in_words: str
    content: str
    """What is to be given: the least that serves."""
    given_by: str
    """Tag of whoever looks after the placement."""
    team: str | None
    """Team id; its manager hears where the other council is silent."""


class CouncilAnswered(Form):
    """
    The other council was told about a placement. Say what came back; or how you asked again, as it is silent.

    It has it once somebody there says so by name. Until then you are asked again, and a manager hears of it.
    """

    title: ClassVar[str] = "what another council says to a placement"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "answered": "Has it answered?",
        "by_whom": "Who there has it",
        "came_back": "What came back: what it knows of the provider, who watches there, whom to ring",
        "asked_again": "How it was asked again, and of whom",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "by_whom": ShownWhen("answered", (True,)),
        "came_back": ShownWhen("answered", (True,)),
        "asked_again": ShownWhen("answered", (False,)),
    }

    answered: bool
    by_whom: str = ""
    came_back: str = ""
    asked_again: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.answered and (not self.by_whom or not self.came_back):
            raise ValueError("say in by_whom who there has it, and in came_back what came back")
        if not self.answered and not self.asked_again:
            raise ValueError("say in asked_again how it was asked again, and of whom")
        return self


class CouncilSilenceDecided(Form):
    """Another council does not answer about a placement, though it was asked again. Decide what is done about that."""

    title: ClassVar[str] = "what is done as another council is silent"
    labels: ClassVar[dict[str, str]] = {"done": "What is done, and by whom: who is rung above, who goes there"}

    done: str = Field(min_length=1)


class CouncilNotTold(Form):
    """
    The other council was not told about a placement, or not in time. Say what is to be given now, or what is done
    instead.

    Beside the form stands what the gate said, and whether the person has died.
    """

    title: ClassVar[str] = "what follows where another council was not told"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "content": "What is to be given now, where it is tried again",
        "instead": "What is done instead",
    }

    content: str = ""
    instead: str = ""

    @model_validator(mode="after")
    def _says_what_follows(self) -> Self:
        if bool(self.content) == bool(self.instead):
            raise ValueError("say in content what is to be given now, or else in instead what is done instead")
        return self


class SharingOvertaken(Signal):
    """The placement is over: what was to be told of it before is not told any more."""

    title: ClassVar[str] = "that a placement is over of which another council was to be told"
    by_hand: ClassVar[bool] = False
