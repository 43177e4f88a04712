"""
A case's story as people read it: the recorded text of every entry, never changed, and who stands behind its ids.

A name is only put to an id where the entry itself says that it is one: of a person, or of a member of staff.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Entry, EntryPayload, WorkItem
from models.entry_kinds import EntryKind
from models.notices import RecipientKind
from models.outbox import OutboxMessage
from models.register import Person, Staff
from models.roles import Role
from models.working_time import local_day
from tasks.durable.ledger import SYSTEM

PAGE = 50
"""Entries on one page of a story."""
ERASED = "(erased)"
OF_PEOPLE = frozenset(
    {
        EntryKind.OPENED,
        EntryKind.CLOSED,
        EntryKind.ANSWERED,
        EntryKind.SIGNALLED,
        EntryKind.LAPSED,
        EntryKind.ACKNOWLEDGED,
        EntryKind.REASSIGNED,
        EntryKind.OWNER_CHANGED,
        EntryKind.ESCALATED,
        EntryKind.PARKED,
        EntryKind.RESUMED,
        EntryKind.UNDELIVERED,
        EntryKind.ERASED,
    }
)
"""What people said and decided, and what did not go as it should; without what the system looked up and worked out."""
_OF_WAITS = (EntryKind.AWAITED, EntryKind.WITHDREW, EntryKind.FELL_DUE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")
_STAFF_TAG = f"{RecipientKind.STAFF}-"


@dataclass(frozen=True)
class Told:
    """One entry as it is told. Personal."""

    entry: Entry
    text: str
    """What was recorded; "(erased)" where its time has passed."""
    data: Any = field(repr=False)
    is_erased: bool


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it."""

    no: int
    at: datetime
    kind: str
    by: str
    """A staff id, or `system`."""
    by_name: str
    """The name behind it; empty for the system and for whoever is not in the register."""
    text: str
    """The recorded text, with a name in brackets after each id that the entry is known to mean."""
    clauses: tuple[str, ...]
    is_erased: bool


@dataclass(frozen=True)
class StoryPage:
    """A part of a story, its latest entry first."""

    days: Sequence[tuple[date, Sequence[Line]]]
    first_shown: int | None
    older_before: int | None
    """Where the next page begins; None: this is the beginning of the story."""
    is_latest: bool
    whole: int
    """How many entries the case has."""


def told(session: Session, ref: str) -> list[Told]:
    """Every entry of a case, the first one first."""
    return list(_told(session, ref, before=None, kinds=None, most=None, latest_first=False))


def story_page(
    session: Session, ref: str, *, before: int | None = None, of_people_only: bool = False, most: int = PAGE
) -> StoryPage:
    """The entries before number `before`, or the latest, at most so many."""
    kinds = OF_PEOPLE if of_people_only else None
    found = list(_told(session, ref, before=before, kinds=kinds, most=most + 1, latest_first=True))
    shown, is_more = found[:most], len(found) > most
    last = session.scalar(select(Entry.no).where(Entry.case_ref == ref).order_by(Entry.no.desc()).limit(1)) or 0
    lines = lines_of(session, ref, shown)
    days = [(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: local_day(line.at))]
    return StoryPage(
        days,
        first_shown=shown[0].entry.no if shown else None,
        older_before=shown[-1].entry.no if is_more else None,
        is_latest=before is None or before > last,
        whole=last,
    )


def lines_of(session: Session, ref: str, entries: Sequence[Told]) -> list[Line]:
    """The entries as lines, in their order, in a handful of queries."""
    tags = _who_was_told(session, ref, entries)
    meant = {one.entry.no: _ids_meant(one, tags[one.entry.no]) for one in entries}
    names = _names(session, {name for ids in meant.values() for name in ids} | {one.entry.by for one in entries})
    return [
        Line(
            no=one.entry.no,
            at=one.entry.at,
            kind=one.entry.kind,
            by=one.entry.by,
            by_name="" if one.entry.by == SYSTEM else names.get(one.entry.by, ""),
            text=_with_names(_plainer(one), {name: names[name] for name in meant[one.entry.no] if name in names}),
            clauses=tuple(one.entry.clauses.split()),
            is_erased=one.is_erased,
        )
        for one in entries
    ]


