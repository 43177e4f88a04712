"""The audited tasks of the written contact transfer: what a machine looks up, works out and writes down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from models.forms.queued_contact import QueuedContact
from models.forms.written_contact import AvailabilityEnquiry, Channel, ContactSorting, WrittenContact
from models.mail import InboundMail
from models.notices import Recipient
from models.register import ContactMethod
from models.working_time import for_people, local_day
from models.written_contact_findings import (
    Allocation,
    Arrival,
    Availability,
    Destination,
    Place,
    Takers,
    ToHeed,
    day_in_words,
)
from tasks.durable import RUN, audited, here
from tasks.register.lookups import (
    absence_on,
    allocated_worker,
    is_allocated,
    is_stale,
    person,
    responsible_team,
    staff_member,
)


@dataclass(frozen=True)
class SortedContact:
    """A written contact, what duty sorted it as, and by when it must be acted on."""

    contact: WrittenContact
    sorting: ContactSorting
    needed_by: datetime


@audited("Looked in the register who is allocated", clauses="DUTY-17")
def look_up_allocation(sorting: ContactSorting) -> Allocation:
    """Both checks on the register: the worker named, and the team responsible (DUTY-17 with GAP-03)."""
    step, today = here(), local_day(here().now)
    about = sorting.about_person
    if about is None or person(step.session, about) is None:
        return Allocation(worker_is_allocated=False, responsible_team=None, allocated_worker=None, can_be_trusted=False)
    checks = step.policy.gaps.allocation_checks
    looks_for_team = checks.check_team_responsibility and checks.in_writing
    team = responsible_team(step.session, about, today) if looks_for_team else None
    worker = allocated_worker(step.session, about, today)
    named = sorting.named_worker
    return Allocation(
        worker_is_allocated=named is not None and is_allocated(step.session, named, about, today),
        responsible_team=team.id if team else None,
        allocated_worker=worker.id if worker else None,
        can_be_trusted=not is_stale(step.session, step.now, step.policy.register_trusted_for),
    )


@audited("Worked out where the contact goes", clauses="DUTY-18")
def find_destination(sorting: ContactSorting, worker_is_allocated: bool, team: str | None) -> Destination:
    """To the named worker only if allocated; else to the team responsible; else to duty (DUTY-18, GAP-04)."""
    step, choice = here(), here().policy.gaps.unallocated_named_worker
    worker = sorting.named_worker and staff_member(step.session, sorting.named_worker)
    if worker_is_allocated and worker and not (worker.left_on and worker.left_on <= local_day(step.now)):
        return Destination(place=Place.WORKER, to=Recipient.staff(worker.id).tag)
    if team is not None and choice.responsible_team_first:
        return Destination(place=Place.TEAM, to=Recipient.team(team).tag)
    return Destination(place=Place.DUTY, to=Recipient.role(choice.otherwise_to).tag)


@audited("Looked up whether they are there in time", clauses="DUTY-19 DUTY-24")
def look_up_availability(to: str, needed_by: AwareDatetime, urgent: bool) -> Availability:
    """
    Whether a member of staff is there, or back by `needed_by`, by their recorded absences; a team is always there.

    Nobody is there for an urgent contact while the office is closed until after it is needed.
    """
    step, whom = here(), Recipient.from_tag(to)
    if urgent and step.policy.working_calendar().next_opening(step.now) > needed_by:
        return Availability(in_time=False, away=False, back_at=None)
    absence = absence_on(step.session, whom.name, step.now) if whom.kind == "staff" else None
    if absence is None:
        return Availability(in_time=True, away=False, back_at=None)
    return Availability(
        in_time=absence.returns_at is not None and absence.returns_at <= needed_by,
        away=True,
        back_at=absence.returns_at,
    )


@audited("Worked out whether the worker or their service can take it in time", clauses="DUTY-19")
def weigh_enquiry(enquiry: AvailabilityEnquiry, to: str, needed_by: AwareDatetime) -> Takers:
    """Either is enough: the worker is back in time, or their service deals with it (DUTY-19)."""
    step, calendar = here(), here().policy.working_calendar()
    if enquiry.back_on is not None:
        back_at = calendar.opening_time_of(enquiry.back_on)
        if back_at <= needed_by:
            back = back_at if back_at > step.now else None
            return Takers(destination=Destination(place=Place.WORKER, to=to, there_from=back))
    worker = staff_member(step.session, Recipient.from_tag(to).name)
    if enquiry.service_deals_with_it and worker is not None:
        return Takers(destination=Destination(place=Place.TEAM, to=Recipient.team(worker.team_id).tag))
    return Takers(destination=None)


@audited("Looked whether the person must be told", clauses="DUTY-27", for_cases_past=RUN)
def look_up_whether_to_tell(sorting: ContactSorting, worker: str, needed_by: AwareDatetime) -> bool:
    """
    Whether the person is told of the absence: always, unless policy says only past the thresholds (DUTY-27, GAP-03).

    Those are the date that the contact itself gives, and a few days; an absence whose end nobody knows is past both.
    """
    step = here()
    if step.policy.gaps.allocation_checks.always_tell_person:
        return True
    absence = absence_on(step.session, Recipient.from_tag(worker).name, step.now)
    if absence is None or absence.returns_at is None:
        return True
    few_days = step.policy.working_calendar().add(step.now, step.policy.gaps.reasonable_time.few_days)
    return absence.returns_at > few_days or (sorting.act_by is not None and absence.returns_at > needed_by)


@audited("Looked in the register what to heed before writing or ringing")
def look_up_what_to_heed(about_person: str | None) -> ToHeed:
    """Whether the person has died, how they wish to hear from us and what they need; looked up anew each time."""
    return what_to_heed(here().session, about_person)


def what_to_heed(session: Session, about_person: str | None) -> ToHeed:
    """What the register says that whoever writes or rings must know first."""
    known = person(session, about_person) if about_person else None
    if known is None:
        return ToHeed(died_on=None, preferred_method=None, communication_needs=None)
    return ToHeed(
        died_on=known.died_on,
        preferred_method=ContactMethod(known.preferred_method) if known.preferred_method else None,
        communication_needs=known.communication_needs,
        who=f"About {known.name} ({known.id})",
        interpreter=known.interpreter,
        safe_contact=known.safe_contact,
        reached_at=", ".join(one for one in (known.telephone, known.email) if one),
    )


@audited("Filed the original e-mail securely", clauses="DUTY-20")
def file_original_here(contact: WrittenContact) -> str:
    """The original bytes of an e-mail stay where they were stored when it came, under their id (DUTY-20)."""
    return contact.mail_id


@audited("Wrote the record of what was done", clauses="DUTY-29")
def write_record(contact: WrittenContact, where_recorded: str, lines: tuple[str, ...]) -> str:
    """The proportionate record as one text, ready to be pasted (DUTY-29)."""
    came = f"Written contact received {for_people(contact.received_at)} by {contact.channel.value}."
    return "\n".join((came, f"Recorded at: {where_recorded}", *(line for line in lines if line)))


@audited("Looked up the team of a worker", keyed_by="tag")
def team_behind(tag: str) -> str:
    """The tag of the team a member of staff belongs to."""
    worker = staff_member(here().session, Recipient.from_tag(tag).name)
    return Recipient.team(worker.team_id).tag if worker else tag


@audited("Looked up when and how the message came")
def look_up_arrival(mail_id: str) -> Arrival:
    """When a stored message reached us, and whether on paper."""
    mail = here().session.get_one(InboundMail, mail_id)
    return Arrival(received_at=mail.received_at, channel=Channel.LETTER if mail.on_paper else Channel.EMAIL)


def letter_with(contact: WrittenContact, *more: str) -> str:
    """What a person reads beside a form: what has happened so far, then the contact in full."""
    return "\n".join([*(line for line in more if line), "", contact.in_full]).strip()


def to_act_on(letter: SortedContact, *more: str) -> str:
    """As `letter_with`, for whoever may write or ring: what to heed first, and what is wanted."""
    heed = look_up_what_to_heed(letter.sorting.about_person).beside_the_form
    wanted = f"Wanted: {letter.sorting.action_indicated}"
    return letter_with(letter.contact, heed, wanted, f"Recorded at: {letter.sorting.where_recorded}", *more)


def letter_in_queue(queued: QueuedContact, *more: str) -> str:
    """As `letter_with`, with all that duty found out when the contact was sorted, so that nobody asks it again."""
    found = queued.sorted_as
    if found is None:
        return letter_with(queued.contact, *more)
    told = (
        look_up_what_to_heed(found.about_person).beside_the_form,
        f"About: {found.about_person}" if found.about_person else "",
        f"Wanted: {found.action_indicated}" if found.action_indicated else "",
        f"The contact gives a date: {day_in_words(found.act_by)}" if found.act_by else "",
        f"Recorded at: {found.where_recorded}" if found.where_recorded else "",
        "A written acknowledgement is wanted." if found.reply_wanted else "",
    )
    return letter_with(queued.contact, *more, *told)


def moment_in_words(moment: datetime) -> str:
    """A moment for people: Monday 30 November 2026, 5pm."""
    return for_people(moment)
