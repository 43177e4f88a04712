"""
What a form cannot know by itself and is held against before it counts: the register, and today.

An answer, a signal and what a case is opened with are looked at in the same way; what was typed is never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.forms.base import RegisterKind
from models.register import Staff
from models.working_time import local_day
from tasks.register.lookups import person, staff_member, team


def problems_in(session: Session, filled: BaseModel, now: datetime) -> list[str]:
    """Every field that names somebody who is not in the register, or a day that cannot be; each with what to do."""
    return [*_not_in_register(session, filled, now), *_impossible_dates(filled, now)]


def has_left(member: Staff, now: datetime) -> bool:
    """Whether somebody is no longer staff."""
    return member.left_on is not None and member.left_on <= local_day(now)


def _impossible_dates(filled: BaseModel, now: datetime) -> list[str]:
    """What is wrong with the days of something: done later than today, or to be done before today."""
    today = local_day(now)
    problems = []
    for place, name, day, done in _days_in(filled):
        if done and day > today:
            problems.append(f"{place}{name}: it has not come yet; give the day on which it was done")
        if not done and day < today:
            problems.append(f"{place}{name}: it is over; give today or a later day")
    return problems


def _days_in(filled: BaseModel, place: str = "") -> Iterator[tuple[str, str, date, bool]]:
    """Every day that cannot be just any: where it stands, and whether it says when something was done."""
    for names, done in ((getattr(filled, "past_dates", ()), True), (getattr(filled, "coming_dates", ()), False)):
        for name in sorted(names):
            given = getattr(filled, name)
            if given is not None:
                yield place, name, local_day(given) if isinstance(given, datetime) else given, done
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
    }
    problems = []
    for place, kind, given in _named_in(filled):
        if look_up[kind](session, given) is None:
            problems.append(f"{place}: the register has no {kind} of that id; look it up, or import a newer extract")
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
