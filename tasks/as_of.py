"""
How cases stood at a moment, from their ledgers.

The rows beside a ledger (the case's owner and colour, a work item's due time) say how things stand now. Whoever asks
for a past day is answered from what was entered by then, so that the answer is the one that was given then. What was
erased since is missing from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import max as greatest

from models.cases import Case, Entry, EntryPayload, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.states import WaitKind
from models.working_time import LONDON, local_day
from tasks.durable.ledger import Recorded
from tasks.durable.memory import BY_THE_HOUSE

ERASED = "(erased)"
"""What stands for an owner whose entry was erased."""
Cases = Select[tuple[str]]
"""A query that gives refs of cases."""


class DayToCome(PathwaysError):
    """That day has not begun: ask for today or a day before it."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day.isoformat()} is still to come: ask for today or a day before it")
        self.day = day


class PeriodWrongWayRound(PathwaysError):
    """A period ends on the day on which it begins, or later: turn --from and --to round."""

    def __init__(self) -> None:
        super().__init__("the period ends before it begins: turn --from and --to round")


@dataclass(frozen=True)
class Awaited:
    """A question, a moment or another case's closing that a case waited for."""

    kind: WaitKind
    key: str
    name: str
    """The form's name, the timer's, or the other case's ref."""
    since: datetime
    due: datetime | None = None
    of: str | None = None
    """Tag of who was asked; None where nobody was."""


def moment_of(day: date | None, now: datetime) -> datetime:
    """The last moment of a day, local time; now, where it is today or none is given. Raises `DayToCome`."""
    today = local_day(now)
    if day is None or day == today:
        return now
    if day > today:
        raise DayToCome(day)
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def start_of(day: date) -> datetime:
    """The first moment of a day, local time."""
    return datetime.combine(day, time(0), tzinfo=LONDON).astimezone(UTC)


def open_at(moment: datetime, *which: ColumnElement[bool]) -> Cases:
    """The cases that were open at a moment."""
    still_open = or_(Case.closed_at.is_(None), Case.closed_at > moment)
    return select(Case.ref).where(Case.opened_at <= moment, still_open, *which)


def latest(session: Session, cases: Cases, moment: datetime, *which: ColumnElement[bool]) -> dict[str, Recorded]:
    """The last entry of each case by then that is of those; in one query, which reads no other payload."""
    last = (
        select(Entry.case_ref, greatest(Entry.no).label("no"))
        .where(Entry.case_ref.in_(cases), Entry.at <= moment, *which)
        .group_by(Entry.case_ref)
        .subquery()
    )
    rows = _with_payload().join(last, (last.c.case_ref == Entry.case_ref) & (last.c.no == Entry.no))
    return dict(_recorded(session, rows))


def entered(
    session: Session, cases: Cases, moment: datetime, *which: ColumnElement[bool]
) -> Iterator[tuple[str, Recorded]]:
    """Every entry of those cases by then that is of those, with its case's ref; each case's in order."""
    rows = _with_payload().where(Entry.case_ref.in_(cases), Entry.at <= moment, *which)
    return _recorded(session, rows.order_by(Entry.case_ref, Entry.no))


def owners(session: Session, cases: Cases, moment: datetime) -> dict[str, str]:
    """The tag of each case's owner."""
    first = select(Entry.case_ref, Entry.key).where(
        Entry.case_ref.in_(cases), Entry.kind == EntryKind.OPENED, Entry.at <= moment
    )
    found = {row.case_ref: row.key for row in session.execute(first)}
    for ref, entry in latest(session, cases, moment, Entry.kind == EntryKind.OWNER_CHANGED).items():
        found[ref] = str(entry.data) if entry.data is not None else ERASED
    return found


def awaited(session: Session, cases: Cases, moment: datetime) -> dict[str, list[Awaited]]:
    """What each case waited for, in the order in which it was opened: questions, moments and other cases."""
    found: defaultdict[str, list[Awaited]] = defaultdict(list)
    changed = _what_was_changed(session, cases, moment)
    for ref, one in (*_by_the_flow(session, cases, moment), *_by_the_house(session, cases, moment)):
        found[ref].append(replace(one, **changed.get((ref, one.key), {})))
    return {ref: sorted(waits, key=lambda one: (one.since, one.key)) for ref, waits in found.items()}


