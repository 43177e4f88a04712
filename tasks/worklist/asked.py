"""A work item with all that is read beside its form: whom it is about, by when, what happens then, why not oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, Milestone, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.notices import Recipient, RecipientKind
from models.permissions import Action
from models.register import Person
from models.states import CaseStatus, MilestoneKind, MilestoneState, WaitState, WorkItemState
from models.working_time import for_people, local_day
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.own_matter import is_own_matter
from tasks.durable.procedure import procedure_named
from tasks.durable.who_may_answer import may_answer
from tasks.register.lookups import staff_member
from tasks.worklist.letters import LetterOfCase, letters_of
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import NotFound, find_case, find_item


@dataclass(frozen=True)
class PersonBeside:
    """A person whom the case is about, as whoever answers must know them. Personal data throughout."""

    id: str
    record_id: str
    name: str
    died_on: date | None
    safe_contact: str
    preferred_method: str
    communication_needs: str
    interpreter: str
    reached_at: str


@dataclass(frozen=True)
class AskedItem:
    """A work item with all that is read beside its form. `about` and `people` are personal."""

    id: str
    case_ref: str
    procedure: str
    """Its title, as people say it; empty where they may not see the case."""
    form: type[Form]
    state: WorkItemState
    of: str
    """Who is asked, in words: a role, a team, or somebody's name."""
    urgent: bool
    opened_at: datetime
    due: datetime | None
    then: tuple[str, ...]
    """What happens if nobody answers, in sentences."""
    is_acknowledged: bool
    """Somebody has taken it, or opened what is not urgent."""
    taken_by: str | None
    """Staff id."""
    taken_by_name: str
    answered_by: str | None
    answered_by_name: str
    answered_at: datetime | None
    about: str
    people: tuple[PersonBeside, ...]
    died: tuple[tuple[str, date], ...]
    """Name, or register id where the name is not theirs to see, and day of death."""
    sees_case: bool
    """Whether they may read the case, and not this question alone."""
    letters: tuple[LetterOfCase, ...]
    """What came for the case, to be opened with what was enclosed; none where they may not see it."""
    head_no: int
    """The last entry of the case."""
    waits_for: str
    """What the case waits for now, in a manager's words; empty while it is going on."""
    is_closed: bool
    why_not: str
    """Why they cannot answer it, for themselves to read; empty where they can."""

    @property
    def may_answer(self) -> bool:
        """Whether they can answer it now."""
        return self.state is WorkItemState.OPEN and not self.why_not


def asked_item(council: Council, member: Member, item_id: str) -> AskedItem:
    """The work item as that member of staff reads it. Raises `NotFound`, `UnknownForm`."""
    now = council.clock.now()
    on = local_day(now)
    with council.database.read() as session:
        item = find_item(session, member, item_id, on)
        case = session.get_one(Case, item.case_ref)
        sees_case = sees(session, member, case.ref, on)
        entries = recall(session, case.ref)
        asked = next((e for e in reversed(entries) if e.kind is EntryKind.ASKED and e.key == item.key), None)
        people = _people_of(session, case.ref)
        is_running = case.wake_no > case.asleep_wake_no and case.status != CaseStatus.CLOSED
        return AskedItem(
            id=item.id,
            case_ref=case.ref,
            procedure=procedure_named(case.procedure).title if sees_case else "",
            form=Form.named(item.form),
            state=WorkItemState(item.state),
            of=_in_words(session, item.asked_of),
            urgent=item.urgent,
            opened_at=item.opened_at,
            due=item.due,
            then=_what_happens_then(session, item),
            is_acknowledged=item.acknowledged_at is not None,
            taken_by=item.assignee,
            taken_by_name=_name_of(session, item.assignee),
            answered_by=item.answered_by,
            answered_by_name=_name_of(session, item.answered_by),
            answered_at=item.answered_at,
            about=str(asked.data.get("about", "")) if asked is not None and asked.data else "",
            people=people if sees_case else (),
            died=tuple((one.name if sees_case else one.id, one.died_on) for one in people if one.died_on),
            sees_case=sees_case,
            letters=tuple(letters_of(session, case.ref)) if sees_case else (),
            head_no=entries[-1].no,
            waits_for="" if is_running or not sees_case else case.awaiting,
            is_closed=case.status == CaseStatus.CLOSED,
            why_not=_why_not(session, member, item, on),
        )


