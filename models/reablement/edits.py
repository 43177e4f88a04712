"""
What is changed in a plan: edits to single items, made against the version that their author saw.

An edit holds only what is to be otherwise. Two changes that touch different items both come to stand; where they touch
the same one, the later is refused with what it clashes with, and nothing is overwritten.
"""

from __future__ import annotations

import hashlib
from datetime import date, time
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import RegisterKind, ShownWhen
from models.reablement.naming import NamedInPlan
from models.reablement.plan import (
    MOST_MINUTES,
    Equipment,
    Involved,
    Item,
    Kind,
    Monitoring,
    Outcome,
    Part,
    PlannedEquipment,
    PlannedOutcome,
    PlannedSupport,
    PlannedVisit,
    PlanPart,
    Rhythm,
    SomebodyInvolved,
    Support,
    Visit,
    Weekday,
    day_in_words,
    days_in_words,
    kind_of,
)
from models.working_time import time_in_words

MONITORING = "monitoring"
"""What the plan's monitoring is called among the ids of its items."""


class EditKind(StrEnum):
    """What is done with an item."""

    ADD = "add"
    """Something new."""
    ALTER = "alter"
    """Something that stands in the plan is to be otherwise."""
    TAKE_OUT = "take-out"
    """Something is no longer in the plan."""


def _unless_taken_out(item: type[PlanPart]) -> dict[str, ShownWhen]:
    """What an item is made of is asked for unless it is taken out."""
    return {name: ShownWhen("edit", (EditKind.ADD, EditKind.ALTER)) for name in item.model_fields}


class ItemEdit(PlanPart):
    """One item is added, altered or taken out; a field that is left empty stays as it is."""

    letter: ClassVar[str]
    makes: ClassVar[type[Item]]
    wanted: ClassVar[tuple[str, ...]] = ("what",)
    """The fields that something new needs."""
    labels: ClassVar[dict[str, str]] = {
        "edit": "What is done",
        "item": "Which one",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "item": ShownWhen("edit", (EditKind.ALTER, EditKind.TAKE_OUT)),
    }

    edit: EditKind
    item: str = Field(default="", max_length=8)
    """Its letter and number in the plan, such as V2; empty for something new."""

    @property
    def given(self) -> dict[str, Any]:
        """The fields that are to be otherwise."""
        return {
            name: value
            for name in type(self).model_fields
            if name not in ("edit", "item") and (value := getattr(self, name)) not in (None, "", frozenset())
        }

    @property
    def missing(self) -> list[str]:
        """The fields that something new needs and that are not given."""
        return [name for name in self.wanted if name not in self.given]

    @model_validator(mode="after")
    def _says_what_it_does(self) -> Self:
        problems = []
        match self.edit:
            case EditKind.ADD:
                missing = self.missing
                if self.item:
                    problems.append("leave item empty for something new")
                if missing:
                    problems.append(f"something new needs {', '.join(missing)}")
            case EditKind.ALTER:
                if not self.given:
                    problems.append("say what is to be otherwise")
            case EditKind.TAKE_OUT:
                if self.given:
                    problems.append("give only item for what is taken out")
        if self.edit is not EditKind.ADD and self.item[:1] != self.letter:
            problems.append(f"give in item which one, such as {self.letter}1")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __str__(self) -> str:
        said = "; ".join(f"{name.replace('_', ' ')} {_in_words(value)}" for name, value in self.given.items())
        words = f"{self.edit.replace('-', ' ')} {called(self.item) if self.item else kind_of(self.letter).called}"
        return f"{words}: {said}" if said else words


class OutcomeEdit(ItemEdit):
    """An outcome is added, altered or taken out."""

    letter: ClassVar[str] = "O"
    makes: ClassVar[type[Item]] = PlannedOutcome
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"item": NamedInPlan.OUTCOME}
    labels: ClassVar[dict[str, str]] = Outcome.labels
    shown_when: ClassVar[dict[str, ShownWhen]] = _unless_taken_out(Outcome)

    what: str = ""


class VisitEdit(ItemEdit):
    """A visit is added, altered or taken out (REA-08)."""

    letter: ClassVar[str] = "V"
    makes: ClassVar[type[Item]] = PlannedVisit
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"item": NamedInPlan.VISIT}
    wanted: ClassVar[tuple[str, ...]] = ("days", "at", "minutes", "what")
    labels: ClassVar[dict[str, str]] = Visit.labels
    shown_when: ClassVar[dict[str, ShownWhen]] = _unless_taken_out(Visit)

    days: frozenset[Weekday] = frozenset()
    at: time | None = None
    """By the clock on the wall."""
    minutes: int | None = Field(default=None, ge=5, le=MOST_MINUTES)
    workers: int | None = Field(default=None, ge=1, le=4)
    """How many come together."""
    what: str = ""


class SupportEdit(ItemEdit):
    """How support is given is added to, altered, or something of it taken out (REA-08)."""

    letter: ClassVar[str] = "S"
    makes: ClassVar[type[Item]] = PlannedSupport
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"item": NamedInPlan.SUPPORT}
    labels: ClassVar[dict[str, str]] = Support.labels
    shown_when: ClassVar[dict[str, ShownWhen]] = _unless_taken_out(Support)

    what: str = ""


