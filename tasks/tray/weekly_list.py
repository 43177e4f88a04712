"""The list of a whole tray as its reviewer reads it: worst first, and what was not looked at before all else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.decision_tables.levels import Rag
from models.register import Person
from models.states import CaseStatus
from models.tray import Part, TrayPlace
from models.working_time import local_day
from models.written_contact_findings import day_in_words
from tasks.durable.leg import Step
from tasks.tray.contacts import Made, contacts
from tasks.tray.listing import TrayRow, tray_at

ALLOCATION = "pwt-allocation"


class Mark(StrEnum):
    """What a reviewer must not overlook."""

    CHANGED = "CHANGED since it was last looked at"
    """A change was reported or found; looked at by itself."""
    OVERDUE = "CONTACT OVERDUE"
    """Nobody has reached them in time; looked at by itself."""
    NEVER_REACHED = "NEVER REACHED"
    """Nobody has reached them since they asked for help; looked at by itself."""
    PAST_LIMIT = "PAST THE LIMIT of waiting"
    """They were to have a worker by now."""
    LEAVING = "said to leave"
    """A manager is asked whether they do."""
    OFFERED = "offered to a worker"
    """Somebody is asked to accept them."""


_ALONE = frozenset({Mark.CHANGED, Mark.OVERDUE, Mark.NEVER_REACHED})


class ListedCase(Part):
    """Somebody on the list. References only."""

    ref: str
    person: str
    """Register id, and the id in the recording system; empty for a restricted case."""
    colour: Rag | None
    days: int
    """Since they asked for help."""
    days_on_tray: int | None
    """None: policy does not want it shown (GAP-15)."""
    reached: date | None
    missed: int
    """Contacts that were not made in time."""
    marks: tuple[Mark, ...] = ()
    left_over: bool = False
    """It was not looked at when it should have been."""

    @property
    def is_alone(self) -> bool:
        """Red, changed, overdue and never reached are looked at by themselves."""
        return self.colour is Rag.RED or not _ALONE.isdisjoint(self.marks)

    def line(self, number: int) -> str:
        """As it stands on the list."""
        on_tray = "" if self.days_on_tray is None else f", {self.days_on_tray} on the tray"
        reached = f"last reached {day_in_words(self.reached)}" if self.reached else "not reached yet"
        missed = f"; contacts missed: {self.missed}" if self.missed else ""
        marks = "".join(f". {mark}" for mark in self.marks)
        days = f"{self.days} days since the request{on_tray}; {reached}{missed}{marks}"
        return f"{number}. {self.ref}, {self.person or 'restricted'}: {self.colour or 'not rated'}, {days}"


class TrayList(Part):
    """A whole tray, or what is left of it, in the order in which it is read: those by themselves, then the rest."""

    team: str
    cases: tuple[ListedCase, ...]
    lapsed: date | None = None
    """The day on which the procedure's own review was due, where that has passed and is shown (GAP-21)."""
    not_found: tuple[str, ...] = ()
    """What the reviewer named that was not on the list."""

    @property
    def alone(self) -> tuple[ListedCase, ...]:
        """Those who are looked at one by one."""
        return tuple(one for one in self.cases if one.is_alone)

    @property
    def rest(self) -> tuple[ListedCase, ...]:
        """Those who are looked through as one list."""
        return tuple(one for one in self.cases if not one.is_alone)

    def named(self, case: str) -> ListedCase | None:
        """The one with that number or reference."""
        if case.isdigit():
            number = int(case)
            return self.cases[number - 1] if 1 <= number <= len(self.cases) else None
        return next((one for one in self.cases if one.ref == case), None)

    @property
    def to_read(self) -> str:
        """The list as it stands beside the form."""
        numbered = {one.ref: one.line(number) for number, one in enumerate(self.cases, start=1)}
        left_over = ", ".join(one.ref for one in self.cases if one.left_over)
        parts = (
            f"The planned work tray of {self.team}: {len(self.cases)} to be looked at, worst first.",
            f"The procedure's own review was due on {day_in_words(self.lapsed)}; it is followed all the same."
            if self.lapsed
            else "",  # PWT-01
            f"Not on the list, so nothing was done about: {', '.join(self.not_found)}." if self.not_found else "",
            f"Not looked at when they should have been: {left_over}." if left_over else "",
            "\n".join(["One by one:", *(numbered[one.ref] for one in self.alone)]) if self.alone else "",
            "\n".join(["The rest, as one list:", *(numbered[one.ref] for one in self.rest)]) if self.rest else "",
        )
        return "\n\n".join(part for part in parts if part)

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"{len(self.alone)} one by one, {len(self.rest)} as one list"


def list_cases(step: Step, team: str, *, only: Collection[str] | None = None) -> list[ListedCase]:
    """Everybody on a team's tray now, or those of them with these refs; worst first."""
    rows = [row for row in tray_at(step.session, step.now, team=team) if only is None or row.ref in only]
    beside = _Beside(step.session, team, step.now)
    return in_order([_listed(step, row, beside) for row in rows])


def in_order(cases: list[ListedCase]) -> list[ListedCase]:
    """Those by themselves first, in each part those left over first; the order is kept otherwise."""
    return sorted(cases, key=lambda one: (not one.is_alone, not one.left_over))


class _Beside:
    """What else is known of everybody on a tray, in one query each."""

    def __init__(self, session: Session, team: str, now: datetime) -> None:
        waiting = select(TrayPlace.case_ref).where(TrayPlace.team_id == team, TrayPlace.left_at.is_(None))
        places = session.scalars(select(TrayPlace).where(TrayPlace.case_ref.in_(waiting)))
        self.places = {one.case_ref: one for one in places}
        due = contacts(session, waiting, now, {})
        self.missed = Counter(one.ref for one in due if one.made is not Made.ON_TIME)
        self.offered = set(
            session.scalars(
                select(Case.parent_ref).where(
                    Case.parent_ref.in_(waiting), Case.procedure == ALLOCATION, Case.status != CaseStatus.CLOSED
                )
            )
        )
        people = select(TrayPlace.person_id).where(TrayPlace.case_ref.in_(waiting))
        records = session.execute(select(Person.id, Person.record_id).where(Person.id.in_(people)))
        self.records: dict[str, str] = dict(records.tuples().all())


def _listed(step: Step, row: TrayRow, beside: _Beside) -> ListedCase:
    gaps, place = step.policy.gaps, beside.places.get(row.ref)
    changed_at, reviewed_at = (place.changed_at, place.reviewed_at) if place else (None, None)
    past_limit = row.in_breach and (row.colour is Rag.RED or gaps.tray_escalation.others_in_weekly_list)  # GAP-17
    marks = {
        Mark.CHANGED: changed_at is not None and (reviewed_at is None or changed_at >= reviewed_at),
        Mark.OVERDUE: row.is_missed,
        Mark.NEVER_REACHED: row.was_never_reached,
        Mark.PAST_LIMIT: past_limit,
        Mark.LEAVING: row.leaving is not None,
        Mark.OFFERED: row.ref in beside.offered,
    }
    record = beside.records.get(row.person)
    return ListedCase(
        ref=row.ref,
        person="" if row.restricted else f"{row.person} ({record})" if record else row.person,
        colour=row.colour,
        days=row.days_since_request,
        days_on_tray=row.days_on_tray if gaps.allocation_clock.show_days_on_tray else None,
        reached=local_day(row.last_reached_at) if row.last_reached_at else None,
        missed=beside.missed.get(row.ref, 0),
        marks=tuple(mark for mark, holds in marks.items() if holds),
    )
