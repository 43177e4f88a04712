"""Who the council is: its name, its roles' local names, its teams, its office hours, its queues."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.durations import Deadline
from models.policy.running import Elapsed
from models.policy.settings import Settings
from models.roles import Role
from models.working_time import OpeningHours, WorkingCalendar

TeamId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""Small letters, digits and hyphens; it stands in tags and file names, and is never changed."""


class Council(Settings):
    """The council as it names itself to the public."""

    name: str = Field(min_length=1)
    """"Wenbridge Council"."""
    out_of_hours_telephone: str = Field(min_length=1)
    """The number that people ring while the office is closed."""


class Team(Settings):
    """One team, and how people reach it."""

    id: TeamId
    name: str = Field(min_length=1)
    telephone: str = Field(min_length=1)
    """The number that a person is given to report a change (PWT-29)."""
    lead: str = Field(min_length=1)
    """The staff id of whoever leads it."""
    sorts_incoming: bool = False
    """Its members sort mail that no procedure has claimed."""
    holds_tray: bool = False
    """It has a planned work tray."""


class Hours(Settings):
    """From when until when the office is open on one weekday, on the wall clock ("08:30")."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("the office must open before it closes")
        return self


class OfficeHours(Settings):
    """The hours of each weekday; a weekday left out is closed."""

    monday: Hours | None = None
    tuesday: Hours | None = None
    wednesday: Hours | None = None
    thursday: Hours | None = None
    friday: Hours | None = None
    saturday: Hours | None = None
    sunday: Hours | None = None

    @model_validator(mode="after")
    def _open_at_least_once(self) -> Self:
        if not self.by_weekday():
            raise ValueError("the office must be open on at least one weekday")
        return self

    def by_weekday(self) -> dict[int, OpeningHours]:
        """The hours by weekday, 0 being Monday."""
        week = (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )
        return {day: OpeningHours(hours.opens, hours.closes) for day, hours in enumerate(week) if hours}


class Calendar(Settings):
    """When the office is open; England's bank holidays are known and need not be listed."""

    office_hours: OfficeHours
    closure_days: tuple[date, ...] = ()
    """Days on which this council closes of its own accord."""
    extra_bank_holidays: tuple[date, ...] = ()
    """Bank holidays proclaimed since this release."""
    withdrawn_bank_holidays: tuple[date, ...] = ()
    """Bank holidays withdrawn or moved since this release."""

    @model_validator(mode="after")
    def _no_day_is_added_and_withdrawn(self) -> Self:
        if set(self.extra_bank_holidays) & set(self.withdrawn_bank_holidays):
            raise ValueError("the same day is an extra and a withdrawn bank holiday; take one of them out")
        return self

    def working_calendar(self) -> WorkingCalendar:
        """The calendar by which due times are worked out."""
        return WorkingCalendar(
            office_hours=self.office_hours.by_weekday(),
            closure_days=frozenset(self.closure_days),
            extra_holidays=frozenset(self.extra_bank_holidays),
            withdrawn_holidays=frozenset(self.withdrawn_bank_holidays),
        )


class MailKind(StrEnum):
    """What a piece of incoming mail turns out to be when it is sorted."""

    NAMED_WORKER = "named-worker"
    """For a worker whom it names; the procedure for written contacts finds them, so it has no queue."""
    NEW_NEED = "new-need"
    """Somebody needs help, or more of it."""
    SAFEGUARDING = "safeguarding"
    """Somebody may be at risk of abuse or neglect."""
    DISCHARGE = "discharge"
    """Somebody is about to leave hospital."""
    PROVIDER = "provider"
    """A care provider writes about its service."""
    COMPLAINT = "complaint"
    """Somebody is not content with us."""
    ACCESS_REQUEST = "access-request"
    """Somebody asks for what we hold about them."""
    INVOICE = "invoice"
    """Somebody asks for money."""
    NOT_OURS = "not-ours"
    """It belongs to another department or authority."""


class Queue(Settings):
    """Where one kind of sorted mail goes, a role or a team, and by when somebody there takes it."""

    role: Role | None = None
    team: TeamId | None = None
    within: Deadline

    @model_validator(mode="after")
    def _goes_to_one_place(self) -> Self:
        if (self.role is None) == (self.team is None):
            raise ValueError("name a role or a team, and not both")
        return self


class Queues(Settings):
    """The queue of every kind of sorted mail."""

    new_need: Queue = Field(alias="new-need")
    safeguarding: Queue
    discharge: Queue
    provider: Queue
    complaint: Queue
    access_request: Queue = Field(alias="access-request")
    invoice: Queue
    not_ours: Queue = Field(alias="not-ours")

    def of(self, kind: MailKind) -> Queue:
        """The queue of that kind of mail; raises KeyError for mail to a named worker, which has none."""
        if kind is MailKind.NAMED_WORKER:
            raise KeyError(kind)
        queue: Queue = getattr(self, kind.value.replace("-", "_"))
        return queue


class Alarms(Settings):
    """Who is rung when something that must not fail has failed."""

    undelivered_notice: Role
    """When a notice has reached nobody."""
    parked_case: Role
    """When a case needs attention and does not go on by itself."""
    unsorted_mail_before_closing: Elapsed = timedelta(hours=1)
    """How long before closing the leader hears of mail that nobody has sorted."""
