"""
The Red list: everybody at high risk who waits on the tray, with all that is needed to look after them without us.

It is printed for an outage and for out of hours. Each person on it is noted in the access log before it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.tray_deciding import ContactDiscussed
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_signals import RatedAgain, RelevantPersonNamed
from models.permissions import Action
from models.register import Person
from models.states import CaseStatus
from models.working_time import local_day
from tasks.as_of import entered
from tasks.audit.access_log import note_access
from tasks.durable.council import Council
from tasks.register.lookups import allocated_worker
from tasks.tray.listing import PROCEDURE, TrayRow, tray_at
from tasks.worklist.members import Member
from tasks.worklist.naming import people_of, team_names
from tasks.worklist.scope import cases_within
from tasks.worklist.story import staff_names

READ = "read-red-list"
"""What the access log has for each person on a list that was shown or printed."""
NOBODY = "nobody"
"""What it has where nobody was on it."""


class NotForThem(PathwaysError):
    """Their role does not print the list of people at high risk: ask a manager."""

    def __init__(self) -> None:
        super().__init__("that role does not print the list of people at high risk: ask a manager")


@dataclass(frozen=True)
class RedPerson:
    """Somebody at high risk who waits. Personal data throughout."""

    case: str
    person: Person
    team: str
    """What the council calls the team that holds the tray."""
    requested_at: datetime
    last_reached_at: datetime | None
    """None: never since they asked for help."""
    next_contact_due: datetime | None
    """None while a manager is asked whether they leave the tray."""
    is_missed: bool
    """That contact's time has passed."""
    attempts: int
    """Attempts since somebody was last reached."""
    manager: str
    """The name of the manager who placed them."""
    key_worker: str
    """The name of the worker allocated to them; empty: none."""
    relevant_people: tuple[RelevantPerson, ...] = ()
    """Whom reaching counts as well."""
    safety_plan: str = ""


@dataclass(frozen=True)
class RedList:
    """The list as it stood at a moment, for one member of staff."""

    at: datetime
    member: Member
    people: tuple[RedPerson, ...]
    """Worst first: a missed contact, then who was never reached, then who has waited longest."""
    not_rated: int
    """How many wait on those trays who are not rated yet: they may be at high risk, and are not on it."""


def red_list(council: Council, member: Member, now: datetime) -> RedList:
    """The list of those within their reach, noted for each person. Raises `NotForThem`."""
    if not member.may(Action.SEE_RED_LIST):
        raise NotForThem
    with council.database.read() as session:
        found = _find(session, member, now)
    with council.database.write() as session:
        for ref in [one.case for one in found.people] or [NOBODY]:
            note_access(session, member.id, READ, ref, now)
    return found


def _find(session: Session, member: Member, now: datetime) -> RedList:
    within = cases_within(session, member, Action.SEE_RED_LIST, local_day(now))
    theirs = set(
        session.scalars(select(Case.ref).where(Case.procedure == PROCEDURE, Case.status != CaseStatus.CLOSED, within))
    )
    every = [row for row in tray_at(session, now) if row.ref in theirs]
    red = [row for row in every if row.colour is Rag.RED]
    people = people_of(session, {row.person for row in red})
    managers, teams = staff_names(session, {row.manager for row in red}), team_names(session)
    said = _said(session, [row.ref for row in red], now)
    return RedList(
        at=now,
        member=member,
        people=tuple(
            RedPerson(
                case=row.ref,
                person=people[row.person],
                team=teams.get(row.team, row.team),
                requested_at=row.requested_at,
                last_reached_at=row.last_reached_at,
                next_contact_due=row.next_contact_due,
                is_missed=row.is_missed,
                attempts=row.attempts,
                manager=managers.get(row.manager, row.manager),
                key_worker=_key_worker(session, row, now),
                relevant_people=said[row.ref].people,
                safety_plan=said[row.ref].plan,
            )
            for row in red
        ),
        not_rated=sum(row.colour is None for row in every),
    )


def _key_worker(session: Session, row: TrayRow, now: datetime) -> str:
    worker = allocated_worker(session, row.person, local_day(now))
    return worker.name if worker is not None else ""


@dataclass
class _Said:
    plan: str = ""
    people: tuple[RelevantPerson, ...] = ()

    def hear(self, data: Any) -> None:
        """Take up what an entry says: a new plan takes the place of the old one, people are added."""
        said = data if isinstance(data, dict) else {}
        self.plan = said.get("safety_plan") or self.plan
        named = [*(said.get("relevant_people") or ()), *([said["who"]] if said.get("who") else ())]
        self.people += tuple(RelevantPerson.model_validate(one) for one in named)


_OPENED = Entry.kind == EntryKind.OPENED
_SAID_LATER = and_(
    Entry.kind.in_([EntryKind.ANSWERED, EntryKind.SIGNALLED]),
    Entry.step.in_([ContactDiscussed.name(), RatedAgain.name(), RelevantPersonNamed.name()]),
)


def _said(session: Session, refs: Sequence[str], now: datetime) -> dict[str, _Said]:
    """The safety plan of each case, and whom reaching counts as well, as they were last said."""
    found = {ref: _Said() for ref in refs}
    cases = select(Case.ref).where(Case.ref.in_(refs))
    for ref, entry in entered(session, cases, now, or_(_OPENED, _SAID_LATER)):
        found[ref].hear(entry.data)
    return found
