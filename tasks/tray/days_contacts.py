"""
The manager's daily list: every contact and every attempt with people on the tray, as the ledger has it (PWT-51).

One call makes one line of it. It is worked out anew by whoever asks, for today and any past day; each working morning
managers hear in their digest how many lines the last one has.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.tray_waiting import ContactLogged, ContactOutcome, ContactReview, RedContactReview, SafeAndWellOutcome
from models.notices import Notice, Verb, Where
from models.tray import STANDING_STEPS, Standing
from models.working_time import local_day
from tasks.as_of import Cases, entered, start_of
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.once import is_first
from tasks.recording.leaving import STEP as NOTE_STEP
from tasks.telling.queueing import queue
from tasks.tray.listing import PROCEDURE, STANDS
from tasks.unseen.morning import managers_of

MATTER = "contacts-with-people-on-the-tray"


@dataclass(frozen=True)
class ContactLine:
    """One contact, or one attempt; references only."""

    at: datetime
    ref: str
    person: str
    team: str
    colour: str | None
    by: str
    reached: bool
    outcome: str
    """The outcome in the form's word; "found" or "not-found" for a safe and well check."""
    means: str
    safe_and_well: bool | None
    changed: bool
    """Something had changed for them; what it was stands in the case and in the note."""
    should_wait: str
    """What whoever made contact thinks of their waiting."""
    note: str
    """Our id of the note that was left about it; empty for an attempt."""


def contacts_on(session: Session, day: date, *, team: str | None = None) -> list[ContactLine]:
    """Every contact and attempt of a day, in order; restricted cases are left out."""
    return _between(session, start_of(day), start_of(day + timedelta(days=1)), team)


def tell_of_the_days_contacts(council: Council | None = None) -> dict[str, int]:
    """
    Tell each team's leader and managers how many lines the list of the last working day has; once a working day.

    It comes with the next digest. Gives the number for each team told.
    """
    council = council or council_of_this_process()
    now, calendar = council.clock.now(), council.policy.working_calendar()
    today = local_day(now)
    if not calendar.is_working_day(today):
        return {}
    since = start_of(calendar.previous_working_day(today))
    with council.database.read() as session:
        counted = Counter(line.team for line in _between(session, since, start_of(today), None))
    if not counted:
        return {}
    with council.change() as change:
        if not is_first(change.session, f"tray-contacts:{today}", now):
            return {}
        for team, number in sorted(counted.items()):
            notice = Notice(verb=Verb.READ, what=MATTER, team=team, how_many=number, where=Where.TRAY_CONTACTS)
            queue(change.session, notice, managers_of(change.session, council.policy, team, today), None, None, now)
    return dict(counted)


def _between(session: Session, start: datetime, end: datetime, team: str | None) -> list[ContactLine]:
    cases: Cases = select(Case.ref).where(
        Case.procedure == PROCEDURE,
        Case.restricted.is_(False),
        Case.opened_at < end,
        Case.closed_at.is_(None) | (Case.closed_at >= start),
    )
    lines: list[ContactLine] = []
    spoken_of = select(Entry.case_ref).where(
        _IS_A_CONTACT, Entry.at >= start, Entry.at < end, Entry.case_ref.in_(cases)
    )
    told = entered(session, spoken_of, end, _IS_A_CONTACT | _IS_A_NOTE | STANDS)
    for ref, entries in groupby(told, key=lambda one: one[0]):
        lines += [line for line in _of_one(ref, [entry for _, entry in entries]) if line.at >= start]
    chosen = (line for line in lines if team in (None, line.team) and line.at < end)
    return sorted(chosen, key=lambda line: (line.at, line.ref))


def _of_one(ref: str, entries: Sequence[Recorded]) -> Iterator[ContactLine]:
    """Each contact of one case as they stood then, with the note that follows it in the ledger before the next."""
    standing: Standing | None = None
    for number, entry in enumerate(entries):
        if entry.step in STANDING_STEPS and entry.data is not None:
            standing = Standing.model_validate(entry.data)
        if entry.kind is EntryKind.DONE or not isinstance(entry.data, dict) or standing is None:
            continue  # a step, a note, or erased
        said: dict[str, Any] = entry.data
        until_the_next = itertools.takewhile(lambda one: one.kind is EntryKind.DONE, entries[number + 1 :])
        note = next((one.data for one in until_the_next if one.step == NOTE_STEP), None)
        is_check = entry.step == SafeAndWellOutcome.name()
        reached = bool(said["found"]) if is_check else said["outcome"] != ContactOutcome.NO_ANSWER
        outcome = ("found" if said["found"] else "not-found") if is_check else said["outcome"]
        yield ContactLine(
            at=entry.at,
            ref=ref,
            person=standing.person,
            team=standing.team,
            colour=standing.colour,
            by=entry.by,
            reached=reached,
            outcome=outcome,
            means="safe-and-well-check" if is_check else said["means"],
            safe_and_well=said["safe_and_well"],
            changed=bool(said["changed"]),
            should_wait=said["should_wait"] if reached and not is_check else "",
            note=note["id"] if isinstance(note, dict) else "",
        )


_SAID_BY = sorted(one.name() for one in (ContactReview, RedContactReview, ContactLogged, SafeAndWellOutcome))
_IS_A_CONTACT = Entry.kind.in_([EntryKind.ANSWERED, EntryKind.SIGNALLED]) & Entry.step.in_(_SAID_BY)
_IS_A_NOTE = (Entry.kind == EntryKind.DONE) & (Entry.step == NOTE_STEP)
