"""
Whether our record is older than what happened, as Prefect last heard it.

A run that goes to sleep says after which entry of its case's record it does so. Where the database comes from a backup
and Prefect does not, a run knows of entries that the record lacks. Then nobody knows what was done meanwhile: the case
is parked, with an entry that says what is missing, and a manager finds out before it acts again. Its questions can be
answered and are chased all the while.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import select, update

from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.house import RecordOlder
from models.notices import Recipient
from models.states import CaseStatus, WorkItemState
from models.working_time import for_people
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact, LockedCase, recall
from tasks.durable.work_items import Question, house_key, put_by_the_house

_AFTER = re.compile(r"after entry (\d{1,9}) of the record$")
RECORD = "record"
"""The key of entries about the record itself."""
URGENT_COLOUR = "Red"


class SomeState(Protocol):
    """A run's state, as far as it is looked at here."""

    name: str | None
    message: str | None
    timestamp: datetime


@dataclass(frozen=True)
class Sighting:
    """The last that a run was told of its case's record."""

    no: int
    """The record's last entry then."""
    at: datetime
    words: str
    """The state's name: what the case waited for, or that it was closed. Nothing personal."""


def after_entry(no: int) -> str:
    """What a run's state says of how far the record is."""
    return f"after entry {no} of the record"


def entry_in(state: SomeState | None) -> int | None:
    """The entry after which a run went to sleep, or its case was closed; None where the state does not say."""
    return entry_said(state.message) if state is not None else None


def entry_said(message: str | None) -> int | None:
    """The entry that a state's message names; None where it names none."""
    found = _AFTER.search(message or "")
    return int(found[1]) if found else None


def latest_sighting(states: Iterable[SomeState]) -> Sighting | None:
    """What the states of a case's runs know of its record at the latest; None where they know nothing."""
    told = [Sighting(no, state.timestamp, state.name or "") for state in states if (no := entry_in(state)) is not None]
    return max(told, key=lambda one: (one.no, one.at), default=None)


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
        if case.status is CaseStatus.CLOSED or case.head_no >= seen.no or case.flow_run_id != old_run:
            return Settled.NOT_OLDER
        if _settled_up_to(change, ref) >= seen.no:
            return Settled.BEFORE
        _enter(change, case, seen, generation)
    return Settled.NOW


def _enter(change: Change, case: LockedCase, seen: Sighting, generation: int) -> None:
    session, pen, ref = change.session, change.pen(case), case.ref
    first, last = case.head_no + 1, seen.no
    missing = f"entry {last} is" if first == last else f"entries {first} to {last} are"
    data = {"old": case.flow_run_id, "known": last, "ours": case.head_no, "seen": seen.words, "at": seen.at.isoformat()}
    text = f"Has a new run in Prefect: the record is older than what happened; {missing} known to have been written"
    pen.enter(Fact(EntryKind.RUN_REPLACED, RECORD, text, "older", data))
    values: dict[str, object] = {"generation": generation, "flow_run_id": None, "run_created_at": None}
    if case.status is not CaseStatus.NEEDS_ATTENTION:  # what it was parked for before is still to be answered as well
        text = "Needs attention: its record is older than what happened"
        pen.enter(Fact(EntryKind.PARKED, RECORD, text, RecordOlder.name()))
        values["status"] = str(CaseStatus.NEEDS_ATTENTION)
    session.execute(update(Case).where(Case.ref == ref).values(values))
    about = (
        f"The database came from a backup. By {for_people(seen.at)} this case's record had {last} entries, and those "
        f"from number {first} on are gone; it was last seen as: {seen.words}. Look into the mail, the recording system "
        "and the notices of those days, and ask those who worked on it. Answer this case's open questions first, where "
        "they had been answered already; until this one is answered the case does nothing by itself, while its "
        "questions are chased as ever."
    )
    manager = Recipient.role(change.policy.alarms.parked_case)
    question = Question(RecordOlder, manager, about, _is_urgent(change, ref), (), None, lapses=False)
    put_by_the_house(session, pen, change.policy, house_key(session, ref, RecordOlder.slug()), question)


def _is_urgent(change: Change, ref: str) -> bool:
    """Whether somebody must look today: something urgent is open, or whoever it is about is rated Red."""
    urgent = select(WorkItem.id).where(
        WorkItem.case_ref == ref, WorkItem.state == str(WorkItemState.OPEN), WorkItem.urgent
    )
    colour = change.session.scalar(select(Case.colour).where(Case.ref == ref))
    return colour == URGENT_COLOUR or change.session.scalars(urgent.limit(1)).first() is not None


def _settled_up_to(change: Change, ref: str) -> int:
    """The entry up to which this case's losses were settled before; 0: none were."""
    settled = select(Entry.no).where(
        Entry.case_ref == ref, Entry.kind == str(EntryKind.RUN_REPLACED), Entry.key == RECORD
    )
    numbers = set(change.session.scalars(settled))
    known = (entry.data["known"] for entry in recall(change.session, ref) if entry.no in numbers and entry.data)
    return max(known, default=0)
