"""What stands in the room of an incident: figures, the list by need, tonight's calls, and what needs somebody first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.contingency.tables import ContingencyPlan
from models.entry_kinds import EntryKind
from models.permissions import Action
from models.policy import Policy
from models.provider_failure.kinds import Trigger
from models.provider_failure.tables import AffectedPerson, Incident
from models.working_time import local_day
from tasks.contingency.covering import plans_for_incident, scope_in_words
from tasks.durable.ledger import recall
from tasks.provider_failure.calls import Cover, begins, calls_between, covered_by, until_morning
from tasks.provider_failure.counting import Figures, differences_in_words, figures_of
from tasks.provider_failure.ending import why_not_over
from tasks.provider_failure.listing import open_differences
from tasks.register.lookups import staff_member
from tasks.register.traces import in_pieces
from tasks.worklist.confidential import rooms_of
from tasks.worklist.incident_calls import PassedCall, passed_calls
from tasks.worklist.incident_people import (
    WORST_FIRST,
    OpenQuestion,
    PersonInRoom,
    Stage,
    incident_questions,
    people_in_room,
)
from tasks.worklist.incident_told import Telling, tellings_in_room
from tasks.worklist.members import Member
from tasks.worklist.scope import NotFound, cases_within


@dataclass(frozen=True)
class CallTonight:
    """One call on somebody who is not with other care yet. Personal data."""

    at: datetime
    person: PersonInRoom
    covered_by: str
    """Who gives it; empty: nobody."""

    @property
    def place(self) -> int:
        """The number of whom it is on."""
        return self.person.place

    @property
    def day(self) -> date:
        """The day on which it is, in Europe/London."""
        return local_day(self.at)


@dataclass(frozen=True)
class Warnings:
    """What needs somebody first: counted over everybody on the list, whoever may see them."""

    red_not_seen: int
    red_not_seen_late: int
    """Of those, for how many the time within which somebody sees them has passed."""
    calls_uncovered: int
    """Calls until eight tomorrow that nobody covers."""
    people_uncovered: int
    """On how many people those are."""
    first_uncovered: datetime | None
    calls_missed: int
    """Calls that have passed with nobody and no record, and of which nobody has said anything since."""
    calls_unclear: int
    """How many people's call times cannot be read."""
    differences: int
    late: int
    """About how many people something should have been answered by now."""


@dataclass(frozen=True)
class PlanShown:
    """A contingency plan as pages show it."""

    ref: str
    name: str
    scope: str
    owner: str
    """Name of who keeps it."""
    document: str
    agreed_on: date
    tested_on: date | None
    next_review_on: date

    @classmethod
    def of(cls, session: Session, plan: ContingencyPlan) -> PlanShown:
        """A plan of the register, with its words."""
        keeper = staff_member(session, plan.owner)
        return cls(
            plan.case_ref,
            plan.name,
            scope_in_words(session, plan),
            keeper.name if keeper else plan.owner,
            plan.document,
            plan.agreed_on,
            plan.tested_on,
            plan.next_review_on,
        )


