"""The audited tasks of the written contact transfer: what a machine looks up, works out and writes down."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.durations import Deadline
from models.forms.written_contact import AvailabilityEnquiry, ContactSorting, WrittenContact
from models.notices import Recipient
from models.working_time import for_people, local_day
from tasks.durable import audited, here
from tasks.register.lookups import (
    absence_on,
    allocated_worker,
    is_allocated,
    is_stale,
    person,
    responsible_team,
    staff_member,
)


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class Allocation(_Found):
    """What the register says about who is responsible for a person."""

    worker_is_allocated: bool
    responsible_team: str | None
    allocated_worker: str | None
    can_be_trusted: bool
    """The register's extract is recent enough; else a person looks."""


class Availability(_Found):
    """Whether a worker is there by a moment."""

    in_time: bool
    away: bool
    back_at: AwareDatetime | None


class Place(StrEnum):
    """Where a contact goes."""

    WORKER = "worker"
    """To the worker it names, who is allocated."""
    TEAM = "team"
    """To the team responsible, because the worker is not allocated."""
    DUTY = "duty"
    """It stays with duty: nobody is allocated and no team is responsible."""


class Destination(_Found):
    """Where the contact goes, and to whom."""

    place: Place
    to: str
    """Tag of a member of staff, a team or a role."""

    @property
    def recipient(self) -> Recipient:
        """To whom, as questions are put."""
        return Recipient.from_tag(self.to)


@audited("Looked in the register who is allocated", clauses="DUTY-17")
def look_up_allocation(sorting: ContactSorting) -> Allocation:
    """Both checks on the register: the worker named, and the team responsible (DUTY-17 with GAP-03)."""
    step = here()
    known = sorting.about_person and person(step.session, sorting.about_person)
    trusted = not is_stale(step.session, step.now, step.policy.register_trusted_for)
    if not known or not sorting.about_person or not sorting.named_worker:
        return Allocation(
            worker_is_allocated=False, responsible_team=None, allocated_worker=None, can_be_trusted=trusted
        )
    today = local_day(step.now)
    team = responsible_team(step.session, sorting.about_person, today)
    worker = allocated_worker(step.session, sorting.about_person, today)
    return Allocation(
        worker_is_allocated=is_allocated(step.session, sorting.named_worker, sorting.about_person, today),
        responsible_team=team.id if team else None,
        allocated_worker=worker.id if worker else None,
        can_be_trusted=trusted,
    )


@audited("Worked out where the contact goes", clauses="DUTY-18")
def find_destination(sorting: ContactSorting, worker_is_allocated: bool, team: str | None) -> Destination:
    """To the named worker only if allocated; else to the team responsible; else to duty (DUTY-18, GAP-04)."""
    step, choice = here(), here().policy.gaps.unallocated_named_worker
    worker = sorting.named_worker and staff_member(step.session, sorting.named_worker)
    if worker_is_allocated and worker and not worker.left_on:
        return Destination(place=Place.WORKER, to=Recipient.staff(worker.id).tag)
    if team is not None and choice.responsible_team_first:
        return Destination(place=Place.TEAM, to=Recipient.team(team).tag)
    return Destination(place=Place.DUTY, to=Recipient.role(choice.otherwise_to).tag)


@audited("Worked out by when the contact must be acted on", clauses="DUTY-19")
def work_out_needed_by(sorting: ContactSorting) -> AwareDatetime:
    """By when: the date the contact gives goes first; else the same day if urgent, else a reasonable time (GAP-02)."""
    step = here()
    times, calendar = step.policy.gaps.reasonable_time, step.policy.working_calendar()
    reasonable: Deadline = times.reasonable_urgent if sorting.urgent else times.reasonable
    if sorting.act_by is not None and times.stated_date_wins:
        day = (
            sorting.act_by if calendar.is_working_day(sorting.act_by) else calendar.previous_working_day(sorting.act_by)
        )
        stated = calendar.closing_time(day)
        return max(stated, step.now)
    return calendar.due(step.now, reasonable)


@audited("Looked up whether the worker is there in time", clauses="DUTY-19 DUTY-24")
def look_up_availability(to: str, needed_by: AwareDatetime) -> Availability:
    """Whether a member of staff is there, or back by `needed_by`, by their recorded absences; a team is always there."""
    step, whom = here(), Recipient.from_tag(to)
    absence = absence_on(step.session, whom.name, step.now) if whom.kind == "staff" else None
    if absence is None:
        return Availability(in_time=True, away=False, back_at=None)
    return Availability(
        in_time=absence.returns_at is not None and absence.returns_at <= needed_by,
        away=True,
        back_at=absence.returns_at,
    )


@audited("Worked out whether the worker or their service can take it in time", clauses="DUTY-19")
def weigh_enquiry(enquiry: AvailabilityEnquiry, to: str, needed_by: AwareDatetime) -> Destination | None:
    """Either is enough: the worker is back in time, or their service deals with it (DUTY-19). None: neither."""
    step, calendar = here(), here().policy.working_calendar()
    if enquiry.back_on is not None and calendar.opening_time_of(enquiry.back_on) <= needed_by:
        return Destination(place=Place.WORKER, to=to)
    worker = staff_member(step.session, Recipient.from_tag(to).name)
    if enquiry.service_deals_with_it and worker is not None:
        return Destination(place=Place.TEAM, to=Recipient.team(worker.team_id).tag)
    return None


@audited("Filed the original e-mail securely", clauses="DUTY-20")
def file_original_here(contact: WrittenContact) -> str:
    """The original bytes of an e-mail stay where they were stored when it came, under their id (DUTY-20)."""
    return contact.mail_id


@audited("Wrote the record of what was done", clauses="DUTY-29")
def write_record(contact: WrittenContact, lines: tuple[str, ...]) -> str:
    """The proportionate record as one text, ready to be pasted (DUTY-29)."""
    came = f"Written contact received {for_people(contact.received_at)} by {contact.channel.value}."
    return "\n".join((came, *lines))


@audited("Looked up the team of a worker", keyed_by="tag")
def team_behind(tag: str) -> str:
    """The tag of the team a member of staff belongs to."""
    worker = staff_member(here().session, Recipient.from_tag(tag).name)
    return Recipient.team(worker.team_id).tag if worker else tag


def letter_with(contact: WrittenContact, *more: str) -> str:
    """What a person reads beside a form: what has happened so far, then the contact in full."""
    return "\n".join([*(line for line in more if line), "", contact.in_full]).strip()


def moment_in_words(moment: datetime) -> str:
    """A moment for people: Monday 30 November 2026, 5pm."""
    return for_people(moment)
