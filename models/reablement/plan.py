"""The reablement plan as a document: outcomes, visits, support, equipment, monitoring, and who has a part in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import RegisterKind
from models.working_time import time_in_words

MOST_MINUTES = 12 * 60
"""A visit that is longer than half a day is not one."""


class PlanPart(BaseModel):
    """A piece of a plan, or of what is changed in it. Personal data."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def place(self) -> int:
        """0 for Monday, as the calendar counts."""
        return list(Weekday).index(self)


EVERY_DAY = frozenset(Weekday)


class Item(PlanPart):
    """Something in a plan that can be changed by itself; it keeps its id as long as the plan lasts."""

    id: str = Field(pattern=r"^[OVSEP][1-9][0-9]*$")
    """Its letter and number, such as V2: what people call it by on a form, and what a change is told by."""


class Outcome(PlanPart):
    """Something that the person wants to be able to do."""

    labels: ClassVar[dict[str, str]] = {"what": "What they want to be able to do"}

    what: str = Field(min_length=1)

    def __str__(self) -> str:
        return self.what


class Visit(PlanPart):
    """Somebody comes, on those days at that time."""

    labels: ClassVar[dict[str, str]] = {
        "days": "On which days",
        "at": "At what time",
        "minutes": "How many minutes",
        "workers": "How many workers",
        "what": "What the visit is for",
    }

    days: frozenset[Weekday] = Field(min_length=1)
    at: time = Field(json_schema_extra={"format": "partial-time"})
    """By the clock on the wall."""
    minutes: int = Field(ge=5, le=MOST_MINUTES)
    workers: int = Field(default=1, ge=1, le=4)
    """How many come together."""
    what: str = Field(min_length=1)

    def __str__(self) -> str:
        together = f" by {self.workers} workers" if self.workers > 1 else ""
        return f"{days_in_words(self.days)} at {time_in_words(self.at)}, {self.minutes} minutes{together}: {self.what}"


class Support(PlanPart):
    """How support is given: what the person does, what is done with them, and what for them."""

    labels: ClassVar[dict[str, str]] = {"what": "How it is given"}

    what: str = Field(min_length=1)

    def __str__(self) -> str:
        return self.what


class Equipment(PlanPart):
    """Equipment or assistive technology that the support counts on."""

    labels: ClassVar[dict[str, str]] = {"what": "What it is", "since": "Since when it is there"}

    what: str = Field(min_length=1)
    since: date | None = None
    """Leave it empty where it is still to come."""

    def __str__(self) -> str:
        return f"{self.what}, there since {day_in_words(self.since)}" if self.since else f"{self.what}, still to come"


class PlannedOutcome(Outcome, Item):
    """An outcome as it stands in the plan."""


class PlannedVisit(Visit, Item):
    """A visit as it stands in the plan."""


class PlannedSupport(Support, Item):
    """A way of giving support as it stands in the plan."""


class PlannedEquipment(Equipment, Item):
    """A piece of equipment as it stands in the plan."""


class Rhythm(StrEnum):
    """How often somebody looks how the plan works."""

    EVERY_VISIT = "every-visit"
    DAILY = "daily"
    TWICE_A_WEEK = "twice-a-week"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"

    @property
    def in_words(self) -> str:
        """As it stands in the plan."""
        return self.value.replace("-", " ")


class Monitoring(PlanPart):
    """How it is watched whether the plan works."""

    labels: ClassVar[dict[str, str]] = {"rhythm": "How often somebody looks", "how": "Who looks, and at what"}

    rhythm: Rhythm
    how: str = Field(min_length=1)
    """Who looks, and at what."""

    def __str__(self) -> str:
        return f"{self.rhythm.in_words}: {self.how}"


class Part(StrEnum):
    """What part somebody has in the plan."""

    PERSON = "person"
    """The person themselves."""
    REPRESENTATIVE = "representative"
    """Whoever speaks for a person who lacks capacity to decide about it."""
    CARER = "carer"
    """Somebody who looks after them unpaid."""
    REABLEMENT_WORKER = "reablement-worker"
    OCCUPATIONAL_THERAPIST = "occupational-therapist"
    OTHER = "other"
    """Somebody else: a nurse, a relative, a provider."""

    @property
    def is_work(self) -> bool:
        """Whether they have it as a member of staff, and not for themselves or somebody of theirs."""
        return self in (Part.REABLEMENT_WORKER, Part.OCCUPATIONAL_THERAPIST)

    @property
    def in_words(self) -> str:
        """As it stands beside a name."""
        return self.value.replace("-", " ")


