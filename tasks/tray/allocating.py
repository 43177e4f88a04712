"""Allocating somebody to a named worker: who is there, who is suitable, by when, and what stands beside the forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import func, or_, select

from models.calendars import CalendarAnswer
from models.decision_tables.levels import Complexity
from models.entry_kinds import EntryKind
from models.forms.tray_allocation import (
    AllocationFacts,
    AllocationReply,
    AllocationTakenBack,
    ReferredAgain,
    WorkerChosen,
)
from models.register import Allocation, Staff
from models.roles import Role
from models.tray import Part
from models.triage_findings import AllocationCame
from models.working_time import for_people, local_day
from tasks.durable import audited, here
from tasks.durable.ledger import recall
from tasks.durable.leg import Step
from tasks.register.lookups import absence_on, staff_in, staff_member
from tasks.replying import ReplyRule
from tasks.written_contact import what_to_heed

_CALLS_FOR = {
    Complexity.HIGH: "a practitioner with the training and experience for it (PWT-69)",
    Complexity.MEDIUM: "some specialist knowledge or grasp of processes (PWT-70)",
    Complexity.LOW: "no special skill: any worker of the team (PWT-71)",
}
_WORKERS = (Role.PRACTITIONER, Role.DUTY_WORKER)


class WorkerNow(Part):
    """Whether somebody can be offered work, by the register."""

    worker: str
    gone: bool = False
    """They are no longer staff."""
    away: bool = False
    back_at: AwareDatetime | None = None

    @property
    def in_words(self) -> str:
        """For the story of the case, and for the manager who is asked for another."""
        if self.gone:
            return f"{self.worker} is no longer there"
        return f"{self.worker} is {_away(self.back_at)}" if self.away else f"{self.worker} is there"

    @property
    def why_not_offered(self) -> str:
        """Why they are offered nothing now, as a sentence; empty where they are there."""
        return f"{self.in_words}." if self.gone or self.away else ""


@audited("Looked up whether the worker is there", clauses="PWT-11")
def look_up_worker(worker: str) -> WorkerNow:
    """Whether a member of staff serves and is at work now, by their recorded absences."""
    step, member = here(), staff_member(here().session, worker)
    if member is None or (member.left_on is not None and member.left_on <= local_day(step.now)):
        return WorkerNow(worker=worker, gone=True)
    absence = absence_on(step.session, member.id, step.now)
    return WorkerNow(worker=member.id, away=absence is not None, back_at=absence.returns_at if absence else None)


def away_by_calendar(worker: str, calendar: CalendarAnswer | None) -> str:
    """
    That they are away by their own calendar, and until when; empty where they are there.

    Whether somebody is there whose calendar cannot be read, their silence tells.
    """
    is_away = calendar is not None and calendar.known and calendar.away
    return f"{worker} is {_away(calendar.back_at)}, by their calendar." if calendar and is_away else ""


def to_an_offer(urgent: bool) -> ReplyRule:
    """After the time that a manager gives (GAP-05); for an urgent case in a few hours, and on the same day (GAP-15)."""

    def by(step: Step) -> datetime:
        calendar, gaps = step.policy.working_calendar(), step.policy.gaps
        if not urgent:
            return calendar.due(step.now, gaps.follow_up_ownership.decide_after)
        few_hours = calendar.due(step.now, gaps.reasonable_time.few_hours)
        return min(few_hours, calendar.due(step.now, gaps.allocation_clock.urgent_allocated_by))

    return by


@audited("Worked out by when an urgent case is allocated", clauses="PWT-10")
def work_out_allocated_by() -> AwareDatetime:
    """When an urgent case must have a worker (GAP-15)."""
    step = here()
    return step.policy.working_calendar().due(step.now, step.policy.gaps.allocation_clock.urgent_allocated_by)


@audited("Looked what came of asking workers", clauses="PWT-11")
def look_up_what_came_of_allocating(ref: str) -> AllocationCame:
    """Who refused and why, what the manager said, and what was reported meanwhile, for whoever decides again."""
    lines = []
    for entry in recall(here().session, ref):
        said = entry.data or {}
        match entry.kind, entry.step:
            case EntryKind.ANSWERED, AllocationReply.__name__:
                lines.append(f"Refused by {entry.by}: {said['reason']}")
            case EntryKind.ANSWERED, WorkerChosen.__name__:
                lines.append(f"{entry.by}, of {said['worker'] or 'nobody for now'}: {said['reasons']}")
            case EntryKind.SIGNALLED, ReferredAgain.__name__:
                lines.append(said["what"])
            case EntryKind.SIGNALLED, AllocationTakenBack.__name__:
                lines.append(f"{AllocationTakenBack.title.capitalize()}.")
            case _:
                pass  # what the house did, and what is no answer
    return AllocationCame(lines=tuple(lines))


def beside_the_offer(allocating: AllocationFacts, worker: str, *so_far: str) -> Callable[[Step], str]:
    """What the worker reads who is asked to take them on. Personal."""

    def write(step: Step) -> str:
        member = staff_member(step.session, worker)
        return _joined(
            what_to_heed(step.session, allocating.person).beside_the_form,
            f"About: {allocating.person}",
            _stands(allocating),
            _warning(allocating, member),  # PWT-35
            f"Given to you by {allocating.manager}.",
            *so_far,
            allocating.to_read,
        )

    return write


def beside_the_choice(allocating: AllocationFacts, *why: str) -> Callable[[Step], str]:
    """What the manager reads who is asked for another worker: why, what the work calls for, and who is there."""

    def write(step: Step) -> str:
        return _joined(
            *why,
            f"About: {allocating.person}",
            _stands(allocating),
            f"It calls for {_CALLS_FOR[allocating.rated.complexity]}." if allocating.rated else "",  # PWT-35
            "",
            f"The workers of {allocating.team}, those first who are there and have fewest people:",
            *_workers(step, allocating),
            "",
            allocating.to_read,
        )

    return write


def _workers(step: Step, allocating: AllocationFacts) -> list[str]:
    """Who could take them on: those who are suited and there first, then by how many people they have."""
    today = local_day(step.now)
    members = [one for role in _WORKERS for one in staff_in(step.session, role, allocating.team, on=today)]
    have = dict(
        step.session.execute(
            select(Allocation.staff_id, func.count(func.distinct(Allocation.person_id)))
            .where(Allocation.since <= today, or_(Allocation.until.is_(None), Allocation.until > today))
            .group_by(Allocation.staff_id)
        )
        .tuples()
        .all()
    )
    lines: list[tuple[tuple[bool, bool, int, str], str]] = []
    for one in members:
        absence = absence_on(step.session, one.id, step.now)
        number, unsuited = have.get(one.id, 0), bool(_warning(allocating, one))
        there = "there" if absence is None else _away(absence.returns_at)
        role = Role(one.role).label
        order = (absence is not None, unsuited, number, one.id)
        lines.append((order, f"{one.id} ({role}): {there}; people allocated: {number}"))
    return [line for _, line in sorted(lines)] or ["nobody"]


def _warning(allocating: AllocationFacts, member: Staff | None) -> str:
    """High complexity is for a practitioner (PWT-35); empty where it is one, or where it is not High."""
    if allocating.rated is None or allocating.rated.complexity is not Complexity.HIGH or member is None:
        return ""
    if member.role == Role.PRACTITIONER:
        return ""
    role = Role(member.role).label
    return f"WARNING: complexity High calls for a practitioner; {member.id} is {role}. Refuse if it is not for you."


def _stands(allocating: AllocationFacts) -> str:
    return f"Rated {allocating.rated.in_words}." if allocating.rated else "Not rated yet."


def _away(back_at: datetime | None) -> str:
    back = for_people(back_at).removesuffix(", midnight") if back_at else None
    return f"away, back {back}" if back else "away, no return is known"


def _joined(*lines: str) -> str:
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()
