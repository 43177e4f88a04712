"""A line of a list of work: what is wanted, in which case, about whom, of whom, who has it, by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import PASSED_ON, Case, Milestone, WorkItem
from models.forms.base import Form
from models.notices import Recipient, RecipientKind
from models.register import Person, Staff, Team
from models.tray import TrayPlace
from tasks.worklist.conditions import Looker
from tasks.worklist.what_came import WhatCame, what_came

RESTRICTED = "restricted-case"
"""What a restricted case is called in lists, whatever its procedure."""


@dataclass(frozen=True)
class PersonNamed:
    """Somebody whom a case is about. Personal."""

    id: str
    name: str
    has_died: bool


@dataclass(frozen=True)
class WorkRow:
    """An open work item as a list shows it; the names are personal."""

    id: str
    case: str
    form: str
    title: str
    """What is wanted, in words, such as "sorting the contact"."""
    asked_of: str
    """Tag of who is asked."""
    asked: str
    """The same in words, with the name where it is one member of staff."""
    assignee: str | None
    taken_by: str | None
    """The name of who has it."""
    is_theirs: bool
    """Whoever looks has it."""
    stands_in_for: str | None
    """The name of the absent colleague for whom whoever looks may answer it; none: in their own right, or not so."""
    was_passed_on: bool
    """It came to whoever looks because nobody had answered it in time."""
    procedure: str
    owner: str
    colour: str | None
    priority: str | None
    complexity: str | None
    people: tuple[PersonNamed, ...]
    came: WhatCame | None
    """What the case began with, where nobody is known yet."""
    due: datetime | None
    is_overdue: bool
    urgent: bool
    opened_at: datetime
    is_restricted: bool
    """No more of the case is shown than what is asked."""


def rows_of(session: Session, who: Looker, ids: Sequence[str]) -> list[WorkRow]:
    """The lines of those work items, in their order, in a few queries however many they are."""
    found = {
        item.id: (item, case, place)
        for item, case, place in session.execute(
            select(WorkItem, Case, TrayPlace)
            .join(Case, Case.ref == WorkItem.case_ref)
            .outerjoin(TrayPlace, TrayPlace.case_ref == Case.ref)
            .where(WorkItem.id.in_(ids))
        ).tuples()
    }
    people = _people(session, {case.ref for _, case, _ in found.values() if not case.restricted})
    nobody_known = {case.ref for _, case, _ in found.values() if not case.restricted and case.ref not in people}
    came = what_came(session, nobody_known)
    staff = _staff(session, found.values())
    teams = dict(session.execute(select(Team.id, Team.name)).tuples().all())
    passed_on = _passed_on(session, who, ids)
    rows = []
    for item, case, place in (found[one] for one in ids if one in found):
        asked = Recipient.from_tag(item.asked_of)
        hidden = case.restricted and case.ref not in who.restricted_cases
        rows.append(
            WorkRow(
                id=item.id,
                case=item.case_ref,
                form=item.form,
                title=Form.words_for(item.form)[0],
                asked_of=item.asked_of,
                asked=_asked(asked, staff, teams),
                assignee=item.assignee,
                taken_by=None if item.assignee is None else staff.get(item.assignee, item.assignee),
                is_theirs=item.assignee == who.member.id,
                stands_in_for=_stands_in_for(who, item, asked),
                was_passed_on=item.id in passed_on and item.asked_of not in who.asked,
                procedure=RESTRICTED if hidden else case.procedure,
                owner=case.owner,
                colour=None if hidden else case.colour,
                priority=None if place is None or hidden else place.priority,
                complexity=None if place is None or hidden else place.complexity,
                people=tuple(people.get(case.ref, ())),
                came=came.get(case.ref),
                due=item.due,
                is_overdue=item.due is not None and item.due < who.now,
                urgent=item.urgent,
                opened_at=item.opened_at,
                is_restricted=case.restricted,
            )
        )
    return rows


def _people(session: Session, refs: Collection[str]) -> Mapping[str, list[PersonNamed]]:
    """Whom the cases are about, by case."""
    about: defaultdict[str, list[PersonNamed]] = defaultdict(list)
    rows = session.execute(
        select(CasePerson.case_ref, Person.id, Person.name, Person.died_on)
        .join(Person, Person.id == CasePerson.person_id)
        .where(CasePerson.case_ref.in_(refs))
        .order_by(CasePerson.since_no, Person.id)
    )
    for ref, person_id, name, died_on in rows:
        about[ref].append(PersonNamed(person_id, name, died_on is not None))
    return about


def _staff(session: Session, found: Collection[tuple[WorkItem, Case, TrayPlace]]) -> dict[str, str]:
    """The names of all members of staff who have one of the items, or are asked by name."""
    ids = {item.assignee for item, _, _ in found if item.assignee is not None}
    ids |= {item.asked_of.partition("-")[2] for item, _, _ in found if item.asked_of.startswith("staff-")}
    return dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids))).tuples().all())


def _passed_on(session: Session, who: Looker, ids: Sequence[str]) -> set[str]:
    told = select(Milestone.work_item_id).where(
        text(PASSED_ON), Milestone.told_to.in_(sorted(who.asked)), Milestone.work_item_id.in_(ids)
    )
    return set(session.scalars(told))


def _asked(asked: Recipient, staff: Mapping[str, str], teams: Mapping[str, str]) -> str:
    match asked.kind:
        case RecipientKind.STAFF:
            return staff.get(asked.name, asked.name)
        case RecipientKind.TEAM:
            return teams.get(asked.name, asked.words)
        case RecipientKind.ROLE:
            return asked.words


def _stands_in_for(who: Looker, item: WorkItem, asked: Recipient) -> str | None:
    """The name of the absent colleague through whom it is theirs to answer."""
    me = who.member
    own = {Recipient.staff(me.id).tag, Recipient.role(me.role).tag, Recipient.team(me.team_id).tag}
    if item.assignee == me.id or asked.tag in own:
        return None
    for one in me.stands_in_for:
        theirs = {Recipient.staff(one.id).tag, Recipient.role(one.role).tag, Recipient.team(one.team_id).tag}
        if item.assignee == one.id or asked.tag in theirs:
            return one.name
    return None