class SomebodyInvolved(PlanPart):
    """Somebody who has a part in the plan: they are asked about changes, told of them, and may have a copy."""

    labels: ClassVar[dict[str, str]] = {
        "part": "What part they have",
        "name": "Their name",
        "staff": "Who they are, if they are one of ours",
        "email": "Their e-mail address",
        "telephone": "Their telephone number",
        "has_copy": "Do they have a copy, as the person consents?",
    }
    register_fields: ClassVar[dict[str, RegisterKind]] = {"staff": RegisterKind.STAFF}

    part: Part
    staff: str | None = None
    name: str = ""
    """Compulsory, except of one of ours: that stands in the register."""
    email: str | None = None
    telephone: str = ""
    has_copy: bool = True

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.name and self.staff is None:
            raise ValueError("say in name who they are, or in staff which of ours")
        return self

    def __str__(self) -> str:
        return f"{self.name}, {self.part.in_words}{'' if self.has_copy else '; has no copy'}"


class Involved(SomebodyInvolved, Item):
    """Somebody involved as they stand in the plan."""

    name: str = Field(min_length=1)


class PlanContent(PlanPart):
    """The whole plan, as one version has it."""

    outcomes: tuple[PlannedOutcome, ...] = ()
    visits: tuple[PlannedVisit, ...] = ()
    support: tuple[PlannedSupport, ...] = ()
    equipment: tuple[PlannedEquipment, ...] = ()
    monitoring: Monitoring
    involved: tuple[Involved, ...] = ()

    @classmethod
    def first(
        cls,
        *,
        outcomes: Iterable[Outcome],
        visits: Iterable[Visit],
        support: Iterable[Support],
        equipment: Iterable[Equipment],
        monitoring: Monitoring,
        involved: Iterable[SomebodyInvolved],
    ) -> PlanContent:
        """A new plan: everything in it gets its id, in the order given."""
        return cls(
            outcomes=_numbered(PlannedOutcome, "O", outcomes),
            visits=_numbered(PlannedVisit, "V", visits),
            support=_numbered(PlannedSupport, "S", support),
            equipment=_numbered(PlannedEquipment, "E", equipment),
            monitoring=monitoring,
            involved=_numbered(Involved, "P", involved),
        )

    @property
    def items(self) -> dict[str, Item]:
        """Everything in it that can be changed by itself, by id."""
        return {one.id: one for kind in KINDS for one in _of(self, kind)}

    def with_items(self, items: Iterable[Item], monitoring: Monitoring) -> PlanContent:
        """The same plan with those items, in the order of their numbers, and that monitoring."""
        kept = sorted(items, key=lambda one: int(one.id[1:]))
        parts = {kind.field: tuple(one for one in kept if one.id[0] == kind.letter) for kind in KINDS}
        return PlanContent(**parts, monitoring=monitoring)

    def who_work_in_it(self, staff_id: str) -> tuple[Involved, ...]:
        """A member of staff, where they have their part in the plan by their work: what they decide they agree to."""
        return tuple(one for one in self.involved if one.staff == staff_id and one.part.is_work)

    def those(self, *parts: Part) -> tuple[Involved, ...]:
        """Those involved who have one of these parts."""
        return tuple(one for one in self.involved if one.part in parts)


@dataclass(frozen=True)
class Kind:
    """A kind of item: its letter, the field of the plan that holds it, and what one is called."""

    letter: str
    field: str
    called: str


KINDS = (
    Kind("O", "outcomes", "outcome"),
    Kind("V", "visits", "visit"),
    Kind("S", "support", "support"),
    Kind("E", "equipment", "equipment"),
    Kind("P", "involved", "person involved"),
)


def kind_of(item_id: str) -> Kind:
    """The kind of the item of that id."""
    return next(kind for kind in KINDS if kind.letter == item_id[0])


def days_in_words(days: frozenset[Weekday]) -> str:
    """The days of a visit: "every day", "Monday and Thursday"."""
    if days == EVERY_DAY:
        return "every day"
    named = [one.value.capitalize() for one in sorted(days, key=lambda one: one.place)]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def day_in_words(day: date) -> str:
    """A day as people write it: "30 November 2026"."""
    return f"{day.day} {day:%B %Y}"


ItemT = TypeVar("ItemT", bound=Item)


def _numbered(made: type[ItemT], letter: str, given: Iterable[PlanPart]) -> tuple[ItemT, ...]:
    return tuple(made.model_validate({"id": f"{letter}{number}", **dict(one)}) for number, one in enumerate(given, 1))


def _of(content: PlanContent, kind: Kind) -> Iterator[Item]:
    yield from getattr(content, kind.field)
