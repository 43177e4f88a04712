"""
Finding somebody: by a case's ref, the record id, the NHS number, our own id or the name.

Nobody is shown a case that is not theirs to read, nor is it counted. Who may look for people of their own team alone
finds nobody else, but for the one person whom they know exactly and begin something for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.permissions import Action, Reach
from models.refs import NotARef, read_ref
from models.register import Allocation, Person
from models.states import CaseStatus
from tasks.register.finding import MOST_FOUND, TooManyFound, find_exactly, find_people, name_fits
from tasks.worklist.members import Member
from tasks.worklist.naming import title_of
from tasks.worklist.scope import NotFound, cases_within, find_case
from tasks.worklist.what_came import WhatCame, what_came

LOOKED_THROUGH = 1_000
"""So many open cases about nobody known are looked through, the latest first."""
MOST_CASES = 10
"""So many cases of one person are shown, the open ones first; the rest are counted."""


@dataclass(frozen=True)
class FoundCase:
    """A case that they may read."""

    ref: str
    title: str
    """What people call its procedure."""
    status: CaseStatus
    opened_at: datetime
    closed_at: datetime | None
    colour: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.status is not CaseStatus.CLOSED


@dataclass(frozen=True)
class FoundPerson:
    """Somebody in the register, with the cases about them."""

    person: Person
    cases: tuple[FoundCase, ...] = ()
    more_cases: int = 0
    """How many they may read besides."""


@dataclass(frozen=True)
class Found:
    """What was found. Personal data."""

    people: tuple[FoundPerson, ...] = ()
    case: FoundCase | None = None
    """The case of that ref."""
    about: tuple[FoundPerson, ...] = field(default=())
    """Whom that case is about, without their other cases."""
    not_in_register: tuple[tuple[FoundCase, WhatCame], ...] = ()
    """Open cases about nobody the register knows, in which somebody of that name wrote or is spoken of."""
    too_many: int = 0
    """How many people it fits, where that is more than are shown at once."""

    @property
    def number(self) -> int:
        """How many people and cases are shown."""
        return len(self.people) + (self.case is not None) + len(self.not_in_register)


def find(session: Session, member: Member, words: str, on: date) -> Found:
    """
    Everybody, and the case, that somebody's words fit, as far as it is theirs to see.

    More than `MOST_FOUND` people are only counted.
    """
    case = _case_of(session, member, words, on)
    about = _people_of(session, case.ref) if case is not None else ()
    unknown = _about_nobody_known(session, member, words, on)
    try:
        people = find_people(session, words, _within(session, member, on))
    except TooManyFound as refused:
        return Found(case=case, about=about, not_in_register=unknown, too_many=refused.count)
    cases = _cases_of(session, member, [one.id for one in people], on)
    found = (FoundPerson(one, tuple(cases[one.id][:MOST_CASES]), len(cases[one.id][MOST_CASES:])) for one in people)
    return Found(tuple(found), case, about, unknown)


def find_to_begin(session: Session, member: Member, words: str, on: date) -> Found:
    """
    As `find`, on a form that begins something; whoever may begin it finds the one person whom they know exactly.

    That is by a number, or by the whole name with the date of birth: they may find nobody else outside their team, and
    see none of the cases that are not theirs.
    """
    found = find(session, member, words, on)
    if found.number or found.too_many or not member.may(Action.START_CASE):
        return found
    return Found(tuple(FoundPerson(one) for one in find_exactly(session, words, on)))


def _about_nobody_known(
    session: Session, member: Member, words: str, on: date
) -> tuple[tuple[FoundCase, WhatCame], ...]:
    """Open cases that they may read, about nobody in the register, that began with somebody of that name."""
    about_somebody = exists().where(CasePerson.case_ref == Case.ref)
    rows = session.scalars(
        select(Case)
        .where(Case.status != CaseStatus.CLOSED, Case.restricted.is_(False), ~about_somebody)
        .where(cases_within(session, member, Action.READ_CASE, on))
        .order_by(Case.opened_at.desc(), Case.ref)
        .limit(LOOKED_THROUGH)
    ).all()
    came = what_came(session, [one.ref for one in rows])
    fitting = ((one, came[one.ref]) for one in rows if one.ref in came)
    found = [(_shown(case), it) for case, it in fitting if name_fits(words, f"{it.about} {it.sender}")]
    return tuple(found[:MOST_FOUND])


def _case_of(session: Session, member: Member, words: str, on: date) -> FoundCase | None:
    try:
        return _shown(find_case(session, member, read_ref(words), Action.READ_CASE, on))
    except (NotARef, NotFound):
        return None


def _people_of(session: Session, ref: str) -> tuple[FoundPerson, ...]:
    people = select(Person).join(CasePerson, CasePerson.person_id == Person.id).where(CasePerson.case_ref == ref)
    return tuple(FoundPerson(one) for one in session.scalars(people.order_by(Person.id)))


def _within(session: Session, member: Member, on: date) -> ColumnElement[bool]:
    """The condition, over `Person`, under which they may find somebody."""
    if member.reach(Action.FIND_PERSON) is Reach.EVERYTHING:
        return true()
    theirs = select(Case.ref).where(cases_within(session, member, Action.FIND_PERSON, on))
    has_case = exists().where(CasePerson.person_id == Person.id, CasePerson.case_ref.in_(theirs))
    holds = and_(Allocation.since <= on, or_(Allocation.until.is_(None), Allocation.until > on))
    allocated = exists().where(Allocation.person_id == Person.id, holds, Allocation.team_id == member.team_id)
    return or_(has_case, allocated)


def _cases_of(session: Session, member: Member, people: list[str], on: date) -> dict[str, list[FoundCase]]:
    """The cases about those people that they may read: the open ones first, then the latest first."""
    about = session.execute(
        select(CasePerson.case_ref, CasePerson.person_id).where(CasePerson.person_id.in_(people))
    ).all()
    cases = session.scalars(
        select(Case)
        .where(Case.ref.in_({ref for ref, _ in about}), cases_within(session, member, Action.READ_CASE, on))
        .order_by(Case.closed_at.is_not(None), Case.opened_at.desc(), Case.ref)
    )
    found: defaultdict[str, list[FoundCase]] = defaultdict(list)
    for case in cases:
        for who in (person for ref, person in about if ref == case.ref):
            found[who].append(_shown(case))
    return found


def _shown(case: Case) -> FoundCase:
    return FoundCase(
        case.ref, title_of(case.procedure), CaseStatus(case.status), case.opened_at, case.closed_at, case.colour
    )


__all__ = ["MOST_CASES", "MOST_FOUND", "Found", "FoundCase", "FoundPerson", "find", "find_to_begin"]
