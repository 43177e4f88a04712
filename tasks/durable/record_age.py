"""
Whether our record is older than what happened, as Prefect last heard it.

A run that goes to sleep says after which entry of its case's record it does so, and how that entry's hash begins. Where
the database comes from a backup and Prefect does not, a run knows of entries that the record lacks, or has others in
the place of. Then nobody knows what was done meanwhile: the case is parked, with an entry that says what is missing,
and a manager finds out before it acts again. Its questions can be answered and are chased all the while.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.house import RecordOlder
from models.notices import Recipient
from models.states import CaseStatus, WorkItemState
from models.working_time import for_people
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact, LockedCase
from tasks.durable.work_items import Question, house_key, put_by_the_house

_AFTER = re.compile(r"after entry (\d{1,9})(?: \(([0-9a-f]{8})\))? of the record$")
_DIGITS = 8
"""So much of an entry's hash is said: enough to tell it from another entry of the same number."""
RECORD = "record"
"""The key of entries about the record itself."""
URGENT_COLOUR = "Red"
LISTED = 12
"""So many open questions are named; of more their number is told."""


class SomeState(Protocol):
    """A run's state, as far as it is looked at here."""

    name: str | None
    message: str | None
    timestamp: datetime


@dataclass(frozen=True)
class Head:
    """How far a case's record was."""

    no: int
    """Its last entry."""
    digest: str = ""
    """How that entry's hash begins; empty where it was not said."""

    @classmethod
    def of(cls, no: int, whole_hash: str) -> Head:
        """That of a record whose last entry has this number and hash."""
        return cls(no, whole_hash[:_DIGITS])


@dataclass(frozen=True)
class Sighting:
    """The last that a run was told of its case's record."""

    head: Head
    """The record's last entry then."""
    at: datetime
    words: str
    """The state's name: what the case waited for, or that it was closed. Nothing personal."""


def after_entry(head: Head) -> str:
    """What a run's state says of how far the record is."""
    said = f" ({head.digest})" if head.digest else ""
    return f"after entry {head.no}{said} of the record"


def head_in(state: SomeState | None) -> Head | None:
    """The entry after which a run went to sleep, or its case was closed; None where the state does not say."""
    return head_said(state.message) if state is not None else None


def head_said(message: str | None) -> Head | None:
    """The entry that a state's message names; None where it names none."""
    found = _AFTER.search(message or "")
    return Head(int(found[1]), found[2] or "") if found else None


def sightings(states: Iterable[SomeState]) -> list[Sighting]:
    """All that the states of a case's runs know of its record."""
    return [
        Sighting(head, state.timestamp, state.name or "") for state in states if (head := head_in(state)) is not None
    ]


def lacks(session: Session, ref: str, heads: Iterable[Head]) -> set[Head]:
    """Those of the heads that the case's record has not, or has another entry in the place of."""
    wanted = set(heads)
    there = select(Entry.no, Entry.hash).where(Entry.case_ref == ref, Entry.no.in_({one.no for one in wanted}))
    ours: dict[int, str] = dict(session.execute(there).tuples().all()) if wanted else {}
    return {one for one in wanted if one.no not in ours or not ours[one.no].startswith(one.digest)}


def latest_lost(session: Session, ref: str, seen: Iterable[Sighting]) -> Sighting | None:
    """The latest sighting of what the case's record lacks; None where it lacks nothing that was seen."""
    told = list(seen)
    lost = lacks(session, ref, (one.head for one in told))
    return max((one for one in told if one.head in lost), key=lambda one: (one.at, one.head.no), default=None)


class Settled(StrEnum):
    """What became of a record that seemed older than what happened."""

    NOW = "now"
    """What is missing is entered, the case is parked, and a manager is asked."""
    BEFORE = "before"
    """All of that was done earlier."""
    NOT_OLDER = "not-older"
    """It is not: it has grown since it was looked at, or its case is closed or has another run."""


