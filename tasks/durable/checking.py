"""
What a form cannot know by itself and is held against before it counts: the register, and today.

An answer, a signal and what a case is opened with are looked at in the same way; what was typed is never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.forms.base import RegisterKind
from models.register import Staff
from models.states import CaseStatus
from models.working_time import local_day, months_after
from tasks.register.lookups import person, provider, staff_member, team

MONTHS_BACK, MONTHS_AHEAD = 12, 24
"""How far back a recent day lies at most, and a coming one ahead."""


def problems_in(session: Session, filled: BaseModel, now: datetime) -> list[str]:
    """Every field that names somebody who is not in the register or not alive, or a day that cannot be."""
    return [
        *_not_in_register(session, filled, now),
        *_have_died(session, filled),
        *_not_their_case(session, filled),
        *_impossible_dates(filled, now),
    ]


def has_left(member: Staff, now: datetime) -> bool:
    """Whether somebody is no longer staff."""
    return member.left_on is not None and member.left_on <= local_day(now)


def _impossible_dates(filled: BaseModel, now: datetime) -> list[str]:
    """What is wrong with the days of something: done later than today, to be done before today, or years away."""
    today = local_day(now)
    problems = []
    for place, day, kind in _days_in(filled):
        match kind:
            case "past_dates" if day > today:
                problems.append(f"{place}: it has not come yet; give the day on which it was done")
            case "recent_dates" if day < months_after(today, -MONTHS_BACK):
                problems.append(f"{place}: it is more than a year ago; look at the year, and give the right day")
            case "coming_dates" if day < today:
                problems.append(f"{place}: it is over; give today or a later day")
            case "coming_dates" if day > months_after(today, MONTHS_AHEAD):
                problems.append(f"{place}: it is years ahead; look at the year, and give an earlier day")
    return problems


def _days_in(filled: BaseModel, place: str = "") -> Iterator[tuple[str, date, str]]:
    """Every day that cannot be just any: where it stands, and which it cannot be."""
    for kind in ("past_dates", "recent_dates", "coming_dates"):
        for name in sorted(getattr(filled, kind, ())):
            given = getattr(filled, name)
            if given is not None:
                yield f"{place}{name}", local_day(given) if isinstance(given, datetime) else given, kind
    for inner, part in _parts_of(filled, place):
        yield from _days_in(part, inner)


def _parts_of(filled: BaseModel, place: str) -> Iterator[tuple[str, BaseModel]]:
    """What a form is made of beside its plain fields, each with its place."""
    for name in type(filled).model_fields:
        given = getattr(filled, name)
        if isinstance(given, BaseModel):
            yield f"{place}{name}.", given
        for number, part in enumerate(given if isinstance(given, tuple) else ()):
            if isinstance(part, BaseModel):
                yield f"{place}{name}.{number}.", part


def _not_in_register(session: Session, filled: BaseModel, now: datetime) -> list[str]:
    """What is wrong with the fields that name somebody in the register."""

    def serving(session: Session, staff_id: str) -> Staff | None:
        member = staff_member(session, staff_id)
        return None if member is None or has_left(member, now) else member

    look_up: dict[RegisterKind, Callable[[Session, str], object]] = {
        RegisterKind.STAFF: staff_member,
        RegisterKind.SERVING_STAFF: serving,
        RegisterKind.TEAM: team,
        RegisterKind.PERSON: person,
        RegisterKind.PROVIDER: provider,
    }
    problems = []
    for place, kind, given in _named_in(filled):
        if look_up[kind](session, given) is None:
            problems.append(f"{place}: the register has no {kind} of that id; look it up, or import a newer extract")
    return problems


def _have_died(session: Session, filled: BaseModel) -> list[str]:
    """Who cannot be what the form says of them, as the register shows their death."""
    named = [(name, person(session, getattr(filled, name))) for name in sorted(getattr(filled, "living", frozenset()))]
    return [
        f"{name}: the register shows that they have died; look whether it is the right person"
        for name, found in named
        if found is not None and found.died_on is not None
    ]


def _not_their_case(session: Session, filled: BaseModel) -> list[str]:
    """Which cases are not open, or about somebody else: what is said of one person would stand in another's record."""
    problems = []
    for name, of_whom in getattr(filled, "cases_about", {}).items():
        ref, whom = getattr(filled, name), getattr(filled, of_whom)
        if not ref:
            continue
        case = session.get(Case, ref)
        is_theirs = whom is None or session.get(CasePerson, (ref, whom)) is not None
        if case is None or case.status == CaseStatus.CLOSED or not is_theirs:
            problems.append(f"{name}: there is no open case about this person of that reference; mend or leave it out")
    return problems


def _named_in(filled: BaseModel, place: str = "") -> Iterator[tuple[str, RegisterKind, str]]:
    """Every field of a form, and of the parts it is made of, that names somebody: where, what kind, and whom."""
    for name, kind in getattr(filled, "register_fields", {}).items():
        given = getattr(filled, name)
        for one in given if isinstance(given, tuple) else (given,):
            if one is not None:
                yield f"{place}{name}", kind, one
    for inner, part in _parts_of(filled, place):
        yield from _named_in(part, inner)