def sees(session: Session, member: Member, ref: str, on: date) -> bool:
    """Whether they may read the case."""
    try:
        find_case(session, member, ref, Action.READ_CASE, on)
    except NotFound:
        return False
    return True


def _name_of(session: Session, staff_id: str | None) -> str:
    row = staff_member(session, staff_id) if staff_id else None
    return row.name if row is not None else staff_id or ""


def _in_words(session: Session, tag: str) -> str:
    """Whom a tag means, somebody by their name."""
    whom = Recipient.from_tag(tag)
    return _name_of(session, whom.name) if whom.kind is RecipientKind.STAFF else whom.words


def _people_of(session: Session, ref: str) -> tuple[PersonBeside, ...]:
    rows = session.scalars(
        select(Person).join(CasePerson, CasePerson.person_id == Person.id).where(CasePerson.case_ref == ref)
    )
    return tuple(
        PersonBeside(
            id=one.id,
            record_id=one.record_id,
            name=one.name,
            died_on=one.died_on,
            safe_contact=one.safe_contact or "",
            preferred_method=(one.preferred_method or "").replace("-", " "),
            communication_needs=one.communication_needs or "",
            interpreter=one.interpreter or "",
            reached_at=", ".join(way for way in (one.telephone, one.email) if way),
        )
        for one in sorted(rows, key=lambda one: one.id)
    )


def _what_happens_then(session: Session, item: WorkItem) -> tuple[str, ...]:
    """What silence leads to next: who hears of it and when, and whether the case goes on without an answer."""
    if item.state != WorkItemState.OPEN:
        return ()
    ahead = session.scalars(
        select(Milestone)
        .where(Milestone.work_item_id == item.id, Milestone.state == MilestoneState.PENDING)
        .order_by(Milestone.due, Milestone.no)
    ).all()
    wait = session.get(Wait, (item.case_ref, item.key))
    lapses = wait.due if wait is not None and wait.state == WaitState.OPEN else None
    said = []
    for one in [one for one in ahead if lapses is None or one.due < lapses][:2]:
        whom, when = _in_words(session, one.told_to), for_people(one.due)
        match MilestoneKind(one.kind):
            case MilestoneKind.ACKNOWLEDGE:
                done = "taken" if item.urgent else "opened"
                said.append(f"If nobody has {done} it by {when}, {whom} hears of it.")
            case MilestoneKind.REMIND:
                said.append(f"A reminder goes out on {when}.")
            case MilestoneKind.ESCALATE:
                said.append(f"If nobody has answered by {when}, it is passed on to {whom}.")
    if lapses is not None:
        said.append(f"Without an answer by {for_people(lapses)} the case goes on without one.")
    return tuple(said)


def _why_not(session: Session, member: Member, item: WorkItem, on: date) -> str:
    """Why somebody who sees the item cannot answer it."""
    row = row_of(session, member)
    if is_own_matter(session, item.case_ref, row):
        return "It is about what you did: somebody else answers it."
    if may_answer(session, row, item, on=on):
        return ""
    asked = Recipient.from_tag(item.asked_of)
    deciders = Form.deciders_of(item.form)
    whom = _in_words(session, item.asked_of)
    if asked.kind is RecipientKind.STAFF and Form.is_only_for_who_is_asked(item.form):
        return f"It is asked of {whom}, who alone can take it on."
    if deciders:
        return f"It is asked of {whom}, and only a {' or a '.join(one.label for one in deciders)} decides it."
    return f"It is asked of {whom}. They answer it, or a manager above them."
