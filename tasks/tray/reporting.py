"""
A report on the tray over a period, worked out from the ledger: what councils are asked for by the regulator.

All of it is as it was known at the end of the period, so that the same period gives the same figures again. Restricted
cases count, and are never listed by their reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.tray_deciding import SecondManagerAgrees
from models.forms.tray_waiting import SafeAndWellDecision
from models.policy.gaps.tray_exits import LeavingReason
from models.tray import Rated, Standing
from models.tray_findings import TrayOutcome
from models.working_time import local_day
from tasks.as_of import Cases, PeriodWrongWayRound, entered, latest, moment_of, start_of
from tasks.durable.ledger import Recorded
from tasks.tray.contacts import LEAVING, contacts
from tasks.tray.figures import Group, Waited, groups
from tasks.tray.listing import PROCEDURE, UNRATED, standings_at

RATING = ("begin-waiting", "note-rating")
"""The steps of `tasks/tray/standing.py` that set a rating."""


@dataclass(frozen=True)
class Named:
    """Somebody of whom a figure speaks, by reference."""

    ref: str
    person: str


@dataclass(frozen=True)
class People:
    """How many people a figure speaks of, and who they are; restricted cases are counted and not named."""

    count: int
    named: tuple[Named, ...]


@dataclass(frozen=True)
class Longest:
    """The longest wait of all who left in the period or still waited at its end."""

    days: int
    ref: str | None
    """None: a restricted case."""


@dataclass(frozen=True)
class Override:
    """A rating set in the period in which a manager departed from a decision table (GAP-22)."""

    ref: str
    at: datetime
    departed: tuple[str, ...]
    """What the table said and what was set, such as "colour: Red by the table, Amber set"."""
    reasons: str
    """What the manager wrote; may be personal."""


@dataclass(frozen=True)
class SecondDecision:
    """What a second manager said in the period to lowering a Red case (GAP-22)."""

    ref: str
    at: datetime
    by: str
    agreed: bool
    reasons: str
    """What they wrote; may be personal."""


@dataclass(frozen=True)
class Report:
    """The figures of a period."""

    begins: date
    ends: date
    team: str | None
    groups: tuple[Group, ...]
    outcomes: Mapping[str, int]
    """How many people left the tray in the period, by how they left it."""
    longest: Longest | None
    unreachable: People
    """People about whom a safe and well decision was asked in the period, as every attempt had failed (PWT-58)."""
    died: People
    """People who waited and whose death became known in the period."""
    in_hospital: People
    """People who waited and whose admission to hospital became known in the period."""
    overrides: tuple[Override, ...]
    second_decisions: tuple[SecondDecision, ...]
    erased: int
    """Cases that are missing from the figures because what their ledgers said was erased since."""


def report(session: Session, begins: date, ends: date, now: datetime, *, team: str | None = None) -> Report:
    """
    The figures from the first moment of one day to the last of another; up to now, where that is today.

    `team` is the team that held the tray at the end, or when the person left. Raises `PeriodWrongWayRound`, and
    `DayToCome` where the period ends later than today.
    """
    if ends < begins:
        raise PeriodWrongWayRound
    start, end = start_of(begins), moment_of(ends, now)
    cases = _in(start, end)
    here = _Looked(session, cases, start, end)
    refs = {one.ref for one in here.waits if team is None or one.team == team}
    waits = [one for one in here.waits if one.ref in refs]
    due = [one for one in contacts(session, cases, end, here.closed_at) if one.ref in refs]
    longest = max(waits, key=lambda one: one.days, default=None)
    return Report(
        begins=begins,
        ends=ends,
        team=team,
        groups=groups(waits, due, start),
        outcomes=dict(sorted(Counter(one.outcome for one in waits if one.outcome is not None).items())),
        longest=Longest(longest.days, None if longest.restricted else longest.ref) if longest else None,
        unreachable=here.people(here.unreachable() & refs),
        died=here.people(here.said_to_leave(LeavingReason.DEATH, TrayOutcome.DEATH, held_since=True) & refs),
        in_hospital=here.people(here.said_to_leave(LeavingReason.ADMISSION, TrayOutcome.ADMISSION) & refs),
        overrides=tuple(one for one in here.overrides() if one.ref in refs),
        second_decisions=tuple(one for one in here.second_decisions() if one.ref in refs),
        erased=len(here.erased),
    )


def _in(start: datetime, end: datetime) -> Cases:
    """Everybody who waited in the period, if only for a moment of it."""
    return select(Case.ref).where(
        Case.procedure == PROCEDURE, Case.opened_at <= end, or_(Case.closed_at.is_(None), Case.closed_at >= start)
    )


class _Looked:
    """What the ledgers of those who waited in a period say about it."""

    def __init__(self, session: Session, cases: Cases, start: datetime, end: datetime) -> None:
        self._session, self._cases, self._start, self._end = session, cases, start, end
        rows = session.execute(select(Case.ref, Case.closed_at, Case.restricted).where(Case.ref.in_(cases))).all()
        self.closed_at = {ref: at for ref, at, _ in rows if at is not None and at <= end}
        self._restricted = {ref for ref, _, restricted in rows if restricted}
        self._standings = standings_at(session, cases, end)
        closing = latest(session, cases, end, Entry.kind == EntryKind.CLOSED)
        self._outcomes = {ref: str(entry.data or ERASED_OUTCOME) for ref, entry in closing.items()}
        self.erased = {ref for ref, _, _ in rows} - set(self._standings)
        self.waits = [self._waited(ref, stands) for ref, stands in sorted(self._standings.items())]

    def _waited(self, ref: str, stands: Standing) -> Waited:
        until = self.closed_at.get(ref, self._end)
        return Waited(
            ref=ref,
            person=stands.person,
            team=stands.team,
            colour=stands.colour or UNRATED,
            days=(local_day(until) - local_day(stands.requested_at)).days,
            outcome=self._outcomes.get(ref),
            restricted=ref in self._restricted,
        )

    def people(self, refs: Iterable[str]) -> People:
        """Those people, by reference where they may be named; somebody with two cases is one."""
        listed = [Named(ref, self._standings[ref].person) for ref in sorted(refs)]
        named = tuple(one for one in listed if one.ref not in self._restricted)
        return People(len({one.person for one in listed}), named)

    def unreachable(self) -> set[str]:
        """The cases in which nobody was reached by every attempt that policy asks for."""
        asked = (Entry.kind == EntryKind.ASKED) & (Entry.step == SafeAndWellDecision.name())
        rows = select(Entry.case_ref).where(Entry.case_ref.in_(self._cases), asked)
        return set(self._session.scalars(rows.where(Entry.at >= self._start, Entry.at <= self._end)))

    def said_to_leave(self, reason: LeavingReason, outcome: TrayOutcome, *, held_since: bool = False) -> set[str]:
        """
        The cases in which that reason became known in the period, whether reported or found out by a manager.

        With `held_since` not those in which it turned out to be otherwise by the end of the period.
        """
        known: dict[str, datetime] = {}
        for ref, entry, data in self._standing_entries(LEAVING):
            if data.get("leaving") == reason:
                known.setdefault(ref, entry.at)
        for ref, ended in self._outcomes.items():
            if ended == outcome and ref in self._standings:
                known.setdefault(ref, self.closed_at[ref])
        return {
            ref
            for ref, at in known.items()
            if at >= self._start and (not held_since or self._still_so(ref, reason, outcome))
        }

    def _still_so(self, ref: str, reason: LeavingReason, outcome: TrayOutcome) -> bool:
        ended = self._outcomes.get(ref)
        return ended == outcome if ended is not None else self._standings[ref].leaving == reason

    def overrides(self) -> Iterable[Override]:
        """Ratings in which a manager departed from a table."""
        for ref, entry, data in self._standing_entries(*RATING):
            if entry.at < self._start or not data.get("rated") or ref in self._restricted:
                continue
            rated = Rated.model_validate(data["rated"])
            if rated.is_overridden:
                yield Override(ref, entry.at, departed(rated), rated.override_reasons)

    def second_decisions(self) -> Iterable[SecondDecision]:
        """What second managers said."""
        answers = (Entry.kind == EntryKind.ANSWERED) & (Entry.step == SecondManagerAgrees.name())
        for ref, entry in entered(self._session, self._cases, self._end, answers, Entry.at >= self._start):
            if entry.data is not None and ref not in self._restricted:
                said = SecondManagerAgrees.model_validate(entry.data)
                yield SecondDecision(ref, entry.at, entry.by, said.agreed, said.reasons)

    def _standing_entries(self, *steps: str) -> Iterable[tuple[str, Recorded, dict[str, Any]]]:
        which = (Entry.kind == EntryKind.DONE) & Entry.step.in_(steps)
        for ref, entry in entered(self._session, self._cases, self._end, which):
            if isinstance(entry.data, dict) and ref in self._standings:
                yield ref, entry, entry.data


ERASED_OUTCOME = "(erased)"
"""What stands for how somebody left where that was erased since."""


def departed(rated: Rated) -> tuple[str, ...]:
    """What each table said and what was set, where the two differ."""
    compared = (
        ("colour", rated.by_matrix, rated.colour),
        ("priority", rated.by_priority_table, rated.priority),
        ("complexity", rated.by_complexity_table, rated.complexity),
    )
    return tuple(
        f"{what}: {said.outcome} by the table, {given} set" for what, said, given in compared if said.outcome != given
    )
