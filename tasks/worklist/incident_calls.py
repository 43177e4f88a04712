"""Calls on an incident's people that have passed: which were missed, what became of the others, and saying so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.forms.affected_calls import CallRecorded
from models.permissions import Action
from models.provider_failure.tables import AffectedPerson, CallOnPerson
from models.working_time import local_day
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.provider_failure.calls import calls_between, covered_by
from tasks.worklist.incident_people import PersonInRoom
from tasks.worklist.members import Member
from tasks.worklist.moving import Moved
from tasks.worklist.scope import find_case
from tasks.worklist.signalling import tell_case

SHOWN_FOR = timedelta(hours=12)
"""For so long calls that have passed are shown; missed ones until somebody has said what became of them."""
SOON = timedelta(minutes=30)
"""A call that is about to come can be recorded, too: carers come early."""


@dataclass(frozen=True)
class PassedCall:
    """A call on somebody whose time has come. Personal data."""

    at: datetime
    person: PersonInRoom
    covered_by: str
    is_missed: bool
    """It had passed with nobody and no record, and nobody has said since what became of it."""
    made: bool | None
    """Whether it was made; none: nobody has said."""
    made_by: str
    how: str

    @property
    def key(self) -> str:
        """By which it is ticked: the case and the time."""
        return f"{self.person.case} {self.at.isoformat()}"

    @property
    def place(self) -> int:
        """The number of whom it is on."""
        return self.person.place


def calls_on_record(session: Session, incident: str) -> dict[str, list[CallOnPerson]]:
    """What is on record of calls, by the person's case."""
    rows = session.scalars(
        select(CallOnPerson)
        .join(AffectedPerson, AffectedPerson.case_ref == CallOnPerson.case_ref)
        .where(AffectedPerson.incident_ref == incident)
        .order_by(CallOnPerson.at)
    )
    found: dict[str, list[CallOnPerson]] = {}
    for one in rows:
        found.setdefault(one.case_ref, []).append(one)
    return found


def passed_calls(
    session: Session, incident: str, people: Sequence[PersonInRoom], now: datetime
) -> tuple[PassedCall, ...]:
    """Missed calls first, the longest missed first; then what has come in the last hours, the latest first."""
    known = calls_on_record(session, incident)
    found: list[PassedCall] = []
    for one in people:
        rows = {row.at: row for row in known.get(one.case, [])}
        since = max(one.listed_at, now - SHOWN_FOR)
        due = [] if one.is_with_other_care else calls_between(one.calls.times, since, now + SOON)
        recent = {at for at, row in rows.items() if at >= since or at in one.missed}
        found += [_passed(one, at, rows.get(at)) for at in sorted({*due, *recent})]
    missed = sorted((one for one in found if one.is_missed), key=lambda one: (one.at, one.place))
    others = sorted((one for one in found if not one.is_missed), key=lambda one: (-one.at.timestamp(), one.place))
    return (*missed, *others)


def _passed(one: PersonInRoom, at: datetime, row: CallOnPerson | None) -> PassedCall:
    return PassedCall(
        at=at,
        person=one,
        covered_by=covered_by(at, one.covers),
        is_missed=at in one.missed,
        made=row.made if row else None,
        made_by=(row.made_by or "") if row else "",
        how=(row.how or "") if row else "",
    )


def record_calls(
    council: Council, member: Member, incident: str, keys: Collection[str], said: CallRecorded, *, form: str
) -> Moved:
    """
    Say of several calls what became of them, each in its person's case; gives those told and those that were not.

    `said` is said of each, but for its time, which stands in the key. `form` is the id of what was sent: sent twice, it
    counts once. What one case refuses keeps the others from nothing.
    """
    done = Moved()
    with council.database.read() as session:
        rows = session.scalars(select(AffectedPerson.case_ref).where(AffectedPerson.incident_ref == incident))
        listed = set(rows)
    for key in sorted(set(keys)):
        ref, _, at = key.partition(" ")
        try:
            if ref not in listed:
                continue
            with council.database.read() as session:
                find_case(session, member, ref, Action.ACT_ON_CASE, local_day(council.clock.now()))
            call = said.model_copy(update={"at": datetime.fromisoformat(at)})
            tell_case(council, ref, call, by=member.id, signal_id=f"form:{form}:{at}", nobody_at_risk=True)
        except DatabaseUnavailable:
            raise
        except ValueError:
            continue  # no time of ours
        except PathwaysError as wrong:
            done.left[ref] = str(wrong)
        else:
            done.given.append(ref)
    return done