def _by_the_flow(session: Session, cases: Cases, moment: datetime) -> Iterator[tuple[str, Awaited]]:
    opened, ended = aliased(Entry), aliased(Entry)
    rows = session.execute(
        select(Wait.case_ref, Wait.kind, Wait.key, Wait.awaited, opened.at, EntryPayload.content)
        .join(opened, (opened.case_ref == Wait.case_ref) & (opened.no == Wait.opened_no))
        .join(EntryPayload, (EntryPayload.case_ref == Wait.case_ref) & (EntryPayload.no == Wait.opened_no))
        .outerjoin(ended, (ended.case_ref == Wait.case_ref) & (ended.no == Wait.ended_no))
        .where(Wait.case_ref.in_(cases), Wait.kind != WaitKind.SIGNAL, opened.at <= moment)
        .where(or_(Wait.ended_no.is_(None), ended.at > moment))
    )
    for ref, kind, key, name, since, content in rows:
        name = key.partition("[")[0] if kind == WaitKind.TIMER else name
        yield ref, Awaited(WaitKind(kind), key, name, since, *_as_opened(since, key, content))


def _by_the_house(session: Session, cases: Cases, moment: datetime) -> Iterator[tuple[str, Awaited]]:
    """Questions of the house have no wait; each ends with its answer, or with the case."""
    rows = session.execute(
        select(WorkItem.case_ref, WorkItem.key, WorkItem.form, WorkItem.opened_at, EntryPayload.content)
        .join(Entry, (Entry.case_ref == WorkItem.case_ref) & (Entry.key == WorkItem.key))
        .join(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no))
        .where(Entry.kind == EntryKind.ASKED, WorkItem.case_ref.in_(cases), WorkItem.key.startswith(BY_THE_HOUSE))
        .where(WorkItem.opened_at <= moment, or_(WorkItem.answered_at.is_(None), WorkItem.answered_at > moment))
    )
    for ref, key, form, since, content in rows:
        yield ref, Awaited(WaitKind.DECISION, key, form, since, *_as_opened(since, key, content))


def _as_opened(at: datetime, key: str, content: str | None) -> tuple[datetime | None, str | None]:
    """Due time and tag of who is asked, as the entry that opened it has them."""
    data = Recorded(0, at, EntryKind.ASKED, key, "", "", content).data
    said: dict[str, Any] = data if isinstance(data, dict) else {}
    due = said.get("due")
    return (datetime.fromisoformat(due) if due else None), said.get("of")


def _what_was_changed(session: Session, cases: Cases, moment: datetime) -> dict[tuple[str, str], dict[str, Any]]:
    """What was entered later about a wait: another due time by a new policy, another person asked."""
    changed: defaultdict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    later = Entry.kind.in_([EntryKind.DUE_CHANGED, EntryKind.REASSIGNED])
    for ref, entry in entered(session, cases, moment, later):
        data = entry.data if isinstance(entry.data, dict) else {}
        if entry.kind is EntryKind.DUE_CHANGED and "due" in data:
            changed[ref, entry.key]["due"] = datetime.fromisoformat(data["due"])
        elif "of" in data:
            changed[ref, entry.key]["of"] = str(data["of"])
    return changed


def _with_payload() -> Select[Any]:
    columns = (Entry.case_ref, Entry.no, Entry.at, Entry.kind, Entry.key, Entry.step, Entry.by, EntryPayload.content)
    own = (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no)
    return select(*columns).join(EntryPayload, own, isouter=True)


def _recorded(session: Session, rows: Select[Any]) -> Iterator[tuple[str, Recorded]]:
    for ref, no, at, kind, key, step, by, content in session.execute(rows):
        yield ref, Recorded(no, at, EntryKind(kind), key, step, by, content)
