"""What the documents leave open across all procedures: names, reviews, time, readings, records."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from models.durations import Duration, working_days
from models.policy.gaps.base import Gap
from models.roles import Role


class LocalVocabulary(Gap):
    """What this council calls its systems; the names of roles and teams stand with those."""

    id: ClassVar[str] = "GAP-49"
    clauses: ClassVar[tuple[str, ...]] = ("all",)

    owner: Role = Role.SYSTEMS
    recording_system: str = Field(default="recording system", min_length=1)
    contact_centre: str = Field(default="contact centre", min_length=1)
    information_hub: str = Field(default="information hub", min_length=1)
    carers_centre: str = Field(default="carers centre", min_length=1)


class ReviewReason(StrEnum):
    """Why a review is asked for."""

    ASKED_FOR = "asked-for"
    """The person or somebody for them asked duty for it."""
    ANNUAL = "annual"
    """It is the yearly one."""
    PLAN = "plan"
    """Support that was arranged falls to be reviewed."""
    UNSCHEDULED = "unscheduled"
    """Something has happened that cannot wait for the yearly one."""


class ReviewRoute(Gap):
    """The one way by which every review starts."""

    id: ClassVar[str] = "GAP-50"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-39", "PWT-23", "ARR-26", "REA-25")

    owner: Role = Role.TEAM_MANAGER
    worker_first_then_team: bool = True
    review_tray_for: tuple[ReviewReason, ...] = (ReviewReason.ANNUAL,)


class TimeKinds(Gap):
    """Which timers run in calendar time and which in working time."""

    id: ClassVar[str] = "GAP-51"
    clauses: ClassVar[tuple[str, ...]] = ("all",)

    owner: Role = Role.HEAD_OF_SERVICE
    safety_in_calendar_time: Literal[True] = True
    """Not open to choice: whoever is at risk is at risk on Sundays too."""
    safety_comes_earlier_on_closed_days: bool = True
    administrative_in_working_days: bool = True
    reds_checked_before_shutdown: bool = True
    shutdown_from_closed_days: int = Field(default=3, ge=2, le=14)
    """So many closed days in a row make a shutdown; the number is ours."""


class LibertyTest(StrEnum):
    """How the three limbs of the liberty test are joined."""

    FIRST_AND_EITHER_OTHER = "first-and-either-other"
    """The first limb, and the second or the third."""
    ALL = "all"
    """All three limbs."""


class Readings(Gap):
    """How damaged or ambiguous passages are read."""

    id: ClassVar[str] = "GAP-52"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-52", "PWT-69", "REA-37")

    owner: Role = Role.HEAD_OF_SERVICE
    advise_anyone_who_asks: bool = True
    liberty_test: LibertyTest = LibertyTest.FIRST_AND_EITHER_OTHER
    each_example_stands_alone: bool = True


class RecordEnding(StrEnum):
    """How a note reaches the council's recording system."""

    WRITTEN = "written"
    """Through the system's interface."""
    PASTED = "pasted"
    """By a person, who is given the text and gives the note's id back."""
    SIGHTED = "sighted"
    """By a person, and the system's extract shows it."""


class RecordEnds(Gap):
    """How a note that a procedure asks for ends in the recording system."""

    id: ClassVar[str] = "GAP-55"
    clauses: ClassVar[tuple[str, ...]] = ("all",)

    owner: Role = Role.SYSTEMS
    recording_system_is_the_record: bool = True
    endings: tuple[RecordEnding, ...] = Field(default=tuple(RecordEnding), min_length=1)
    """The ways that this council allows; where none of them can be had, a person pastes."""
    shown_within: Duration = working_days(5)
    """A note that no extract shows by then, though it is said to stand there, comes on the daily list."""
    differences_seen_within: Duration = working_days(1)
    """By when a team sees to the morning's list of differences."""
    differences_told_after: Duration = working_days(3)
    """A list that lies longer is told to the team leader each morning, and after twice that to the team manager."""
