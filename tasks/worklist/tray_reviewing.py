"""The list that a reviewer of a whole tray has before them: as the flow has listed it, with names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import WorkItem
from models.entry_kinds import EntryKind
from models.register import Person
from tasks.durable.ledger import recall
from tasks.register.traces import in_pieces
from tasks.tray.weekly_list import ListedCase, TrayList
from tasks.tray.weekly_review import list_tray, list_what_is_left
from tasks.worklist.members import Member
from tasks.worklist.scope import NotFound
from tasks.worklist.tray_pages import readable_of


@dataclass(frozen=True)
class NamedCase:
    """Somebody on the list, with their name where it is the reviewer's to know. Personal data."""

    number: int
    """Their place on the list, from 1."""
    listed: ListedCase
    person: Person | None
    """None: a restricted case, or one that the reviewer may not read."""
    may_open: bool

    @property
    def name(self) -> str:
        """What they are called on the page; the case's reference is beside it."""
        if self.person is not None:
            return self.person.name
        return self.listed.person or "Restricted"


def list_asked(session: Session, item_id: str) -> TrayList:
    """The list that the flow made last before it asked that. Raises `NotFound` where it was erased since."""
    item = session.get_one(WorkItem, item_id)
    found: TrayList | None = None
    lists = {one.name: one for one in (list_tray, list_what_is_left)}
    for entry in recall(session, item.case_ref):
        if entry.kind is EntryKind.ASKED and entry.key == item.key:
            break
        if entry.kind is EntryKind.DONE and entry.step in lists:
            found = lists[entry.step].outcome_in(entry) if entry.data is not None else None
    if found is None:
        raise NotFound("list")
    return found


def named_cases(session: Session, member: Member, cases: Sequence[ListedCase], now: datetime) -> list[NamedCase]:
    """The cases with names, numbered as on the list."""
    readable = readable_of(session, member, [one.ref for one in cases], now)
    people: dict[str, Person] = {}
    for some in in_pieces(sorted(readable)):
        about = select(CasePerson.case_ref, Person).join(Person, Person.id == CasePerson.person_id)
        rows = session.execute(about.where(CasePerson.case_ref.in_(some))).tuples()
        people.update(rows.all())
    return [
        NamedCase(number, one, people.get(one.ref) if one.person else None, one.ref in readable)
        for number, one in enumerate(cases, start=1)
    ]
