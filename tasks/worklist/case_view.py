"""What stands on a case's page beside its story: what to beware of, what it waits for, whom it is about, its family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, Milestone, Wait, WorkItem
from models.clock_words import CLOCKS
from models.forms.base import Form, Signal
from models.forms.house import RecordOlder
from models.notices import Recipient, RecipientKind
from models.permissions import Action
from models.person_messages import PersonMessage, PersonMessageState
from models.register import Person, Staff, Team
from models.states import CaseStatus, MilestoneKind, MilestoneState, WaitKind, WaitState, WorkItemState
from models.working_time import for_people, local_day
from tasks.case_people import Standing, standing_of
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.durable.who_may_answer import may_answer
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import cases_within
from tasks.worklist.story import key_in_words, staff_names


@dataclass(frozen=True)
class Question:
    """An open work item of the case."""

    id: str
    title: str
    of: str
    """Who is asked, in words, with their name where it is one member of staff."""
    taken_by: str
    """The name of who has taken it, or was given it; empty: nobody yet."""
    due: datetime | None
    is_overdue: bool
    is_urgent: bool
    is_theirs: bool
    """Whether the reader may answer it."""
    then: str
    """What happens next if nobody answers, as a sentence; empty: nothing is planned."""


@dataclass(frozen=True)
class Awaited:
    """Something that the case waits for and that nobody is asked: a time, a message, another case."""

    words: str
    """What it is and until when, without a full stop."""
    due: datetime | None
    case_ref: str | None = None
    """The case whose closing is awaited, where the reader may see it."""


@dataclass(frozen=True)
class PersonShown:
    """Somebody whom the case is about. Personal."""

    person: Person
    team: str
    """The team responsible, as the council calls it; empty where the register names none."""
    worker: str
    """The name of the worker allocated; empty where there is none."""
    in_hospital_since: date | None
    record_link: str
    """Their record in the recording system; empty where no link is set up."""


@dataclass(frozen=True)
class Related:
    """The cases that belong with this one, as far as the reader may see them."""

    opened_by: Case | None
    opened: Sequence[Case]
    same_person: Sequence[Case]

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return self.opened_by is None and not self.opened and not self.same_person


def title_of(case: Case) -> str:
    """What people call its procedure; made from its name where this version no longer has it."""
    try:
        return procedure_named(case.procedure).title
    except UnknownProcedure:
        words = case.procedure.replace("-", " ")
        return words[:1].upper() + words[1:]


def whose(session: Session, tag: str) -> str:
    """Who stands behind a tag, in words; a member of staff by name and id."""
    whom = Recipient.from_tag(tag)
    if whom.kind is not RecipientKind.STAFF:
        return whom.words
    name = staff_names(session, [whom.name]).get(whom.name)
    return f"{name} ({whom.name})" if name else whom.words


def questions_of(session: Session, member: Member, ref: str, now: datetime) -> list[Question]:
    """The open work items, the soonest due first, as a member of staff reads them."""
    row, on = row_of(session, member), local_day(now)
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id)
    ).all()
    names = staff_names(session, {item.assignee for item in items if item.assignee})
    return [
        Question(
            id=item.id,
            title=Form.words_for(item.form)[0],
            of=whose(session, item.asked_of),
            taken_by=names.get(item.assignee, item.assignee) if item.assignee else "",
            due=item.due,
            is_overdue=item.due is not None and item.due < now,
            is_urgent=item.urgent,
            is_theirs=may_answer(session, row, item, on=on),
            then=_what_then(session, item.id),
        )
        for item in items
    ]


def _what_then(session: Session, item_id: str) -> str:
    """What happens next if nobody acts."""
    milestone = session.scalar(
        select(Milestone)
        .where(Milestone.work_item_id == item_id, Milestone.state == MilestoneState.PENDING)
        .order_by(Milestone.due, Milestone.no)
        .limit(1)
    )
    if milestone is None:
        return ""
    whom, when = whose(session, milestone.told_to), for_people(milestone.due)
    match MilestoneKind(milestone.kind):
        case MilestoneKind.ACKNOWLEDGE:
            return f"If nobody has opened it by {when}, {whom} will be told"
        case MilestoneKind.REMIND:
            return f"If it is not answered by {when}, there will be a reminder"
        case MilestoneKind.ESCALATE:
            return f"If it is not answered by {when}, it goes to {whom}"


def awaited_by(session: Session, member: Member, ref: str, on: date) -> list[Awaited]:
    """What else the case waits for, the soonest due first."""
    waits = session.scalars(
        select(Wait)
        .where(Wait.case_ref == ref, Wait.state == WaitState.OPEN, Wait.kind != WaitKind.DECISION)
        .order_by(Wait.due.is_(None), Wait.due, Wait.key)
    )
    return [_awaited(session, member, wait, on) for wait in waits]


def _awaited(session: Session, member: Member, wait: Wait, on: date) -> Awaited:
    until = f", until {for_people(wait.due)}" if wait.due else ""
    match WaitKind(wait.kind):
        case WaitKind.TIMER:
            when = f": {for_people(wait.due)}" if wait.due else ""
            name = CLOCKS.get(wait.key.partition("[")[0]) or f"the clock “{key_in_words(wait.key)}”"
            return Awaited(f"{name[:1].upper()}{name[1:]}{when}", wait.due)
        case WaitKind.SIGNAL:
            return Awaited(f"A message: {Signal.words_for(wait.awaited)}{until}", wait.due)
        case WaitKind.CASE:
            return Awaited(f"Another case to close{until}", wait.due, _seen(session, member, wait.child_ref, on))
        case WaitKind.DECISION:
            return Awaited(f"An answer: {Form.words_for(wait.awaited)[0]}{until}", wait.due)


def _seen(session: Session, member: Member, ref: str | None, on: date) -> str | None:
    may_see = cases_within(session, member, Action.READ_CASE, on)
    return session.scalar(select(Case.ref).where(Case.ref == ref, may_see)) if ref else None


def people_of(session: Session, ref: str, on: date, record_address: str) -> list[PersonShown]:
    """Those whom the case is about, by register id."""
    people = session.scalars(
        select(Person).join(CasePerson, CasePerson.person_id == Person.id).where(CasePerson.case_ref == ref)
    )
    return [_shown(session, one, on, record_address) for one in sorted(people, key=lambda one: one.id)]


def _shown(session: Session, one: Person, on: date, record_address: str) -> PersonShown:
    stands: Standing = standing_of(session, one.id, on)
    worker = session.get(Staff, stands.staff_id) if stands.staff_id else None
    team = session.get(Team, stands.team_id) if stands.team_id else None
    return PersonShown(
        person=one,
        team=team.name if team else "",
        worker=f"{worker.name} ({worker.id})" if worker else "",
        in_hospital_since=stands.in_hospital_since,
        record_link=record_link(record_address, one.record_id),
    )


def record_link(record_address: str, record_id: str) -> str:
    """Where the recording system shows a person; empty where no address is set up."""
    return record_address.replace("{record_id}", quote(record_id, safe="")) if record_address else ""


def _why_it_rests(session: Session, ref: str) -> str:
    older = select(WorkItem.id).where(
        WorkItem.case_ref == ref, WorkItem.form == RecordOlder.name(), WorkItem.state == WorkItemState.OPEN
    )
    if session.scalar(older.limit(1)) is not None:
        return "its record is older than what happened, and somebody must find out what is missing."
    return "a step could not be done, and somebody must say how it goes on."


def beware_of(session: Session, case: Case, people: Sequence[PersonShown]) -> list[str]:
    """What whoever acts must know before all else, a sentence each. Personal."""
    lines = []
    if case.status == CaseStatus.NEEDS_ATTENTION:
        lines.append(f"This case needs attention: {_why_it_rests(session, case.ref)}")
    for one in (shown.person for shown in people):
        if one.died_on is not None:
            lines.append(f"The register shows that {one.name} ({one.id}) died on {_day(one.died_on)}.")
        if one.safe_contact:
            lines.append(f"Safe contact, {one.name} ({one.id}): {one.safe_contact}")
    lost = session.scalars(
        select(PersonMessage.id).where(
            PersonMessage.case_ref == case.ref, PersonMessage.state == PersonMessageState.FAILED
        )
    ).all()
    if lost and case.status != CaseStatus.CLOSED:
        lines.append(f"{len(lost)} message{' has' if len(lost) == 1 else 's have'} not arrived: see the messages.")
    return lines


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def related_to(session: Session, member: Member, case: Case, on: date) -> Related:
    """The case that opened it, those it opened, and others about the same people; the open and the latest first."""
    may_see = cases_within(session, member, Action.READ_CASE, on)
    family = session.scalars(
        select(Case)
        .where((Case.parent_ref == case.ref) | (Case.ref == case.parent_ref), may_see)
        .order_by(Case.status == CaseStatus.CLOSED, Case.opened_at.desc(), Case.ref)
    ).all()
    about = select(CasePerson.person_id).where(CasePerson.case_ref == case.ref)
    others = session.scalars(
        select(Case)
        .where(Case.ref.in_(select(CasePerson.case_ref).where(CasePerson.person_id.in_(about))), may_see)
        .where(Case.ref.not_in([case.ref, *(one.ref for one in family)]))
        .order_by(Case.status == CaseStatus.CLOSED, Case.opened_at.desc(), Case.ref)
        .limit(50)
    ).all()
    parent = next((one for one in family if one.ref == case.parent_ref), None)
    return Related(parent, [one for one in family if one is not parent], others)