@dataclass(frozen=True)
class IncidentView:
    """An incident as its room shows it to one reader. Personal data."""

    ref: str
    provider_id: str | None
    provider: str
    cause: Trigger
    what: str
    """What was known when it began; empty once erased."""
    team: str
    """Id of the team that leads the room; empty once erased."""
    began_at: datetime
    care_ends_on: date
    """From which day people are without care."""
    announced_at: datetime | None
    list_agreed_at: datetime | None
    ended_at: datetime | None
    figures: Figures
    stages: tuple[tuple[Stage, tuple[int, ...]], ...]
    """For each stage how many red, amber and green people stand there now, of those whom the figures count."""
    people: tuple[PersonInRoom, ...]
    """Whoever is on the list and in the reader's reach, by need."""
    off_the_list: tuple[PersonInRoom, ...]
    beyond: int
    """How many more are or were on it whose cases the reader may not see."""
    tonight: tuple[CallTonight, ...]
    """Calls on people in reach, from now until eight tomorrow, by time; those that nobody covers first at each."""
    tonight_until: datetime
    warnings: Warnings
    differences: tuple[str, ...]
    """Open ones about people in reach, in words."""
    questions: tuple[OpenQuestion, ...]
    """What is asked about the incident itself."""
    plans: tuple[PlanShown, ...]
    """The contingency plans that apply, its provider's own first (TRN-46)."""
    passed: tuple[PassedCall, ...]
    """Calls on people in reach whose time has come: missed ones first, then those of the last hours."""
    tellings: tuple[Telling, ...]
    """Who has been told of it and who has not."""
    keeps_open: tuple[str, ...]
    """What keeps it from ending, in sentences."""

    @property
    def is_confidential(self) -> bool:
        """Whether nobody outside of the room is to hear of it yet."""
        return self.announced_at is None

    @property
    def teams(self) -> dict[str, str]:
        """Those who own the cases of people on the list, by id."""
        return dict(sorted((one.team, one.owner) for one in self.people if one.team))

    @property
    def unclear(self) -> tuple[PersonInRoom, ...]:
        """Whoever has calls at times that cannot be read."""
        return tuple(one for one in self.people if one.has_unclear_calls)


@dataclass(frozen=True)
class IncidentLine:
    """An incident in the list of all. References and figures."""

    ref: str
    provider: str
    cause: Trigger
    began_at: datetime
    announced_at: datetime | None
    ended_at: datetime | None
    figures: Figures


def incidents_of(session: Session, member: Member | None, on: date) -> tuple[IncidentLine, ...]:
    """
    Every incident that the reader may see, the open ones first, each kind with the latest first.

    Without a member it is whoever runs a command on this machine: they see what is neither restricted nor confidential.
    """
    within = _within(session, member, on)
    rows = session.scalars(
        select(Incident)
        .join(Case, Case.ref == Incident.case_ref)
        .where(within)
        .order_by(Incident.ended_at.is_not(None), Incident.began_at.desc(), Incident.case_ref)
    )
    return tuple(
        IncidentLine(
            one.case_ref,
            one.provider_name,
            Trigger(one.cause),
            one.began_at,
            one.announced_at,
            one.ended_at,
            figures_of(session, one.case_ref),
        )
        for one in rows.all()
    )


def incident_of_case(session: Session, member: Member, case: Case, on: date) -> str | None:
    """Ref of the incident that a case is, or whose list it looks after somebody of, where the reader may see it."""
    row = session.get(AffectedPerson, case.ref)
    ref = row.incident_ref if row is not None else case.ref
    within = cases_within(session, member, Action.READ_CASE, on)
    return session.scalar(
        select(Incident.case_ref).join(Case, Case.ref == Incident.case_ref).where(Incident.case_ref == ref, within)
    )


def incident_view(session: Session, member: Member | None, policy: Policy, ref: str, now: datetime) -> IncidentView:
    """
    The room of an incident whose case the reader may see, with those people whose cases they may see, too.

    Figures and warnings count everybody: who looks after some must know that there are more. Without a member it is
    whoever runs a command on this machine: they see what is neither restricted nor confidential. Raises `NotFound`.
    """
    row = session.get(Incident, ref)
    if row is None:
        raise NotFound("incident")
    opened = _opened_with(session, ref)
    every = people_in_room(session, ref, now, _until_care_ends(row))
    reach = _reached(session, member, every, local_day(now))
    seen = [_as_seen(one, reach) for one in every if one.case in reach]
    until = until_morning(now)
    lines = open_differences(session, ref)
    shown = [one for one in lines if {one.person_ref, one.may_be_ref} - {None} <= reach]
    return IncidentView(
        ref=ref,
        provider_id=row.provider_id,
        provider=row.provider_name,
        cause=Trigger(row.cause),
        what=str(opened.get("what", "")),
        team=str(opened.get("team", "")),
        began_at=row.began_at,
        care_ends_on=row.care_ends_on,
        announced_at=row.announced_at,
        list_agreed_at=row.list_agreed_at,
        ended_at=row.ended_at,
        figures=figures_of(session, ref),
        stages=_stages(every),
        people=tuple(one for one in seen if not one.is_off_the_list),
        off_the_list=tuple(sorted((one for one in seen if one.is_off_the_list), key=lambda one: one.place)),
        beyond=len(every) - len(seen),
        tonight=tonights_calls(seen, now),
        tonight_until=until,
        warnings=_warnings(every, policy, now, len(lines)),
        differences=tuple(differences_in_words(session, shown)),
        questions=incident_questions(session, ref, now),
        plans=tuple(PlanShown.of(session, one) for one in plans_for_incident(session, ref)),
        passed=passed_calls(session, ref, seen, now),
        tellings=tellings_in_room(session, ref),
        keeps_open=tuple(why_not_over(session, ref)) if row.ended_at is None else (),
    )