def key_in_words(key: str) -> str:
    """The name of a wait in words: `contact-still-missed[2]` is "contact still missed (2)"."""
    name, _, number = key.partition("[")
    words = name.partition(":")[0].replace("-", " ")
    return f"{words} ({number.rstrip(']')})" if number else words


def staff_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The names of members of staff by id, of those the register knows."""
    return dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids))).tuples().all())


def _plainer(one: Told) -> str:
    """The recorded text; where the house wrote the key of a wait into it, that key in words."""
    if one.entry.kind not in _OF_WAITS:
        return one.text
    key = one.entry.key.removeprefix("withdraw:")
    return one.text.replace(key, key_in_words(key))


def _told(
    session: Session,
    ref: str,
    *,
    before: int | None,
    kinds: Collection[EntryKind] | None,
    most: int | None,
    latest_first: bool,
) -> Iterator[Told]:
    query = (
        select(Entry, EntryPayload.content)
        .join(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no), isouter=True)
        .where(Entry.case_ref == ref)
        .order_by(Entry.no.desc() if latest_first else Entry.no)
        .limit(most)
    )
    if before is not None:
        query = query.where(Entry.no < before)
    if kinds is not None:
        query = query.where(Entry.kind.in_(kinds))
    for entry, content in session.execute(query):
        said = {} if content is None else json.loads(content)
        yield Told(entry, str(said.get("text", ERASED)), said.get("data"), content is None)


def _who_was_told(session: Session, ref: str, entries: Sequence[Told]) -> defaultdict[int, set[str]]:
    """The tags of those whom each entry told or asked, by its number."""
    tags: defaultdict[int, set[str]] = defaultdict(set)
    if not entries:
        return tags
    numbers = [one.entry.no for one in entries]
    messages = select(OutboxMessage.entry_no, OutboxMessage.recipient).where(
        OutboxMessage.case_ref == ref, OutboxMessage.entry_no.between(min(numbers), max(numbers))
    )
    for no, recipient in session.execute(messages):
        tags[no].add(recipient)
    asked = dict(
        session.execute(select(WorkItem.key, WorkItem.asked_of).where(WorkItem.case_ref == ref)).tuples().all()
    )
    for one in entries:
        if one.entry.kind == EntryKind.ASKED and one.entry.key in asked:
            tags[one.entry.no].add(asked[one.entry.key])
        if one.entry.kind in (EntryKind.OPENED, EntryKind.OWNER_CHANGED):
            tags[one.entry.no] |= {one.entry.key, one.entry.step}
    return tags


def _ids_meant(one: Told, tags: Collection[str]) -> set[str]:
    """Ids that the entry says are somebody's: of whom it told or asked, and whatever stands alone in what it holds."""
    meant = {tag.removeprefix(_STAFF_TAG) for tag in tags if tag.startswith(_STAFF_TAG)}
    for value in _values(one.data):
        plain = value.removeprefix(_STAFF_TAG)
        # In an answer "team-leader" is more likely the role than a member of staff of that id.
        if _ID.fullmatch(value) and (plain != value or plain not in set(Role)):
            meant.add(plain)
    meant |= {part for part in one.entry.key.partition("[")[0].split(":")[1:] if _ID.fullmatch(part)}
    return meant


def _values(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _values(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from _values(value)


def _names(session: Session, ids: Collection[str]) -> dict[str, str]:
    wanted = sorted(ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found |= dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(some))).tuples().all())
        found |= staff_names(session, some)
    return found


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """The text with "(Priya Nair)" after the first place of each id; in `staff-practitioner` as well."""
    if not names:
        return text
    ids = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    seen: set[str] = set()

    def named(found: re.Match[str]) -> str:
        if found[1] in seen:
            return found[0]
        seen.add(found[1])
        return f"{found[0]} ({names[found[1]]})"

    return re.sub(rf"(?<![\w-])(?:{_STAFF_TAG})?({ids})(?![\w-])", named, text)
