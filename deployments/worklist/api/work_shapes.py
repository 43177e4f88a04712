"""What the operations on work items give."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from deployments.worklist.api.shapes import Moment, Shape
from models.states import WorkItemState


class WorkListed(Shape):
    """An open work item, as `pathways work list --json` has it, and what a list shows besides. References only."""

    id: str
    case: str
    """The case's reference."""
    form: str
    """The name of the form that is asked for."""
    of: str
    """The role, team or member of staff who is asked."""
    assignee: str | None
    """Staff id of who has it; none: nobody yet."""
    due: Moment | None
    form_schema: dict[str, Any] = Field(serialization_alias="schema")
    """JSON Schema of an answer."""
    title: str
    """What is wanted, in words."""
    procedure: str
    owner: str
    """Tag of who owns the case."""
    colour: str | None
    urgent: bool
    overdue: bool
    opened_at: Moment


class HowMany(Shape):
    """How many are in a list."""

    number: int
    is_all: bool
    """False: there are more than that, and they were not counted."""


class WorkList(Shape):
    """A page of work items."""

    items: list[WorkListed]
    total: HowMany | None
    """With the first page only."""
    next: str | None
    """Send it as `after` for the next page; none: this is the last."""
    previous: str | None
    """Send it as `after` for the page before; none: this is the first."""


class Concerned(Shape):
    """Somebody whom the case is about, as whoever answers must know them. Personal data."""

    id: str
    record_id: str
    name: str
    died_on: date | None
    safe_contact: str
    preferred_method: str
    communication_needs: str
    interpreter: str
    reached_at: str


class WorkShown(Shape):
    """A work item with all that is read beside its form. `about` and `people` are personal data."""

    id: str
    case: str
    form: str
    title: str
    asks: str
    """What the form is for, and what whoever answers must bear in mind."""
    state: WorkItemState
    of: str
    """Who is asked, in words."""
    assignee: str | None
    due: Moment | None
    urgent: bool
    opened_at: Moment
    answered_by: str | None
    answered_at: Moment | None
    about: str
    people: list[Concerned]
    then: list[str]
    """What happens if nobody answers."""
    causes: list[str]
    """What an answer causes, where the form says so."""
    may_concern_safety: bool
    """Whether the way to 999 must stand before the form: somebody may be in danger."""
    has_legal_weight: bool
    """Whether the answer must be put before whoever gives it once more before it is sent."""
    waits_for: str
    seen_entry_no: int
    """The last entry of the case; it stands in ETag as well."""
    may_answer: bool
    why_not: str
    """Why they cannot answer it."""
    form_schema: dict[str, Any] = Field(serialization_alias="schema")


class Answered(Shape):
    """An answer was taken."""

    case: str
    """The case that goes on."""
    again: bool
    """They had sent this very answer before; nothing was done."""


class Follows(Shape):
    """What follows in one case. Its lines are those of its story; personal data."""

    case: str | None
    """None: a case that would be opened."""
    title: str
    lines: list[str]
    waits_for: str
    outcome: str
    """How it is closed; empty where it is not."""
    asks_outside: str
    """The step at which it asks another system and goes on by the answer; empty where there is none."""


class ForeseenShown(Shape):
    """What an answer would cause if it were sent now."""

    is_known: bool
    """False: it cannot be told beforehand."""
    follows: list[Follows]
    """In the case that asks first."""
    hidden: bool
    """Whether something is left out that is not theirs to see."""


class TakenOn(Shape):
    """Who has it now."""

    id: str
    case: str
    assignee: str | None
