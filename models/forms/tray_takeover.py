"""What is asked about people who were over a limit already when an existing list was taken over."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.decision_tables.levels import Rag
from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.refs import is_ref
from models.tray import Part


class PassedLimit(StrEnum):
    """A limit of waiting that had passed before a list was taken over; named as its clock is."""

    WARN = "warn"
    """Close to the day by which everybody has a worker (GAP-15)."""
    BREACH = "breach"
    """Past that day (PWT-11, GAP-15)."""
    RED_STRATEGIC = "red-strategic"
    """Red, and past the day on which the strategic manager hears (PWT-61, GAP-17)."""
    RED_HEAD = "red-head"
    """Red, and past the day on which the head of service hears (GAP-17)."""
    PRIORITY = "priority"
    """Past the deadline of their priority (GAP-25)."""
    CONTACT = "contact"
    """Nobody has been in touch within the time of their colour (PWT-54 to PWT-57)."""


class TakenOverLate(Part):
    """Somebody who was over a limit when the list was taken over."""

    case: str
    """Ref of the case in which they wait."""
    person: str
    """Register id."""
    colour: Rag | None
    """None: the list did not say."""
    requested_at: AwareDatetime
    last_reached_at: AwareDatetime | None
    """When they were last reached, as the list has it."""
    contact_due_at: AwareDatetime
    """By when somebody was to be in touch, or is to be."""
    passed: tuple[PassedLimit, ...] = Field(min_length=1)


class TrayTakeover(CaseFacts):
    """A list was taken over, and these people were over a limit already."""

    team: str
    """Team whose tray it is."""
    manager: str
    """Staff id of the manager who placed them, as the list has it."""
    people: tuple[TakenOverLate, ...] = Field(min_length=1)


class TakeoverStep(StrEnum):
    """What is done about somebody who was over a limit when the list was taken over."""

    CONTACT = "contact"
    """They are contacted first; what comes of it stands in their own case."""
    ALLOCATE = "allocate"
    """They are given to a worker, who is asked to accept."""
    ESCALATE = "escalate"
    """They are brought before the strategic manager."""
    WAITS = "waits"
    """They wait on, for the reasons you give."""


class TakeoverAction(Part):
    """What is done about one person, or about several alike."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "cases": "The cases",
        "done": "What is done",
        "worker": "The worker",
        "reasons": "The reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "worker": ShownWhen("done", (TakeoverStep.ALLOCATE,)),
    }

    cases: tuple[str, ...] = ()
    """The refs of their cases; leave out for everybody on the list whom you do not name, apart from Red ones."""
    done: TakeoverStep
    worker: str | None = None
    """Staff id. Compulsory to allocate."""
    reasons: str = Field(min_length=1)
    """Why, and what is done meanwhile."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if (self.done is TakeoverStep.ALLOCATE) != (self.worker is not None):
            problems.append("give worker to allocate, and leave it out otherwise")
        if self.done is TakeoverStep.ALLOCATE and not self.cases:
            problems.append("name in cases who is allocated")
        if not all(is_ref(ref) for ref in self.cases):
            problems.append("write each case in cases as it stands on the list, such as 7K3Q-9PXM")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __str__(self) -> str:
        whom = ", ".join(self.cases) or "everybody else"
        return f"{whom}: {self.done}{f' to {self.worker}' if self.worker else ''}, {self.reasons}"


class TakeoverSeen(Form):
    """
    These people were over a limit already when their list was taken over, the worst first. Say what is done.

    Name everybody who is Red; the others may be answered for together. Whom you leave out stands on the next list.
    Contact that is overdue is put into a worklist by itself.
    """

    title: ClassVar[str] = "people who were over a limit when their list was taken over"

    actions: tuple[TakeoverAction, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _nobody_twice(self) -> Self:
        problems = []
        named = [ref for action in self.actions for ref in action.cases]
        if len(set(named)) < len(named):
            problems.append("name each case once in actions")
        if sum(not action.cases for action in self.actions) > 1:
            problems.append("only one of actions can be for everybody else: name the cases in the others")
        if problems:
            raise ValueError("; ".join(problems))
        return self