def tonights_calls(people: list[PersonInRoom], now: datetime) -> tuple[CallTonight, ...]:
    """
    Every call from now until eight tomorrow on whoever is not with other care yet, by time.

    At the same time those that nobody covers come first, and then whoever comes first in `people`.
    """
    until = until_morning(now)
    calls = [
        CallTonight(at, one, covered_by(at, one.covers))
        for one in people
        if not one.is_with_other_care
        for at in calls_between(one.calls.times, now, until)
    ]
    return tuple(sorted(calls, key=lambda one: (one.at, bool(one.covered_by))))


def _opened_with(session: Session, ref: str) -> dict[str, Any]:
    """What the incident's case was opened with; empty once erased."""
    opened = next((one.data for one in recall(session, ref) if one.kind is EntryKind.OPENED), None)
    return opened if isinstance(opened, dict) else {}


def _until_care_ends(row: Incident) -> Cover:
    """Until the day from which people are without care, the provider gives it."""
    return Cover(row.provider_name, begins(row.care_ends_on))


def _within(session: Session, member: Member | None, on: date) -> ColumnElement[bool]:
    if member is not None:
        return cases_within(session, member, Action.READ_CASE, on)
    plain, rooms = Case.restricted.is_(False), rooms_of(session, None)
    return and_(plain, Case.ref.not_in(rooms.kept_cases)) if rooms.kept_from_them else plain


def _reached(session: Session, member: Member | None, people: list[PersonInRoom], on: date) -> frozenset[str]:
    """Which of the people's cases, and of those that ask about them, the reader may see."""
    refs = {one.case for one in people} | {asked.case for one in people for asked in one.questions}
    within = _within(session, member, on)
    some = (session.scalars(select(Case.ref).where(Case.ref.in_(part), within)) for part in in_pieces(sorted(refs)))
    return frozenset(ref for part in some for ref in part)


def _as_seen(one: PersonInRoom, reach: frozenset[str]) -> PersonInRoom:
    return replace(one, questions=tuple(asked for asked in one.questions if asked.case in reach))


def _stages(people: list[PersonInRoom]) -> tuple[tuple[Stage, tuple[int, ...]], ...]:
    counted = [one for one in people if not one.is_off_the_list]
    return tuple(
        (stage, tuple(sum(one.stage is stage and one.risk is risk for one in counted) for risk in WORST_FIRST))
        for stage in Stage
    )


def _warnings(people: list[PersonInRoom], policy: Policy, now: datetime, differences: int) -> Warnings:
    unseen = [one for one in people if one.is_unseen_red]
    length, calendar = policy.provider_failure.red_seen_within, policy.working_calendar()
    uncovered = [one for one in tonights_calls(people, now) if not one.covered_by]
    return Warnings(
        red_not_seen=len(unseen),
        red_not_seen_late=sum(calendar.add(one.stage_at, length) < now for one in unseen),
        calls_uncovered=len(uncovered),
        people_uncovered=len({one.person.place for one in uncovered}),
        first_uncovered=uncovered[0].at if uncovered else None,
        calls_missed=sum(len(one.missed) for one in people),
        calls_unclear=sum(one.has_unclear_calls for one in people),
        differences=differences,
        late=sum(one.is_late for one in people),
    )
