"""Which cases and which people belong together, as far as keeping goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.case_people import CasePerson
from models.cases import Case
from models.person_messages import PersonMessage
from models.recording import CaseNote
from models.tray import TrayPlace

AT_ONCE = 500
"""References in one question to the database."""


def lineage_of(session: Session, ref: str) -> set[str]:
    """The case, every case that it came from, and every case that came from it; not those that came beside it."""
    return {ref} | _above(session, ref) | _below(session, ref)


def _above(session: Session, ref: str) -> set[str]:
    found: set[str] = set()
    parent = session.scalar(select(Case.parent_ref).where(Case.ref == ref))
    while parent is not None and parent not in found:
        found.add(parent)
        parent = session.scalar(select(Case.parent_ref).where(Case.ref == parent))
    return found


def _below(session: Session, ref: str) -> set[str]:
    found: set[str] = set()
    newest = {ref}
    while newest:
        opened = of_those(session, Case.ref, Case.parent_ref, newest)
        newest = opened - found
        found |= newest
    return found


_ABOUT = (
    (CasePerson.case_ref, CasePerson.person_id),
    (TrayPlace.case_ref, TrayPlace.person_id),
    (PersonMessage.case_ref, PersonMessage.person_id),
    (PersonMessage.case_ref, PersonMessage.told_person_id),
    (CaseNote.case_ref, CaseNote.person_id),
)
"""Where it stands that a case has to do with a person of the register."""


def people_in(session: Session, refs: Collection[str]) -> set[str]:
    """Register ids of everybody with whom one of those cases has to do."""
    found: set[str] = set()
    for case_ref, person_id in _ABOUT:
        found |= of_those(session, person_id, case_ref, refs)
    return found


def cases_with(session: Session, people: Collection[str], *which: ColumnElement[bool]) -> set[str]:
    """Refs of the cases that have to do with one of those people."""
    if not people:
        return set()
    parts = [
        select(case_ref).join(Case, Case.ref == case_ref).where(person_id.in_(people), *which)
        for case_ref, person_id in _ABOUT
    ]
    return {str(ref) for ref in session.scalars(union(*parts))}


def of_those(
    session: Session,
    wanted: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    named: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    among: Collection[str],
) -> set[str]:
    """The values of one column in the rows where another has one of those references; never none."""
    found: set[str] = set()
    for some in in_parts(among):
        rows = session.scalars(select(wanted).where(named.in_(some), wanted.is_not(None)).distinct())
        found |= {str(one) for one in rows}
    return found


def in_parts(references: Iterable[str], most: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """The references in order, so many at a time."""
    rest = iter(sorted(references))
    while part := list(islice(rest, most)):
        yield part