def settle_older_record(council: Council, ref: str, old_run: str | None, seen: Sighting, generation: int) -> Settled:
    """Enter what is missing, park the case and ask a manager what happened; its next run has that generation."""
    with council.change() as change:
        case = change.lock(ref)
        if case.status is CaseStatus.CLOSED or case.flow_run_id != old_run:
            return Settled.NOT_OLDER
        if not lacks(change.session, ref, [seen.head]):
            return Settled.NOT_OLDER
        settled = _last_settled(change, ref)
        if settled is not None and seen.at <= settled:
            return Settled.BEFORE
        _enter(change, case, seen, generation)
    return Settled.NOW


def _enter(change: Change, case: LockedCase, seen: Sighting, generation: int) -> None:
    session, pen, ref = change.session, change.pen(case), case.ref
    missing, gone = _in_words(case.head_no, seen.head.no)
    data = {
        "old": case.flow_run_id, "known": seen.head.no, "ours": case.head_no, "seen": seen.words,
        "at": seen.at.isoformat(), **({"hash": seen.head.digest} if seen.head.digest else {}),
    }  # fmt: skip
    text = f"Has a new run in Prefect: the record is older than what happened; {missing}"
    pen.enter(Fact(EntryKind.RUN_REPLACED, RECORD, text, "older", data))
    values: dict[str, object] = {"generation": generation, "flow_run_id": None, "run_created_at": None}
    if case.status is not CaseStatus.NEEDS_ATTENTION:  # what it was parked for before is still to be answered as well
        text = "Needs attention: its record is older than what happened"
        pen.enter(Fact(EntryKind.PARKED, RECORD, text, RecordOlder.name()))
        values["status"] = str(CaseStatus.NEEDS_ATTENTION)
    session.execute(update(Case).where(Case.ref == ref).values(values))
    about = (
        f"The database came from a backup. By {for_people(seen.at)} this case's record had {gone}; it was last seen "
        f"as: {seen.words}. Look into the mail, the recording system "
        f"and the notices of those days, and ask those who worked on it. {_open_questions(session, ref)} Until this "
        "one is answered the case does nothing by itself, while its questions are chased as ever."
    )
    manager = Recipient.role(change.policy.alarms.parked_case)
    question = Question(RecordOlder, manager, about, _is_urgent(change, ref), (), None, lapses=False)
    put_by_the_house(session, pen, change.policy, house_key(session, ref, RecordOlder.slug()), question)


def _open_questions(session: Session, ref: str) -> str:
    """What is to be answered before, by title and id: what had been answered already was lost with the record."""
    rows = session.execute(
        select(WorkItem.form, WorkItem.id)
        .where(WorkItem.case_ref == ref, WorkItem.state == str(WorkItemState.OPEN))
        .order_by(WorkItem.opened_at, WorkItem.id)
    ).all()
    if not rows:
        return "By its record this case has no open question."
    listed = [f"{Form.words_for(form)[0]} ({item})" for form, item in rows[:LISTED]]
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return (
        f"By its record these questions of the case are open: {', '.join(listed)}{more}. Answer first those that had "
        "been answered already."
    )


def _is_urgent(change: Change, ref: str) -> bool:
    """Whether somebody must look today: something urgent is open, or whoever it is about is rated Red."""
    urgent = select(WorkItem.id).where(
        WorkItem.case_ref == ref, WorkItem.state == str(WorkItemState.OPEN), WorkItem.urgent
    )
    colour = change.session.scalar(select(Case.colour).where(Case.ref == ref))
    return colour == URGENT_COLOUR or change.session.scalars(urgent.limit(1)).first() is not None


def _in_words(ours: int, known: int) -> tuple[str, str]:
    """What is missing, for the record; and what the record had, for whoever looks into it."""
    if known <= ours:
        missing = f"entry {known} is known to have been another"
        return missing, f"another entry {known} than it has now, and some of those before it may be gone as well"
    first = ours + 1
    missing = f"entry {known} is" if first == known else f"entries {first} to {known} are"
    return f"{missing} known to have been written", f"{known} entries, and those from number {first} on are gone"


def _last_settled(change: Change, ref: str) -> datetime | None:
    """When losses of this case were settled last: what was seen up to then is no news."""
    settled = select(func.max(Entry.at)).where(
        Entry.case_ref == ref, Entry.kind == str(EntryKind.RUN_REPLACED), Entry.key == RECORD
    )
    return change.session.scalar(settled)
