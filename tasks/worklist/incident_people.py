"""The people of an incident as its room lists them: how far each has come, what is open about them, in what order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models.cases import Case, WorkItem
from models.forms.base import Form
from models.notices import Recipient, RecipientKind
from models.provider_failure.kinds import OFF_THE_LIST, Risk, Way
from models.provider_failure.tables import AffectedPerson, CallOnPerson
from models.register import Person, Staff
from models.states import WorkItemState
from tasks.provider_failure.calls import CallTimes, Cover, next_uncovered, read_times
from tasks.worklist.incident_told import told_by_case
from tasks.worklist.naming import Names, people_of

SOON = timedelta(days=1)
"""A call that nobody covers and that comes within this time goes before everything else."""
WORST_FIRST = (Risk.RED, Risk.AMBER, Risk.GREEN)


class Stage(StrEnum):
    """How far somebody has come."""

    LISTED = "listed"
    """Nobody has seen them yet, or spoken with them."""
    SEEN = "seen"
    """Somebody has, and said how their care goes on."""
    ARRANGED = "arranged"
    """A safe arrangement is confirmed by name."""
    MOVED = "moved"
    """They are with it."""
    CHECKED = "checked"
    """Somebody looked whether they are well and safe with it."""
    ACCOUNTED_FOR = "accounted-for"
    """They are safe, or have died; or they are off the list."""


@dataclass(frozen=True)
class OpenQuestion:
    """Something that is asked about somebody, in their case or in the search for their care."""

    id: str
    case: str
    title: str
    of: str
    """Who is asked, in words; by name where it is a team or a member of staff."""
    taken_by: str
    """The name of who has taken it; empty: nobody yet."""
    due: datetime | None
    urgent: bool
    late: bool


@dataclass(frozen=True)
class PersonInRoom:
    """Somebody on the list of an incident. Personal data throughout."""

    place: int
    case: str
    person_id: str | None
    name: str
    born_on: date | None
    whereabouts: str
    """Where they are: as the list says, else their address in the register; empty where neither has it."""
    telephone: str
    safe_contact: str
    """What to heed before anybody gets in touch; empty: nothing is known."""
    source: str
    paid_by: str
    placed_by: str
    calls_said: str
    """When carers call, as the list says; empty: carers are always there, or nobody said."""
    calls: CallTimes
    covers: tuple[Cover, ...]
    """Who gives their care until when."""
    next_call: datetime | None
    """The next call that nobody covers; none where there is none, or they are with other care."""
    time_critical_medicine: bool
    double_handed: bool
    lives_alone: bool
    risk: Risk
    stage: Stage
    stage_at: datetime
    way: Way | None
    ended_as: str
    is_with_other_care: bool
    questions: tuple[OpenQuestion, ...]
    team: str
    """Id of the team that owns their case; empty where a role does."""
    owner: str
    """Who owns it, by name."""
    listed_at: datetime
    """Since when they are on the list."""
    missed: tuple[datetime, ...]
    """Calls that have passed with nobody and no record, and of which nobody has said anything since."""
    told: str
    """Whether they have been told of it: told, not told, being told; empty: nobody tells them yet."""
    told_in: str | None
    """Ref of the case in which they are told."""

    @property
    def is_late(self) -> bool:
        """Whether something about them should have been answered by now."""
        return any(one.late for one in self.questions)

    @property
    def is_unseen_red(self) -> bool:
        """Whether they are at high risk, and nobody has seen them."""
        return self.risk is Risk.RED and self.stage is Stage.LISTED

    @property
    def has_unclear_calls(self) -> bool:
        """Whether carers call at times that cannot be read, and nobody else looks after them yet."""
        return not self.calls.is_clear and not self.is_with_other_care

    @property
    def is_off_the_list(self) -> bool:
        """Whether they came onto it by mistake, or twice."""
        return self.ended_as in OFF_THE_LIST


def people_in_room(session: Session, incident: str, now: datetime, until_care_ends: Cover | None) -> list[PersonInRoom]:
    """
    Everybody who is or was on the list, whoever may see them, in the order of need.

    `until_care_ends` is the provider itself, as long as it still gives the care.
    """
    rows = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident)).all()
    cases = {one.ref: one for one in session.scalars(select(Case).where(Case.parent_ref == incident))}
    known = people_of(session, {one.person_id for one in rows if one.person_id})
    asked = _open_items(session, incident)
    missed = _missed_calls(session, incident)
    told = told_by_case(session, [one.told_in for one in rows if one.told_in])
    owners = [one.owner for one in cases.values()]
    names = Names(session, [*owners, *(item.asked_of for _, item in asked)])
    board = _Board(now, until_care_ends, names, _staff(session, owners, [item.assignee for _, item in asked]))
    questions: dict[str, list[OpenQuestion]] = defaultdict(list)
    for ref, item in asked:
        questions[ref].append(board.question(item))
    found = [
        board.person(
            row,
            cases[row.case_ref],
            known.get(row.person_id or ""),
            tuple(questions[row.case_ref]),
            missed=tuple(missed[row.case_ref]),
            told=told.get(row.told_in or "", ""),
        )
        for row in rows
        if row.case_ref in cases
    ]
    return sorted(found, key=lambda one: order_of_need(one, now))


def incident_questions(session: Session, incident: str, now: datetime) -> tuple[OpenQuestion, ...]:
    """What is asked about the incident itself, the soonest due first."""
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_ref == incident, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id)
    ).all()
    names = Names(session, [one.asked_of for one in items])
    board = _Board(now, None, names, _staff(session, [], [one.assignee for one in items]))
    return tuple(map(board.question, items))


def order_of_need(one: PersonInRoom, now: datetime) -> tuple[object, ...]:
    """
    By need before colour.

    Whoever is without other care comes first: whose call was missed, the longest missed first; then by the next call
    that nobody covers, where it comes within a day (a time that cannot be read may be now); then medicine at its time,
    two carers, living alone; then the risk; then the place.
    """
    call = one.next_call if one.next_call is not None and one.next_call < now + SOON else None
    if one.has_unclear_calls and not any(now < cover.until for cover in one.covers):
        call = now
    return (
        one.stage is Stage.ACCOUNTED_FOR,
        one.is_with_other_care,
        not one.missed,
        min(one.missed, default=now),
        call is None,
        call or now,
        not one.time_critical_medicine,
        not one.double_handed,
        not one.lives_alone,
        WORST_FIRST.index(one.risk),
        one.place,
    )


def stage_of(row: AffectedPerson, listed_at: datetime) -> tuple[Stage, datetime]:
    """How far somebody has come, and since when."""
    reached = (
        (Stage.ACCOUNTED_FOR, row.accounted_at),
        (Stage.CHECKED, row.checked_at),
        (Stage.MOVED, row.moved_at),
        (Stage.ARRANGED, row.arranged_at),
        (Stage.SEEN, row.seen_at),
    )
    return next(((stage, at) for stage, at in reached if at is not None), (Stage.LISTED, listed_at))


@dataclass(frozen=True)
class _Board:
    """What is the same for everybody on the list."""

    now: datetime
    until_care_ends: Cover | None
    names: Names
    of_staff: dict[str, Staff]

    def person(
        self,
        row: AffectedPerson,
        case: Case,
        known: Person | None,
        questions: tuple[OpenQuestion, ...],
        *,
        missed: tuple[datetime, ...],
        told: str,
    ) -> PersonInRoom:
        stage, stage_at = stage_of(row, case.opened_at)
        is_with_other_care = row.moved_at is not None or row.accounted_at is not None
        calls = read_times(row.call_times)
        covers = self._covers(row)
        return PersonInRoom(
            place=row.place,
            case=row.case_ref,
            person_id=row.person_id,
            name=(known.name if known else row.name) or "Name not known",
            born_on=known.born_on if known else row.born_on,
            whereabouts=row.whereabouts or _address(known),
            telephone=(known.telephone if known else None) or "",
            safe_contact=(known.safe_contact if known else None) or "",
            source=row.source,
            paid_by=row.paid_by,
            placed_by=row.placed_by or "",
            calls_said=row.call_times or "",
            calls=calls,
            covers=() if is_with_other_care else tuple(one for one in covers if self.now < one.until),
            next_call=None if is_with_other_care else next_uncovered(calls.times, self.now, covers),
            time_critical_medicine=row.time_critical_medicine,
            double_handed=row.double_handed,
            lives_alone=row.lives_alone,
            risk=Risk(row.risk),
            stage=stage,
            stage_at=stage_at,
            way=Way(row.way) if row.way else None,
            ended_as=row.ended_as or "",
            is_with_other_care=is_with_other_care,
            questions=questions,
            team=self._team_of(case.owner),
            owner=self.names(case.owner),
            listed_at=case.opened_at,
            missed=() if is_with_other_care else missed,
            told=told,
            told_in=row.told_in,
        )

    def question(self, item: WorkItem) -> OpenQuestion:
        taken = self.of_staff.get(item.assignee or "")
        return OpenQuestion(
            id=item.id,
            case=item.case_ref,
            title=Form.words_for(item.form)[0],
            of=self.names(item.asked_of),
            taken_by=taken.name if taken else item.assignee or "",
            due=item.due,
            urgent=item.urgent,
            late=item.due is not None and item.due < self.now,
        )

    def _covers(self, row: AffectedPerson) -> list[Cover]:
        said = [Cover(row.covered_by or "somebody", row.covered_until)] if row.covered_until else []
        return [*said, *([self.until_care_ends] if self.until_care_ends else [])]

    def _team_of(self, owner: str) -> str:
        whose = Recipient.from_tag(owner)
        if whose.kind is RecipientKind.TEAM:
            return whose.name
        owned_by = self.of_staff.get(whose.name) if whose.kind is RecipientKind.STAFF else None
        return owned_by.team_id if owned_by else ""


def _missed_calls(session: Session, incident: str) -> dict[str, list[datetime]]:
    """Calls that were missed and of which nobody has said what became of them, by the person's case."""
    rows = session.execute(
        select(CallOnPerson.case_ref, CallOnPerson.at)
        .join(AffectedPerson, AffectedPerson.case_ref == CallOnPerson.case_ref)
        .where(AffectedPerson.incident_ref == incident, CallOnPerson.noted_at.is_(None))
        .order_by(CallOnPerson.at)
    ).tuples()
    found: dict[str, list[datetime]] = defaultdict(list)
    for ref, at in rows:
        found[ref].append(at)
    return found


def _address(known: Person | None) -> str:
    return (known.postal_address or known.postcode or "") if known else ""


def _open_items(session: Session, incident: str) -> Sequence[tuple[str, WorkItem]]:
    """What is asked in each person's case, and in the cases that it opened, by the person's case; soonest due first."""
    person, asking = aliased(Case), aliased(Case)
    rows = session.execute(
        select(person.ref, WorkItem)
        .join(asking, or_(asking.ref == person.ref, asking.parent_ref == person.ref))
        .join(WorkItem, WorkItem.case_ref == asking.ref)
        .where(person.parent_ref == incident, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id)
    )
    return rows.tuples().all()


def _staff(session: Session, owners: Iterable[str], assignees: Iterable[str | None]) -> dict[str, Staff]:
    tags = (Recipient.from_tag(one) for one in owners)
    ids = {one.name for one in tags if one.kind is RecipientKind.STAFF} | {one for one in assignees if one}
    return {one.id: one for one in session.scalars(select(Staff).where(Staff.id.in_(ids)))}