class EquipmentEdit(ItemEdit):
    """Equipment comes, changes or goes (REA-07, REA-08)."""

    letter: ClassVar[str] = "E"
    makes: ClassVar[type[Item]] = PlannedEquipment
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"item": NamedInPlan.EQUIPMENT}
    labels: ClassVar[dict[str, str]] = Equipment.labels
    shown_when: ClassVar[dict[str, ShownWhen]] = _unless_taken_out(Equipment)

    what: str = ""
    since: date | None = None


class InvolvedEdit(ItemEdit):
    """Somebody comes to have a part in the plan, changes, or has none any more (REA-16)."""

    letter: ClassVar[str] = "P"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"staff": RegisterKind.STAFF}
    makes: ClassVar[type[Item]] = Involved
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"item": NamedInPlan.INVOLVED}
    wanted: ClassVar[tuple[str, ...]] = ("part", "name")
    labels: ClassVar[dict[str, str]] = SomebodyInvolved.labels
    shown_when: ClassVar[dict[str, ShownWhen]] = _unless_taken_out(SomebodyInvolved)

    part: Part | None = None
    name: str = ""
    """Compulsory of somebody new, except of one of ours: that stands in the register."""
    staff: str | None = None
    email: str | None = None
    telephone: str = ""
    has_copy: bool | None = None

    @property
    def missing(self) -> list[str]:
        """As of every item; the name of one of ours is not keyed."""
        return [one for one in super().missing if one != "name" or not self.staff]


class MonitoringEdit(PlanPart):
    """Monitoring is turned up or down (REA-04)."""

    labels: ClassVar[dict[str, str]] = Monitoring.labels

    rhythm: Rhythm | None = None
    how: str = ""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.rhythm is None and not self.how:
            raise ValueError("say what is to be otherwise in monitoring")
        return self

    def __str__(self) -> str:
        return f"{MONITORING}: {', '.join(one for one in (self.rhythm and self.rhythm.in_words, self.how) if one)}"


class PlanEdits(PlanPart):
    """Everything that one change does to a plan."""

    labels: ClassVar[dict[str, str]] = {
        "outcomes": "Outcomes",
        "visits": "Visits",
        "support": "How support is given",
        "equipment": "Equipment and assistive technology",
        "involved": "Who has a part in the plan",
        "monitoring": "How it is watched whether the plan works",
    }

    outcomes: tuple[OutcomeEdit, ...] = ()
    visits: tuple[VisitEdit, ...] = ()
    support: tuple[SupportEdit, ...] = ()
    equipment: tuple[EquipmentEdit, ...] = ()
    involved: tuple[InvolvedEdit, ...] = ()
    monitoring: MonitoringEdit | None = None

    @model_validator(mode="after")
    def _each_item_once(self) -> Self:
        named = [one.item for one in self.of_items if one.item]
        if len(set(named)) < len(named):
            raise ValueError("say all that changes in one item in one place: name each item once")
        return self

    def __str__(self) -> str:
        return ", ".join(map(str, (*self.of_items, *([self.monitoring] if self.monitoring else []))))

    @property
    def of_items(self) -> tuple[ItemEdit, ...]:
        """The edits of single items, in the plan's order."""
        return (*self.outcomes, *self.visits, *self.support, *self.equipment, *self.involved)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not self.of_items and self.monitoring is None

    @property
    def touched(self) -> frozenset[str]:
        """Ids of the items that stand in the plan and are altered or taken out; "monitoring" for that."""
        ids = {one.item for one in self.of_items if one.item}
        return frozenset(ids | ({MONITORING} if self.monitoring else set()))

    @property
    def changes_support(self) -> bool:
        """Whether the support itself changes, and not only who has a part in the plan or how it is watched."""
        return bool(self.outcomes or self.visits or self.support or self.equipment)

    @property
    def changes_the_rota(self) -> bool:
        """Whether visits change, which a rota must follow."""
        return bool(self.visits)

    @property
    def digests(self) -> frozenset[str]:
        """What each edit does, as a short hash: two changes that want the same have the same one."""
        every: list[PlanPart] = [*self.of_items, *([self.monitoring] if self.monitoring else [])]
        return frozenset(_digest(one) for one in every)


def called(item_id: str) -> str:
    """What an item is called on a page: "visit V2"."""
    if item_id == MONITORING:
        return MONITORING
    kind: Kind = kind_of(item_id)
    return f"{kind.called} {item_id}"


def _in_words(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case frozenset():
            return days_in_words(value)
        case time():
            return time_in_words(value)
        case date():
            return day_in_words(value)
        case _:
            return str(value)


def _digest(edit: PlanPart) -> str:
    """Sixteen hexadecimal digits; sets are put in order, so that equal edits have equal ones."""
    given = edit.model_dump(mode="json")
    ordered = {name: sorted(value) if isinstance(value, list) else value for name, value in sorted(given.items())}
    return hashlib.sha256(f"{type(edit).__name__} {ordered}".encode()).hexdigest()[:16]
